package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.scijava.Cancelable;
import org.scijava.command.CommandService;
import org.scijava.module.ModuleService;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import ij.io.FileSaver;
import ij.measure.ResultsTable;
import sc.fiji.cfebm.ui.CommandProgress;

/** Folders of images through the real command framework. */
class BatchCommandTest extends CommandTestBase {

	private static int folders;

	private Path input, output;

	@BeforeEach
	void makeFolders() throws IOException {
		final Path both = Files.createDirectory(dir.resolve("folder " + folders++));
		input = Files.createDirectory(both.resolve("my images"));
		output = both.resolve("made here/too");
	}

	/** @return the sentence that the command ends with; empty: all is done */
	private String batch(final String task, final String options) throws Exception {
		final String reason = ((Cancelable) execute(BatchCommand.class, "task", task, "input", input.toFile(), "output", output.toFile(), "model",
			gray, "options", options)).getCancelReason();
		return reason == null ? "" : reason;
	}

	private String denoise() throws Exception {
		return batch("Denoise", "sigma=12");
	}

	private void save(final String name, final int bits) {
		final ImagePlus image = image(name, 20, 18, 1, bits);
		image.getCalibration().pixelWidth = 0.25;
		image.getCalibration().setUnit("µm");
		IJ.saveAsTiff(image, input.resolve(name).toString());
	}

	/** Rows of the table by their files. */
	private Map<String, Map<String, String>> table(final String name) throws IOException {
		final ResultsTable csv = ResultsTable.open(output.resolve(name).toString());
		final Map<String, Map<String, String>> rows = new TreeMap<>();
		for (int row = 0; row < csv.size(); row++) {
			final Map<String, String> values = new HashMap<>();
			for (final String column : csv.getHeadings())
				values.put(column, csv.getStringValue(column, row));
			rows.put(values.get("File"), values);
		}
		return rows;
	}

	private String result(final String file) throws IOException {
		return table("cfebm-denoised.csv").get(file).get("Result");
	}

	/** All files, those in hidden places, too. */
	private List<String> made() throws IOException {
		try (Stream<Path> files = Files.walk(output)) {
			return files.filter(Files::isRegularFile).map(file -> output.relativize(file).toString().replace('\\', '/')).sorted().toList();
		}
	}

	/** Of each image's own; saved with it. */
	@Test
	void outlinesAreSavedWithTheResults() throws Exception {
		save("a.tif", 8);
		assertEquals("", batch("Denoise", "sigma=1 overlay lines=Both"));
		assertEquals(1, IJ.openImage(output.resolve("a-denoised.tif").toString()).getOverlay().size());
	}

	@Test
	void eachImageHasAResultOfItsKindAndARow() throws Exception {
		save("a.tif", 16);
		IJ.saveAsTiff(CommandExamples.image(), Files.createDirectories(input.resolve("deep/er")).resolve("stack.tif").toString());
		new FileSaver(image("b", 30, 20, 1, 8)).saveAsPng(input.resolve("b.PNG").toString());
		Files.writeString(input.resolve("notes.txt"), "no image");
		assertEquals("", denoise());
		assertEquals(List.of("a-denoised.tif", "b.PNG-denoised.tif", "cfebm-denoised.csv", "cfebm-denoised.png", "deep/er/stack-denoised.tif"),
			made());
		final ImagePlus denoised = IJ.openImage(output.resolve("a-denoised.tif").toString());
		assertEquals("16 20x18 0.25 µm", denoised.getBitDepth() + " " + denoised.getWidth() + "x" + denoised.getHeight() + " " + denoised
			.getCalibration().pixelWidth + " " + denoised.getCalibration().getUnit());
		assertTrue(denoised.getInfoProperty().matches("(?s).*Worked on: .?a\\.tif.*"), denoised.getInfoProperty());
		final ImagePlus alone = (ImagePlus) run(DenoiseCommand.class, "image", IJ.openImage(input.resolve("a.tif").toString()), "model", gray,
			"sigma", 12.0).getOutput("denoised");
		assertTrue(same(alone, denoised, 1));
		final Map<String, Map<String, String>> rows = table("cfebm-denoised.csv");
		assertEquals(List.of("a.tif", "b.PNG", "deep/er/stack.tif"), List.copyOf(rows.keySet()));
		final Map<String, String> stack = rows.get("deep/er/stack.tif");
		assertEquals("done deep/er/stack-denoised.tif 40x36x2 16-bit", String.join(" ", stack.get("Result"), stack.get("Saved as"), stack.get(
			"Size"), stack.get("Type")));
		assertTrue(Double.parseDouble(stack.get("Seconds")) >= 0);
		assertEquals("2 slices", stack.get("Found"));
		final var sheet = ImageIO.read(output.resolve("cfebm-denoised.png").toFile());
		assertTrue(sheet.getWidth() > 600 && sheet.getHeight() > 100, sheet.toString());
	}

	@Test
	void theSameCallGoesOnWhereItWasStopped() throws Exception {
		save("a.tif", 8);
		save("b.tif", 8);
		assertEquals("", batch("Denoise", ""));
		final String sigma = Objects.requireNonNull(table("cfebm-denoised.csv").get("b.tif").get("estimated white noise: sigma (gray values)"));
		final byte[] kept = Files.readAllBytes(output.resolve("b-denoised.tif"));
		final var time = Files.getLastModifiedTime(output.resolve("b-denoised.tif"));
		Files.delete(output.resolve("a-denoised.tif"));
		// What a full disk has left elsewhere.
		Files.createFile(output.resolve("c-denoised.tif"));
		save("c.tif", 8);
		assertEquals("", batch("Denoise", ""));
		assertEquals("done, done before, done", result("a.tif") + ", " + result("b.tif") + ", " + result("c.tif"));
		assertEquals(sigma, table("cfebm-denoised.csv").get("b.tif").get("estimated white noise: sigma (gray values)"));
		assertArrayEquals(kept, Files.readAllBytes(output.resolve("b-denoised.tif")));
		assertEquals(time, Files.getLastModifiedTime(output.resolve("b-denoised.tif")));
		// One of ours that was cut is no result.
		Files.write(output.resolve("b-denoised.tif"), Arrays.copyOf(kept, kept.length - 50));
		assertEquals("", batch("Denoise", ""));
		assertEquals("done before, done", result("a.tif") + ", " + result("b.tif"));
		assertEquals(18, IJ.openImage(output.resolve("b-denoised.tif").toString()).getHeight());
		assertEquals("", batch("Denoise", ""));
		assertEquals("done before", result("b.tif"));
	}

	@Test
	void brokenFilesAmongGoodOnesAreNamedAndTheNextFollow() throws Exception {
		save("a.tif", 8);
		save("z.tif", 8);
		save("color.tif", 24);
		Files.write(input.resolve("cut.tif"), Arrays.copyOf(Files.readAllBytes(input.resolve("a.tif")), 300));
		Files.writeString(input.resolve("text.tif"), "This is no image, whatever it is called.");
		Files.createFile(input.resolve("empty.tif"));
		Files.write(input.resolve("microscope.czi"), new byte[100]);
		Files.write(input.resolve("cut.png"), new byte[] { (byte) 137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3, 4 });
		final String sentence = denoise();
		assertTrue(sentence.startsWith("5 of 8 images could not be done, the first “cut.png” (it is damaged") && sentence.endsWith("): see " + output.resolve("cfebm-denoised.csv") + "."), sentence);
		assertEquals("done, done, done", result("a.tif") + ", " + result("z.tif") + ", " + result("color.tif"));
		assertEquals("not done: it is damaged", result("cut.tif"));
		assertEquals("not done: it is damaged", result("cut.png"));
		assertEquals("not done: it is not an image of a known kind", result("empty.tif"));
		assertEquals("not done: it is not an image of a known kind", result("text.tif"));
		assertEquals("not done: it is not an image of a kind that ImageJ reads by itself: install Bio-Formats, or save it as TIFF", result(
			"microscope.czi"));
		assertEquals(List.of("a-denoised.tif", "cfebm-denoised.csv", "cfebm-denoised.png", "color-denoised.tif", "z-denoised.tif"), made());
	}

	@Test
	void whatCanNotBeSavedIsNotDoneAndIsDoneByTheNextCall() throws Exception {
		save("a.tif", 8);
		save("b.tif", 8);
		final Path inTheWay = Files.createDirectories(output.resolve("b-denoised.tif")).resolve("file");
		Files.writeString(inTheWay, "mine");
		Files.createDirectories(output);
		assertTrue(denoise().startsWith("1 of 2 images could not be done, “b.tif” ("));
		assertTrue(result("b.tif").startsWith("not done: b-denoised.tif is there already"), result("b.tif"));
		assertEquals(List.of("a-denoised.tif", "b-denoised.tif/file", "cfebm-denoised.csv", "cfebm-denoised.png"), made());
		Files.delete(inTheWay);
		Files.delete(inTheWay.getParent());
		assertEquals("", denoise());
		assertEquals("done before, done", result("a.tif") + ", " + result("b.tif"));
	}

	@Test
	void aFolderThatCanNotBeWrittenToIsFoundBeforeTheFirstImage() throws Exception {
		save("a.tif", 8);
		output = Files.writeString(input.resolveSibling("file"), "").resolve("out");
		final String sentence = denoise();
		assertEquals("The folder “" + output + "” can't be made: choose one on a disk that can be written to.", sentence);
		output = output.getParent();
		assertEquals("“" + output + "” is not a folder: give one to save results in.", denoise());
		output = input;
		assertEquals("“" + input + "” is the folder of the images: the results need one of their own.", denoise());
	}

	@Test
	void noFileOfAnotherOriginIsOverwrittenOrTakenForAResult() throws Exception {
		save("a.tif", 8);
		save("b.tif", 8);
		Files.createDirectories(output);
		final Path mine = Files.writeString(output.resolve("a-denoised.tif"), "an original");
		assertTrue(denoise().contains("1 of 2 images could not be done, “a.tif” (a-denoised.tif is there already and was made in another " +
			"way, or of another image: move it, or choose another output folder)"));
		assertEquals("an original", Files.readString(mine));
		Files.delete(mine);
		// Other settings, or another image of the same name and size.
		assertTrue(batch("Denoise", "sigma=13").startsWith("1 of 2 images could not be done, “b.tif” ("));
		IJ.saveAsTiff(image("b.tif", 20, 18, 2, 8), input.resolve("b.tif").toString());
		assertTrue(batch("Denoise", "sigma=12").contains("2 of 2 images could not be done"));
	}

	@Test
	void twoFilesWithTheSameResultAreNotMixedUp() throws Exception {
		save("a.tif", 8);
		save("a", 8);
		Files.move(input.resolve("a.tif"), input.resolve("keep"));
		Files.deleteIfExists(input.resolve("a"));
		Files.copy(input.resolve("keep"), input.resolve("a"));
		Files.move(input.resolve("keep"), input.resolve("a.tif"));
		assertTrue(denoise().contains("“a.tif” (its result would be called as that of “a” is: rename one of them)"));
		assertEquals("done", result("a"));
	}

	@Test
	void whereThereIsNothingToDoItSaysSo() throws Exception {
		Files.writeString(input.resolve("notes.txt"), "no image");
		assertEquals("There is no image in “" + input + "” or its subfolders.", denoise());
		assertEquals(List.of(), made());
		input = input.resolve("none");
		assertEquals("The folder “" + input + "” does not exist.", denoise());
	}

	@Test
	void resultsInsideTheFolderOfTheImagesAreNoImages() throws Exception {
		save("a.tif", 8);
		output = input.resolve("results");
		assertEquals("", denoise());
		assertEquals("", denoise());
		assertEquals(List.of("a.tif"), List.copyOf(table("cfebm-denoised.csv").keySet()));
	}

	@Test
	void holesAreFilledInWhereEachImageHasThem() throws Exception {
		final ImagePlus image = image("a.tif", 20, 18, 1, 8);
		image.setRoi(new Roi(5, 5, 6, 4));
		IJ.saveAsTiff(image, input.resolve("a.tif").toString());
		save("b.tif", 8);
		assertTrue(batch("Inpaint", "steps=2 completions=2").startsWith("1 of 2 images could not be done, “b.tif” (“b.tif” has no selection"));
		assertEquals(List.of("a-inpainted.tif", "a-sd.tif", "cfebm-inpainted.csv", "cfebm-inpainted.png"), made());
	}

	@Test
	void anomaliesHaveTheirScoresInTheTable() throws Exception {
		save("a.tif", 8);
		assertEquals("", batch("Anomaly Map", "rate=20 range=Image mask"));
		assertEquals(List.of("a-anomalies.tif", "a-anomaly-mask.tif", "a-anomaly.tif", "cfebm-anomalies.csv", "cfebm-anomalies.png"), made());
		final ImagePlus map = IJ.openImage(output.resolve("a-anomaly.tif").toString());
		assertEquals(Double.parseDouble(map.getProp("Anomaly score")), Double.parseDouble(table("cfebm-anomalies.csv").get("a.tif").get(
			"score")), 0.1);
	}

	@Test
	void wrongSettingsAreOneSentenceBeforeTheFirstImage() throws Exception {
		save("a.tif", 8);
		assertTrue(batch("Denoise", "sgima=3").startsWith("There is no input “sgima”, only "));
		assertTrue(batch("Denoise", "model=photo").startsWith("There is no input “model”, only "));
		assertTrue(batch("Denoise", "sigma=much").startsWith("sigma is “much”: it must be a number."));
		assertTrue(batch("Sample", "").startsWith("The task is “Sample”: it must be one of Denoise, Inpaint, Anomaly Map, Deconvolve."));
		says("There is no model file", BatchCommand.class, "input", input.toFile(), "output", output.toFile(), "model", dir.resolve("no.cfebm")
			.toFile());
		says("No folder of images is given", BatchCommand.class, "model", gray);
		says("No folder is given to save results in", BatchCommand.class, "model", gray, "input", input.toFile());
		assertFalse(Files.exists(output));
	}

	@Test
	void whatIsDoneBeforeACancelStaysAndIsInTheTable() throws Exception {
		save("a.tif", 8);
		save("b.tif", 8);
		final ModuleService modules = context.service(ModuleService.class);
		final Supplier<PlaneCommand<?, ?>> commands = () -> {
			final DenoiseCommand command = (DenoiseCommand) modules.createModule(context.service(CommandService.class).getCommand(
				DenoiseCommand.class)).getDelegateObject();
			command.model = gray;
			return command;
		};
		try (CommandProgress progress = new CommandProgress(context, "x", () -> Files.exists(output.resolve("a-denoised.tif")))) {
			assertThrows(CancellationException.class, () -> new BatchRun(input, output, "denoised", commands, Throwable::getMessage, progress)
				.run());
		}
		assertEquals(List.of("a.tif"), List.copyOf(table("cfebm-denoised.csv").keySet()));
		assertEquals(List.of("a-denoised.tif", "cfebm-denoised.csv"), made());
		assertEquals("", batch("Denoise", ""));
		assertEquals("done before, done", result("a.tif") + ", " + result("b.tif"));
	}
}

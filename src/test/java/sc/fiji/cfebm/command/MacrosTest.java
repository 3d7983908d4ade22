package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.ResultsTable;

import sc.fiji.cfebm.command.dev.MacroHost;

/** Macros in plain ImageJ without a display, each in a JVM of its own: ImageJ is patched before it is loaded. */
class MacrosTest {

	@TempDir
	Path dir;

	@Test
	void everyCommandRunsAndItsOutputIsTheCurrentImage() throws Exception {
		final Path folder = Files.createDirectory(dir.resolve("my models"));
		TinyModels.addNominalModel(TinyModels.write(folder, 1));
		TinyModels.writePaper(folder);
		final Path macro = Path.of(MacrosTest.class.getResource("/macros/commands.ijm").toURI());
		final String expected = """
			current: my cells-denoised 2 16 2
			current: my cells-denoised 4
			sd: 32
			current: my cells-deconvolved 16 2
			current: my cells-deconvolved 16 2
			current: my cells-inpainted
			current: my cells-inpainted
			current: my cells-anomalies 24 0 1
			mask: 8 2
			current: my cells-translated 16 2
			saliency: 32
			trained: 1
			current: samples of paper 40 16 3 32
			trajectory: 3 6
			exported: 1
			Anomalies: calibrated, rates of false alarms of 8.3 % or more
			current: samples of gray 50 16 32
			""";
		for (int batch = 0; batch < 2; batch++) {
			final Jvm.Outcome outcome = run(macro.toString(), folder + (batch == 1 ? "|batch" : ""));
			final String printed = String.join("\n", outcome.output().lines().filter(l -> l.matches(
				"(current|sd|mask|trained|exported|Anomalies|trajectory|saliency):.*")).toList()) + "\n";
			assertEquals(expected, printed, outcome.output());
			assertEquals(0, outcome.status());
			final ImagePlus denoised = IJ.openImage(folder + "/denoised.tif");
			assertEquals(16, denoised.getBitDepth());
			assertEquals(100, denoised.getDisplayRangeMin());
			assertEquals(2, denoised.getNSlices());
			assertTrue(Files.deleteIfExists(folder.resolve("new model.cfebm")));
			assertTrue(Files.deleteIfExists(folder.resolve("a stage.zip")));
		}
	}

	/** Tiny models under the names of those that come with the plugin. */
	private void bundle(final String... names) throws IOException {
		final Path models = Files.createDirectories(dir.resolve("plugins").resolve("CF-EBM").resolve("models"));
		for (final String name : names)
			Files.move(TinyModels.addNominalModel(TinyModels.write(dir, 1)), models.resolve(name + ".cfebm"));
	}

	/** Where the macros look for them. */
	private void copyTestImages(final String... folders) throws IOException {
		for (final String folder : folders) {
			final Path from = Path.of("test-images", folder);
			try (Stream<Path> files = Files.list(from)) {
				for (final Path file : files.filter(Files::isRegularFile).toList())
					Files.copy(file, Files.createDirectories(dir.resolve(from)).resolve(file.getFileName()));
			}
		}
	}

	@Test
	void theExamplesWork() throws Exception {
		bundle("microscopy", "nuclei", "photo");
		Files.createDirectory(dir.resolve("target"));
		final Path stack = Path.of("test-images", "stack", "hyperstack.tif");
		Files.createDirectories(dir.resolve(stack).getParent());
		Files.copy(stack, dir.resolve(stack));
		final Path nuclei = Path.of("test-images", "nuclei");
		Files.createDirectories(dir.resolve(nuclei));
		for (final String image : new String[] { "test_clean.tif", "test_noisy_gaussian.tif" })
			Files.copy(nuclei.resolve(image), dir.resolve(nuclei).resolve(image));
		final Jvm.Outcome outcome = run(Stream.of("Sample", "Time_Lapse", "Dead_Lines", "Uncertainty", "Deconvolve", "Trust").map(name -> Path.of("macros",
			name + ".ijm").toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator)), "");
		final String restored = "hyperstack-denoised.tif: 2 channels, 3 slices, 4 frames\n";
		assertEquals("montage samples of nuclei 67x67\nlarge image samples of nuclei 256x192\n" + restored + restored +
			"The images are in " + dir + "/target/time-lapse/\ndead lines: 54.3 -> # gray values\n" +
			"missing pixels: 32 bits, smallest value #\nThe pictures are in " + dir + "/target/dead-lines/\n" +
			"true pixels within one standard deviation: # %, within two: # %\nThe picture is in " + dir + "/target/uncertainty/\n" +
			"seen: # %\nby numbers: # %\nby a point: # %\n" +
			"Root mean square difference from the mean of the other 23 frames, in gray values:\n" +
			"  the frame itself #, the mean's own noise #\n" +
			"  the best Gaussian blur (# pixels) #, CF-EBM in one step #, the mean of its samples #\n" +
			"Pixels within one standard deviation: # % (68 would be right), within two: # % (95)\n", withoutLog(outcome).replaceAll(
				"(-> |value |: |two: )[0-9.]+( gray values\n| %|\n)", "$1#$2").replaceAll(
					"(itself |own noise |blur \\(|pixels\\) |one step |its samples )[0-9.]+", "$1#"));
		assertEquals(0, outcome.status());
		final ImagePlus before = IJ.openImage(stack.toString()), all = IJ.openImage(dir + "/target/time-lapse/denoised.tif"),
				part = IJ.openImage(dir + "/target/time-lapse/denoised-in-part.tif");
		assertTrue(part.isComposite());
		assertTrue(part.getInfoProperty().contains("channels=1 slices=2 frames=1-2"), part.getInfoProperty());
		for (int plane = 1; plane <= 24; plane++) {
			final short[] raw = (short[]) before.getStack().getPixels(plane);
			assertFalse(Arrays.equals(raw, (short[]) all.getStack().getPixels(plane)));
			assertEquals(plane != 3 && plane != 9, Arrays.equals(raw, (short[]) part.getStack().getPixels(plane)));
			assertEquals(before.getStack().getSliceLabel(plane), part.getStack().getSliceLabel(plane));
		}
	}

	@Test
	void thePictureOfAllTasksIsMade() throws Exception {
		bundle("nuclei");
		copyTestImages("nuclei", "nuclei/train", "screen", "style");
		final Jvm.Outcome outcome = run(Path.of("macros", "Five_Tasks.ijm").toAbsolutePath().toString(), "2,2,2|70");
		assertEquals(0, outcome.status(), outcome.output());
		assertTrue(outcome.output().endsWith("The picture is in " + dir + "/target/five-tasks/\n"), outcome.output());
		final ImagePlus picture = IJ.openImage(dir + "/target/five-tasks/five-tasks.png");
		assertEquals("976x410", picture.getWidth() + "x" + picture.getHeight());
		// Something is in each of the ten places.
		for (int i = 0; i < 10; i++) {
			picture.setRoi(i % 5 * 196, 22 + i / 5 * 196, 192, 192);
			assertTrue(picture.getStatistics().stdDev > 5, "picture " + i);
		}
	}

	@Test
	void aFolderIsRankedByAnomaly() throws Exception {
		final Path images = Files.createDirectory(dir.resolve("my images")), output = dir.resolve("out");
		IJ.saveAsTiff(IJ.createImage("ramp", "8-bit ramp", 40, 30, 1), images.resolve("ramp.tif").toString());
		IJ.saveAsTiff(IJ.createImage("flat", "16-bit black", 50, 40, 1), images.resolve("flat.tif").toString());
		final ImagePlus stack = IJ.createImage("stack", "8-bit ramp", 60, 40, 3);
		stack.getStack().getProcessor(2).noise(60);
		IJ.saveAsTiff(stack, images.resolve("stack.tif").toString());
		Files.writeString(images.resolve("notes.txt"), "no image");
		final Jvm.Outcome outcome = run(Path.of("macros", "Anomaly_Folder.ijm").toAbsolutePath().toString(), images + "|" + TinyModels
			.addNominalModel(TinyModels.write(dir, 1)) + "|" + output + "|10");
		assertEquals(0, outcome.status(), outcome.output());
		final ResultsTable ranking = ResultsTable.open(output + "/ranking.csv"), regions = ResultsTable.open(output + "/regions.csv");
		assertEquals(3, ranking.size());
		double before = Double.POSITIVE_INFINITY, sum = 0;
		for (int row = 0; row < 3; row++) {
			final double score = ranking.getValue("Score", row);
			assertTrue(score <= before);
			final String line = row + 1 + ". " + ranking.getStringValue("Label", row) + ": ";
			// The table has three digits, the line two: rounded twice the last may differ.
			final double printed = Double.parseDouble(outcome.output().substring(outcome.output().indexOf(line) + line.length()).lines().findFirst()
				.orElseThrow());
			assertEquals(score, printed, 0.0056, outcome.output());
			assertTrue(Files.exists(output.resolve("pictures").resolve(ranking.getStringValue("Label", row) + ".png")));
			before = score;
			sum += ranking.getValue("Regions", row);
		}
		assertEquals(regions.size(), sum);
		final ImagePlus montage = IJ.openImage(output + "/most-unusual.png");
		assertEquals("776x256", montage.getWidth() + "x" + montage.getHeight());
	}

	/**
	 * With the models that come with the plugin: each result is as good as it should be. The command of the menu opens the image with its
	 * macro, which must not open it again; alone (tissue) the macro opens it.
	 */
	@Test
	void theSamplesCanBeTried() throws Exception {
		final Path models = Files.createDirectories(dir.resolve("plugins").resolve("CF-EBM").resolve("models"));
		for (final String model : new String[] { "nuclei", "microscopy", "photo-color" })
			Files.copy(Path.of("plugins", "CF-EBM", "models", model + ".cfebm"), models.resolve(model + ".cfebm"));
		final StringBuilder all = new StringBuilder("setBatchMode(true);\n");
		for (final String macro : new String[] { "Noisy_Nuclei.ijm", "Scratched_Nuclei.ijm", "Noisy_Tissue.ijm", "Nuclei_and_Filaments.ijm" }) {
			final Path template = Path.of(MacrosTest.class.getResource("/script_templates/CF-EBM/" + macro).toURI());
			if (!macro.contains("Tissue")) all.append("run('CF-EBM ").append(macro.replace(".ijm", "").replace('_', ' ')).append("');\n");
			all.append(Files.readString(template)).append("print('images: ' + nImages);\nsaveAs('Tiff', '").append(dir.resolve(macro)).append("');\nclose('*');\n".replace('\'',
				'"'));
		}
		final Path macro = Files.writeString(dir.resolve("all.ijm"), all.toString().replace('\'', '"'));
		final Jvm.Outcome outcome = run(macro.toString(), "");
		assertEquals(0, outcome.status(), outcome.output());
		assertTrue(outcome.output().contains("The result is noisy nuclei-denoised."), outcome.output());
		assertEquals(List.of("images: 2", "images: 3", "images: 2", "images: 2"), outcome.output().lines().filter(line -> line.startsWith(
			"images: ")).toList());
		final ImagePlus clean = IJ.openImage("test-images/nuclei/test_clean.tif"), nuclei = IJ.openImage(dir + "/Noisy_Nuclei.tif"),
				filled = IJ.openImage(dir + "/Scratched_Nuclei.tif"), tissue = IJ.openImage(dir + "/Noisy_Tissue.tif"), all4 = IJ.openImage(dir +
					"/Nuclei_and_Filaments.tif");
		assertTrue(rmsd(nuclei, 100, clean) < 7, "" + rmsd(nuclei, 100, clean));
		assertTrue(rmsd(filled, 0, clean) < 1, "" + rmsd(filled, 0, clean));
		final ImagePlus source = IJ.openImage("test-images/style/source_1.tif");
		assertTrue(rmsd(tissue, 0, source) < 10, "" + rmsd(tissue, 0, source));
		assertEquals("2 3 4", all4.getNChannels() + " " + all4.getNSlices() + " " + all4.getNFrames());
	}

	/** Root mean square difference of gray values, in color images of their means. @param offset of the first one's */
	private static double rmsd(final ImagePlus a, final double offset, final ImagePlus b) {
		double sum = 0;
		final ij.process.ImageProcessor x = a.getProcessor().convertToFloat(), y = b.getProcessor().convertToFloat();
		for (int i = 0; i < x.getPixelCount(); i++)
			sum += Math.pow(x.getf(i) - offset - y.getf(i), 2);
		return Math.sqrt(sum / x.getPixelCount());
	}

	@Test
	void everyExampleIsRunByATestHere() throws Exception {
		final String tests = Files.readString(Path.of("src/test/java/sc/fiji/cfebm/command/MacrosTest.java"));
		for (final String folder : new String[] { "macros", "plugins" })
			try (Stream<Path> files = Files.list(Path.of(folder))) {
				for (final String name : files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".ijm")).toList())
					assertTrue(tests.contains("\"" + name + "\"") || tests.contains("\"" + name.replace(".ijm", "") + "\""), name);
			}
	}

	@Test
	void theQuickStartRunsWithAFewIterations() throws Exception {
		copyTestImages("nuclei", "nuclei/train");
		final Jvm.Outcome outcome = run(Path.of("macros", "Quick_Start.ijm").toAbsolutePath().toString(), "2,2,2");
		assertEquals("quick-start denoise PSNR # -> # dB\nquick-start inpaint PSNR # -> # dB\nThe pictures are in " + dir +
			"/target/quick-start/\n", withoutLog(outcome).lines().filter(line -> !line.startsWith("CF-EBM: ") && !line.startsWith("The training images are") && !line.startsWith(
				"The model is in ")).map(line -> line.replaceAll("[0-9]+\\.[0-9]+", "#") + "\n").reduce("", String::concat));
		assertEquals(0, outcome.status());
		assertEquals(1036, IJ.openImage(dir + "/target/quick-start/quick-start.png").getWidth());
	}

	@Test
	void theTutorialRunsWithAFewIterations() throws Exception {
		bundle("nuclei");
		copyTestImages("nuclei", "nuclei/train");
		final Jvm.Outcome outcome = run(Path.of("macros", "Tutorial.ijm").toAbsolutePath().toString(), "2,2,2");
		final String folder = dir + "/target/tutorial/";
		assertEquals("removed: mean #, standard deviation #\nstandard deviation: # to #, mean #\n" +
			"root mean square error: # noisy, # denoised, # the mean of the samples\n" +
			"true pixels within one standard deviation: # %, within two: # %\nroot mean square error with my-nuclei: #\n" +
			"CF-EBM Batch: # of # images done, in " + folder + "denoised.\nThe figure is in " + folder + "\n", withoutLog(outcome).lines().filter(
				line -> line.matches("(removed|standard deviation|root mean|true pixels|CF-EBM Batch: .* done|The figure).*")).map(line -> line
					.replaceAll("-?\\b[0-9]+(\\.[0-9]+)?(?=[ ,]|$)", "#") + "\n").reduce("", String::concat));
		assertEquals(0, outcome.status(), outcome.output());
		for (final String name : new String[] { "shot", "white" })
			assertEquals(256, IJ.openImage(folder + "denoised/" + name + "-denoised.tif").getWidth());
		final ImagePlus scratched = IJ.openImage(folder + "scratched.png"), filled = IJ.openImage(folder + "filled.png");
		assertEquals(255, scratched.getProcessor().get(70, 90));
		assertTrue(filled.getProcessor().get(70, 90) < 255);
		assertEquals(scratched.getProcessor().get(20, 200), filled.getProcessor().get(20, 200));
		assertEquals("1036x256", IJ.openImage(folder + "figure.png").getWidth() + "x" + IJ.openImage(folder + "figure.png").getHeight());
	}

	@Test
	void aFolderIsDenoisedAndTheExitStatusTellsWhetherAllOfIt() throws Exception {
		final Path images = Files.createDirectory(dir.resolve("my images")), output = dir.resolve("out");
		IJ.saveAsTiff(CommandExamples.image(), images.resolve("a.tif").toString());
		Files.write(images.resolve("cut.tif"), Arrays.copyOf(Files.readAllBytes(images.resolve("a.tif")), 300));
		Files.writeString(images.resolve("garbage.png"), "no image");
		Files.writeString(images.resolve("notes.txt"), "no image");
		IJ.saveAsTiff(CommandExamples.image(), images.resolve("z.tif").toString());
		final Path model = TinyModels.write(dir, 1), macro = Path.of("plugins", "CF-EBM_Denoise_Folder.ijm").toAbsolutePath();
		final Jvm.Outcome outcome = run(macro.toString(), images + "|" + model + "|" + output + "|12");
		assertEquals("CF-EBM Batch: “cut.tif” is not done: it is damaged.\n" +
			"CF-EBM Batch: “garbage.png” is not done: it is not an image of a known kind.\n" +
			"CF-EBM Batch: “notes.txt” is no image and is left out.\nCF-EBM Batch: 2 of 4 images done, 2 not done, in " + output + ".\n" + macro +
			", line 27: 2 of 4 images could not be done, the first “cut.tif” (it is damaged): see " + output.resolve("cfebm-denoised.csv") + ".\n",
			withoutLog(outcome));
		assertEquals(1, outcome.status());
		assertEquals(2, IJ.openImage(output + "/z-denoised.tif").getStackSize());
		Files.delete(images.resolve("cut.tif"));
		Files.delete(images.resolve("garbage.png"));
		final Path again = Files.writeString(dir.resolve("again.ijm"), "runMacro(\"" + macro + "\", \"" + images + "|" + model + "|" + output +
			"|12\");\nprint(\"went on\");\n");
		final Jvm.Outcome second = run(again.toString(), "");
		assertTrue(second.output().endsWith("CF-EBM Batch: 0 of 2 images done, 2 done before, in " + output + ".\nwent on\n"), second.output());
		assertEquals(0, second.status());
	}

	@Test
	void theTemplateTrainsAndDenoises() throws Exception {
		final Path images = Files.createDirectory(dir.resolve("my images")), template = Path.of(MacrosTest.class.getResource(
			"/script_templates/CF-EBM/Train_and_Denoise.ijm").toURI());
		assertEquals("Train_and_Denoise.ijm", template.getFileName().toString());
		IJ.saveAsTiff(CommandExamples.image(), images.resolve("a.tif").toString());
		final Path macro = Files.writeString(dir.resolve("with an image.ijm"), "open(\"" + images + "/a.tif\");\nrunMacro(\"" +
			template + "\", getArgument());\n");
		final Jvm.Outcome outcome = run(macro.toString(), images + "|" + dir.resolve("new.cfebm") + "|0.02");
		assertTrue(outcome.output().endsWith("a-denoised.tif was made with " + dir.resolve("new.cfebm") + "\n"), outcome.output());
		assertEquals(0, outcome.status());
	}

	/** What a macro does wrong, and what it is told. */
	private static final String[][] ERRORS = {
		{ "Denoise...", "model=/no/such.cfebm", "There is no model file /no/such.cfebm." },
		{ "Denoise...", "model=GRAY sigma=abc", "sigma is “abc”: it must be a number." },
		{ "Denoise...", "model=GRAY sigma=NaN", "Sigma is NaN: it must be a number of at least 0." },
		{ "Denoise...", "image=nope model=GRAY", "“nope” is neither the title of an open image" },
		{ "Inpaint...", "model=GRAY mask=[other one]", "The mask “other one” is 9×9 but “cells” is 20×20" },
		{ "Inpaint...", "model=GRAY", "“cells” has no selection" },
		{ "Anomaly Map...", "model=GRAY rate=-1", "The rate of false alarms is -1.0: it must be above 0 and below 100 percent, or 0 for 1 percent or the finest rate that the model can tell." },
		{ "Translate Style...", "model=GRAY strength=2", "The strength must be a number from 0 (hardly changed) to 1 (fully), not 2.0." },
		{ "Train Style...", "sources=/no/such targets=/no/such model=style.cfebm", "The folder “/no/such” does not exist." },
		{ "Sample...", "count=many", "count is “many”: it must be a whole number." },
		{ "Sample...", "number=3", "There is no input “number”, only model, count, output" },
		{ "Sample...", "model=/my models/a.cfebm count=3", "There is no input “models/a.cfebm”, only model, count, output" },
		{ "Sample...", "", "No model file is given: choose a .cfebm file" },
		{ "Export...", "model=GRAY file=x.zip overwite", "There is no input “overwite”, only model, format, file, overwrite, authors, licence, stage" },
		{ "Model Info...", "model=GRAY samples=-1", "The number of samples is -1: it must be a number of at least 0." },
		{ "Train...", "model=/no/such/m.cfebm", "The model cannot be written to /no/such/m.cfebm: there is no folder /no/such." } };

	@Test
	void anErrorIsOneSentenceAndStopsTheMacro() throws Exception {
		final Path model = Files.writeString(dir.resolve("gray.cfebm"), "not read in these macros");
		final List<Path> macros = new ArrayList<>();
		for (final String[] error : ERRORS)
			macros.add(Files.writeString(dir.resolve("error" + macros.size() + ".ijm"), "newImage(\"other one\", \"8-bit\", 9, 9, 1);\n" +
				"newImage(\"cells\", \"8-bit\", 20, 20, 1);\nrun(\"CF-EBM " + error[0] + "\", \"" + error[1].replace("GRAY", model
					.toString()) + "\");\nprint(\"went on\");\n"));
		// In a loop and in a branch it is still the first one.
		macros.add(Files.writeString(dir.resolve("loop.ijm"), "for (i = 0; i < 2; i++) {\n\tif (good(i)) {\n" +
			"\t\trun(\"CF-EBM Denoise...\", \"model=/no/such.cfebm\");\n\t\tprint(\"went on\");\n\t}\n}\n" +
			"function good(n) {\n\treturn true;\n}\n"));
		final Jvm.Outcome outcome = run(macros.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)), "");
		final List<String> lines = outcome.output().lines().toList();
		assertEquals(macros.size(), lines.size(), lines.toString());
		assertEquals(macros.size(), outcome.status());
		for (int i = 0; i < macros.size(); i++)
			assertTrue(lines.get(i).startsWith(macros.get(i) + ", line 3: " + (i < ERRORS.length ? ERRORS[i][2]
				: "There is no model file /no/such.cfebm.")), lines.get(i));
	}

	@Test
	void aModelThatComesWithThePluginIsTakenByItsName() throws Exception {
		bundle("nuclei");
		final Path macro = Files.writeString(dir.resolve("named.ijm"), "newImage(\"cells\", \"8-bit ramp\", 20, 20, 1);\n" +
			"run(\"CF-EBM Denoise...\", \"model=nuclei sigma=10\");\nprint(getTitle());\nrun(\"CF-EBM Denoise...\", \"model=cells\");\n");
		assertEquals("cells-denoised\n" + macro + ", line 4: There is no model file cells, and no model of that name comes " +
			"with the plugin (nuclei).\n", withoutLog(run(macro.toString(), "")));
	}

	@Test
	void aFolderIsTranslated() throws Exception {
		final Path images = Files.createDirectory(dir.resolve("images"));
		IJ.saveAsTiff(IJ.createImage("a", "8-bit ramp", 50, 40, 1), images.resolve("a.tif").toString());
		IJ.saveAsTiff(IJ.createImage("b", "8-bit ramp", 30, 40, 1), images.resolve("b.tif").toString());
		final Jvm.Outcome outcome = run(Path.of("macros", "Style_Folder.ijm").toAbsolutePath().toString(), images + "|" + TinyModels.write(dir,
			3) + "|" + dir.resolve("out") + "|0.4");
		assertEquals("a.tif: moved by # gray values on average\nb.tif: moved by # gray values on average\nThe images are in " + dir +
			"/out/translated/\n", withoutLog(outcome).replaceAll("by [0-9.]+", "by #"));
		assertEquals(0, outcome.status());
		final ImagePlus translated = IJ.openImage(dir + "/out/translated/b.tif"), heat = IJ.openImage(dir +
			"/out/translated/saliency of b.tif"), picture = IJ.openImage(dir + "/out/b.tif.png");
		assertEquals(24, translated.getBitDepth());
		assertTrue(translated.getInfoProperty().startsWith(TranslateStyleCommand.WARNING), translated.getInfoProperty());
		assertEquals(32, heat.getBitDepth());
		assertEquals(98, picture.getWidth());
	}

	@Test
	void brokenFilesAmongGoodOnesAreNamedAndTheMacroGoesOn() throws Exception {
		final Path folder = Files.createDirectory(dir.resolve("images")), other = Files.createDirectory(dir.resolve("more"));
		IJ.saveAsTiff(IJ.createImage("good", "8-bit ramp", 40, 40, 1), folder.resolve("good.tif").toString());
		Files.write(folder.resolve("cut.tif"), Arrays.copyOf(Files.readAllBytes(folder.resolve("good.tif")), 60));
		Files.write(other.resolve("garbage.png"), new byte[] { (byte) 137, 80, 78, 71, 13, 10, 26, 10, 1, 2, 3, 4 });
		final Path model = dir.resolve("m.cfebm");
		final Path macro = Files.writeString(dir.resolve("train.ijm"), "run(\"CF-EBM Train...\", \"folder=[" + folder +
			";" + other + "] model=[" + model + "] size=8 width=1 iterations=1\");\nprint(\"went on\");\n");
		final Jvm.Outcome outcome = run(macro.toString(), "");
		assertTrue(outcome.output().contains("“images/cut.tif” is damaged and is left out."), outcome.output());
		assertTrue(outcome.output().contains("“more/garbage.png” is damaged and is left out."), outcome.output());
		assertTrue(outcome.output().endsWith("went on\n"), outcome.output());
		assertEquals(0, outcome.status());
		assertTrue(Files.exists(model));
	}

	@Test
	void oneLineAndAnExitStatusWhateverFails() throws Exception {
		// Here ImageJ exits by itself.
		final Path own = Files.writeString(dir.resolve("own.ijm"), "print(getArgument());\nx = getTitle();\nprint(1);\n");
		final Jvm.Outcome outcome = run(own.toString(), "some words");
		assertEquals("some words\n" + own + ", line 2: There are no images open\n", outcome.output());
		assertEquals(1, outcome.status());
		final Path none = Files.writeString(dir.resolve("none.ijm"), "run(\"CF-EBM Denoise...\");\nprint(\"went on\");");
		final Path syntax = Files.writeString(dir.resolve("syntax.ijm"), "x = 1;\nif (x {\n");
		final Path exit = Files.writeString(dir.resolve("exit.ijm"), "print(1);\nexit(\"Enough of this.\");\n");
		final Path end = Files.writeString(dir.resolve("end.ijm"), "print(2);\nexit;\nprint(3);");
		final Jvm.Outcome all = run(String.join(File.pathSeparator, none.toString(), syntax.toString(), exit.toString(), end
			.toString(), "/no.ijm"), "");
		assertEquals(none + ", line 1: There is no image open: open one first.\n" + syntax +
			", line 3: ')' expected\n1\nEnough of this.\n2\n" + "There is no macro file “/no.ijm”: give one with -Dmacro=FILE.\n",
			all.output());
		assertEquals(4, all.status());
	}

	/** The macro host for several macros, one after another: a JVM takes seconds to start. Exits with how many failed. */
	public static final class Several {

		public static void main(final String[] args) throws IOException {
			MacroHost.prepare();
			int failures = 0;
			for (final String macro : System.getProperty("cfebm.macro").split(File.pathSeparator))
				failures += MacroHost.Runner.run(macro, System.getProperty("cfebm.arg"));
			System.exit(failures);
		}
	}

	private static String withoutLog(final Jvm.Outcome outcome) {
		return Jvm.withoutLog(outcome.output());
	}

	private Jvm.Outcome run(final String macro, final String arg) throws IOException, InterruptedException {
		final Jvm.Outcome outcome = Jvm.run(dir, dir.resolve("output.txt"), 5, List.of("-Djava.awt.headless=true", "-Dcfebm.macro=" + macro, "-Dcfebm.arg=" +
			arg, "-classpath", Jvm.classPath(), macro.contains(File.pathSeparator) ? Several.class.getName() : MacroHost.class.getName()));
		assertFalse(outcome.output().contains("\tat "), outcome.output());
		return outcome;
	}
}

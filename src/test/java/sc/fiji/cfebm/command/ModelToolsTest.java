package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.ZipFile;

import javax.imageio.ImageIO;

import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ij.ImagePlus;

/** CF-EBM Export and CF-EBM Model Info through the real command framework. */
class ModelToolsTest {

	@TempDir
	static Path dir;
	private static Context context;
	private static File gray;

	@BeforeAll
	static void trainModels() throws IOException {
		context = new Context(CommandService.class, ModuleService.class);
		gray = TinyModels.addNominalModel(TinyModels.write(dir, 1)).toFile();
	}

	@AfterAll
	static void close() {
		context.dispose();
	}

	@Test
	void exportWritesTheStageThatIsAskedFor() throws Exception {
		final File file = dir.resolve("energy.zip").toFile();
		for (final int side : new int[] { 16, 8 }) {
			assertNull(run(ExportCommand.class, "model", gray, "format", "Deeplearning4j", "stage", side == 16 ? "Finest" : "8", "file",
				file, "overwrite", true).getCancelReason());
			try (ZipFile zip = new ZipFile(file)) {
				final SameDiff graph = SameDiff.load(zip.getInputStream(zip.getEntry("network.fb")), false);
				assertEquals(side / 4, graph.getVariable("multiple").getArr().getInt(0));
			}
		}
	}

	@Test
	void exportWritesThePapersNetwork() throws Exception {
		final File paper = TinyModels.writePaper(dir).toFile(), file = dir.resolve("net.zip").toFile();
		for (final int side : new int[] { 16, 8 }) {
			assertNull(run(ExportCommand.class, "model", paper, "format", "Deeplearning4j", "stage", side == 16 ? "Finest" : "8", "file",
				file, "overwrite", true).getCancelReason());
			final var graph = ModelSerializer.restoreComputationGraph(file);
			assertArrayEquals(new long[] { 2, 1 }, graph.outputSingle(Nd4j.zeros(2, 1, side, side)).shape());
		}
	}

	@Test
	void exportWritesOnnxUnlessAskedForAnother() throws Exception {
		final File file = dir.resolve("energy.onnx").toFile();
		assertNull(run(ExportCommand.class, "model", gray, "file", file).getCancelReason());
		try (OrtSession network = OrtEnvironment.getEnvironment().createSession(file.getPath())) {
			assertEquals(Set.of("image", "sigma"), network.getInputNames());
			assertEquals(Set.of("denoised", "gradient", "energy"), network.getOutputNames());
		}
		final File paper = TinyModels.writePaper(dir).toFile();
		assertEquals("The network of the preset Paper is told no noise level and sees tiles of one size: it can be exported for " +
			"Deeplearning4j alone.", run(ExportCommand.class, "model", paper, "file", file, "overwrite", true).getCancelReason());
	}

	@Test
	void exportWritesAPackageWithItsCover() throws Exception {
		final File file = dir.resolve("package.zip").toFile();
		assertNull(run(ExportCommand.class, "model", gray, "format", "bioimage.io", "file", file, "authors", "A; B", "licence", "CC0-1.0")
			.getCancelReason());
		try (ZipFile zip = new ZipFile(file)) {
			final BufferedImage cover = ImageIO.read(zip.getInputStream(zip.getEntry("cover.png")));
			assertEquals("281x150", cover.getWidth() + "x" + cover.getHeight());
			assertArrayEquals(Files.readAllBytes(gray.toPath()), zip.getInputStream(zip.getEntry("gray.cfebm")).readAllBytes());
		}
	}

	@Test
	void exportOverwritesNothingUnasked() throws Exception {
		final Path file = Files.writeString(dir.resolve("mine.onnx"), "mine");
		assertEquals("The file " + file + " exists: name another one, or choose to overwrite it.", run(ExportCommand.class, "model",
			gray, "file", file.toFile()).getCancelReason());
		assertEquals("mine", Files.readString(file));
	}

	@Test
	void exportSaysWhatIsMissing() throws Exception {
		final File file = dir.resolve("none.onnx").toFile();
		assertEquals("No model file is given: choose a .cfebm file written by CF-EBM Train, or write microscopy, photo, photo-color or nuclei for those that come with the plugin.", run(ExportCommand.class, "file", file)
			.getCancelReason());
		assertEquals("No file to write is given: choose where to write the network, such as nuclei.onnx.", run(ExportCommand.class,
			"model", gray).getCancelReason());
		assertEquals("No file to write is given: choose where to write the network, such as nuclei.zip.", run(ExportCommand.class,
			"model", gray, "format", "deeplearning4j").getCancelReason());
		assertEquals("The format is “TensorFlow”: it must be one of ONNX, bioimage.io, Deeplearning4j.", run(ExportCommand.class,
			"model", gray, "format", "TensorFlow", "file", file).getCancelReason());
		assertEquals("No author is given: a package says who made the model, such as authors=[Ada Lovelace; Grace Hopper].", run(
			ExportCommand.class, "model", gray, "format", "bioimage.io", "file", dir.resolve("none.zip").toFile()).getCancelReason());
		assertEquals("The format Deeplearning4j is written into a file that ends in .zip, not into none.onnx.", run(ExportCommand.class, "model", gray, "format",
			"Deeplearning4j", "file", file).getCancelReason());
		assertEquals("The model has no stage of 64 pixels, only 8, 16.", run(ExportCommand.class, "model", gray, "stage", "64", "file",
			file).getCancelReason());
		assertEquals("The stage is “fine”: it must be Finest or the side of its tile in pixels, such as 16.", run(ExportCommand.class,
			"model", gray, "stage", "fine", "file", file).getCancelReason());
		final File nowhere = dir.resolve("no/net.onnx").toFile();
		assertEquals("The network cannot be written to " + nowhere + ": there is no folder " + nowhere.getParent() + ".", run(
			ExportCommand.class, "model", gray, "file", nowhere).getCancelReason());
		assertEquals(false, file.exists());
	}

	@Test
	void infoShowsAStripOfSamples() throws Exception {
		final ImagePlus strip = (ImagePlus) ((Module) run(ModelInfoCommand.class, "model", gray, "samples", 5)).getOutput("strip");
		assertEquals("samples of gray 84x16", strip.getTitle() + " " + strip.getWidth() + "x" + strip.getHeight());
		final ImagePlus sampled = (ImagePlus) ((Module) run(SampleCommand.class, "model", gray, "count", 5)).getOutput("samples");
		strip.setRoi(2 * 17, 0, 16, 16);
		assertArrayEquals((float[]) sampled.getStack().getPixels(3), (float[]) strip.crop().getProcessor().getPixels());
		assertNull(((Module) run(ModelInfoCommand.class, "model", gray, "samples", 0)).getOutput("strip"));
	}

	private static Cancelable run(final Class<? extends CfebmCommand> command, final Object... inputs) throws Exception {
		return (Cancelable) context.service(ModuleService.class).run(context.service(CommandService.class).getCommand(command), true,
			inputs).get();
	}
}

package sc.fiji.cfebm.export;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelDescription;

/**
 * Writes a stage of a model as a zip for programs without this plugin: the energy of noisy images as a SameDiff graph, in the entry
 * {@value #NETWORK}, which {@link SameDiff#load(java.io.InputStream, boolean)} reads; the paper's network as a zip that
 * {@link ModelSerializer#restoreComputationGraph(java.io.File)} reads. The entry {@value #ABOUT}, which DL4J passes over, says what
 * the network takes and gives, and what its weights come from.
 */
public final class Dl4jExport {

	static final String ABOUT = "about.txt", NETWORK = "network.fb";

	private static final String ANSCOMBE = "A(v) = 2·√(max(0, v/gain + intercept/gain² + 3/8))";
	private static final String ABOUT_TOLD = """
		Outputs “told.estimate”, “told.energy”, “told.total”: the same where the network is told what is bright, for images like \
		those of the training, with a σ that is the same for all pixels of an image.
		""";

	private Dl4jExport() {}

	/**
	 * Writes a stage, or leaves what was there as it was. The network computes in float: energies are the engine's to the
	 * rounding of floats.
	 *
	 * @param stage from 0, the coarsest
	 * @throws IOException with one sentence naming the file
	 */
	public static void write(final Model model, final int stage, final Path file) throws IOException {
		AtomicFile.requireWritable("The network", file);
		final Map<String, byte[]> entries = model.pyramid().parameters(stage) instanceof UnetParameters unet ? entries(model, unet)
			: entries(model, (PaperParameters) model.pyramid().parameters(stage));
		try {
			AtomicFile.writeZip(file, entries);
		}
		catch (final IOException e) {
			throw new IOException("The network cannot be written to " + file + ": " + e.getMessage() + ".", e);
		}
	}

	private static Map<String, byte[]> entries(final Model model, final UnetParameters parameters) {
		final SameDiff graph = SameDiffGraph.build(parameters, DataType.FLOAT, scale(model));
		final ByteBuffer buffer = graph.asFlatBuffers(false);
		final byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		final Map<String, byte[]> entries = new LinkedHashMap<>();
		entries.put(NETWORK, bytes);
		entries.put(ABOUT, about(model, parameters).getBytes(StandardCharsets.UTF_8));
		return entries;
	}

	private static Map<String, byte[]> entries(final Model model, final PaperParameters parameters) throws IOException {
		final ComputationGraph graph = Dl4jGraph.build(parameters, DataType.FLOAT, e -> parameters.spectralNorm(e.name()));
		final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		ModelSerializer.writeModel(graph, bytes, false);
		final Map<String, byte[]> entries = new LinkedHashMap<>();
		try (ZipInputStream written = new ZipInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			for (ZipEntry entry = written.getNextEntry(); entry != null; entry = written.getNextEntry())
				entries.put(entry.getName(), written.readAllBytes());
		}
		entries.put(ABOUT, about(model, parameters).getBytes(StandardCharsets.UTF_8));
		return entries;
	}

	/** The values that are -1 and 1 in model units, transformed where they are. */
	private static Normalization scale(final Model model) {
		return model.units(model.range()).scale();
	}

	/** What is to be known of a network without its model. */
	private static String about(final Model model, final UnetParameters parameters) {
		final boolean shot = model.info().shot() != null;
		final Normalization scale = scale(model);
		return """
			A stage of a CF-EBM model as a SameDiff graph of ND4J: SameDiff.load reads the entry “%s” of this zip.
			Input “image”: images [N,H,W,%d], float, H and W multiples of %d, as %s; images of coarser stages are means of 2×2 pixels \
			of finer ones, whose noise is half as strong.
			Input “sigma”: the standard deviation of their noise in the same units%s, positive: one for all [1,1,1,1], one for each \
			image [N,1,1,1] or one for each pixel [N,H,W,1].
			Output “estimate” [N,H,W,%2$d]: the network's own estimate of the images without noise.
			Output “energy” [N]: their energies E(x, σ), without units; “total”: the sum of these, whose gradient with respect to \
			“image” is ∇E; x - σ²∇E is the denoised image. An image's gain and offset make no difference.
			%sConstants “multiple”: %3$d; “range”: the range of the training images, %s and %s.""".formatted(NETWORK, model.channels(),
			UnetSpec.multiple(parameters.stage()), shot ? "transformed gray values " + ANSCOMBE +
				" with gain and intercept as named below" : "gray values", shot ? ", about 1" : "", parameters.spec().told() ? ABOUT_TOLD : "", scale
					.low(), scale.high()) + model(model);
	}

	private static String about(final Model model, final PaperParameters parameters) {
		final int r = NetworkSpec.resolution(parameters.stage());
		return "A stage of a CF-EBM model as a DL4J ComputationGraph: ModelSerializer.restoreComputationGraph reads this zip.\n" +
			"Input “" + Dl4jGraph.IMAGE + "”: tiles [N," + model.channels() + "," + r + "," + r + "], float, x = 2·(v - low)/(high - low)" +
			" - 1 for gray values v in the range from low to high that is named below" + (model.info().shot() == null ? "" : ", transformed, " +
				ANSCOMBE + ", where low and high are " + scale(model).low() + " and " + scale(model).high()) +
			"; images of coarser stages are means of 2×2 pixels of finer ones.\n" +
			"Output “" + Dl4jGraph.ENERGY + "”: their energies E(x) [N,1]." + model(model);
	}

	private static String model(final Model model) {
		return "\n\nThe model it is from:\n" + ModelDescription.text(model);
	}
}

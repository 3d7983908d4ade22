package sc.fiji.cfebm.export;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelDescription;

/**
 * Writes a stage of a model as a zip that {@link ModelSerializer#restoreComputationGraph(java.io.File)} reads, without this
 * plugin. Its entry {@value #ABOUT}, which DL4J passes over, says what the network takes and gives, and what its weights come from.
 */
public final class Dl4jExport {

	static final String ABOUT = "about.txt";

	private Dl4jExport() {}

	/**
	 * Writes a stage, or leaves what was there as it was. The network computes in float: energies are the engine's to the
	 * rounding of floats, f(x) for a model of score matching.
	 *
	 * @param stage from 0, the coarsest
	 * @throws IOException with one sentence naming the file
	 */
	public static void write(final Model model, final int stage, final Path file) throws IOException {
		AtomicFile.requireWritable("The network", file);
		if (!(model.pyramid().parameters(stage) instanceof PaperParameters)) throw new IllegalArgumentException(
			"The model's network is none that Deeplearning4j has layers for: only those with the encoder of the paper can be exported.");
		final PaperParameters parameters = (PaperParameters) model.pyramid().parameters(stage);
		final ComputationGraph graph = Dl4jGraph.build(parameters, DataType.FLOAT, e -> parameters.spectralNorm(e.name()));
		try {
			AtomicFile.write(file, out -> write(graph, about(model, stage), out));
		}
		catch (final IOException e) {
			throw new IOException("The network cannot be written to " + file + ": " + e.getMessage() + ".", e);
		}
	}

	private static void write(final ComputationGraph graph, final String about, final OutputStream out) throws IOException {
		final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		ModelSerializer.writeModel(graph, bytes, false);
		final ZipOutputStream zip = new ZipOutputStream(out);
		try (ZipInputStream written = new ZipInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			for (ZipEntry entry = written.getNextEntry(); entry != null; entry = written.getNextEntry())
				AtomicFile.put(zip, entry.getName(), written.readAllBytes());
		}
		AtomicFile.put(zip, ABOUT, about.getBytes(StandardCharsets.UTF_8));
		zip.finish();
	}

	/** The transformed ends of the range. */
	private static String scale(final Model model) {
		final Normalization scale = model.units(model.range()).scale();
		return scale.low() + " and " + scale.high();
	}

	/** What is to be known of a network without its model. */
	private static String about(final Model model, final int stage) {
		final int r = NetworkSpec.resolution(stage);
		return "A stage of a CF-EBM model as a DL4J ComputationGraph: ModelSerializer.restoreComputationGraph reads this zip.\n" +
			"Input “" + Dl4jGraph.IMAGE + "”: tiles [N," + model.channels() + "," + r + "," + r + "], float, x = 2·(v - low)/(high - low)" +
			" - 1 for gray values v in the range from low to high that is named below" + (model.info().shot() == null ? ""
				: ", transformed, A(v) = 2·√(max(0, v/gain + intercept/gain² + 3/8)), where low and high are " + scale(model)) + "; images of coarser stages are means of 2×2 pixels of finer ones.\n" +
			"Output “" + Dl4jGraph.ENERGY + "”: their energies [N,1], " + (model.kind() == Model.Kind.SCORE_MATCHING
				? "f(x); at noise level σ the energy is f(x)/σ, and x - σ·∇f(x) is the mean of the clean images given x." : "E(x).") +
			"\n\nThe model it is from:\n" + ModelDescription.text(model);
	}
}

package sc.fiji.cfebm.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelDescription;

/**
 * Writes a stage of a model as an ONNX file: images and their σ in, the denoised images, ∇E and the energies out. What it takes and gives,
 * and what the model was trained on, is in the file: as its documentation and as metadata.
 */
public final class OnnxExport {

	private OnnxExport() {}

	/**
	 * Writes a stage, or leaves what was there as it was. The network computes in float: results are the engine's to the rounding of floats.
	 *
	 * @param stage from 0, the coarsest
	 * @throws IllegalArgumentException with one sentence, if the stage has no such form
	 * @throws IOException with one sentence naming the file
	 */
	public static void write(final Model model, final int stage, final Path file) throws IOException {
		final byte[] bytes = network(model, stage);
		AtomicFile.requireWritable("The network", file);
		try {
			AtomicFile.write(file, out -> out.write(bytes));
		}
		catch (final IOException e) {
			throw new IOException("The network cannot be written to " + file + ": " + e.getMessage() + ".", e);
		}
	}

	/** The file's bytes, the same for the same stage. @throws IllegalArgumentException with one sentence, if the stage has no such form */
	static byte[] network(final Model model, final int stage) {
		return OnnxNetwork.toBytes(requireNoiseAware(model, stage), about(model), facts(model));
	}

	/** @throws IllegalArgumentException with one sentence, if a stage's network is not one of the energy of noisy images */
	static UnetParameters requireNoiseAware(final Model model, final int stage) {
		final StageParameters parameters = model.pyramid().parameters(stage);
		if (!(parameters instanceof UnetParameters)) throw new IllegalArgumentException("The network of the preset Paper is told no noise " +
			"level and sees tiles of one size: it can be exported for Deeplearning4j alone.");
		if (model.planes() > 1) throw new IllegalArgumentException("A model of neighbouring slices or frames can't be exported, only one for single " +
			"images.");
		return (UnetParameters) parameters;
	}

	/** The values that are -1 and 1 in model units, transformed where they are. */
	static Normalization scale(final Model model) {
		return model.units(model.range()).scale();
	}

	/** Of which kind an image's values are. */
	static String values(final Model model) {
		return model.info().shot() == null ? "gray values" : "transformed gray values A(v) = 2·√(max(0, v/gain + intercept/gain² + 3/8)), " +
			"with gain and intercept as named below";
	}

	private static String about(final Model model) {
		return """
			A stage of a CF-EBM model: the energy E(x, σ) of noisy images x, low where an image with such noise is typical.
			Input “image” [N,%d,H,W], float: %s, of any range, scale and size. The graph mirrors images at their borders by itself.
			Input “sigma”, float: the standard deviation of their noise in the same units, positive: [N,1,1,1] or [1,1,1,1] for whole \
			images, [N,1,H,W] for each pixel.
			Output “denoised” [N,%1$d,H,W]: x - σ²∇E, the mean of the clean images given x. Output “gradient”: ∇E. Output “energy” [N]: E.
			The training images' values are from %s to %s.

			The model it is from:
			%s""".formatted(model.channels(), values(model), scale(model).low(), scale(model).high(), ModelDescription.text(model));
	}

	private static Map<String, String> facts(final Model model) {
		final Map<String, String> facts = new LinkedHashMap<>();
		facts.put("range", scale(model).low() + " " + scale(model).high());
		facts.put("data", model.info().training().getOrDefault(ModelDescription.DATA, ""));
		facts.put("licence of the data", model.info().training().getOrDefault(ModelDescription.LICENCE, ""));
		return facts;
	}
}

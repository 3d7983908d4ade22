package sc.fiji.cfebm.task;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.tile.Raster;

/** What every task asks of its input, as one sentence for the user where it is not so. */
final class Checks {

	private Checks() {}

	static void requireFits(final Model model, final Raster image) {
		if (image.channels() != model.channels()) throw new IllegalArgumentException("The model was trained on " + kindOf(
			model.channels()) + " images, but this image is " + kindOf(image.channels()) + ".");
		for (final float v : image.values())
			if (!Float.isFinite(v)) throw new IllegalArgumentException(
				"The image contains values that are not finite numbers (NaN or infinity); replace them first.");
	}

	static void requireKind(final Model model, final Kind kind, final String task) {
		if (model.kind() != kind) throw new IllegalArgumentException(task + " needs a model trained with " + (kind ==
			Kind.SCORE_MATCHING ? "score matching" : "the preset Paper") + ", and this one was trained with " + (kind ==
				Kind.SCORE_MATCHING ? "the preset Paper" : "score matching") + ".");
	}

	static void requireNoise(final Model model, final NoiseModel noise) {
		final boolean shot = model.info().shot() != null;
		if (shot != (noise.shot() != null)) throw new IllegalArgumentException("The model is for images with " + (shot
			? "shot noise, not with white noise." : "white noise, not with shot noise."));
	}

	private static String kindOf(final int channels) {
		return channels == 1 ? "gray" : channels == 3 ? "RGB" : channels + "-channel";
	}
}

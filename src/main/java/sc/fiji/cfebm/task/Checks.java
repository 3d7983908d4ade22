package sc.fiji.cfebm.task;

import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;

/** What every task asks of its input, as one sentence for the user where it is not so. */
public final class Checks {

	private Checks() {}

	/** @throws IllegalArgumentException with one sentence, for other channels than the model's */
	public static void requireChannels(final Model model, final Raster image) {
		if (image.channels() != model.channels()) throw new IllegalArgumentException("The model was trained on " + kindOf(
			model.channels()) + " images, but this image is " + kindOf(image.channels()) + ".");
	}

	/** @throws IllegalArgumentException with one sentence, if there is no pixel to begin with */
	static void requireAny(final boolean[] missing) {
		if (Missing.isAll(missing)) throw new IllegalArgumentException("No pixel of the image is a finite number.");
	}

	static void requireKind(final Model model, final Kind kind, final String task) {
		if (model.kind() != kind) throw new IllegalArgumentException(task + " needs a model trained with " + (kind ==
			Kind.SCORE_MATCHING ? "score matching" : "the preset Paper") + ", and this one was trained with " + (kind ==
				Kind.SCORE_MATCHING ? "the preset Paper" : "score matching") + ".");
	}

	/** Chains from noise to an image must be told what is bright; in units of the noise alone nothing is. */
	static void requireBrightness(final Model model) {
		if (model.info().network() instanceof UnetSpec && !((UnetSpec) model.info().network()).told())
			throw new IllegalArgumentException(
				"The model was trained to restore images whatever their brightness and can't invent any: use one trained by the preset Score matching.");
	}

	private static String kindOf(final int channels) {
		return channels == 1 ? "gray" : channels == 3 ? "RGB" : channels + "-channel";
	}
}

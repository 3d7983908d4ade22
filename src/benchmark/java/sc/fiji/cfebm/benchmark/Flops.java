package sc.fiji.cfebm.benchmark;

import sc.fiji.cfebm.energy.unet.UnetSpec;

/**
 * Floating-point operations (a multiplication and an addition are two) in the convolutions of one image; what is element-wise,
 * and products with zeros that make convolutions regular, are not counted.
 *
 * @param step energy and image gradient: once forward, once back
 * @param parameters energy and parameter gradient: once forward, once back twice, but to the image
 */
record Flops(double step, double parameters) {

	/** Of the finest stage, for a square image. */
	static Flops of(final UnetSpec spec, final int side) {
		final int finest = spec.stages() - 1;
		final double pixels = 0.25 * side * side, unshuffled = 4 * spec.channels();
		final double first = convolution(pixels, 3, unshuffled, spec.width(finest));
		double forward = first + convolution(pixels, 3, spec.width(finest), unshuffled * spec.form().outputs());
		for (int level = finest; level >= 0; level--) {
			final double here = pixels / (1 << 2 * (finest - level)), w = spec.width(level);
			// Two blocks of two convolutions: on the way down and up, or both at the bottom.
			forward += 4 * convolution(here, 3, w, w);
			if (level > 0) forward += 2 * convolution(here / 4, 2, w, spec.width(level - 1));
		}
		return new Flops(2 * forward, 3 * forward - first);
	}

	/** @param pixels of the smaller side, if it changes the resolution */
	private static double convolution(final double pixels, final int kernel, final double from, final double to) {
		return 2 * pixels * kernel * kernel * from * to;
	}
}

package sc.fiji.cfebm.benchmark;

import sc.fiji.cfebm.energy.unet.UnetSpec;

/**
 * Bytes that a device's kernels read and write at the least for a Langevin step of one image: every array that a kernel is given once, as
 * if what neighbouring groups read twice came from a cache.
 */
final class Traffic {

	private static final int FLOAT = 4, HALF = 2, LANES = 8;
	/** Arrays of a block: activation 3, convolutions 3 and 3; on the way back 3 and 4. Two blocks for each level. */
	private static final int BLOCKS = 2 * (9 + 7);
	/** Arrays as large as the image: z, means and their transposes, form, outputs, gradients, noise. */
	private static final int IMAGES = 40;

	private Traffic() {}

	/** Of the finest stage, for a square image. @param compact whether features have 16 bits */
	static double step(final UnetSpec spec, final int side, final boolean compact) {
		final int finest = spec.stages() - 1;
		final double pixels = 0.25 * side * side;
		double features = 0;
		// First and last layer with their ways back: features on one side, filled up channels on the other.
		features += pixels * (4 * spec.width(finest) + 2 * filled(4 * spec.channels() + 1) + 2 * filled(4 * spec.channels() * spec.form()
			.outputs()));
		for (int level = finest; level >= 0; level--) {
			final double here = pixels / (1 << 2 * (finest - level)) * spec.width(level);
			features += BLOCKS * here;
			if (level > 0) features += 6 * here + 4 * pixels / (1 << 2 * (finest - level + 1)) * spec.width(level - 1);
		}
		return FLOAT * IMAGES * 4 * pixels * spec.channels() + (compact ? HALF : FLOAT) * features;
	}

	private static int filled(final int channels) {
		return (channels + LANES - 1) / LANES * LANES;
	}
}

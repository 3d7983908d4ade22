package sc.fiji.cfebm.task;

import sc.fiji.cfebm.raster.Raster;

/**
 * What tells whether two neighbouring planes show the same field, in spite of their noise: means over small squares, which noise hardly reaches.
 * Not so across a cut, at another place, or where one shows nothing.
 *
 * @param means of the squares, less the mean of all
 * @param variance of the means, less what noise has of it; may be negative
 * @param noise variance of the means that noise has
 */
record SameField(float[] means, double variance, double noise) {

	/** Side of a square in pixels. */
	private static final int SIDE = 4;
	/** Least correlation, and least variance in units of the noise's, of which the error is large where squares are few. */
	private static final double CORRELATED = 0.2, SEEN = 0.25;

	/** @param sigma of the image's noise, as if it were white, times what its correlation makes of it in a sum */
	static SameField of(final Raster image, final double sigma) {
		final int columns = (image.width() + SIDE - 1) / SIDE, rows = (image.height() + SIDE - 1) / SIDE;
		final double[] sums = new double[columns * rows];
		final int[] counts = new int[sums.length];
		for (int i = 0; i < image.values().length; i++) {
			final int square = i / image.width() / SIDE * columns + i % image.width() / SIDE;
			sums[square] += image.values()[i];
			counts[square]++;
		}
		double mean = 0, squares = 0, noise = 0;
		for (int k = 0; k < sums.length; k++) {
			mean += (sums[k] /= counts[k]) / sums.length;
			noise += sigma * sigma / counts[k] / sums.length;
		}
		final float[] means = new float[sums.length];
		for (int k = 0; k < means.length; k++) {
			means[k] = (float) (sums[k] - mean);
			squares += means[k] * means[k] / means.length;
		}
		return new SameField(means, squares - noise, noise);
	}

	/** Whether both show the same. Where neither shows anything, they do. */
	boolean isSame(final SameField other) {
		final boolean seen = variance > SEEN * noise, otherSeen = other.variance > SEEN * other.noise;
		if (!seen && !otherSeen) return true;
		if (!seen || !otherSeen) return false;
		double covariance = 0;
		for (int k = 0; k < means.length; k++)
			covariance += (double) means[k] * other.means[k] / means.length;
		return covariance > CORRELATED * Math.sqrt(variance * other.variance);
	}
}

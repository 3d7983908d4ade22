package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

/**
 * Normal noise of standard deviation 1 that is correlated between neighbours, as the noise of images is that a camera has interpolated
 * or smoothed: white noise through a Gaussian filter, and some white noise of its own.
 *
 * @param x the filter's taps along a row, of odd number, their squares' sum 1
 * @param y likewise along a column
 * @param white share of the variance that is white
 */
record CorrelatedNoise(double[] x, double[] y, double white) {

	/** Widest filter in pixels: a correlation of 0.8. */
	private static final double WIDEST = 1.1;
	/** Largest share of white noise. */
	private static final double MOST_WHITE = 0.5;

	/** One of random width; one in three differs along rows and columns, one in three has white noise of its own. */
	static CorrelatedNoise random(final RandomGenerator rng) {
		final double width = WIDEST * rng.nextDouble();
		final boolean alike = rng.nextInt(3) > 0, pure = rng.nextInt(3) > 0;
		return new CorrelatedNoise(taps(width), taps(alike ? width : WIDEST * rng.nextDouble()), pure ? 0 : MOST_WHITE * rng.nextDouble());
	}

	/** @param width standard deviation of the filter; of 0 there is one tap */
	private static double[] taps(final double width) {
		final int radius = (int) Math.ceil(3 * width);
		final double[] taps = new double[2 * radius + 1];
		double squares = 0;
		for (int i = 0; i < taps.length; i++) {
			taps[i] = width == 0 ? 1 : Math.exp(-(i - radius) * (i - radius) / (2 * width * width));
			squares += taps[i] * taps[i];
		}
		for (int i = 0; i < taps.length; i++)
			taps[i] /= Math.sqrt(squares);
		return taps;
	}

	/** Correlation of neighbours in a row. */
	double alongX() {
		return (1 - white) * correlation(x);
	}

	/** Correlation of neighbours in a column. */
	double alongY() {
		return (1 - white) * correlation(y);
	}

	private static double correlation(final double[] taps) {
		double sum = 0;
		for (int i = 1; i < taps.length; i++)
			sum += taps[i] * taps[i - 1];
		return sum;
	}

	/**
	 * Draws the noise of one patch.
	 *
	 * @param to receives it, from {@code offset} on: [r,r,C]
	 */
	void draw(final int side, final int channels, final RandomGenerator rng, final float[] to, final int offset) {
		final int height = side + y.length - 1, width = side + x.length - 1;
		final double[] plane = new double[height * width], rows = new double[height * side];
		final double filtered = Math.sqrt(1 - white), own = Math.sqrt(white);
		for (int c = 0; c < channels; c++) {
			for (int i = 0; i < plane.length; i++)
				plane[i] = rng.nextGaussian();
			for (int i = 0; i < rows.length; i++) {
				rows[i] = 0;
				for (int k = 0; k < x.length; k++)
					rows[i] += x[k] * plane[i / side * width + i % side + k];
			}
			for (int i = 0; i < side * side; i++) {
				double sum = 0;
				for (int k = 0; k < y.length; k++)
					sum += y[k] * rows[i + k * side];
				to[offset + i * channels + c] = (float) (filtered * sum + (own == 0 ? 0 : own * rng.nextGaussian()));
			}
		}
	}
}

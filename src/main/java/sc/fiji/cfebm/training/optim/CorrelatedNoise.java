package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.noise.NoiseModel.Correlation;

/**
 * Normal noise of standard deviation 1 that is correlated between neighbours, as the noise of images is that a camera has interpolated
 * or smoothed: white noise through a Gaussian filter; and some that is white, or wide, as that of light from out of focus.
 *
 * @param x the filter's taps along a row, of odd number, their squares' sum 1
 * @param y likewise along a column
 * @param other taps of another filter, along rows and columns alike; one tap: white noise
 * @param share of the variance that is the other filter's
 */
record CorrelatedNoise(double[] x, double[] y, double[] other, double share) {

	/** Widest filter in pixels: a correlation of 0.8. */
	private static final double WIDEST = 1.1;
	/** Largest share of white noise, and of wide noise. */
	private static final double MOST_WHITE = 0.5, MOST_WIDE = 0.25;
	/** Widths of wide noise in pixels. */
	private static final double WIDE = 1.5, WIDER = 3;

	/** One of random width; one in three differs along rows and columns; one in three has white noise beside, one in three wide noise. */
	static CorrelatedNoise random(final RandomGenerator rng) {
		final double width = WIDEST * rng.nextDouble();
		final boolean alike = rng.nextInt(3) > 0;
		final int beside = rng.nextInt(3);
		final double share = rng.nextDouble();
		return new CorrelatedNoise(taps(width), taps(alike ? width : WIDEST * rng.nextDouble()), taps(beside < 2 ? 0 : rng.nextDouble(WIDE,
			WIDER)), beside == 0 ? 0 : (beside == 1 ? MOST_WHITE : MOST_WIDE) * share);
	}

	/** One whose neighbours are correlated as said; what is negative counts as none. */
	static CorrelatedNoise of(final Correlation correlation) {
		return new CorrelatedNoise(taps(width(correlation.x())), taps(width(correlation.y())), taps(0), 0);
	}

	/** The width of the filter that makes neighbours this correlated, by halving an interval. */
	private static double width(final double correlation) {
		double low = 0, high = WIDER;
		for (int i = 0; i < 40; i++) {
			final double width = (low + high) / 2;
			if (correlation(taps(width)) < correlation) low = width;
			else high = width;
		}
		return correlation <= 0 ? 0 : low;
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
		return (1 - share) * correlation(x) + share * correlation(other);
	}

	/** Correlation of neighbours in a column. */
	double alongY() {
		return (1 - share) * correlation(y) + share * correlation(other);
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
		for (int c = 0; c < channels; c++) {
			for (int i = 0; i < side * side; i++)
				to[offset + i * channels + c] = 0;
			add(x, y, Math.sqrt(1 - share), side, channels, rng, to, offset + c);
			if (share > 0) add(other, other, Math.sqrt(share), side, channels, rng, to, offset + c);
		}
	}

	private static void add(final double[] x, final double[] y, final double scale, final int side, final int channels,
		final RandomGenerator rng, final float[] to, final int offset)
	{
		final int height = side + y.length - 1, width = side + x.length - 1;
		final double[] plane = new double[height * width], rows = new double[height * side];
		for (int i = 0; i < plane.length; i++)
			plane[i] = scale * rng.nextGaussian();
		for (int i = 0; i < rows.length; i++)
			for (int k = 0; k < x.length; k++)
				rows[i] += x[k] * plane[i / side * width + i % side + k];
		for (int i = 0; i < side * side; i++) {
			double sum = 0;
			for (int k = 0; k < y.length; k++)
				sum += y[k] * rows[i + k * side];
			to[offset + i * channels] += (float) sum;
		}
	}
}

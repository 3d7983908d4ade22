package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.random.NoiseFilter;

/**
 * Normal noise of standard deviation 1 that is correlated between neighbours, as the noise of images is that a camera has interpolated
 * or smoothed; and some that is white, or wide, as that of light from out of focus.
 *
 * @param filter what makes it of white noise
 * @param other what makes the rest
 * @param share of the variance that is the rest's
 */
record CorrelatedNoise(NoiseFilter filter, NoiseFilter other, double share) {

	/** Widest filter in pixels: a correlation of 0.8. */
	private static final double WIDEST = 1.1;
	/** Largest share of white noise, and of wide noise. */
	private static final double MOST_WHITE = 0.5, MOST_WIDE = 0.25;
	/** Widths of wide noise in pixels. */
	private static final double WIDE = 1.5, WIDER = 3;
	private static final NoiseFilter NONE = NoiseFilter.ofWidth(0, 0);

	/** One of random width; one in three differs along rows and columns; one in three has white noise beside, one in three wide noise. */
	static CorrelatedNoise random(final RandomGenerator rng) {
		final double width = WIDEST * rng.nextDouble();
		final boolean alike = rng.nextInt(3) > 0;
		final int beside = rng.nextInt(3);
		final double share = rng.nextDouble();
		final NoiseFilter filter = NoiseFilter.ofWidth(width, alike ? width : WIDEST * rng.nextDouble());
		if (beside < 2) return new CorrelatedNoise(filter, NONE, beside == 0 ? 0 : MOST_WHITE * share);
		final double wide = rng.nextDouble(WIDE, WIDER);
		return new CorrelatedNoise(filter, NoiseFilter.ofWidth(wide, wide), MOST_WIDE * share);
	}

	/** One whose neighbours are correlated as said; what is negative counts as none. */
	static CorrelatedNoise of(final Correlation correlation) {
		return new CorrelatedNoise(NoiseFilter.ofCorrelation(correlation.x(), correlation.y()), NONE, 0);
	}

	/** Correlation of neighbours in a row. */
	double alongX() {
		return (1 - share) * filter.alongX() + share * other.alongX();
	}

	/** Correlation of neighbours in a column. */
	double alongY() {
		return (1 - share) * filter.alongY() + share * other.alongY();
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
			add(filter, Math.sqrt(1 - share), side, channels, rng, to, offset + c);
			if (share > 0) add(other, Math.sqrt(share), side, channels, rng, to, offset + c);
		}
	}

	private static void add(final NoiseFilter filter, final double scale, final int side, final int channels, final RandomGenerator rng,
		final float[] to, final int offset)
	{
		final double[] white = new double[(side + 2 * filter.marginX()) * (side + 2 * filter.marginY())];
		for (int i = 0; i < white.length; i++)
			white[i] = scale * rng.nextGaussian();
		final double[] noise = filter.apply(white, side, side);
		for (int i = 0; i < noise.length; i++)
			to[offset + i * channels] += (float) noise[i];
	}
}

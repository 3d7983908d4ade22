package sc.fiji.cfebm.intensity;

import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.raster.Raster;

/**
 * The generalised Anscombe transform of intensities with shot noise, whose standard deviation becomes 1 wherever more
 * than some photons were counted, and its exact unbiased inverse (M. Mäkitalo, A. Foi, <em>Optimal inversion of the
 * generalized Anscombe transformation for Poisson-Gaussian noise</em>, IEEE Transactions on Image Processing 22, 2013,
 * its closed form).
 * <p>
 * A gray value is gain·k + offset + r, with k a Poisson number of photons and r Gaussian noise of standard deviation
 * {@code read}. Its variance is gain·value + intercept with intercept = read² - gain·offset. Gain and intercept can be
 * told from an image, offset and read noise cannot be told apart; nor need they, since both the transform and its inverse
 * depend on them by the intercept alone.
 *
 * @param gain gray values per photon, above 0
 * @param intercept the variance that the line has at value 0, in squared gray values; any number
 */
public record Anscombe(double gain, double intercept) {

	/** Transformed value of 0 photons without read noise, where the closed form of the inverse ends. */
	private static final double DARK = 2 * Math.sqrt(3.0 / 8);
	/** Photons from which on a Poisson number is as good as a Gaussian one. */
	private static final double MANY = 60;
	private static final double ROOT = Math.sqrt(1.5);
	/** The slope of the inverse there, in photons; below, it goes on as a straight line. */
	private static final double DARK_SLOPE = slope(DARK);
	private static final double STEP = 0.05;
	private static final double[] SIGMAS = sigmas();

	public Anscombe {
		if (!(gain > 0) || Double.isInfinite(gain) || !Double.isFinite(intercept)) throw new IllegalArgumentException(
			"Shot noise needs a gain above 0 and a finite intercept, not " + gain + " and " + intercept + ".");
	}

	/** From what a camera's data sheet says: gray values per photon, the gray value of no light, read noise in gray values. */
	public static Anscombe of(final double gain, final double offset, final double read) {
		return new Anscombe(gain, read * read - gain * offset);
	}

	/** The gray value at which the noise has no variance: the offset, if there is no read noise. */
	public double black() {
		return -intercept / gain;
	}

	/** Standard deviation of the noise of a pixel whose value without noise is this, in gray values. */
	public double sigma(final double value) {
		return Math.sqrt(Math.max(0, gain * value + intercept));
	}

	/** Gray values as numbers of photons; read noise counts for photons of its variance. */
	public Raster photons(final Raster gray) {
		return map(gray, this::count);
	}

	/** Gray values with noise, transformed: their noise has standard deviation 1. */
	public Raster forward(final Raster noisy) {
		return map(noisy, z -> transformed(count(z)));
	}

	/** Gray values without noise, as the mean of {@link #forward} of what a camera would make of them. */
	public Raster forwardMean(final Raster clean) {
		return map(clean, z -> mean(count(z)));
	}

	/** A gray value without noise, as the mean of {@link #forward} of what a camera would make of it. */
	public double forwardMean(final double clean) {
		return mean(count(clean));
	}

	/** The transformed ends of a range. */
	public Normalization forwardMean(final Normalization range) {
		return new Normalization(mean(count(range.low())), mean(count(range.high())));
	}

	/** The gray values of as many photons as those of a range have with another camera. */
	public Normalization equalPhotonRange(final Normalization range, final Anscombe other) {
		return new Normalization(gain * other.count(range.low()) - intercept / gain, gain * other.count(range.high()) -
			intercept / gain);
	}

	/** The same curve for gray values on another scale: what was {@code from}'s ends is {@code to}'s. */
	public Anscombe rescaled(final Normalization from, final Normalization to) {
		final double factor = (to.high() - to.low()) / (from.high() - from.low());
		return new Anscombe(factor * gain, factor * factor * intercept - factor * gain * (to.low() - factor * from.low()));
	}

	/** Means of transformed values as gray values: undoes {@link #forwardMean}. */
	public Raster inverse(final Raster transformed) {
		return map(transformed, d -> gain * inverse(d) - intercept / gain);
	}

	/**
	 * Standard deviations of transformed values, in gray values.
	 *
	 * @param transformed the values that they are standard deviations of
	 */
	public Raster inverseSpread(final Raster deviation, final Raster transformed) {
		final Raster slopes = map(transformed, d -> gain * (d < DARK ? DARK_SLOPE : slope(d)));
		for (int i = 0; i < slopes.values().length; i++)
			slopes.values()[i] *= deviation.values()[i];
		return slopes;
	}

	/** The transform of a number of photons, see {@link #forward}. */
	public static double transformed(final double photons) {
		return 2 * Math.sqrt(Math.max(0, photons + 3.0 / 8));
	}

	/** The number of photons that {@link #transformed} makes a value of: of a noisy value, not of a mean. */
	public static double counted(final double transformed) {
		return transformed * transformed / 4 - 3.0 / 8;
	}

	/** See {@link #photons}. */
	private double count(final double value) {
		return value / gain + intercept / (gain * gain);
	}

	/**
	 * A transformed value as a camera without read noise would count it: the transform of a Poisson number.
	 *
	 * @param mean the transformed value without noise, see {@link #forwardMean}; values darker than black stay
	 */
	public static double samplePoisson(final double mean, final RandomGenerator rng) {
		final double photons = inverse(mean);
		return photons > 0 ? 2 * Math.sqrt(poisson(photons, rng) + 3.0 / 8) : mean;
	}

	/**
	 * The standard deviation of {@link #samplePoisson} of a transformed value: 1 from some photons on, 0 without light.
	 *
	 * @param mean the transformed value without noise
	 */
	public static double poissonSigma(final double mean) {
		final double at = (mean - DARK) / STEP;
		if (at >= SIGMAS.length - 1) return 1;
		final int i = (int) Math.max(0, at);
		return SIGMAS[i] + Math.max(0, at - i) * (SIGMAS[i + 1] - SIGMAS[i]);
	}

	/** At every step of transformed values from that of no light on. */
	private static double[] sigmas() {
		final double[] sigmas = new double[(int) ((2 * Math.sqrt(MANY) - DARK) / STEP)];
		for (int i = 0; i < sigmas.length; i++) {
			final double photons = Math.max(0, inverse(DARK + i * STEP));
			double probability = Math.exp(-photons), sum = 0, squares = 0;
			for (int k = 0; k < 3 * MANY; probability *= photons / ++k) {
				final double value = 2 * Math.sqrt(k + 3.0 / 8);
				sum += probability * value;
				squares += probability * value * value;
			}
			sigmas[i] = Math.sqrt(Math.max(0, squares - sum * sum));
		}
		return sigmas;
	}

	/** A product of uniform numbers where there are few photons, a rounded Gaussian number where there are many. */
	private static double poisson(final double mean, final RandomGenerator rng) {
		if (mean > MANY) return Math.max(0, Math.rint(mean + Math.sqrt(mean) * rng.nextGaussian()));
		final double end = Math.exp(-mean);
		int count = 0;
		for (double product = rng.nextDouble(); product > end; product *= rng.nextDouble())
			count++;
		return count;
	}

	private static double inverse(final double d) {
		if (d < DARK) return DARK_SLOPE * (d - DARK);
		return d * d / 4 + ROOT / 4 / d - 11.0 / 8 / (d * d) + 5.0 / 8 * ROOT / (d * d * d) - 1.0 / 8;
	}

	private static double slope(final double d) {
		return d / 2 - ROOT / 4 / (d * d) + 11.0 / 4 / (d * d * d) - 15.0 / 8 * ROOT / (d * d * d * d);
	}

	/** Newton's method on the inverse, which rises everywhere. */
	private static double mean(final double count) {
		if (count <= 0) return DARK + count / DARK_SLOPE;
		double d = 2 * Math.sqrt(count + 3.0 / 8);
		for (int i = 0; i < 6; i++)
			d = Math.max(DARK, d - (inverse(d) - count) / slope(d));
		return d;
	}

	private static Raster map(final Raster in, final DoubleUnaryOperator function) {
		final Raster out = new Raster(in.width(), in.height(), in.channels());
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] = (float) function.applyAsDouble(in.values()[i]);
		return out;
	}
}

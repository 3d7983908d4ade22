package sc.fiji.cfebm.benchmark;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.raster.Gaussian;
import sc.fiji.cfebm.raster.Raster;

/** Kinds of noise that cameras have, made by chance on images of gray values from 0 to 255. */
enum KnownNoise {

	/** Alike everywhere. */
	WHITE_WEAK("white, sigma 4, 8-bit", 4, 0, 0, 0, true),
	/** Likewise. */
	WHITE_STRONG("white, sigma 25, 32-bit", 25, 0, 0, 0, false),
	/** A confocal microscope. */
	SHOTS("shots, 4 gray values each, offset 3, 8-bit", 0, 4, 3, 0, true),
	/** A scientific camera. */
	SHOTS_READ("shots, 1 gray value each, offset 100, read noise 3", 3, 1, 100, 0, false),
	/** Each photon is counted, most pixels have none. */
	COUNTING("counted photons, most pixels 0", 0, 1, 0, 0, true),
	/** An electron-multiplying camera doubles the variance. */
	MULTIPLIED("electron multiplication, 6 gray values each, offset 50", 5, 6, 50, 0, false),
	/** Interpolated. */
	CORRELATED("correlated, 0.6 between neighbours, sigma 15", 15, 0, 0, 0.7, false),
	/** Shots that were smoothed. */
	CORRELATED_SHOTS("shots, 4 gray values each, smoothed by 0.6 px", 0, 4, 10, 0.6, false);

	/** The photons of the brightest pixel where they are counted. */
	private static final double COUNTED = 3;

	private final String label;
	private final double sigma, gain, offset, width;
	private final boolean rounded;

	/** @param width of a Gaussian filter that the noise went through; 0: none */
	KnownNoise(final String label, final double sigma, final double gain, final double offset, final double width,
		final boolean rounded)
	{
		this.label = label;
		this.sigma = sigma;
		this.gain = gain;
		this.offset = offset;
		this.width = width;
		this.rounded = rounded;
	}

	/** An image with such noise. */
	Raster add(final Raster clean, final RandomGenerator rng) {
		final Raster noise = new Raster(clean.width(), clean.height(), 1), noisy = clean.copy();
		for (int i = 0; i < noise.values().length; i++) {
			final double v = signal(clean.values()[i]);
			noise.values()[i] = (float) (sigma * rng.nextGaussian() + (gain > 0 ? shots(v, rng) - v : 0));
		}
		final Raster filtered = width == 0 ? noise : filtered(noise);
		for (int i = 0; i < noisy.values().length; i++) {
			final double v = signal(clean.values()[i]) + offset + filtered.values()[i];
			noisy.values()[i] = (float) (rounded ? Math.max(0, Math.min(255, Math.rint(v))) : v);
		}
		return noisy;
	}

	private double signal(final float clean) {
		return this == COUNTING ? COUNTED * Math.pow(Math.max(0, clean) / 255, 2) : Math.max(0, clean);
	}

	private double shots(final double v, final RandomGenerator rng) {
		final Anscombe photons = new Anscombe(1, 0);
		if (v <= 0) return 0;
		final double t = Anscombe.samplePoisson(photons.forwardMean(v / gain), rng), k = Math.rint(t * t / 4 - 3.0 / 8);
		// The gain of each electron is random itself: the sum of k has a Gamma distribution.
		return this == MULTIPLIED ? gain * gamma((int) k, rng) : gain * k;
	}

	private static double gamma(final int k, final RandomGenerator rng) {
		double sum = 0;
		for (int i = 0; i < k; i++)
			sum += rng.nextExponential();
		return sum;
	}

	/** Through a filter that keeps the variance. */
	private Raster filtered(final Raster noise) {
		final int side = 2 * Gaussian.reach(width) + 1;
		final float[] impulse = new float[side * side];
		impulse[side * side / 2] = 1;
		double squares = 0;
		for (final float response : Gaussian.smoothed(impulse, side, side, width))
			squares += response * response;
		final float[] out = Gaussian.smoothed(noise.values(), noise.width(), noise.height(), width);
		for (int i = 0; i < out.length; i++)
			out[i] /= (float) Math.sqrt(squares);
		return new Raster(noise.width(), noise.height(), 1, out);
	}

	/** Whether an estimate has its kind, and its standard deviation within 20 % at a quarter and three quarters of the brightness. */
	boolean isFound(final NoiseModel found) {
		if (found == null || (found.shot() != null) != (gain > 0) || found.correlation().isAny() != (width > 0)) return false;
		for (final float clean : new float[] { 64, 191 }) {
			final double v = signal(clean), excess = this == MULTIPLIED ? 2 : 1;
			final double truth = Math.sqrt(sigma * sigma + excess * gain * v), said = found.sigmaAt(v + offset);
			if (Math.abs(said / truth - 1) > 0.2) return false;
		}
		return true;
	}

	@Override
	public String toString() {
		return label;
	}
}

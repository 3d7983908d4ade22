package sc.fiji.cfebm.langevin;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.raster.Window;

/** White noise. */
public final class Noise {

	private Noise() {}

	/** Adds σ·z to all values, z ~ N(0,I). */
	public static void add(final float[] x, final double sigma, final RandomGenerator rng) {
		add(x, 0, x.length, sigma, rng);
	}

	/** Adds σ·z to the values from one index to before another. */
	public static void add(final float[] x, final int from, final int to, final double sigma, final RandomGenerator rng) {
		for (int i = from; i < to; i++)
			x[i] += (float) (sigma * rng.nextGaussian());
	}

	/**
	 * White noise that belongs to the places of an image: each value depends on the seed, its pixel's position in the whole image
	 * and its channel alone, so that a part sees the noise that the whole sees there.
	 *
	 * @param part of the image
	 * @param channels C
	 * @return z ~ N(0,I), [H,W,C] of the part
	 */
	public static float[] inPlace(final Window part, final int channels, final long seed) {
		final int length = part.width() * channels;
		final float[] noise = new float[part.height() * length];
		for (int y = 0; y < part.height(); y++) {
			final long row = hash(hash(seed) + part.y() + y);
			for (int i = 0; i < length; i++)
				noise[y * length + i] = (float) new SplittableRandom(hash(row + (long) part.x() * channels + i)).nextGaussian();
		}
		return noise;
	}

	private static long hash(final long value) {
		return new SplittableRandom(value).nextLong();
	}
}

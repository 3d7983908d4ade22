package sc.fiji.cfebm.langevin;

import java.util.random.RandomGenerator;

/** White noise of one generator after another. */
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
}

package sc.fiji.cfebm.benchmark;

import java.util.SplittableRandom;

/**
 * A simple rival: draws from the Gaussian N(μ, Σ) with mean and full covariance of training patches [n,D]. The draw
 * μ + Σᵢ gᵢ·(xᵢ - μ)/√n, gᵢ ~ N(0,1), has exactly this mean and covariance and needs no decomposition of Σ.
 */
public final class FittedGaussian {

	/** Samples worked on at once, so that each patch is fetched from memory once for all of them. */
	private static final int BLOCK = 8;

	private FittedGaussian() {}

	/**
	 * @param training patches [n,D], any n (n below D gives a Σ of rank n-1)
	 * @param size D, values of a patch
	 * @return [count,D]
	 */
	public static float[] draw(final float[] training, final int size, final int count, final long seed) {
		final int n = training.length / size;
		final double[] mean = new double[size];
		for (int i = 0; i < training.length; i++)
			mean[i % size] += (double) training[i] / n;
		final float[][] centred = new float[n][size];
		for (int i = 0; i < training.length; i++)
			centred[i / size][i % size] = (float) ((training[i] - mean[i % size]) / Math.sqrt(n));
		final SplittableRandom rng = new SplittableRandom(seed);
		final float[] out = new float[count * size];
		for (int first = 0; first < count; first += BLOCK) {
			final int used = Math.min(BLOCK, count - first);
			final float[][] sums = new float[used][size];
			for (final float[] patch : centred)
				for (final float[] sum : sums)
					SlicedWasserstein.addScaled((float) rng.nextGaussian(), patch, sum);
			for (int i = 0; i < used * size; i++)
				out[first * size + i] = (float) (mean[i % size] + sums[i / size][i % size]);
		}
		return out;
	}
}

package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.training.data.PatchSource;

/**
 * Pairs of darker images out of noisy ones, for shot noise: each photon goes into one image or the other at random, and what is
 * independent of each other then is the noise of both, as a Poisson number's two parts are (the thinning of a Poisson process). What one
 * shows, transformed, is on average what the other one's clean image is: a least-squares fit to it learns the same as to that (Lehtinen et
 * al., <em>Noise2Noise</em>, ICML 2018), and few photons need not be normal for it. The photons of an EM-CCD, which are as if they came in
 * bunches, are split all the same, and some of their grain stays (docs/experiments.md).
 *
 * @param patches transformed values of noisy images, whose noise has a standard deviation of 1, in model units
 * @param scale the transformed values that are -1 and 1
 */
public record ThinnedShots(PatchSource patches, Normalization scale) implements NoiseProcess {

	/** Share of the photons that all images of a patch keep, at the least; every other patch keeps all. */
	private static final double FEWEST = 1.0 / 16;

	@Override
	public Batch draw(final int count, final int resolution, final RandomGenerator rng) {
		final float[] drawn = patches.draw((count + 1) / 2, resolution, rng);
		final int size = drawn.length / ((count + 1) / 2);
		final double one = scale.toModel(1.0);
		final Batch batch = new Batch(count, size);
		for (int i = 0; i < count; i += 2) {
			final double kept = rng.nextBoolean() ? 1 : Math.pow(FEWEST, rng.nextDouble());
			final int twin = i + 1 < count ? size : 0;
			for (int k = 0; k < size; k++) {
				final double photons = Anscombe.counted(scale.toGray(drawn[i / 2 * size + k] + 1.0) + scale.low()), all = kept == 1 ? photons
					: thinned(photons, kept, rng), first = thinned(all, 0.5, rng);
				final float a = model(first), b = model(all - first);
				final int to = i * size + k;
				batch.noisy()[to + twin] = b;
				batch.target()[to + twin] = (float) ((b - a) / one);
				batch.noisy()[to] = a;
				batch.target()[to] = (float) ((a - b) / one);
			}
			for (int j = i; j <= i + twin / size; j++) {
				batch.sigmas()[j] = one;
				batch.shares()[j] = 1;
				// That of the other image.
				batch.excess()[j] = 1;
			}
		}
		return batch;
	}

	private float model(final double photons) {
		return (float) (scale.toModel(Anscombe.transformed(photons) - scale.low()) - 1);
	}

	/**
	 * As many of the photons as fall to a share of them. Numbers that are not whole, as a camera's gray values give them, are split with the
	 * variance that whole ones have.
	 */
	private static double thinned(final double photons, final double share, final RandomGenerator rng) {
		if (photons <= 0) return share * photons;
		final double whole = Math.floor(photons), rest = photons - whole;
		return binomial((int) whole, share, rng) + rest * share + (rng.nextBoolean() ? 1 : -1) * Math.sqrt(rest * share * (1 - share));
	}

	/** Drawn one by one where there are few, as a rounded normal number where there are many. */
	private static double binomial(final int n, final double share, final RandomGenerator rng) {
		if (n > 60) return Math.max(0, Math.min(n, Math.rint(n * share + Math.sqrt(n * share * (1 - share)) * rng.nextGaussian())));
		int sum = 0;
		for (int i = 0; i < n; i++)
			if (rng.nextDouble() < share) sum++;
		return sum;
	}
}

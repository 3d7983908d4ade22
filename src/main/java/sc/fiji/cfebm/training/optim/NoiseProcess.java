package sc.fiji.cfebm.training.optim;

import java.util.Arrays;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.training.data.PatchSource;

/**
 * Draws patches, adds noise of random levels to them, and says what σ∇E is to be there.
 */
@FunctionalInterface
public interface NoiseProcess {

	/**
	 * Noise levels σ, log-uniform, in model units, and what they weigh in the loss: σ to some power. The more noise there is, the
	 * more surely it is known: weighted alike, strong noise, of which a hundredth is missed, has no say beside weak noise, of which
	 * half is. With 2 the loss would be that of images instead of noise, and weak noise would have none (docs/experiments.md).
	 *
	 * @param power 0: all levels weigh the same
	 */
	record Levels(double lowest, double highest, double power) {

		/** Of a stage's levels. At 8 pixels much of strong noise is missed, too, and samples need both. */
		public static double power(final int stage) {
			return stage == 0 ? 0 : 0.75;
		}

		double draw(final RandomGenerator rng) {
			return lowest * Math.pow(highest / lowest, rng.nextDouble());
		}

		/** 1 on average. */
		double weight(final double sigma) {
			if (power == 0 || highest <= lowest) return 1;
			return Math.pow(sigma, power) * power * Math.log(highest / lowest) / (Math.pow(highest, power) - Math.pow(lowest, power));
		}
	}

	/**
	 * Patches [N,r,r,C] in model units.
	 *
	 * @param noisy x̃, of level σ
	 * @param target what σ∇E(x̃, σ) is trained to: the noise over σ, or something of the same mean
	 * @param shares weights of the patches in the loss, N
	 * @param sigmas σ of each, N
	 * @param excess by how much the target's mean square is larger than that of the noise over σ, N: no network can follow
	 *          that, and a loss to be looked at leaves it out
	 * @param correlation of the noise of neighbours in a row and in a column [N,2], zeros for white noise
	 */
	record Batch(float[] noisy, float[] target, double[] shares, double[] sigmas, double[] excess, float[] correlation) {

		Batch(final int count, final int size) {
			this(new float[count * size], new float[count * size], new double[count], new double[count], new double[count], new float[2 *
				count]);
		}

		/** What the network is told of a patch's noise. */
		void tell(final int patch, final Correlation of) {
			correlation[2 * patch] = (float) of.x();
			correlation[2 * patch + 1] = (float) of.y();
		}

		/** Another batch's patches, from one of this one's on. */
		private void put(final int patch, final Batch other) {
			final int size = noisy.length / shares.length, count = other.shares.length;
			System.arraycopy(other.noisy, 0, noisy, patch * size, count * size);
			System.arraycopy(other.target, 0, target, patch * size, count * size);
			System.arraycopy(other.shares, 0, shares, patch, count);
			System.arraycopy(other.sigmas, 0, sigmas, patch, count);
			System.arraycopy(other.excess, 0, excess, patch, count);
			System.arraycopy(other.correlation, 0, correlation, 2 * patch, 2 * count);
		}

		void addWhite(final float[] clean, final int patch, final double sigma, final RandomGenerator rng) {
			final int size = clean.length / shares.length;
			for (int k = patch * size; k < (patch + 1) * size; k++) {
				target[k] = (float) rng.nextGaussian();
				noisy[k] = clean[k] + (float) (sigma * target[k]);
			}
		}
	}

	/**
	 * @param count N
	 * @param resolution r
	 */
	Batch draw(int count, int resolution, RandomGenerator rng);

	/** A share of the patches, the first ones, by one process, and the others by another. */
	static NoiseProcess first(final double share, final NoiseProcess ofFirst, final NoiseProcess ofOthers) {
		return (count, resolution, rng) -> {
			final int first = (int) Math.round(share * count);
			if (first == 0) return ofOthers.draw(count, resolution, rng);
			if (first == count) return ofFirst.draw(count, resolution, rng);
			final Batch a = ofFirst.draw(first, resolution, rng), b = ofOthers.draw(count - first, resolution, rng);
			final Batch all = new Batch(count, a.noisy.length / first);
			all.put(0, a);
			all.put(first, b);
			return all;
		};
	}

	/** How strong the noise of each pixel is, as a share of the noise level. */
	interface Strength {

		/** Every pixel's is that of the level. */
		Strength EVEN = (patches, resolution) -> {
			final float[] ones = new float[patches.length];
			Arrays.fill(ones, 1);
			return ones;
		};

		/** Of noisy patches [N,r,r,C] in model units, value by value. */
		float[] of(float[] patches, int resolution);

		/**
		 * Of shots, whose transformed values have a standard deviation of less than 1 in the dark. How dark it is, is told from
		 * the pixels around, so that a pixel's own noise has little say.
		 *
		 * @param scale the transformed values that are -1 and 1
		 */
		static Strength shots(final Normalization scale) {
			return (patches, resolution) -> {
				final int size = resolution * resolution;
				final float[] strength = new float[patches.length];
				for (int first = 0; first < patches.length; first += size) {
					final Raster around = Resample.smoothed(Resample.smoothed(new Raster(resolution, resolution, 1, Arrays.copyOfRange(
						patches, first, first + size))));
					for (int k = 0; k < size; k++)
						strength[first + k] = (float) Anscombe.poissonSigma(scale.toGray(around.values()[k] + 1.0) + scale.low());
				}
				return strength;
			};
		}
	}

	/**
	 * Images that are noisy themselves, with normal noise of standard deviation σ_y, get more of the same kind: x̃ = y + σ_a·n has
	 * noise of σ² = σ_y² + σ_a². Of that only n is known, but the mean of all the noise given x̃, in units of σ, is that of
	 * (σ/σ_a)·n, and the mean is what a least-squares fit learns. So σ∇E is trained to (σ/σ_a)·n with weight (σ_a/σ)², and
	 * becomes what clean images would make of it, for levels from σ_y on (after Moran et al., <em>Noisier2Noise</em>, CVPR
	 * 2020, and Pang et al., <em>Recorrupted-to-Recorrupted</em>, CVPR 2021). Each patch comes twice, with n and -n: what
	 * both have in common cancels, so that even for small σ_a the gradient has little scatter.
	 *
	 * @param noise σ_y at the resolution drawn, in model units
	 * @param strength where σ_y is less than that, the noise that is added is weaker by the same factor
	 * @param correlation of the images' noise, and of what is added
	 */
	static NoiseProcess onNoisy(final PatchSource patches, final Levels wanted, final double noise, final Strength strength,
		final Correlation correlation)
	{
		// At the lowest σ_a is a fifth of σ_y. Few photons are whole numbers: among them the network would find so little noise by
		// its distance from the nearest, so it gets more.
		final boolean even = strength == Strength.EVEN;
		final Levels levels = new Levels(Math.max(wanted.lowest, (even ? 1.02 : 1.06) * noise), Math.max(wanted.highest, even ? 0 : 1.18 *
			noise), wanted.power);
		final CorrelatedNoise alike = correlation.isAny() ? CorrelatedNoise.of(correlation) : null;
		return (count, resolution, rng) -> {
			final float[] drawn = patches.draw((count + 1) / 2, resolution, rng), more = new float[drawn.length / ((count + 1) / 2)];
			final int size = drawn.length / ((count + 1) / 2);
			final float[] strengths = strength.of(drawn, resolution);
			final Batch batch = new Batch(count, size);
			for (int i = 0; i < count; i += 2) {
				final double sigma = levels.draw(rng), added = Math.sqrt(sigma * sigma - noise * noise);
				final int twin = i + 1 < count ? size : 0;
				double excess = 0;
				if (alike != null) alike.draw(resolution, patches.channels(), rng, more, 0);
				for (int k = 0; k < size; k++) {
					final int to = i * size + k, from = i / 2 * size + k;
					final float y = drawn[from];
					final double n = strengths[from] * (alike == null ? rng.nextGaussian() : more[k]);
					batch.noisy[to + twin] = y - (float) (added * n);
					batch.target[to + twin] = -(float) (sigma / added * n);
					batch.noisy[to] = y + (float) (added * n);
					batch.target[to] = (float) (sigma / added * n);
					excess += (sigma * sigma / (added * added) * n * n - strengths[from] * strengths[from]) / size;
				}
				batch.excess[i] = batch.excess[i + twin / size] = excess;
				batch.sigmas[i] = batch.sigmas[i + twin / size] = sigma;
				batch.tell(i, correlation);
				batch.tell(i + twin / size, correlation);
				batch.shares[i] = batch.shares[i + twin / size] = added * added / (sigma * sigma) * levels.weight(sigma);
			}
			return batch;
		};
	}
}

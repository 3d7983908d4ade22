package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.training.data.PatchSource;

/**
 * The kinds of noise that cameras leave in images, on clean patches: white noise; noise that is correlated between neighbours; and
 * shots of few to many photons, which the network sees through the Anscombe transform.
 *
 * @param patches clean, in model units
 * @param levels of white and of correlated noise
 * @param told share of a batch's patches, the first ones, whose noise is white: those that the network is told about
 * @param correlated share of the others whose noise is correlated
 * @param shots share of the others that are shots
 */
public record CameraNoise(PatchSource patches, Levels levels, double told, double correlated, double shots) implements NoiseProcess {

	/** Photons of the brightest pixel of a patch of shots, at least and at most. */
	private static final double FEWEST = 1.5, MOST = 300;
	/** Most photons of the background, as a share of those. */
	private static final double BACKGROUND = 0.3;
	/** Contrast in model units that is made the full range of photons: less is mostly what noise the images have themselves. */
	private static final double FAINTEST = 0.25;
	/** Standard deviation of the error of a correlation that the network is told, as one found in an image has. */
	private static final double ERROR = 0.03;

	@Override
	public Batch draw(final int count, final int resolution, final RandomGenerator rng) {
		final float[] clean = patches.draw(count, resolution, rng);
		final Batch batch = new Batch(count, clean.length / count);
		final int first = (int) Math.round(told * count);
		for (int i = 0; i < count; i++) {
			final double kind = i < first ? 1 : rng.nextDouble();
			if (kind < shots) addShots(batch, clean, i, rng);
			else {
				final double sigma = levels.draw(rng);
				batch.sigmas()[i] = sigma;
				batch.shares()[i] = levels.weight(sigma);
				if (kind < shots + correlated) addCorrelated(batch, clean, i, resolution, rng);
				else batch.addWhite(clean, i, sigma, rng);
			}
		}
		return batch;
	}

	private void addCorrelated(final Batch batch, final float[] clean, final int patch, final int side, final RandomGenerator rng) {
		final int size = clean.length / batch.sigmas().length;
		final CorrelatedNoise noise = CorrelatedNoise.random(rng);
		noise.draw(side, patches.channels(), rng, batch.target(), patch * size);
		for (int k = patch * size; k < (patch + 1) * size; k++)
			batch.noisy()[k] = clean[k] + (float) (batch.sigmas()[patch] * batch.target()[k]);
		batch.tell(patch, new Correlation(noise.alongX() + ERROR * rng.nextGaussian(), noise.alongY() + ERROR * rng.nextGaussian()));
	}

	/** A patch whose pixels are transformed numbers of photons, which have a standard deviation of 1. */
	private void addShots(final Batch batch, final float[] clean, final int patch, final RandomGenerator rng) {
		final int size = clean.length / batch.sigmas().length;
		float low = Float.POSITIVE_INFINITY, high = Float.NEGATIVE_INFINITY;
		for (int k = patch * size; k < (patch + 1) * size; k++) {
			low = Math.min(low, clean[k]);
			high = Math.max(high, clean[k]);
		}
		final double peak = FEWEST * Math.pow(MOST / FEWEST, rng.nextDouble()), background = BACKGROUND * rng.nextDouble() * peak;
		final double perUnit = (peak - background) / Math.max(high - low, FAINTEST);
		final Anscombe photons = new Anscombe(1, 0);
		for (int k = patch * size; k < (patch + 1) * size; k++) {
			final double mean = photons.forwardMean(background + perUnit * (clean[k] - low));
			batch.noisy()[k] = (float) Anscombe.samplePoisson(mean, rng);
			batch.target()[k] = (float) (batch.noisy()[k] - mean);
		}
		batch.sigmas()[patch] = 1;
		// As white noise would be that is as strong beside the patch's contrast.
		batch.shares()[patch] = levels.weight(Math.max(levels.lowest(), Math.min(levels.highest(), (high - low) / (photons
			.forwardMean(peak) - photons.forwardMean(background)))));
	}
}

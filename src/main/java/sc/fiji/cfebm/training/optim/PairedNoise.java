package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.training.data.PatchSource;

/**
 * The noise that images have beside their partners without noise.
 *
 * @param pairs [N,r,r,2C] in units of the noise: without it, with it
 * @param correlation of the noise of neighbours
 */
public record PairedNoise(PatchSource pairs, Correlation correlation) implements NoiseProcess {

	@Override
	public Batch draw(final int count, final int resolution, final RandomGenerator rng) {
		final float[] drawn = pairs.draw(count, resolution, rng);
		final int channels = pairs.channels() / 2, size = resolution * resolution * channels;
		final Batch batch = new Batch(count, size);
		for (int i = 0; i < count * size; i++) {
			final int clean = i / channels * 2 * channels + i % channels;
			batch.noisy()[i] = drawn[clean + channels];
			batch.target()[i] = drawn[clean + channels] - drawn[clean];
		}
		for (int i = 0; i < count; i++) {
			batch.sigmas()[i] = 1;
			batch.shares()[i] = 1;
			batch.tell(i, correlation);
		}
		return batch;
	}
}

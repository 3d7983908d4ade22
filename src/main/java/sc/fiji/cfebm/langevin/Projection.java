package sc.fiji.cfebm.langevin;

import java.util.random.RandomGenerator;

/** Something that a chain's state is put right by after every step: known pixels. */
@FunctionalInterface
public interface Projection {

	/**
	 * @param x the state, to be changed in place
	 * @param level its noise level in model units, 0 after the last step
	 * @param rng the chain's generator
	 */
	void apply(float[] x, double level, RandomGenerator rng);

	/**
	 * Known pixels: their values, noised to the state's level (clean pixels in a noisy state mislead the energy), exact
	 * at the end. Noise is drawn for all pixels, so that each may have that of its place ({@link PlacedNoise}).
	 *
	 * @param values [H,W,C], laid out as the state
	 * @param unknown [H,W], true where the chain is free
	 * @param channels C
	 */
	static Projection known(final float[] values, final boolean[] unknown, final int channels) {
		return (x, level, rng) -> {
			for (int i = 0; i < x.length; i++) {
				final double noise = level == 0 ? 0 : level * rng.nextGaussian();
				if (!unknown[i / channels]) x[i] = level == 0 ? values[i] : (float) (values[i] + noise);
			}
		};
	}

	/**
	 * Known pixels, exact at every level: for chains that add no noise.
	 *
	 * @param values [H,W,C], laid out as the state
	 * @param unknown [H,W], true where the chain is free
	 * @param channels C
	 */
	static Projection exactly(final float[] values, final boolean[] unknown, final int channels) {
		return (x, level, rng) -> {
			for (int i = 0; i < x.length; i++)
				if (!unknown[i / channels]) x[i] = values[i];
		};
	}
}

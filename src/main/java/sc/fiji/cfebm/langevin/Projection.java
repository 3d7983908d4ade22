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
	 * at the end.
	 *
	 * @param values [H,W,C], laid out as the state
	 * @param unknown [H,W], true where the chain is free
	 * @param channels C
	 */
	static Projection known(final float[] values, final boolean[] unknown, final int channels) {
		return (x, level, rng) -> {
			for (int p = 0; p < unknown.length; p++)
				if (!unknown[p]) for (int i = p * channels; i < (p + 1) * channels; i++)
					x[i] = level == 0 ? values[i] : (float) (values[i] + level * rng.nextGaussian());
		};
	}
}

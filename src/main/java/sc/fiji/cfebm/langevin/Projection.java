package sc.fiji.cfebm.langevin;

import sc.fiji.cfebm.random.PlacedNoise;

/** Something that a chain's state is put right by after every step. */
@FunctionalInterface
public interface Projection {

	/**
	 * @param x the state, to be changed in place
	 * @param level its noise level in model units, 0 after the last step
	 * @param noise of the chain
	 * @param draw which of it is for this
	 */
	void apply(float[] x, double level, PlacedNoise noise, int draw);

	/**
	 * Known pixels: their values, noised to the state's level (clean pixels in a noisy state mislead the energy), exact
	 * at the end. Each has the noise of its place.
	 *
	 * @param values [H,W,C], laid out as the state
	 * @param unknown [H,W], true where the chain is free
	 * @param channels C
	 */
	static Projection known(final float[] values, final boolean[] unknown, final int channels) {
		return new KnownPixels(values, unknown, channels, true);
	}

	/**
	 * Known pixels, exact at every level: for chains that add no noise.
	 *
	 * @param values [H,W,C], laid out as the state
	 * @param unknown [H,W], true where the chain is free
	 * @param channels C
	 */
	static Projection exactly(final float[] values, final boolean[] unknown, final int channels) {
		return new KnownPixels(values, unknown, channels, false);
	}
}

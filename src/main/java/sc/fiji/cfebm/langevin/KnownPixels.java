package sc.fiji.cfebm.langevin;

import sc.fiji.cfebm.random.PlacedNoise;

/**
 * Pixels that keep their values, see {@link Projection#known}.
 *
 * @param noised whether to the state's level, or exactly at all
 */
record KnownPixels(float[] values, boolean[] unknown, int channels, boolean noised) implements Projection {

	@Override
	public void apply(final float[] x, final double level, final PlacedNoise noise, final int draw) {
		final double s = noise(level);
		if (s == 0) for (int i = 0; i < x.length; i++)
			x[i] = unknown[i / channels] ? x[i] : values[i];
		else {
			final float[] z = new float[x.length];
			noise.add(z, s, draw);
			for (int i = 0; i < x.length; i++)
				x[i] = unknown[i / channels] ? x[i] : values[i] + z[i];
		}
	}

	/** How much they have at a state's level. */
	double noise(final double level) {
		return noised ? level : 0;
	}
}

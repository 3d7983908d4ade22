package sc.fiji.cfebm.langevin;

import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/**
 * Means over squares of 2×2 pixels that are known, those of the image that a chain climbed from: so strong noise makes detail anew and
 * leaves the rest alone. In a noisy state they have the noise that the chain began with, whose share falls with the level, as along
 * the flow.
 */
final class PooledPixels implements Projection {

	private final int width, height;
	private final Raster known, noise;
	private final double lowest;

	/**
	 * @param known the means, [⌈H/2⌉,⌈W/2⌉,C]
	 * @param width W of the states in pixels
	 * @param height H
	 * @param noise of the chain
	 * @param lowest noise level down to which they are held; then the chain is free
	 */
	PooledPixels(final Raster known, final int width, final int height, final PlacedNoise noise, final double lowest) {
		this.known = known;
		this.width = width;
		this.height = height;
		this.lowest = lowest;
		final Raster z = new Raster(width, height, known.channels());
		noise.add(z.values(), 1, PlacedNoise.BEGINNING);
		this.noise = Resample.halved(z);
	}

	@Override
	public void apply(final float[] x, final double level, final PlacedNoise chain, final int draw) {
		if (level < lowest) return;
		final Raster change = Resample.halved(new Raster(width, height, known.channels(), x));
		for (int i = 0; i < change.values().length; i++)
			change.values()[i] = (float) (known.values()[i] + level * noise.values()[i] - change.values()[i]);
		final float[] all = Resample.doubled(change, width, height).values();
		for (int i = 0; i < x.length; i++)
			x[i] += all[i];
	}
}

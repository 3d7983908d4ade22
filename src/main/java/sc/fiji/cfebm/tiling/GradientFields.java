package sc.fiji.cfebm.tiling;

import java.util.Arrays;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.raster.TileGrid;

/** The gradients of an energy of tiles, for batches of tiles and for images of any size. */
public final class GradientFields {

	private GradientFields() {}

	/** The state is a batch [N,r,r,C] of independent tiles. */
	public static GradientField batch(final Energy energy) {
		final int size = energy.size() * energy.size() * energy.channels();
		return (x, sigma, gradient) -> energy.at(sigma).evaluate(x, x.length / size, null, gradient);
	}

	/**
	 * The state is a batch [N,r,r,C] of independent images, whose borders are not mirrored.
	 *
	 * @param side r, one that the energy takes
	 */
	public static GradientField batch(final NoiseAwareEnergy energy, final int side) {
		final int size = side * side * energy.channels();
		return (x, sigma, gradient) -> {
			energy.evaluate(NoisyImages.at(x, x.length / size, side, side, sigma, energy.isTold()), Wanted.gradient(null, gradient));
			multiply(gradient, sigma);
		};
	}

	/**
	 * The state is an image [H,W,C] of any size: its gradient is computed tile by tile on a grid whose origin is drawn
	 * afresh each time, so that no seam can build up where tiles meet. An energy of images of any size is computed whole.
	 *
	 * @param where [H,W]; tiles without a marked pixel are left out and have gradient 0; null: all are computed
	 * @param rng draws the origins
	 */
	public static GradientField tiled(final Energy energy, final int width, final int height, final boolean[] where,
		final RandomGenerator rng)
	{
		if (energy.ofImages() != null) return whole(energy.ofImages(), width, height, null);
		final int side = energy.size();
		final TileBatcher tiles = new TileBatcher(energy);
		return (x, sigma, gradient) -> {
			final TileGrid grid = new TileGrid(width, height, energy.channels(), side, rng.nextInt(side), rng.nextInt(
				side));
			if (where != null) Arrays.fill(gradient, 0);
			tiles.run(energy.at(sigma), grid, x, where, (tile, buffer, offset) -> grid.scatter(tile, buffer, offset, gradient));
		};
	}

	/**
	 * The state is an image [H,W,C] of any size, computed in large pieces. The gradient is σ·∇E(x, σ).
	 *
	 * @param correlation of the noise of neighbours in a row and in a column; null: the noise is white
	 */
	public static GradientField whole(final NoiseAwareEnergy energy, final int width, final int height, final float[] correlation) {
		final WholeImage image = new WholeImage(energy, false);
		return (x, sigma, gradient) -> {
			image.evaluate(NoisyImages.at(x, 1, height, width, sigma, energy.isTold()).withCorrelation(correlation), Wanted.gradient(null,
				gradient));
			multiply(gradient, sigma);
		};
	}

	private static void multiply(final float[] gradient, final double sigma) {
		for (int i = 0; i < gradient.length; i++)
			gradient[i] *= (float) sigma;
	}
}

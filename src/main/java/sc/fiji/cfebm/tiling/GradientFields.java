package sc.fiji.cfebm.tiling;

import java.util.Arrays;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.ResidentImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.TileGrid;

/** The gradients of an energy of tiles, for batches of tiles and for images of any size. */
public final class GradientFields {

	private GradientFields() {}

	/** The state is a batch [N,r,r,C] of independent tiles. */
	public static GradientField batch(final Energy energy) {
		final int size = energy.size() * energy.size() * energy.channels();
		final GradientField field = (x, sigma, gradient) -> energy.at(sigma).evaluate(x, x.length / size, null, gradient);
		return energy.ofImages() == null ? field : new OfImages(field, energy.ofImages(), energy.size(), energy.size(), false, null);
	}

	/**
	 * The state is a batch [N,r,r,C] of independent images, whose borders are not mirrored.
	 *
	 * @param side r, one that the energy takes
	 */
	public static GradientField batch(final NoiseAwareEnergy energy, final int side) {
		return new OfImages((x, sigma, gradient) -> {
			energy.evaluate(images(energy, x, side, side, sigma), Wanted.gradient(null, gradient));
			multiply(gradient, sigma);
		}, energy, side, side, false, null);
	}

	private static NoisyImages images(final NoiseAwareEnergy energy, final float[] x, final int height, final int width, final double sigma) {
		return NoisyImages.at(x, x.length / (height * width * energy.channels()), height, width, sigma, energy.isTold());
	}

	/**
	 * A field of an energy that may be computed elsewhere.
	 *
	 * @param here the same from arrays
	 */
	private record OfImages(GradientField here, NoiseAwareEnergy energy, int height, int width, boolean whole, float[] correlation)
		implements GradientField
	{

		@Override
		public void gradient(final float[] x, final double sigma, final float[] gradient) {
			here.gradient(x, sigma, gradient);
		}

		@Override
		public ResidentImages resident(final float[] x, final PlacedNoise noise) {
			return energy.resident(images(energy, x, height, width, 1).withCorrelation(correlation), whole, noise);
		}
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
		return new OfImages((x, sigma, gradient) -> {
			image.evaluate(images(energy, x, height, width, sigma).withCorrelation(correlation), Wanted.gradient(null, gradient));
			multiply(gradient, sigma);
		}, energy, height, width, true, correlation);
	}

	private static void multiply(final float[] gradient, final double sigma) {
		for (int i = 0; i < gradient.length; i++)
			gradient[i] *= (float) sigma;
	}
}

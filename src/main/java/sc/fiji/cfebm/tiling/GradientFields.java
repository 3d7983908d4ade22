package sc.fiji.cfebm.tiling;

import java.util.Arrays;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
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
	 * The state is an image [H,W,C] of any size: its gradient is computed tile by tile on a grid whose origin is drawn
	 * afresh each time, so that no seam can build up where tiles meet. An energy of images of any size is computed whole.
	 *
	 * @param where [H,W]; tiles without a marked pixel are left out and have gradient 0; null: all are computed
	 * @param rng draws the origins
	 */
	public static GradientField tiled(final Energy energy, final int width, final int height, final boolean[] where,
		final RandomGenerator rng)
	{
		if (energy.ofImages() != null) return whole(energy.ofImages(), width, height);
		final int side = energy.size();
		final TileBatcher tiles = new TileBatcher(energy);
		return (x, sigma, gradient) -> {
			final TileGrid grid = new TileGrid(width, height, energy.channels(), side, rng.nextInt(side), rng.nextInt(
				side));
			if (where != null) Arrays.fill(gradient, 0);
			tiles.run(energy.at(sigma), grid, x, where, false, (tile, value, buffer, offset) -> grid.scatter(tile, buffer, offset, gradient));
		};
	}

	/** The state is an image [H,W,C] of any size, computed in large pieces. The gradient is σ·∇E(x, σ). */
	private static GradientField whole(final NoiseAwareEnergy energy, final int width, final int height) {
		final WholeImage image = new WholeImage(energy, false);
		return (x, sigma, gradient) -> {
			image.evaluate(NoisyImages.at(x, 1, height, width, sigma, energy.isTold()), Wanted.gradient(null, gradient));
			for (int i = 0; i < gradient.length; i++)
				gradient[i] *= (float) sigma;
		};
	}

	/**
	 * The gradient of an image's energy averaged over four fixed grids half a tile apart, with weights that fall off
	 * towards the tiles' borders, where the gradient knows least of its surroundings. Each grid sees the image mirrored in
	 * another way, which a network is never quite indifferent to. Deterministic.
	 *
	 * @param mirrorX whether left and right may be exchanged: the energy was trained on such patches
	 * @param mirrorY whether top and bottom may be
	 * @param image [H,W,C] in model units
	 * @param progress told the share done after every batch of tiles, and asked whether to stop
	 * @return the gradient, same shape
	 * @throws java.util.concurrent.CancellationException within one batch after the user asked to stop
	 */
	public static Raster averaged(final Energy energy, final boolean mirrorX, final boolean mirrorY,
		final Raster image, final Progress progress)
	{
		final int w = image.width(), h = image.height(), c = image.channels();
		final float[] sum = new float[w * h * c], weight = new float[w * h], gradient = new float[w * h * c];
		final OverlappingGrids grids = new OverlappingGrids(energy, w, h, false, progress);
		for (int k = 0; k < OverlappingGrids.COUNT; k++) {
			final Energy mirrored = new Mirrored(energy, mirrorX && k % 2 == 1, mirrorY && k / 2 == 1);
			final int before = k;
			grids.evaluate(k, mirrored, image.values(), gradient, null, done -> progress.update((before + done) / OverlappingGrids.COUNT,
				"Denoising"));
			final float[] window = grids.weights(k);
			for (int p = 0; p < w * h; p++) {
				weight[p] += window[p];
				for (int i = p * c; i < (p + 1) * c; i++)
					sum[i] += window[p] * gradient[i];
			}
		}
		for (int i = 0; i < sum.length; i++)
			sum[i] /= weight[i / c];
		return new Raster(w, h, c, sum);
	}
}

package sc.fiji.cfebm.langevin;

import java.util.Arrays;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.TileGrid;

/** The gradients of an energy of tiles, for batches of tiles and for images of any size. */
public final class Fields {

	/** Tiles worked on at once: bounds the memory, whatever the size of the image. Halved where even that is too much. */
	private static final int BATCH = 64;

	private Fields() {}

	/** The state is a batch [N,r,r,C] of independent tiles. */
	public static GradientField batch(final Energy energy) {
		final int size = energy.size() * energy.size() * energy.channels();
		return (x, gradient) -> energy.evaluate(x, x.length / size, null, gradient);
	}

	/**
	 * The state is an image [H,W,C] of any size: its gradient is computed tile by tile on a grid whose origin is drawn
	 * afresh each time, so that no seam can build up where tiles meet.
	 *
	 * @param where [H,W]; tiles without a marked pixel are left out and have gradient 0; null: all are computed
	 * @param rng draws the origins
	 */
	public static GradientField tiled(final Energy energy, final int width, final int height, final boolean[] where,
		final RandomGenerator rng)
	{
		return tiled(energy, width, height, where, rng, Progress.NONE);
	}

	/**
	 * As {@link #tiled(Energy, int, int, boolean[], RandomGenerator)}.
	 *
	 * @param progress told if memory is short and fewer tiles are worked on at once
	 */
	public static GradientField tiled(final Energy energy, final int width, final int height, final boolean[] where,
		final RandomGenerator rng, final Progress progress)
	{
		final int side = energy.size();
		final Tiles tiles = new Tiles(energy, progress);
		return (x, gradient) -> {
			final TileGrid grid = new TileGrid(width, height, energy.channels(), side, rng.nextInt(side), rng.nextInt(
				side));
			if (where != null) Arrays.fill(gradient, 0);
			tiles.run(energy, grid, x, where, (tile, buffer, offset) -> grid.scatter(tile, buffer, offset, gradient));
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
	 * @param progress told the share done after every batch of tiles, and asked whether to stop; also told if memory is
	 *          short and fewer tiles are worked on at once
	 * @return the gradient, same shape
	 * @throws java.util.concurrent.CancellationException within one batch after the user asked to stop
	 */
	public static Raster averaged(final Energy energy, final boolean mirrorX, final boolean mirrorY,
		final Raster image, final Progress progress)
	{
		final int side = energy.size(), w = image.width(), h = image.height(), c = image.channels();
		final float[] window = window(side);
		final float[] sum = new float[w * h * c], weight = new float[w * h];
		final float[] ones = new float[side * side];
		Arrays.fill(ones, 1);
		final Tiles tiles = new Tiles(energy, progress);
		for (int k = 0; k < 4; k++) {
			final Energy mirrored = new Mirrored(energy, mirrorX && k % 2 == 1, mirrorY && k / 2 == 1);
			final int ox = k % 2 * side / 2, oy = k / 2 * side / 2;
			final TileGrid grid = new TileGrid(w, h, c, side, ox, oy), mask = new TileGrid(w, h, 1, side, ox, oy);
			final int before = k;
			tiles.run(mirrored, grid, image.values(), null, (tile, buffer, offset) -> {
				if (tile % BATCH == 0) {
					progress.throwIfCanceled();
					progress.update((before + (double) tile / grid.count()) / 4, "Denoising");
				}
				grid.scatterAdd(tile, buffer, offset, window, sum);
				mask.scatterAdd(tile, ones, 0, window, weight);
			});
		}
		for (int i = 0; i < sum.length; i++)
			sum[i] /= weight[i / c];
		return new Raster(w, h, c, sum);
	}

	/** sin² in both directions, kept above zero so that every pixel counts. */
	private static float[] window(final int side) {
		final float[] window = new float[side * side];
		for (int y = 0; y < side; y++)
			for (int x = 0; x < side; x++)
				window[y * side + x] = (float) (0.001 + Math.pow(Math.sin(Math.PI * (x + 0.5) / side) * Math.sin(Math.PI *
					(y + 0.5) / side), 2));
		return window;
	}

	private interface Sink {

		void accept(int tile, float[] gradients, int offset);
	}

	/** Buffers for a batch of tiles, and the loop over a grid. */
	private static final class Tiles {

		private final Progress progress;
		private final int tileSize;
		private final float[] tiles, gradients;
		private final int[] indices = new int[BATCH];
		/** Tiles given to the energy at once. */
		private int batch = BATCH;

		Tiles(final Energy energy, final Progress progress) {
			this.progress = progress;
			tileSize = energy.size() * energy.size() * energy.channels();
			tiles = new float[BATCH * tileSize];
			gradients = new float[BATCH * tileSize];
		}

		void run(final Energy energy, final TileGrid grid, final float[] image, final boolean[] where, final Sink sink) {
			final int total = grid.count();
			int n = 0;
			for (int tile = 0; tile < total; tile++) {
				if (where == null || grid.touches(tile, where)) {
					grid.gather(tile, image, tiles, n * tileSize);
					indices[n++] = tile;
				}
				if (n == BATCH || tile == total - 1 && n > 0) {
					evaluate(energy, n, sink);
					n = 0;
				}
			}
		}

		private void evaluate(final Energy energy, final int n, final Sink sink) {
			for (int first = 0; first < n;) {
				final int used = Math.min(batch, n - first);
				// To the beginning, where the energy looks; those that lay there are done.
				if (first > 0) System.arraycopy(tiles, first * tileSize, tiles, 0, used * tileSize);
				try {
					energy.evaluate(tiles, used, null, gradients);
				}
				catch (final OutOfMemoryError e) {
					if (used == 1) throw e;
					batch = (used + 1) / 2;
					progress.log("Memory is short: working on " + batch + " tiles at a time instead of " + used + ".");
					continue;
				}
				for (int i = 0; i < used; i++)
					sink.accept(indices[first + i], gradients, i * tileSize);
				first += used;
			}
		}
	}
}

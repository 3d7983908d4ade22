package sc.fiji.cfebm.tiling;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.raster.TileGrid;

/** Buffers for a batch of an image's tiles, and the loop over a grid. */
final class TileBatcher {

	/** Tiles given to the energy at once: bounds the memory, whatever the size of the image. */
	private static final int BATCH = 64;

	/** Receives what was computed of one tile. */
	interface Sink {

		/**
		 * @param tile its number in the grid
		 * @param gradients where its gradient begins at {@code offset}
		 */
		void accept(int tile, float[] gradients, int offset);
	}

	private final int tileSize;
	private final float[] tiles, gradients;
	private final int[] indices = new int[BATCH];

	TileBatcher(final Energy energy) {
		tileSize = energy.size() * energy.size() * energy.channels();
		tiles = new float[BATCH * tileSize];
		gradients = new float[BATCH * tileSize];
	}

	/**
	 * Visits the tiles of a grid.
	 *
	 * @param where [H,W]; tiles without a marked pixel are left out; null: none is
	 */
	void run(final Energy energy, final TileGrid grid, final float[] image, final boolean[] where,
		final Sink sink)
	{
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
		energy.evaluate(tiles, n, null, gradients);
		for (int i = 0; i < n; i++)
			sink.accept(indices[i], gradients, i * tileSize);
	}
}

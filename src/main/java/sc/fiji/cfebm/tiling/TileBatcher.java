package sc.fiji.cfebm.tiling;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.TileGrid;

/** Buffers for a batch of an image's tiles, and the loop over a grid. */
final class TileBatcher {

	/** Tiles worked on at once: bounds the memory, whatever the size of the image. Halved where even that is too much. */
	private static final int BATCH = 64;

	/** Receives what was computed of one tile. */
	interface Sink {

		/**
		 * @param tile its number in the grid
		 * @param energy its energy, if energies were asked for
		 * @param gradients where its gradient begins at {@code offset}
		 */
		void accept(int tile, double energy, float[] gradients, int offset);
	}

	private final Progress progress;
	private final int tileSize;
	private final float[] tiles, gradients;
	private final double[] energies = new double[BATCH];
	private final int[] indices = new int[BATCH];
	/** Tiles given to the energy at once. */
	private int batch = BATCH;

	/** @param progress told if memory is short */
	TileBatcher(final Energy energy, final Progress progress) {
		this.progress = progress;
		tileSize = energy.size() * energy.size() * energy.channels();
		tiles = new float[BATCH * tileSize];
		gradients = new float[BATCH * tileSize];
	}

	/**
	 * Visits the tiles of a grid.
	 *
	 * @param where [H,W]; tiles without a marked pixel are left out; null: none is
	 * @param withEnergies whether the sink wants them
	 */
	void run(final Energy energy, final TileGrid grid, final float[] image, final boolean[] where, final boolean withEnergies,
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
				evaluate(energy, n, withEnergies, sink);
				n = 0;
			}
		}
	}

	private void evaluate(final Energy energy, final int n, final boolean withEnergies, final Sink sink) {
		for (int first = 0; first < n;) {
			final int used = Math.min(batch, n - first);
			// To the beginning, where the energy looks; those that lay there are done.
			if (first > 0) System.arraycopy(tiles, first * tileSize, tiles, 0, used * tileSize);
			try {
				energy.evaluate(tiles, used, withEnergies ? energies : null, gradients);
			}
			catch (final OutOfMemoryError e) {
				if (used == 1) throw e;
				batch = (used + 1) / 2;
				progress.log("Memory is short: working on " + batch + " tiles at a time instead of " + used + ".");
				continue;
			}
			for (int i = 0; i < used; i++)
				sink.accept(indices[first + i], energies[i], gradients, i * tileSize);
			first += used;
		}
	}
}

package sc.fiji.cfebm.tiling;

import java.util.Arrays;
import java.util.function.DoubleConsumer;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.TileGrid;

/**
 * Four grids of tiles over an image of any size, half a tile apart, and the weights under which what they give is averaged: they
 * fall off towards the tiles' borders, where the energy knows least of a pixel's surroundings. Deterministic.
 */
public final class OverlappingGrids {

	/** Number of grids. */
	public static final int COUNT = 4;

	/** Pixels by which grids in phases begin earlier than half a tile apart. */
	private static final int[] PHASE_X = { 0, 3, 5, 6 }, PHASE_Y = { 0, 5, 3, 6 };
	private static final int PROGRESS = 64;

	private final int side, width, height, channels;
	private final boolean phases;
	private final TileBatcher tiles;
	private final Progress progress;

	/**
	 * @param energy whose tiles they are
	 * @param width W of the image
	 * @param height H of the image
	 * @param phases whether grids begin some pixels off half a tile. Networks pool by twos, so what is squared before it is averaged
	 *          shows the pools as a lattice of 8 pixels if no place ever changes its part of a pool. What is averaged first does
	 *          not, and is better off with borders in the others' middle
	 * @param progress asked whether to stop
	 */
	public OverlappingGrids(final Energy energy, final int width, final int height, final boolean phases, final Progress progress) {
		this.phases = phases;
		side = energy.size();
		channels = energy.channels();
		this.width = width;
		this.height = height;
		this.progress = progress;
		tiles = new TileBatcher(energy);
	}

	/**
	 * The gradient of an image's energy, tile by tile of one grid.
	 *
	 * @param k the grid, from 0
	 * @param energy of tiles as those of the constructor's
	 * @param image [H,W,C] in model units
	 * @param gradient receives it, [H,W,C]
	 * @param energies receives the energy of the tile that a pixel lies in, [H,W]; may be null
	 * @param done told the share of the grid that is done
	 * @throws java.util.concurrent.CancellationException within one batch of tiles after the user asked to stop
	 */
	public void evaluate(final int k, final Energy energy, final float[] image, final float[] gradient, final float[] energies,
		final DoubleConsumer done)
	{
		final TileGrid grid = grid(k, channels), single = grid(k, 1);
		final float[] constant = energies == null ? null : new float[side * side];
		tiles.run(energy, grid, image, null, energies != null, (tile, value, buffer, offset) -> {
			if (tile % PROGRESS == 0) {
				progress.throwIfCanceled();
				done.accept((double) tile / grid.count());
			}
			grid.scatter(tile, buffer, offset, gradient);
			if (energies == null) return;
			Arrays.fill(constant, (float) value);
			single.scatter(tile, constant, 0, energies);
		});
	}

	/** The weights of one grid's pixels, [H,W]; their sum over the grids is not 1. */
	public float[] weights(final int k) {
		final TileGrid grid = grid(k, 1);
		final float[] window = window(), weights = new float[width * height];
		for (int tile = 0; tile < grid.count(); tile++)
			grid.scatter(tile, window, 0, weights);
		return weights;
	}

	private TileGrid grid(final int k, final int channels) {
		final int x = phases ? PHASE_X[k] : 0, y = phases ? PHASE_Y[k] : 0;
		return new TileGrid(width, height, channels, side, (k % 2 * side / 2 + x) % side, (k / 2 * side / 2 + y) % side);
	}

	/** sin² in both directions, kept above zero so that every pixel counts. */
	private float[] window() {
		final float[] window = new float[side * side];
		for (int y = 0; y < side; y++)
			for (int x = 0; x < side; x++)
				window[y * side + x] = (float) (0.001 + Math.pow(Math.sin(Math.PI * (x + 0.5) / side) * Math.sin(Math.PI *
					(y + 0.5) / side), 2));
		return window;
	}
}

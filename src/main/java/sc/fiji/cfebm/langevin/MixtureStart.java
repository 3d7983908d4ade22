package sc.fiji.cfebm.langevin;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.stats.GaussianMixture;
import sc.fiji.cfebm.stats.MixtureDraws;

/**
 * The distribution of clean 4×4 tiles, from which coarse-to-fine chains start: noise alone would leave out how bright and how
 * varied the training images are at the coarsest scale. So few pixels a mixture of Gaussians describes well; a single one misses how
 * often a tile is empty. It is one of the logarithms of brightness, and no draw is darker or brighter than what it was fitted to: images
 * have a darkest value, which tails of Gaussians do not know.
 *
 * @param low the lowest value of a tile in model units
 * @param high the highest
 * @param mixture of D = 16·C values ln((v - low)/(high - low) + 0.02), a tile [4,4,C] row by row
 */
public record MixtureStart(double low, double high, GaussianMixture mixture) {

	/** Side of a tile in pixels, and the tiles that a fit takes. */
	public static final int SIDE = 4, TILES = 12_000;
	/** Most Gaussians: fewer miss what is rare (docs/experiments.md). */
	private static final int PARTS = 100;
	/** Least share of the correlations that is left out. */
	private static final double SHRINKAGE = 0.01;
	/** Share of the range below which brightness counts for little. */
	private static final double DARK = 0.02;
	/** Least range in model units. */
	private static final double NARROWEST = 1e-3;

	public MixtureStart {
		if (!(low < high) || Double.isInfinite(high - low)) throw new IllegalArgumentException("Tiles lie between two values, not between " +
			low + " and " + high + ".");
		if (mixture.size() % (SIDE * SIDE) != 0) throw new IllegalArgumentException("Tiles of 4×4 pixels do not have " + mixture.size() +
			" values.");
	}

	/**
	 * Fits the mixture to tiles.
	 *
	 * @param tiles [N,4,4,C] in model units; those that are not finite are left out
	 * @param seed the same gives the same mixture
	 */
	public static MixtureStart fit(final float[] tiles, final int channels, final long seed) {
		final int size = SIDE * SIDE * channels;
		double[][] samples = IntStream.range(0, tiles.length / size).mapToObj(n -> IntStream.range(n * size, (n + 1) * size).mapToDouble(i -> tiles[i])
			.toArray()).filter(tile -> Arrays.stream(tile).allMatch(Double::isFinite)).toArray(double[][]::new);
		// Of images that overflow nothing is left.
		if (samples.length == 0) samples = new double[1][size];
		final DoubleSummaryStatistics range = Arrays.stream(samples).flatMapToDouble(Arrays::stream).summaryStatistics();
		// Images may be all of one value.
		final double low = range.getMin(), high = Math.max(range.getMax(), low + NARROWEST);
		for (final double[] tile : samples)
			Arrays.setAll(tile, i -> logarithm(tile[i], low, high));
		return new MixtureStart(low, high, GaussianMixture.fit(samples, PARTS, SHRINKAGE, true, seed));
	}

	private static double logarithm(final double v, final double low, final double high) {
		return Math.log((v - low) / (high - low) + DARK);
	}

	private float value(final double logarithm) {
		return (float) (low + (high - low) * Math.max(0, Math.min(1, Math.exp(logarithm) - DARK)));
	}

	/** Channels C. */
	public int channels() {
		return mixture.size() / (SIDE * SIDE);
	}

	/**
	 * Draws tiles [N,4,4,C] in model units.
	 *
	 * @param rngs one generator per tile
	 */
	public float[] draw(final List<? extends RandomGenerator> rngs) {
		final int size = mixture.size();
		final MixtureDraws draws = new MixtureDraws(mixture, new boolean[size]);
		final float[] tiles = new float[rngs.size() * size];
		final double[] tile = new double[size];
		for (int i = 0; i < tiles.length; i++) {
			if (i % size == 0) draws.complete(tile, rngs.get(i / size));
			tiles[i] = value(tile[i % size]);
		}
		return tiles;
	}

	/**
	 * Draws an image [H,W,C] in model units: tiles that overlap by half, row by row, each given what it shares with those before it. So the
	 * image has no grid, and each tile the mixture's distribution.
	 */
	public Raster draw(final int width, final int height, final RandomGenerator rng) {
		final int half = SIDE / 2, c = channels(), w = wide(width), h = wide(height);
		final MixtureDraws[] draws = new MixtureDraws[4];
		for (int k = 0; k < draws.length; k++) {
			final boolean[] known = new boolean[mixture.size()];
			for (int i = 0; i < known.length; i++)
				known[i] = k % 2 == 1 && i / c % SIDE < half || k / 2 == 1 && i / c / SIDE < half;
			draws[k] = new MixtureDraws(mixture, known);
		}
		final Raster image = new Raster(w, h, c);
		final double[] tile = new double[mixture.size()];
		for (int y = 0; y + SIDE <= h; y += half)
			for (int x = 0; x + SIDE <= w; x += half) {
				for (int i = 0; i < tile.length; i++)
					tile[i] = logarithm(image.values()[place(image, x, y, i)], low, high);
				draws[(x > 0 ? 1 : 0) + (y > 0 ? 2 : 0)].complete(tile, rng);
				for (int i = 0; i < tile.length; i++)
					image.values()[place(image, x, y, i)] = value(tile[i]);
			}
		return new Window(0, 0, width, height).cut(image);
	}

	/** The least side that tiles which overlap by half can cover. */
	private static int wide(final int side) {
		return Math.max(SIDE, (side + 1) / 2 * 2);
	}

	/** Of value i of the tile whose first pixel is (x, y). */
	private static int place(final Raster image, final int x, final int y, final int i) {
		final int c = image.channels();
		return image.index(x + i / c % SIDE, y + i / c / SIDE, i % c);
	}
}

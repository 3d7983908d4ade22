package sc.fiji.cfebm.langevin;

import java.util.random.RandomGenerator;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;

import sc.fiji.cfebm.color.Colors;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.TileGrid;

/**
 * The normal distribution N(μ, Σ) of clean 8×8 tiles, from which coarse-to-fine chains start: noise alone would leave out
 * how bright and how varied the training images are at the coarsest scale.
 *
 * @param mean μ, D = 64·C values in model units, a tile [8,8,C] row by row
 * @param factor the lower triangle L of Σ = L·Lᵀ, row by row: D·(D+1)/2 values
 */
public record GaussianStart(float[] mean, float[] factor) {

	/** Added to the variances, relative to their mean: keeps Σ positive where pixels are constant. */
	private static final double RIDGE = 1e-4;

	public GaussianStart {
		if (mean.length == 0 || factor.length != factorSize(mean.length)) throw new IllegalArgumentException(
			"A covariance factor of " + factor.length + " values does not fit a mean of " + mean.length + ".");
	}

	/** Number of values of the factor for tiles of {@code size} values. */
	public static int factorSize(final int size) {
		return Math.multiplyExact(size, size + 1) / 2;
	}

	/**
	 * Fits μ and Σ to tiles.
	 *
	 * @param tiles N tiles of {@code size} values, in model units
	 * @param size D, values of one tile
	 */
	public static GaussianStart fit(final float[] tiles, final int size) {
		final int count = tiles.length / size;
		final double[] mean = new double[size];
		for (int i = 0; i < count * size; i++)
			mean[i % size] += tiles[i] / (double) count;
		final double[][] covariance = new double[size][size];
		for (int n = 0; n < count; n++)
			for (int i = 0; i < size; i++) {
				final double d = (tiles[n * size + i] - mean[i]) / count;
				for (int j = 0; j <= i; j++)
					covariance[i][j] += d * (tiles[n * size + j] - mean[j]);
			}
		double trace = 0;
		for (int i = 0; i < size; i++)
			trace += covariance[i][i];
		for (int i = 0; i < size; i++) {
			covariance[i][i] += RIDGE * trace / size + 1e-8;
			for (int j = 0; j < i; j++)
				covariance[j][i] = covariance[i][j];
		}
		final double[][] l = new CholeskyDecomposition(new Array2DRowRealMatrix(covariance, false), 1e-9, 0).getL()
			.getData();
		final float[] mu = new float[size], factor = new float[factorSize(size)];
		for (int i = 0, k = 0; i < size; i++) {
			mu[i] = (float) mean[i];
			for (int j = 0; j <= i; j++)
				factor[k++] = (float) l[i][j];
		}
		return new GaussianStart(mu, factor);
	}

	/** Values D of one tile. */
	public int size() {
		return mean.length;
	}

	/** The colors of the tiles' pixels, wherever in the tile. */
	public Colors colors() {
		final int c = size() / (NetworkSpec.resolution(0) * NetworkSpec.resolution(0)), pixels = size() / c;
		final double[] mu = new double[c];
		final double[][] covariance = new double[c][c];
		for (int i = 0; i < size(); i++)
			mu[i % c] += mean[i] / pixels;
		for (int p = 0; p < size(); p += c)
			for (int i = 0; i < c; i++)
				for (int j = 0; j < c; j++) {
					double sum = (mean[p + i] - mu[i]) * (mean[p + j] - mu[j]);
					for (int k = 0; k <= p + Math.min(i, j); k++)
						sum += (double) factor[factorSize(p + i) + k] * factor[factorSize(p + j) + k];
					covariance[i][j] += sum / pixels;
				}
		return new Colors(mu, covariance);
	}

	/** Draws tiles [N,8,8,C] in model units. */
	public float[] draw(final int count, final RandomGenerator rng) {
		final int size = size();
		final float[] tiles = new float[count * size];
		final double[] z = new double[size];
		for (int n = 0; n < count; n++) {
			for (int i = 0; i < size; i++)
				z[i] = rng.nextGaussian();
			for (int i = 0, k = 0; i < size; i++) {
				double sum = mean[i];
				for (int j = 0; j <= i; j++)
					sum += factor[k++] * z[j];
				tiles[n * size + i] = (float) sum;
			}
		}
		return tiles;
	}

	/**
	 * Draws an image [H,W,C] in model units without a grid to be seen: tiles on four grids half a tile apart, under
	 * weights whose squares add up to 1 at every pixel, so that its mean and variance are those of a tile.
	 */
	public Raster draw(final int width, final int height, final RandomGenerator rng) {
		final int side = NetworkSpec.resolution(0), size = size(), channels = size / (side * side);
		final float[] weight = new float[side * side], square = new float[side * side];
		for (int i = 0; i < weight.length; i++) {
			weight[i] = (float) (Math.sin(Math.PI * (i % side + 0.5) / side) * Math.sin(Math.PI * (i / side + 0.5) / side));
			square[i] = weight[i] * weight[i];
		}
		final Raster image = new Raster(width, height, channels);
		for (int k = 0; k < 4; k++) {
			final TileGrid grid = new TileGrid(width, height, channels, side, k % 2 * side / 2, k / 2 * side / 2);
			for (int tile = 0; tile < grid.count(); tile++) {
				final float[] deviation = draw(1, rng);
				for (int i = 0; i < size; i++)
					deviation[i] -= mean[i];
				grid.scatterAdd(tile, deviation, 0, weight, image.values());
				grid.scatterAdd(tile, mean, 0, square, image.values());
			}
		}
		return image;
	}
}

package sc.fiji.cfebm.benchmark;

import java.util.Arrays;
import java.util.SplittableRandom;

import sc.fiji.cfebm.raster.TileGrid;

/**
 * Sliced Wasserstein distance between the levels of Laplacian pyramids of two sets of patches [N,r,r,C] in model units,
 * after Karras et al., "Progressive growing of GANs", ICLR 2018, section 5: 7×7 descriptors from random places of each
 * level, projected onto random directions; along each direction the mean distance of the sorted values. The levels are
 * r, r/2, … 8 px; the last one is the image itself, only smaller, the others what a level adds to the next.
 * <p>
 * Unlike there, descriptors are scaled by mean and standard deviation of the <em>reference</em>, channel by channel, and
 * not each set by its own: so a set that is too dark or too flat shows, and all sets are measured with one ruler. Unit:
 * a thousandth of the reference's standard deviation. Descriptors' places and directions are the same for all sets
 * (fixed seed). Not zero for two sets of the same distribution: compare with real against real of the same N.
 */
final class SlicedWasserstein {

	static final int COARSEST = 8;
	private static final int NEIGHBOURHOOD = 7, PER_PATCH = 8, DIRECTIONS = 256;
	private static final float[] BINOMIAL = { 1 / 16f, 4 / 16f, 6 / 16f, 4 / 16f, 1 / 16f };

	private final int side, channels, count;
	/** Per level: mean and standard deviation of each channel, and the sorted projections [direction][N·8]. */
	private final double[][] means, deviations;
	private final float[][][] sorted;

	/**
	 * @param reference real patches [N,r,r,C]
	 * @param side r: 8, 16, 32, …
	 */
	SlicedWasserstein(final float[] reference, final int side, final int channels) {
		this.side = side;
		this.channels = channels;
		count = reference.length / (side * side * channels);
		final int levels = Integer.numberOfTrailingZeros(side / COARSEST) + 1;
		means = new double[levels][channels];
		deviations = new double[levels][channels];
		sorted = new float[levels][][];
		final float[][] pyramid = pyramid(reference);
		for (int l = 0; l < levels; l++) {
			final float[][] descriptors = descriptors(pyramid[l], side >> l);
			for (int c = 0; c < channels; c++)
				moments(descriptors, l, c);
			sorted[l] = projections(descriptors, l);
		}
	}

	/** Sides of the levels in pixels, finest first. */
	int[] levels() {
		final int[] sides = new int[sorted.length];
		Arrays.setAll(sides, l -> side >> l);
		return sides;
	}

	/**
	 * The distance per level, finest first, in thousandths.
	 *
	 * @param patches as many as the reference has, of the same size
	 */
	double[] to(final float[] patches) {
		if (patches.length != count * side * side * channels) throw new IllegalArgumentException(
			"The distance needs as many values as the reference has, " + count * side * side * channels + ", not " +
				patches.length + ".");
		final float[][] pyramid = pyramid(patches);
		final double[] distances = new double[sorted.length];
		for (int l = 0; l < distances.length; l++) {
			final float[][] projections = projections(descriptors(pyramid[l], side >> l), l);
			for (int p = 0; p < DIRECTIONS; p++) {
				double sum = 0;
				for (int i = 0; i < projections[p].length; i++)
					sum += Math.abs(projections[p][i] - sorted[l][p][i]);
				distances[l] += 1000 * sum / projections[p].length / DIRECTIONS;
			}
		}
		return distances;
	}

	/** What each level adds to the next [N,r,r,C], and the smallest image. */
	private float[][] pyramid(final float[] patches) {
		final float[][] levels = new float[sorted.length][];
		levels[0] = patches.clone();
		for (int l = 1; l < levels.length; l++) {
			final int r = side >> l;
			levels[l] = halved(levels[l - 1], 2 * r);
			final float[] smooth = doubled(levels[l], r);
			for (int i = 0; i < smooth.length; i++)
				levels[l - 1][i] -= smooth[i];
		}
		return levels;
	}

	/** Smoothed with the binomial kernel 1 4 6 4 1, then every second pixel. */
	private float[] halved(final float[] in, final int r) {
		final int half = r / 2;
		final float[] out = new float[count * half * half * channels];
		for (int n = 0; n < count; n++)
			for (int y = 0; y < half; y++)
				for (int x = 0; x < half; x++)
					for (int k = 0; k < 25; k++) {
						final float w = BINOMIAL[k % 5] * BINOMIAL[k / 5];
						final int from = ((n * r + TileGrid.mirror(2 * y + k / 5 - 2, r)) * r + TileGrid.mirror(2 * x + k % 5 - 2,
							r)) * channels, to = ((n * half + y) * half + x) * channels;
						for (int c = 0; c < channels; c++)
							out[to + c] += w * in[from + c];
					}
		return out;
	}

	/** The same kernel's interpolation: pixels 2i are (1 6 1)/8, pixels 2i+1 are (4 4)/8 of the neighbours. */
	private float[] doubled(final float[] in, final int r) {
		final int twice = 2 * r;
		final float[][] weights = { { 1 / 8f, 6 / 8f, 1 / 8f }, { 0, 4 / 8f, 4 / 8f } };
		final float[] out = new float[count * twice * twice * channels];
		for (int n = 0; n < count; n++)
			for (int y = 0; y < twice; y++)
				for (int x = 0; x < twice; x++)
					for (int k = 0; k < 9; k++) {
						final float w = weights[x % 2][k % 3] * weights[y % 2][k / 3];
						final int from = ((n * r + TileGrid.mirror(y / 2 + k / 3 - 1, r)) * r + TileGrid.mirror(x / 2 + k % 3 - 1,
							r)) * channels, to = ((n * twice + y) * twice + x) * channels;
						for (int c = 0; c < channels; c++)
							out[to + c] += w * in[from + c];
					}
		return out;
	}

	/** [7·7·C][N·8], channels innermost; the places depend on the level alone. */
	private float[][] descriptors(final float[] level, final int r) {
		final SplittableRandom rng = new SplittableRandom(r);
		final float[][] out = new float[NEIGHBOURHOOD * NEIGHBOURHOOD * channels][count * PER_PATCH];
		for (int i = 0; i < count * PER_PATCH; i++) {
			final int x0 = rng.nextInt(r - NEIGHBOURHOOD + 1), y0 = rng.nextInt(r - NEIGHBOURHOOD + 1);
			for (int k = 0; k < out.length; k++) {
				final int pixel = k / channels, x = x0 + pixel % NEIGHBOURHOOD, y = y0 + pixel / NEIGHBOURHOOD;
				out[k][i] = level[((i / PER_PATCH * r + y) * r + x) * channels + k % channels];
			}
		}
		return out;
	}

	private void moments(final float[][] descriptors, final int level, final int channel) {
		double sum = 0, squares = 0;
		for (int k = channel; k < descriptors.length; k += channels)
			for (final float v : descriptors[k]) {
				sum += v;
				squares += (double) v * v;
			}
		final double n = (double) descriptors.length / channels * descriptors[0].length, mean = sum / n;
		means[level][channel] = mean;
		deviations[level][channel] = Math.sqrt(Math.max(1e-12, squares / n - mean * mean));
	}

	/** Sorted along every direction: [direction][N·8]. */
	private float[][] projections(final float[][] descriptors, final int level) {
		for (int k = 0; k < descriptors.length; k++) {
			final float mean = (float) means[level][k % channels], scale = (float) (1 / deviations[level][k % channels]);
			for (int i = 0; i < descriptors[k].length; i++)
				descriptors[k][i] = (descriptors[k][i] - mean) * scale;
		}
		final SplittableRandom rng = new SplittableRandom(1);
		final float[][] out = new float[DIRECTIONS][descriptors[0].length];
		final double[] direction = new double[descriptors.length];
		for (final float[] projection : out) {
			Arrays.setAll(direction, k -> rng.nextGaussian());
			final double norm = Math.sqrt(Arrays.stream(direction).map(d -> d * d).sum());
			for (int k = 0; k < direction.length; k++)
				addScaled((float) (direction[k] / norm), descriptors[k], projection);
			Arrays.sort(projection);
		}
		return out;
	}

	/** to += scale · from, in a loop of its own that the compiler turns into vector instructions. */
	static void addScaled(final float scale, final float[] from, final float[] to) {
		for (int i = 0; i < to.length; i++)
			to[i] += scale * from[i];
	}
}

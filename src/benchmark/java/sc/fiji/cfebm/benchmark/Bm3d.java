package sc.fiji.cfebm.benchmark;

import java.util.Arrays;

import sc.fiji.cfebm.raster.Raster;

/**
 * BM3D for white Gaussian noise (Dabov, Foi, Katkovnik and Egiazarian, IEEE Transactions on Image Processing 16, 2007),
 * both steps, with the settings of the authors' program: normal profile, and above σ = 40 that for strong noise. Blocks
 * like a reference block are stacked and transformed in three dimensions; the first step thresholds the coefficients, the
 * second shrinks them by Wiener's rule with the first one's result as the signal.
 */
final class Bm3d {

	/** How far away similar blocks are sought. */
	private static final int REACH = 19;
	private static final double KAISER = 2;

	private final Raster matched;
	private final int w, h, side, step, most;
	private final double farthest;
	private final float[] window, sum, weight;
	private final BlockTransform transform;

	/** Shrinks the coefficients of a group in place. */
	private interface Shrinkage {

		/** @return the weight of the group's blocks in the result */
		float apply(int[] places, int count, float[] coefficients);
	}

	/**
	 * One of the two steps.
	 *
	 * @param matched the image in which similar blocks are sought
	 * @param step pixels from one reference block to the next
	 * @param most blocks in a group, a power of two
	 * @param threshold squared difference per pixel above which blocks are not similar
	 */
	private Bm3d(final Raster matched, final BlockTransform transform, final int step, final int most, final double threshold) {
		this.matched = matched;
		this.transform = transform;
		this.step = step;
		this.most = most;
		w = matched.width();
		h = matched.height();
		side = transform.side;
		farthest = threshold * side * side;
		window = window(side);
		sum = new float[w * h];
		weight = new float[w * h];
	}

	/**
	 * Denoises a gray image.
	 *
	 * @param noisy gray values on the scale of 0 to 255, on which the published thresholds of similarity are
	 * @param sigma standard deviation of the noise in gray values
	 */
	static Raster denoise(final Raster noisy, final double sigma) {
		final boolean strong = sigma > 40;
		final Bm3d first = new Bm3d(noisy, BlockTransform.wavelet(8), strong ? 4 : 3, strong ? 32 : 16, strong ? 25000 : 3000);
		final float[] spectrum = first.transformed(noisy);
		final float threshold = (float) ((strong ? 2.8 : 2.7) * sigma);
		final Raster basic = first.run((places, count, group) -> {
			first.gather(spectrum, places, count, group);
			int kept = 0;
			for (int i = 0; i < count * first.side * first.side; i++)
				if (Math.abs(group[i]) > threshold) kept++;
				else group[i] = 0;
			return 1f / Math.max(1, kept);
		});
		final Bm3d second = new Bm3d(basic, BlockTransform.cosine(strong ? 11 : 8), strong ? 6 : 3, 32, strong ? 3500 : 400);
		final float[] noisySpectrum = second.transformed(noisy), basicSpectrum = second.transformed(basic);
		final float[] signal = new float[32 * second.side * second.side];
		final float variance = (float) (sigma * sigma);
		return second.run((places, count, group) -> {
			second.gather(noisySpectrum, places, count, group);
			second.gather(basicSpectrum, places, count, signal);
			float squares = 0;
			for (int i = 0; i < count * second.side * second.side; i++) {
				final float power = signal[i] * signal[i], share = power / (power + variance);
				group[i] *= share;
				squares += share * share;
			}
			return 1 / Math.max(squares, 1e-6f);
		});
	}

	/** The 2-D transforms of all blocks, by the place of their first pixel. */
	private float[] transformed(final Raster image) {
		final float[] spectrum = new float[Math.multiplyExact(w * h, side * side)];
		for (int y = 0; y + side <= h; y++)
			for (int x = 0; x + side <= w; x++)
				transform.forward(image.values(), y * w + x, w, spectrum, (y * w + x) * side * side);
		return spectrum;
	}

	/** The 3-D transform of a group: the blocks' 2-D transforms, and Haar's along the group. */
	private void gather(final float[] spectrum, final int[] places, final int count, final float[] group) {
		final int size = side * side;
		for (int k = 0; k < count; k++)
			System.arraycopy(spectrum, places[k] * size, group, k * size, size);
		for (int distance = 1; distance < count; distance *= 2)
			butterflies(group, count, distance);
	}

	/** One level of Haar's transform along the group, which is its own inverse: means stay in front of differences. */
	private void butterflies(final float[] group, final int count, final int distance) {
		final float half = (float) Math.sqrt(0.5);
		final int size = side * side, gap = distance * size;
		for (int k = 0; k < count; k += 2 * distance)
			for (int i = k * size; i < (k + 1) * size; i++) {
				final float a = group[i], b = group[i + gap];
				group[i] = (a + b) * half;
				group[i + gap] = (a - b) * half;
			}
	}

	private Raster run(final Shrinkage shrinkage) {
		final int columns = references(w), rows = references(h), size = side * side;
		final int[][] places = new int[columns][most];
		final float[][] distances = new float[columns][most];
		final int[] found = new int[columns];
		final float[] group = new float[most * size];
		for (int row = 0; row < rows; row++) {
			match(reference(row, h), places, distances, found);
			for (int column = 0; column < columns; column++) {
				final int count = Integer.highestOneBit(found[column]);
				final float share = shrinkage.apply(places[column], count, group);
				for (int distance = count / 2; distance > 0; distance /= 2)
					butterflies(group, count, distance);
				for (int k = 0; k < count; k++) {
					transform.inverse(group, k * size, group, k * size);
					add(group, k * size, places[column][k], share);
				}
			}
		}
		final Raster out = new Raster(w, h, 1);
		for (int i = 0; i < sum.length; i++)
			out.values()[i] = sum[i] / weight[i];
		return out;
	}

	/** How many reference blocks there are along a side; the last one ends with the image. */
	private int references(final int length) {
		return (length - side + step - 1) / step + 1;
	}

	private int reference(final int index, final int length) {
		return Math.min(index * step, length - side);
	}

	/**
	 * The blocks most similar to each reference block of a row, nearest first. Squared differences are summed over the
	 * columns of all reference blocks at once, since these overlap.
	 */
	private void match(final int y, final int[][] places, final float[][] distances, final int[] found) {
		final float[] v = matched.values(), columns = new float[w];
		Arrays.fill(found, 0);
		for (int otherY = Math.max(0, y - REACH); otherY <= Math.min(h - side, y + REACH); otherY++)
			for (int dx = -REACH; dx <= REACH; dx++) {
				final int from = Math.max(0, -dx), to = Math.min(w, w - dx);
				Arrays.fill(columns, 0);
				for (int r = 0; r < side; r++) {
					final int a = (y + r) * w, b = (otherY + r) * w + dx;
					for (int x = from; x < to; x++) {
						final float d = v[a + x] - v[b + x];
						columns[x] += d * d;
					}
				}
				for (int i = 0; i < found.length; i++) {
					final int x = reference(i, w);
					if (x < from || x + side > to) continue;
					float distance = 0;
					for (int c = x; c < x + side; c++)
						distance += columns[c];
					if (distance < farthest) found[i] = insert(distance, otherY * w + x + dx, distances[i], places[i], found[i]);
				}
			}
	}

	private static int insert(final float distance, final int place, final float[] distances, final int[] places,
		final int count)
	{
		if (count == distances.length && distance >= distances[count - 1]) return count;
		int at = Math.min(count, distances.length - 1);
		for (; at > 0 && distances[at - 1] > distance; at--) {
			distances[at] = distances[at - 1];
			places[at] = places[at - 1];
		}
		distances[at] = distance;
		places[at] = place;
		return Math.min(count + 1, distances.length);
	}

	private void add(final float[] group, final int from, final int place, final float share) {
		for (int y = 0; y < side; y++)
			for (int x = 0; x < side; x++) {
				final float f = share * window[y * side + x];
				sum[place + y * w + x] += f * group[from + y * side + x];
				weight[place + y * w + x] += f;
			}
	}

	/** Kaiser's window, which lets blocks count less towards their borders. */
	private static float[] window(final int side) {
		final float[] window = new float[side * side];
		for (int i = 0; i < window.length; i++)
			window[i] = (float) (kaiser(i / side, side) * kaiser(i % side, side));
		return window;
	}

	private static double kaiser(final int i, final int n) {
		final double x = 2.0 * i / (n - 1) - 1;
		return bessel(KAISER * Math.sqrt(1 - x * x)) / bessel(KAISER);
	}

	/** The modified Bessel function I₀ by its series. */
	private static double bessel(final double x) {
		double sum = 1, term = 1;
		for (int k = 1; k < 20; k++) {
			term *= x * x / (4.0 * k * k);
			sum += term;
		}
		return sum;
	}
}

package sc.fiji.cfebm.raster;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Single pixels that are far from all around them: hot and dead pixels, salt and pepper. They are no noise that a model knows, and
 * spoil what is around them. A pixel counts if it is farther from the median of its neighbours than ten standard deviations of the
 * noise there, and its neighbours are not raised with it, as they are around the smallest spot that a lens can make. Not where such
 * pixels go over into the others without a gap, as single photons do.
 *
 * @param image the image with other values in their place: the median of the neighbours that are none
 * @param count how many pixels there were, at least 1
 */
public record Outliers(Raster image, int count) {

	/** In standard deviations of the noise: what may be an outlier, what is one, and what is one if it has a value that many of them have. */
	private static final double CANDIDATE = 5, FAR = 10, COMMON = 4;
	/** The same in steps of the gray values, of which noise below one step tells nothing. */
	private static final double STEPS = 8;
	/** The share of a pixel's height that its neighbours' mean may have. */
	private static final double RAISED = 0.1;
	/** Share of the pixels from which on they may lie side by side by chance; and the one above which they are something else. */
	private static final double DENSE = 0.003, MOST = 0.25;
	/** So many may be connected where they are few, and where they are dense. */
	private static final int ALONE = 1, CLUSTER = 5;
	/** Share of the outliers of one sign from which on the value of these is a common one. */
	private static final double ALIKE = 0.5;
	/** How many may be half as high or more and still be none, as a share of the outliers. */
	private static final double BETWEEN = 0.1;
	private static final int REACH = 5, SAMPLES = 1 << 16, FEWEST = 9;
	private static final double TO_SIGMA = 1.4826;

	/**
	 * Looks for outliers in each channel by itself.
	 *
	 * @param image [H,W,C]; missing pixels are NaN or infinite and stay as they are
	 * @return null if there are none
	 */
	public static Outliers in(final Raster image) {
		if (image.width() * image.height() < FEWEST) return null;
		final boolean[] any = new boolean[image.width() * image.height()];
		Raster cleaned = null;
		for (int c = 0; c < image.channels(); c++) {
			final Channel channel = new Channel(image, c);
			final boolean[] found = channel.find();
			if (found == null) continue;
			if (cleaned == null) cleaned = image.copy();
			for (int p = 0; p < found.length; p++)
				if (found[p]) {
					any[p] = true;
					cleaned.values()[p * image.channels() + c] = channel.around(p, found);
				}
		}
		int count = 0;
		for (final boolean outlier : any)
			if (outlier) count++;
		return count == 0 ? null : new Outliers(cleaned, count);
	}

	private static final class Channel {

		private final int w, h;
		/** Values, and how far they are from the median of their neighbours; NaN where one is missing. */
		private final float[] values, heights;
		private final float[] neighbours = new float[(2 * REACH + 1) * (2 * REACH + 1)];
		/** Of the noise of all the image, and between gray values. */
		private double sigma, step;

		Channel(final Raster image, final int channel) {
			w = image.width();
			h = image.height();
			// A large image is not copied needlessly.
			final boolean shared = image.channels() == 1 && Missing.in(image) == null;
			values = shared ? image.values() : new float[w * h];
			heights = new float[w * h];
			boolean whole = true;
			for (int p = 0; p < values.length && !shared; p++) {
				final float v = image.values()[p * image.channels() + channel];
				values[p] = Float.isFinite(v) ? v : Float.NaN;
				whole &= Float.isFinite(v);
			}
			if (whole) IntStream.range(1, Math.max(1, h - 1)).parallel().forEach(this::heights);
			for (int p = 0; p < values.length; p++)
				if (!whole || p < w || p >= values.length - w || p % w == 0 || p % w == w - 1) heights[p] = values[p] - around(p, null);
		}

		/** Of the pixels of a row that have eight neighbours, as {@link #around} has it: without sorting all of them. */
		private void heights(final int y) {
			for (int p = y * w + 1; p < y * w + w - 1; p++) {
				final float a = Math.min(values[p - w - 1], values[p - w]), b = Math.max(values[p - w - 1], values[p - w]), c = Math.min(values[p - w + 1],
					values[p - 1]), d = Math.max(values[p - w + 1], values[p - 1]);
				final float e = Math.min(values[p + 1], values[p + w - 1]), f = Math.max(values[p + 1], values[p + w - 1]), g = Math.min(values[p + w],
					values[p + w + 1]), i = Math.max(values[p + w], values[p + w + 1]);
				// Four of them in order, and the other four; the lower half has the lesser of each and its counterpart.
				final float a0 = Math.min(a, c), a1 = Math.min(Math.max(a, c), Math.min(b, d)), a2 = Math.max(Math.max(a, c), Math.min(b, d)), a3 = Math.max(b,
					d);
				final float b0 = Math.min(e, g), b1 = Math.min(Math.max(e, g), Math.min(f, i)), b2 = Math.max(Math.max(e, g), Math.min(f, i)), b3 = Math.max(f,
					i);
				final float lower = Math.max(Math.max(Math.min(a0, b3), Math.min(a1, b2)), Math.max(Math.min(a2, b1), Math.min(a3, b0)));
				final float upper = Math.min(Math.min(Math.max(a0, b3), Math.max(a1, b2)), Math.min(Math.max(a2, b1), Math.max(a3, b0)));
				heights[p] = values[p] - (lower + upper) / 2;
			}
		}

		/** Null: none. */
		boolean[] find() {
			measure();
			if (!(sigma > 0)) return null;
			final boolean[] candidates = new boolean[values.length];
			int count = 0;
			for (int p = 0; p < values.length; p++)
				if (Math.abs(heights[p]) > CANDIDATE * sigma && Math.abs(heights[p]) > STEPS / 2 * step) {
					candidates[p] = true;
					count++;
				}
			if (count == 0 || count > MOST * values.length) return null;
			final int most = count > DENSE * values.length ? CLUSTER : ALONE;
			final float[] limits = new float[values.length];
			final boolean[] alone = new boolean[values.length];
			for (int p = 0; p < values.length; p++)
				if (candidates[p] && isAlone(p, candidates, most)) {
					alone[p] = true;
					limits[p] = (float) Math.max(FAR * sigmaAround(p, candidates), STEPS * step);
				}
			final boolean[] far = new boolean[values.length];
			boolean any = false;
			for (final int sign : new int[] { 1, -1 }) {
				final float common = common(sign, alone, limits);
				final double least = Float.isNaN(common) ? gap(sign, alone, limits) : Double.NaN;
				for (int p = 0; p < far.length; p++) {
					final double height = sign * heights[p];
					if (alone[p] && height > least * limits[p] || values[p] == common && height > COMMON / FAR * (alone[p] ? limits[p] : FAR *
						sigma)) far[p] = any = true;
				}
			}
			return any ? far : null;
		}

		/**
		 * Salt and pepper have one value each, the highest and the lowest. Where the image is like it, a pixel is less far from its
		 * neighbours, and none the less one of them.
		 *
		 * @return the value that most outliers of a sign have; NaN if there is none
		 */
		private float common(final int sign, final boolean[] alone, final float[] limits) {
			int count = 0, same = 0;
			float end = Float.NaN;
			for (int p = 0; p < alone.length; p++) {
				if (!Float.isNaN(values[p]) && !(sign * values[p] <= sign * end)) end = values[p];
				if (alone[p] && sign * heights[p] > limits[p]) count++;
			}
			for (int p = 0; p < alone.length; p++)
				if (alone[p] && sign * heights[p] > limits[p] && values[p] == end) same++;
			return count >= FEWEST && same >= ALIKE * count ? end : Float.NaN;
		}

		/**
		 * The height, in units of the limits, above which pixels of a sign are outliers: the lowest with hardly any from half of it up to it.
		 * Stars, grains and single photons are of all heights.
		 *
		 * @return NaN if there are no such pixels
		 */
		private double gap(final int sign, final boolean[] alone, final float[] limits) {
			for (double least = 1;; least *= 2) {
				int outliers = 0, between = 0;
				for (int p = 0; p < alone.length; p++) {
					final double height = alone[p] ? sign * heights[p] / limits[p] : 0;
					if (height > least) outliers++;
					else if (height > least / 2) between++;
				}
				if (outliers == 0) return Double.NaN;
				if (between <= BETWEEN * outliers) return least;
			}
		}

		/** Whether a pixel has few others like it beside it, and its further neighbours are no part of a spot. */
		private boolean isAlone(final int p, final boolean[] candidates, final int most) {
			final int[] cluster = new int[most];
			int size = 1;
			cluster[0] = p;
			double raised = 0;
			int others = 0;
			for (int i = 0; i < size; i++)
				for (int k = 0; k < 9; k++) {
					final int x = cluster[i] % w + k % 3 - 1, y = cluster[i] / w + k / 3 - 1, q = y * w + x;
					if (k == 4 || x < 0 || y < 0 || x >= w || y >= h || Float.isNaN(values[q])) continue;
					if (candidates[q] && heights[q] > 0 == heights[p] > 0) {
						if (contains(cluster, size, q)) continue;
						if (size == most) return false;
						cluster[size++] = q;
					}
					else if (i == 0 && !candidates[q]) {
						raised += values[q];
						others++;
					}
				}
			if (others == 0) return false;
			final double ground = ring(p, candidates);
			return Math.abs(raised / others - ground) < RAISED * Math.abs(values[p] - ground);
		}

		private static boolean contains(final int[] cluster, final int size, final int q) {
			for (int i = 0; i < size; i++)
				if (cluster[i] == q) return true;
			return false;
		}

		/** Median of the pixels at a distance of two, or of three and more if there are none. */
		private double ring(final int p, final boolean[] candidates) {
			for (int reach = 2; reach <= REACH; reach++) {
				int n = 0;
				for (int y = Math.max(0, p / w - reach); y <= Math.min(h - 1, p / w + reach); y++)
					for (int x = Math.max(0, p % w - reach); x <= Math.min(w - 1, p % w + reach); x++) {
						final int q = y * w + x;
						if (Math.max(Math.abs(x - p % w), Math.abs(y - p / w)) < 2 || candidates[q] || Float.isNaN(values[q])) continue;
						neighbours[n++] = values[q];
					}
				if (n > 2) return median(neighbours, n);
			}
			return values[p];
		}

		/** The noise near a pixel. */
		private double sigmaAround(final int p, final boolean[] candidates) {
			int n = 0;
			for (int y = Math.max(0, p / w - REACH); y <= Math.min(h - 1, p / w + REACH); y++)
				for (int x = Math.max(0, p % w - REACH); x <= Math.min(w - 1, p % w + REACH); x++) {
					final int q = y * w + x;
					if (!candidates[q] && !Float.isNaN(heights[q])) neighbours[n++] = Math.abs(heights[q]);
				}
			final double found = n < FEWEST ? 0 : TO_SIGMA * median(neighbours, n);
			return found > 0 ? found : sigma;
		}

		/**
		 * Median of a pixel's neighbours.
		 *
		 * @param but those that do not count; null: all do
		 * @return the pixel's own value, if it has none
		 */
		float around(final int p, final boolean[] but) {
			for (int reach = 1; reach <= REACH; reach++) {
				int n = 0;
				for (int y = Math.max(0, p / w - reach); y <= Math.min(h - 1, p / w + reach); y++)
					for (int x = Math.max(0, p % w - reach); x <= Math.min(w - 1, p % w + reach); x++) {
						final int q = y * w + x;
						if (q != p && !Float.isNaN(values[q]) && (but == null || !but[q])) neighbours[n++] = values[q];
					}
				if (n > 1) return (float) median(neighbours, n);
			}
			return values[p];
		}

		/** The noise from a sample of all pixels; where most of them have none, from those that have. */
		private void measure() {
			final SplittableRandom random = new SplittableRandom(0);
			final int n = Math.min(SAMPLES, values.length);
			final float[] sample = new float[n], distances = new float[n];
			int count = 0;
			for (int i = 0; i < n; i++) {
				final int p = n == values.length ? i : random.nextInt(values.length);
				if (Float.isNaN(heights[p])) continue;
				sample[count] = values[p];
				distances[count++] = Math.abs(heights[p]);
			}
			if (count == 0) return;
			sigma = TO_SIGMA * median(distances, count);
			int zeros = 0;
			while (zeros < count && distances[zeros] == 0)
				zeros++;
			if (sigma == 0 && zeros < count) sigma = TO_SIGMA * distances[(zeros + count) / 2];
			Arrays.sort(sample, 0, count);
			int gaps = 0;
			final float[] between = new float[count];
			for (int i = 1; i < count; i++)
				if (sample[i] > sample[i - 1]) between[gaps++] = sample[i] - sample[i - 1];
			// Of values without steps it is small beside the noise.
			step = gaps == 0 ? 0 : median(between, gaps);
		}

		/** Sorts. */
		private static double median(final float[] of, final int n) {
			Arrays.sort(of, 0, n);
			return (of[(n - 1) / 2] + (double) of[n / 2]) / 2;
		}
	}
}

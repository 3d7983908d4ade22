package sc.fiji.cfebm.benchmark;

import java.util.Arrays;
import java.util.List;

import sc.fiji.cfebm.raster.Raster;

/** What gives an image the colors of others without knowing what is in them. Images in gray values 0 to 255, gray or RGB. */
final class StyleRivals {

	private StyleRivals() {}

	/** Each channel's values of all images, sorted. */
	static float[][] sorted(final List<Raster> images) {
		final int c = images.get(0).channels();
		final float[][] channels = new float[c][images.stream().mapToInt(image -> image.values().length / c).sum()];
		int n = 0;
		for (final Raster image : images)
			for (int p = 0; p < image.values().length; p += c, n++)
				for (int i = 0; i < c; i++)
					channels[i][n] = image.values()[p + i];
		for (final float[] channel : channels)
			Arrays.sort(channel);
		return channels;
	}

	/** Histogram matching: in each channel, each value becomes the target's of the same rank; equal ones their mean rank's. */
	static Raster histogramMatched(final Raster image, final float[][] target) {
		final int c = image.channels();
		final float[][] own = sorted(List.of(image));
		final Raster out = image.copy();
		for (int i = 0; i < out.values().length; i++) {
			final float[] ranks = own[i % c], values = target[i % c];
			final double rank = (first(ranks, out.values()[i], false) + first(ranks, out.values()[i], true)) / 2.0 / ranks.length;
			out.values()[i] = values[(int) Math.min(values.length - 1, rank * values.length)];
		}
		return out;
	}

	/** Index of the first value at least, or above, v. */
	private static int first(final float[] sorted, final float v, final boolean above) {
		int low = 0, high = sorted.length;
		while (low < high) {
			final int middle = (low + high) / 2;
			if (sorted[middle] < v || above && sorted[middle] == v) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** Mean and standard deviation of each channel of all images, RGB in the space of {@link #lab}: [2][C]. */
	static double[][] moments(final List<Raster> images) {
		final int c = images.get(0).channels();
		final double[][] moments = new double[2][c];
		double n = 0;
		for (final Raster image : images) {
			final double[] values = c == 3 ? lab(image) : doubles(image);
			for (int i = 0; i < values.length; i++) {
				moments[0][i % c] += values[i];
				moments[1][i % c] += values[i] * values[i];
			}
			n += values.length / c;
		}
		for (int i = 0; i < c; i++) {
			moments[0][i] /= n;
			moments[1][i] = Math.sqrt(Math.max(1e-12, moments[1][i] / n - moments[0][i] * moments[0][i]));
		}
		return moments;
	}

	/**
	 * Color transfer (Reinhard, Ashikhmin, Gooch and Shirley, IEEE Computer Graphics and Applications 21, 2001): mean and
	 * standard deviation of each channel of lαβ become the target's; of gray images, those of the gray values.
	 */
	static Raster reinhard(final Raster image, final double[][] target) {
		final int c = image.channels();
		final double[][] own = moments(List.of(image));
		final double[] values = c == 3 ? lab(image) : doubles(image);
		for (int i = 0; i < values.length; i++)
			values[i] = (values[i] - own[0][i % c]) * target[1][i % c] / own[1][i % c] + target[0][i % c];
		final Raster out = image.copy();
		for (int p = 0; p < values.length; p += c)
			if (c == 3) rgb(values, p, out.values());
			else out.values()[p] = (float) Math.max(0, Math.min(255, values[p]));
		return out;
	}

	private static double[] doubles(final Raster image) {
		final double[] values = new double[image.values().length];
		Arrays.setAll(values, i -> image.values()[i]);
		return values;
	}

	private static final double[][] LMS = { { 0.3811, 0.5783, 0.0402 }, { 0.1967, 0.7244, 0.0782 }, { 0.0241, 0.1288, 0.8444 } };
	private static final double[][] BACK = { { 4.4679, -3.5873, 0.1193 }, { -1.2186, 2.3809, -0.1624 }, { 0.0497, -0.2439,
		1.2045 } };
	private static final double A = 1 / Math.sqrt(3), B = 1 / Math.sqrt(6), C = 1 / Math.sqrt(2);

	/** Decorrelated logarithmic cone responses lαβ. */
	private static double[] lab(final Raster image) {
		final double[] out = new double[image.values().length], lms = new double[3];
		for (int p = 0; p < out.length; p += 3) {
			for (int i = 0; i < 3; i++) {
				lms[i] = 0;
				for (int j = 0; j < 3; j++)
					// Black has no logarithm.
					lms[i] += LMS[i][j] * Math.max(1, image.values()[p + j]);
				lms[i] = Math.log10(lms[i]);
			}
			out[p] = A * (lms[0] + lms[1] + lms[2]);
			out[p + 1] = B * (lms[0] + lms[1] - 2 * lms[2]);
			out[p + 2] = C * (lms[0] - lms[1]);
		}
		return out;
	}

	private static void rgb(final double[] lab, final int p, final float[] to) {
		final double l = A * lab[p], a = B * lab[p + 1], b = C * lab[p + 2];
		final double[] lms = { Math.pow(10, l + a + b), Math.pow(10, l + a - b), Math.pow(10, l - 2 * a) };
		for (int i = 0; i < 3; i++) {
			double v = 0;
			for (int j = 0; j < 3; j++)
				v += BACK[i][j] * lms[j];
			to[p + i] = (float) Math.max(0, Math.min(255, v));
		}
	}
}

package sc.fiji.cfebm.color;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.raster.Raster;

/**
 * The colors of images, and how often there are such: some hundreds, each of which stands for as many pixels; of gray images
 * the means between quantiles. An image can be given another palette by a map of colors ({@link Recoloring}).
 *
 * @param channels C, 1 to 3
 * @param colors [N,C], N at least 1, finite
 */
public record Palette(int channels, float[] colors) {

	public static final int MOST_CHANNELS = 3;
	/** Halvings of the pixels: 256 colors. */
	private static final int HALVINGS = 8;
	/** Most pixels that are looked at, drawn at random. */
	private static final int PIXELS = 1 << 16;

	public Palette {
		if (channels < 1 || channels > MOST_CHANNELS || colors.length == 0 || colors.length % channels != 0) throw new IllegalArgumentException(
			"A palette of " + channels + " channels does not have " + colors.length + " values.");
		for (final float v : colors)
			if (!Float.isFinite(v)) throw new IllegalArgumentException("A palette holds values that are no numbers.");
	}

	/**
	 * The palette of images of any sizes, in their units. Pixels are halved again and again at the median of the channel that
	 * varies most, so every color is the mean of equally many similar ones. Deterministic.
	 *
	 * @param images [H,W,C], C 1 to 3, at least one
	 */
	public static Palette of(final List<Raster> images) {
		final int c = images.get(0).channels();
		final float[][] pixels = pixels(images, c);
		final List<float[]> cells = new ArrayList<>();
		halve(pixels, 0, pixels.length, HALVINGS, cells);
		final float[] colors = new float[cells.size() * c];
		for (int i = 0; i < cells.size(); i++)
			System.arraycopy(cells.get(i), 0, colors, i * c, c);
		return new Palette(c, colors);
	}

	private static float[][] pixels(final List<Raster> images, final int c) {
		final long[] ends = new long[images.size()];
		long count = 0;
		for (int i = 0; i < ends.length; i++)
			ends[i] = count += (long) images.get(i).width() * images.get(i).height();
		final boolean all = count <= PIXELS;
		final float[][] pixels = new float[all ? (int) count : PIXELS][];
		final SplittableRandom rng = new SplittableRandom(1);
		for (int n = 0, i = 0; n < pixels.length; n++) {
			final long p = all ? n : rng.nextLong(count);
			for (i = all ? i : 0; p >= ends[i]; i++);
			final float[] values = images.get(i).values();
			final int at = (int) (p - ends[i]) * c + values.length;
			pixels[n] = Arrays.copyOfRange(values, at, at + c);
		}
		return pixels;
	}

	private static void halve(final float[][] pixels, final int from, final int to, final int times, final List<float[]> cells) {
		final int c = pixels[from].length, count = to - from;
		final double[] mean = new double[c], squares = new double[c];
		for (int i = from; i < to; i++)
			for (int k = 0; k < c; k++) {
				mean[k] += pixels[i][k] / (double) count;
				squares[k] += pixels[i][k] * (double) pixels[i][k] / count;
			}
		if (times == 0 || count == 1) {
			final float[] cell = new float[c];
			for (int k = 0; k < c; k++)
				cell[k] = (float) mean[k];
			cells.add(cell);
			return;
		}
		int widest = 0;
		for (int k = 1; k < c; k++)
			if (squares[k] - mean[k] * mean[k] > squares[widest] - mean[widest] * mean[widest]) widest = k;
		final int channel = widest;
		Arrays.sort(pixels, from, to, Comparator.comparingDouble(color -> color[channel]));
		halve(pixels, from, from + count / 2, times - 1, cells);
		halve(pixels, from + count / 2, to, times - 1, cells);
	}

	/** Number of colors N. */
	public int size() {
		return colors.length / channels;
	}

	/** Their mean and covariance. */
	public Colors moments() {
		return Colors.of(new Raster(size(), 1, channels, colors), 1);
	}
}

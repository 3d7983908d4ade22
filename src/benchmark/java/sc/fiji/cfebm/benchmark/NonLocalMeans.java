package sc.fiji.cfebm.benchmark;

import java.util.Arrays;

import sc.fiji.cfebm.raster.Raster;

/**
 * Non-local means (Buades, Coll and Morel, 2005) with square patches and the noise's share taken out of their distance:
 * every pixel becomes the mean of its surroundings, weighted by exp(-max(0, d² - 2σ²)/h²), where d² is the mean squared
 * difference between the patches around both.
 */
final class NonLocalMeans {

	/** Pixels up to which others are looked at, in x and y. */
	private static final int REACH = 11;

	private NonLocalMeans() {}

	/**
	 * @param noisy a gray image
	 * @param side of the patches in pixels, odd
	 * @param sigma σ in gray values; 0: the distance as it is
	 * @param h in gray values
	 */
	static Raster denoise(final Raster noisy, final int side, final double sigma, final double h) {
		final int radius = side / 2, border = REACH + radius, w = noisy.width(), height = noisy.height(), wide = w + 2 * border;
		final float[] v = padded(noisy, border);
		final double[] sum = new double[v.length], weight = new double[v.length];
		final float[] columns = new float[wide];
		final double noise = 2 * sigma * sigma, scale = 1 / (h * h);
		// A pair of pixels is looked at once, from the one that comes first.
		for (int dy = 0; dy <= REACH; dy++)
			for (int dx = dy == 0 ? 1 : -REACH; dx <= REACH; dx++) {
				final int shift = dy * wide + dx;
				Arrays.fill(columns, 0);
				// The first of a pair may lie above the image, or beside it.
				for (int y = border - dy - radius; y < border - dy + radius; y++)
					add(v, y * wide, shift, dx, wide, columns, 1);
				for (int y = border - dy; y < border + height; y++) {
					add(v, (y + radius) * wide, shift, dx, wide, columns, 1);
					final int from = border - Math.max(0, dx), to = border + w - Math.min(0, dx);
					float distance = 0;
					for (int c = from - radius; c < from + radius; c++)
						distance += columns[c];
					for (int x = from; x < to; x++) {
						distance += columns[x + radius];
						final double d = distance / (side * side) - noise, share = Math.exp(-Math.max(0, d) * scale);
						final int i = y * wide + x;
						sum[i] += share * v[i + shift];
						weight[i] += share;
						sum[i + shift] += share * v[i];
						weight[i + shift] += share;
						distance -= columns[x - radius];
					}
					add(v, (y - radius) * wide, shift, dx, wide, columns, -1);
				}
			}
		final Raster out = new Raster(w, height, 1);
		for (int y = 0; y < height; y++)
			for (int x = 0; x < w; x++) {
				final int i = (y + border) * wide + x + border;
				out.values()[y * w + x] = (float) ((sum[i] + v[i]) / (weight[i] + 1));
			}
		return out;
	}

	/** Adds a row's squared differences to the sums of the columns, or takes them away. */
	private static void add(final float[] v, final int row, final int shift, final int dx, final int wide,
		final float[] columns, final float sign)
	{
		for (int x = Math.max(0, -dx); x < Math.min(wide, wide - dx); x++) {
			final float d = v[row + x] - v[row + x + shift];
			columns[x] += sign * d * d;
		}
	}

	/** The image with a border in which it is reflected. */
	private static float[] padded(final Raster image, final int border) {
		final int wide = image.width() + 2 * border;
		final float[] v = new float[wide * (image.height() + 2 * border)];
		for (int i = 0; i < v.length; i++)
			v[i] = image.get(reflected(i % wide - border, image.width()), reflected(i / wide - border, image.height()), 0);
		return v;
	}

	private static int reflected(final int i, final int n) {
		final int period = Math.floorMod(i, 2 * n);
		return Math.min(period, 2 * n - 1 - period);
	}
}

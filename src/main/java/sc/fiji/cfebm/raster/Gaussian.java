package sc.fiji.cfebm.raster;

/** Means in Gaussian windows, mirrored at the border. */
public final class Gaussian {

	private static final double REACH = 3;

	private Gaussian() {}

	/**
	 * Smooths an image of one channel.
	 *
	 * @param values [H,W]; not changed
	 * @param sigma standard deviation of the window in pixels, above 0; it is cut off at three of them
	 */
	public static float[] smoothed(final float[] values, final int width, final int height, final double sigma) {
		final float[] kernel = kernel(sigma), rows = new float[values.length], out = new float[values.length];
		smooth(values, rows, kernel, width, 1, height, width);
		smooth(rows, out, kernel, height, width, width, 1);
		return out;
	}

	/** Along lines of n pixels {@code step} apart; the lines begin {@code next} apart. */
	private static void smooth(final float[] from, final float[] to, final float[] kernel, final int n, final int step,
		final int lines, final int next)
	{
		final int reach = kernel.length / 2;
		final float[] line = new float[n + 2 * reach];
		for (int l = 0; l < lines; l++) {
			for (int i = 0; i < line.length; i++)
				line[i] = from[l * next + TileGrid.mirror(i - reach, n) * step];
			for (int i = 0; i < n; i++) {
				float sum = 0;
				for (int k = 0; k < kernel.length; k++)
					sum += kernel[k] * line[i + k];
				to[l * next + i * step] = sum;
			}
		}
	}

	private static float[] kernel(final double sigma) {
		final int reach = (int) Math.ceil(REACH * sigma);
		final float[] kernel = new float[2 * reach + 1];
		double sum = 0;
		for (int i = -reach; i <= reach; i++)
			sum += kernel[i + reach] = (float) Math.exp(-0.5 * i * i / (sigma * sigma));
		for (int i = 0; i < kernel.length; i++)
			kernel[i] /= (float) sum;
		return kernel;
	}
}

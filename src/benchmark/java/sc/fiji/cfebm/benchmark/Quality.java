package sc.fiji.cfebm.benchmark;

import java.util.function.DoubleBinaryOperator;

import org.apache.commons.math3.stat.regression.SimpleRegression;

import sc.fiji.cfebm.raster.Raster;

/** How near an image is to the true one; gray images, for a peak of 255. */
final class Quality {

	private static final double PEAK = 255;
	/** The window of {@link #ssim}. */
	private static final int RADIUS = 5;
	private static final double SIGMA = 1.5, C1 = Math.pow(0.01 * PEAK, 2), C2 = Math.pow(0.03 * PEAK, 2);

	private Quality() {}

	/** Peak signal-to-noise ratio in decibels, values clamped to [0, 255] as an 8-bit image would. */
	static double psnr(final Raster image, final Raster clean) {
		return psnr(image, clean, null);
	}

	/** The same inside a hole; without one, of the whole image. */
	static double psnr(final Raster image, final Raster clean, final boolean[] hole) {
		double sum = 0;
		int count = 0;
		for (int i = 0; i < clean.values().length; i++)
			if (hole == null || hole[i]) {
				final double d = clamped(image.values()[i]) - clean.values()[i];
				sum += d * d;
				count++;
			}
		// A hole in black background that is filled with black would have no error at all.
		return 10 * Math.log10(PEAK * PEAK * count / Math.max(sum, 1e-3 * count));
	}

	/**
	 * PSNR of {@link #fitted}, nothing clamped: how near the image can come when brightness and contrast do not count.
	 */
	static double fittedPsnr(final Raster image, final Raster clean) {
		return 10 * Math.log10(PEAK * PEAK * clean.values().length / line(image, clean).getSumSquaredErrors());
	}

	/**
	 * The image in the clean one's gray values: a·image + b with the least squared error, for pairs whose intensities are
	 * scaled differently.
	 */
	static Raster fitted(final Raster image, final Raster clean) {
		final SimpleRegression line = line(image, clean);
		final Raster out = image.copy();
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] = (float) line.predict(image.values()[i]);
		return out;
	}

	private static SimpleRegression line(final Raster image, final Raster clean) {
		final SimpleRegression line = new SimpleRegression();
		for (int i = 0; i < clean.values().length; i++)
			line.addData(image.values()[i], clean.values()[i]);
		return line;
	}

	/**
	 * Structural similarity (Wang, Bovik, Sheikh and Simoncelli, IEEE Transactions on Image Processing 13, 2004): Gaussian
	 * window of 11×11 pixels and σ = 1.5, values clamped, mean over
	 * all places where the window fits into the image.
	 */
	static double ssim(final Raster image, final Raster clean) {
		final double[] a = smoothed(image, clean, (x, y) -> x), b = smoothed(image, clean, (x, y) -> y), aa = smoothed(image,
			clean, (x, y) -> x * x), bb = smoothed(image, clean, (x, y) -> y * y), ab = smoothed(image, clean, (x, y) -> x * y);
		double sum = 0;
		for (int i = 0; i < a.length; i++)
			sum += (2 * a[i] * b[i] + C1) * (2 * (ab[i] - a[i] * b[i]) + C2) / ((a[i] * a[i] + b[i] * b[i] + C1) * (aa[i] -
				a[i] * a[i] + bb[i] - b[i] * b[i] + C2));
		return sum / a.length;
	}

	/** The window's weighted mean of a function of both images' values at each place where it fits. */
	private static double[] smoothed(final Raster image, final Raster clean, final DoubleBinaryOperator f) {
		final int w = clean.width(), h = clean.height(), columns = w - 2 * RADIUS, rows = h - 2 * RADIUS;
		final double[] kernel = kernel(), across = new double[columns * h], out = new double[columns * rows];
		for (int y = 0; y < h; y++)
			for (int x = 0; x < columns; x++)
				for (int k = 0; k < kernel.length; k++) {
					final int i = y * w + x + k;
					across[y * columns + x] += kernel[k] * f.applyAsDouble(clamped(image.values()[i]), clean.values()[i]);
				}
		for (int i = 0; i < out.length; i++)
			for (int k = 0; k < kernel.length; k++)
				out[i] += kernel[k] * across[i + k * columns];
		return out;
	}

	private static double clamped(final float value) {
		return Math.max(0, Math.min(PEAK, value));
	}

	private static double[] kernel() {
		final double[] kernel = new double[2 * RADIUS + 1];
		double sum = 0;
		for (int k = 0; k < kernel.length; k++)
			sum += kernel[k] = Math.exp(-(k - RADIUS) * (k - RADIUS) / (2 * SIGMA * SIGMA));
		for (int k = 0; k < kernel.length; k++)
			kernel[k] /= sum;
		return kernel;
	}
}

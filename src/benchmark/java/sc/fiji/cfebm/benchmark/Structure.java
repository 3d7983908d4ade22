package sc.fiji.cfebm.benchmark;

import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/**
 * How much of an image's structure another one keeps, whatever its colors. Brightness is the mean of the channels, smoothed (3×3
 * pixels, twice): noise is no structure.
 */
final class Structure {

	private static final float PEAK = 255;

	private Structure() {}

	/** SSIM of the gradients' magnitudes, each divided by their root mean square so that contrast does not count. */
	static double gradients(final Raster source, final Raster result) {
		return Quality.ssim(gradient(result), gradient(source));
	}

	/** Correlation of brightness. */
	static double correlation(final Raster source, final Raster result) {
		return new PearsonsCorrelation().correlation(brightness(source), brightness(result));
	}

	private static double[] brightness(final Raster image) {
		final int c = image.channels();
		final double[] out = new double[image.width() * image.height()];
		final Raster smoothed = Resample.smoothed(Resample.smoothed(image));
		for (int i = 0; i < smoothed.values().length; i++)
			out[i / c] += smoothed.values()[i] / c;
		return out;
	}

	/** Central differences; the root mean square becomes a quarter of the peak. */
	private static Raster gradient(final Raster image) {
		final double[] values = brightness(image);
		final int w = image.width(), h = image.height();
		final Raster out = new Raster(w - 2, h - 2, 1);
		double squares = 0;
		for (int y = 1; y < h - 1; y++)
			for (int x = 1; x < w - 1; x++) {
				final double dx = values[y * w + x + 1] - values[y * w + x - 1], dy = values[(y + 1) * w + x] - values[(y - 1) * w + x];
				out.values()[out.index(x - 1, y - 1, 0)] = (float) Math.hypot(dx, dy);
				squares += dx * dx + dy * dy;
			}
		final float scale = (float) (PEAK / 4 / Math.sqrt(Math.max(1e-12, squares / out.values().length)));
		for (int i = 0; i < out.values().length; i++)
			// SSIM clamps one of the two images alone.
			out.values()[i] = Math.min(PEAK, scale * out.values()[i]);
		return out;
	}
}

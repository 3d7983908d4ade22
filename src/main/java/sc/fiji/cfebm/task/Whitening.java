package sc.fiji.cfebm.task;

import org.jtransforms.dct.DoubleDCT_1D;

import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.random.NoiseFilter;
import sc.fiji.cfebm.raster.Raster;

/**
 * Makes correlated noise white, for networks that know no other: by the inverse of the filter that would have made it of white noise. The
 * image gets sharper; what is restored of it is filtered back. Borders are mirrored. Immutable.
 */
final class Whitening {

	/**
	 * Gain of what is finest along an axis, at the most: noise that has more of it than the filter says would be far too strong after a higher one
	 * (docs/experiments.md).
	 */
	private static final double MOST = 3;

	private final NoiseFilter filter;

	/** @param correlation of the noise; none changes nothing */
	Whitening(final Correlation correlation) {
		filter = NoiseFilter.ofCorrelation(correlation.x(), correlation.y());
	}

	/** σ of the white noise that it makes of correlated noise of this σ. */
	double sigma(final double sigma) {
		return sigma * sum(filter.x()) * sum(filter.y());
	}

	private static double sum(final double[] taps) {
		double sum = 0;
		for (final double tap : taps)
			sum += tap;
		return sum;
	}

	/** @param image [H,W,C] of finite values, whose noise is correlated; not changed */
	Raster of(final Raster image) {
		return filtered(image, false);
	}

	/** The inverse of {@link #of}, but for rounding. */
	Raster back(final Raster image) {
		return filtered(image, true);
	}

	private Raster filtered(final Raster image, final boolean back) {
		final Raster result = image.copy();
		final int w = image.width(), h = image.height(), c = image.channels();
		if (filter.x().length > 1) new Lines(w, filter.x(), back).filter(result.values(), h, w * c, c, c);
		if (filter.y().length > 1) new Lines(h, filter.y(), back).filter(result.values(), w, c, w * c, c);
		return result;
	}

	/** Rows or columns. @param gain of each cosine of a line */
	private record Lines(DoubleDCT_1D transform, double[] gain) {

		Lines(final int length, final double[] taps, final boolean back) {
			this(new DoubleDCT_1D(length), new double[length]);
			for (int i = 0; i < length; i++) {
				double response = 0;
				for (int k = 0; k < taps.length; k++)
					response += taps[k] * Math.cos(Math.PI * i / length * (k - taps.length / 2));
				response = Math.max(response / sum(taps), 1 / MOST);
				gain[i] = back ? response : 1 / response;
			}
		}

		/**
		 * @param count of lines
		 * @param next from a line to the next one
		 * @param step from a value of a line to the next one
		 * @param channels whose values lie side by side
		 */
		void filter(final float[] values, final int count, final int next, final int step, final int channels) {
			final double[] line = new double[gain.length];
			for (int l = 0; l < count; l++)
				for (int first = l * next, k = 0; k < channels; k++, first++) {
					for (int i = 0; i < line.length; i++)
						line[i] = values[first + i * step];
					transform.forward(line, true);
					for (int i = 0; i < line.length; i++)
						line[i] *= gain[i];
					transform.inverse(line, true);
					for (int i = 0; i < line.length; i++)
						values[first + i * step] = (float) line[i];
				}
		}
	}
}

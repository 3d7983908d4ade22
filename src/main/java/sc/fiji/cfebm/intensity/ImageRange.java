package sc.fiji.cfebm.intensity;

import java.util.Arrays;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/** The range of gray values of images themselves, and what of them it is taken from. */
public final class ImageRange {

	private ImageRange() {}

	/**
	 * The range of planes that belong together: 0 to 255 of RGB, otherwise their 0.1 and 99.9 percentiles.
	 *
	 * @param channels of a plane
	 * @param seen what the range is taken from, one plane after another; each is asked for once, those of RGB, too
	 */
	public static Normalization of(final int channels, final Iterable<Raster> seen) {
		if (channels != 3) return Ranges.ofPercentiles(seen);
		seen.forEach(plane -> {});
		return Normalization.RGB;
	}

	/** A noisy plane as its range sees it: smoothed, as noise would widen the percentiles. */
	public static Raster withoutNoise(final Raster noisy) {
		return Resample.smoothed(noisy);
	}

	/**
	 * The known pixels of a plane as one row.
	 *
	 * @param hole [H,W], true where a pixel is not known
	 * @return the plane itself, if no pixel is known
	 */
	public static Raster known(final Raster image, final boolean[] hole) {
		final int c = image.channels();
		final float[] values = new float[image.values().length];
		int n = 0;
		for (int i = 0; i < values.length; i++)
			if (!hole[i / c]) values[n++] = image.values()[i];
		return n == 0 ? image : new Raster(n / c, 1, c, Arrays.copyOf(values, n));
	}
}

package sc.fiji.cfebm.intensity;

import java.util.Arrays;
import java.util.Iterator;

import sc.fiji.cfebm.raster.Missing;
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
	 * @return null if there is none
	 */
	public static Normalization of(final int channels, final Iterable<Raster> seen) {
		if (channels != 3) {
			final Iterator<Raster> planes = seen.iterator();
			return planes.hasNext() ? Ranges.ofPercentiles(() -> planes) : null;
		}
		seen.forEach(plane -> {});
		return Normalization.RGB;
	}

	/**
	 * A noisy plane as its range sees it: smoothed, as noise would widen the percentiles, or the pixels that are not missing.
	 *
	 * @return null if all are missing
	 */
	public static Raster withoutNoise(final Raster noisy) {
		return Missing.in(noisy) == null ? Resample.smoothed(noisy) : known(noisy, null);
	}

	/**
	 * The known pixels of a plane as one row: those that are not missing.
	 *
	 * @param hole [H,W], true where a pixel is not known, either; null: there is no hole
	 * @return the plane itself, if all pixels are known; null, if none is
	 */
	public static Raster known(final Raster image, final boolean[] hole) {
		final boolean[] missing = Missing.in(image);
		if (hole == null && missing == null) return image;
		final int c = image.channels();
		final float[] values = new float[image.values().length];
		int n = 0;
		for (int i = 0; i < values.length; i++)
			if ((hole == null || !hole[i / c]) && (missing == null || !missing[i / c])) values[n++] = image.values()[i];
		return n == 0 ? null : new Raster(n / c, 1, c, Arrays.copyOf(values, n));
	}
}

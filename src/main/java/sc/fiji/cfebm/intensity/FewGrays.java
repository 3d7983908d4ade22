package sc.fiji.cfebm.intensity;

import java.util.List;

import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/**
 * Tells whether images have few gray values, single photons say. Then what is left of them without noise lies between whole numbers,
 * and rounding it changes all means.
 */
public final class FewGrays {

	/** Gray values from the darkest to the brightest, without noise; and from the darkest to the mean. */
	private static final double RANGE = 16, MEAN = 2;
	/** Pixels of which nothing can be told. */
	private static final int TOO_FEW = 64;

	private int planes, few;

	/**
	 * Takes a plane into account.
	 *
	 * @param plane [H,W,C] of whole numbers
	 * @param step from one of its gray values to the next
	 */
	public void add(final Raster plane, final double step) {
		if (plane.values().length < TOO_FEW || Missing.in(plane) != null) return;
		double lowest = Double.POSITIVE_INFINITY, highest = Double.NEGATIVE_INFINITY, sum = 0;
		for (final float v : plane.values()) {
			lowest = Math.min(lowest, v);
			highest = Math.max(highest, v);
			sum += v;
		}
		if (lowest == highest) return;
		planes++;
		final Normalization range = ImageRange.of(1, List.of(Resample.smoothed(plane)));
		if (range.high() - range.low() < RANGE * step || sum / plane.values().length - lowest < MEAN * step) few++;
	}

	/** Whether most of the planes that were added have few. */
	public boolean isTrue() {
		return 2 * few > planes;
	}
}

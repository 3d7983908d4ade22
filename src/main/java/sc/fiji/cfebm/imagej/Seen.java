package sc.fiji.cfebm.imagej;

import ij.ImagePlus;
import ij.measure.Calibration;
import ij.process.LUT;

/**
 * How a plane's stored values become those that a model sees: the gray values that ImageJ shows, and turned round where an inverting
 * LUT shows high ones dark. Without a linear calibration, or with one of more digits than a float has, the stored values are taken.
 *
 * @param slope seen values per stored one, not 0; negative: turned round
 * @param origin the seen value of a stored 0
 * @param sum of a value that ImageJ shows and the same turned round; NaN if they are not
 */
record Seen(double slope, double origin, double sum) {

	static final Seen STORED = new Seen(1, 0, Double.NaN);

	/** Beyond this, origin over slope, a float can't tell neighbouring gray values. */
	private static final double DIGITS = 1 << 20;

	/**
	 * @param lut of the plane's channel; null for RGB
	 */
	static Seen of(final ImagePlus imp, final LUT lut) {
		if (lut == null) return STORED;
		final Calibration calibration = imp.getCalibration();
		double slope = 1, origin = 0;
		if (isLinear(imp)) {
			slope = calibration.getCoefficients()[1];
			origin = calibration.getCoefficients()[0];
		}
		// An inverting LUT over a falling calibration shows high values bright.
		if (isInverting(lut) == slope < 0) return new Seen(slope, origin, Double.NaN);
		final int bits = imp.getBitDepth();
		final double sum = 2 * origin + (bits == 32 ? 0 : slope * ((1 << bits) - 1));
		return new Seen(-slope, sum - origin, sum);
	}

	/** Whether gray values are shown on another scale that is linear. */
	static boolean isLinear(final ImagePlus imp) {
		final Calibration calibration = imp.getCalibration();
		final double[] line = calibration.getCoefficients();
		return isCalibrated(imp) && calibration.getFunction() == Calibration.STRAIGHT_LINE && line != null && line[1] != 0 && Math.abs(
			line[0]) <= DIGITS * Math.abs(line[1]);
	}

	/** Whether ImageJ shows other gray values than the stored ones; of 32 bits it never does. */
	static boolean isCalibrated(final ImagePlus imp) {
		return (imp.getBitDepth() == 8 || imp.getBitDepth() == 16) && imp.getCalibration().calibrated();
	}

	/** Whether a LUT shows high values dark and low ones bright, all the way. */
	static boolean isInverting(final LUT lut) {
		for (int level = 1; level < 256; level++)
			if (brightness(lut, level) > brightness(lut, level - 1)) return false;
		return brightness(lut, 255) < brightness(lut, 0);
	}

	static int brightness(final LUT lut, final int level) {
		return lut.getRed(level) + lut.getGreen(level) + lut.getBlue(level);
	}

	boolean isStored() {
		return slope == 1 && origin == 0;
	}

	boolean isTurned() {
		return !Double.isNaN(sum);
	}

	float of(final float stored) {
		return (float) (slope * stored + origin);
	}

	float stored(final float seen) {
		return (float) ((seen - origin) / slope);
	}

	/** The value that ImageJ shows, or that one seen. */
	double shown(final double seen) {
		return isTurned() ? sum - seen : seen;
	}
}

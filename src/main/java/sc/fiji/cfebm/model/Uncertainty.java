package sc.fiji.cfebm.model;

import java.util.Arrays;
import java.util.stream.IntStream;

import sc.fiji.cfebm.raster.Raster;

/**
 * How far the spread of posterior samples can be believed: what makes it a standard deviation, measured on images that were held out.
 * At the noise level σ the standard deviation is f·√(s² + (aσ)²), where s is the spread of {@link #SAMPLES} samples of {@link #STEPS} steps, f
 * a factor and aσ a floor. Where all samples agree, as in flat areas, they share an error that their spread does not show: the floor.
 *
 * @param sigma noise levels in model units, positive and ascending
 * @param factor f of each level, positive
 * @param floor a of each level, 0 or more
 */
public record Uncertainty(double[] sigma, double[] factor, double[] floor) {

	/** Samples, and Langevin steps of each, that it is measured with. */
	public static final int SAMPLES = 8, STEPS = 20;

	public Uncertainty {
		if (sigma.length == 0 || sigma.length != factor.length || sigma.length != floor.length) throw new IllegalArgumentException(
			"An uncertainty needs one factor and one floor per noise level.");
		for (int i = 0; i < sigma.length; i++)
			if (!(sigma[i] > (i == 0 ? 0 : sigma[i - 1])) || !(factor[i] > 0) || !(floor[i] >= 0) || Double.isInfinite(sigma[i] + factor[i] +
				floor[i])) throw new IllegalArgumentException(
					"Noise levels must be ascending, factors positive, floors not negative, and all finite.");
	}

	/**
	 * Standard deviations at a noise level. Between the levels measured their logarithms are linear in ln σ, in units of σ; beyond, factor and floor
	 * are those of the nearest.
	 *
	 * @param spread s of each value, in model units
	 * @param level the noise, in model units, positive
	 * @return likewise
	 */
	public Raster deviation(final Raster spread, final double level) {
		final int found = Arrays.binarySearch(sigma, level), above = Math.min(found >= 0 ? found : -found - 1, sigma.length - 1), below = found >= 0 ||
			level > sigma[above] ? above : Math.max(0, above - 1);
		final double share = below == above ? 0 : Math.log(level / sigma[below]) / Math.log(sigma[above] / sigma[below]);
		final Raster deviation = spread.copy();
		for (int i = 0; i < deviation.values().length; i++)
			deviation.values()[i] = (float) (level * Math.pow(at(below, spread.values()[i] / level), 1 - share) * Math.pow(at(above, spread
				.values()[i] / level), share));
		return deviation;
	}

	/** In units of the noise. */
	private double at(final int measured, final double spread) {
		return factor[measured] * Math.hypot(spread, floor[measured]);
	}

	/** The least standard deviation at each level, f·a, in units of the noise. */
	public double[] least() {
		return IntStream.range(0, sigma.length).mapToDouble(i -> factor[i] * floor[i]).toArray();
	}
}

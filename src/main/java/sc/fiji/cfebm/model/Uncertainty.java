package sc.fiji.cfebm.model;

import java.util.Arrays;

/**
 * How far the spread of posterior samples can be believed: the factor that makes it a standard deviation, measured on
 * images that were held out. Within a factor times the spread of {@link #SAMPLES} samples of {@link #STEPS} steps lie 68.3 % of the true pixels.
 *
 * @param sigma noise levels in model units, positive and ascending
 * @param factor one for each level, positive
 */
public record Uncertainty(double[] sigma, double[] factor) {

	/** Samples, and Langevin steps of each, that it is measured with. */
	public static final int SAMPLES = 8, STEPS = 20;

	public Uncertainty {
		if (sigma.length == 0 || sigma.length != factor.length) throw new IllegalArgumentException(
			"An uncertainty needs one factor per noise level.");
		for (int i = 0; i < sigma.length; i++)
			if (!(sigma[i] > (i == 0 ? 0 : sigma[i - 1])) || !(factor[i] > 0) || Double.isInfinite(sigma[i] + factor[i]))
				throw new IllegalArgumentException("Noise levels must be ascending, and factors positive and finite.");
	}

	/** The factor at a noise level in model units: linear in ln σ between those measured, constant beyond. */
	public double at(final double level) {
		final int n = sigma.length;
		if (level <= sigma[0]) return factor[0];
		if (level >= sigma[n - 1]) return factor[n - 1];
		final int found = Arrays.binarySearch(sigma, level), i = found >= 0 ? found : -found - 2;
		final double share = Math.log(level / sigma[i]) / Math.log(sigma[i + 1] / sigma[i]);
		return (1 - share) * factor[i] + share * factor[i + 1];
	}
}

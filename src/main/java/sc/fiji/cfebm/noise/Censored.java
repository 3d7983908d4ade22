package sc.fiji.cfebm.noise;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * What cutting off does to Gaussian noise, told from how many pixels it met: those that would be beyond the last value have that value
 * (a censored distribution).
 *
 * @param variance what is left of the noise's
 * @param shift by how many standard deviations of the noise the mean moves inwards
 * @param isTooMuch whether so many were cut off that the others tell too little of them
 */
record Censored(double variance, double shift, boolean isTooMuch) {

	private static final double MOST = 0.55;
	private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);
	private static final Censored NOTHING = new Censored(1, 0, false);

	/** @param cut how many of all pixels have the last value */
	static Censored of(final int cut, final int all) {
		if (cut == 0) return NOTHING;
		if (cut > MOST * all) return new Censored(1, 0, true);
		// The last value lies z standard deviations from the mean without noise.
		final double z = NORMAL.inverseCumulativeProbability(1 - (double) cut / all), inside = 1 - (double) cut / all, density = NORMAL
			.density(z), mean = z * inside + density;
		return new Censored((1 + z * z) * inside + z * density - mean * mean, mean - z, false);
	}
}

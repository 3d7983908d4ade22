package sc.fiji.cfebm.noise;

import java.util.function.Supplier;

import sc.fiji.cfebm.intensity.Anscombe;

/**
 * What a user says about an image's noise; what is 0 is estimated from the image.
 *
 * @param sigma standard deviation of white noise in gray values
 * @param gain of shot noise, in gray values per photon
 * @param offset gray value without light; goes with a gain
 * @param read standard deviation of the read noise in gray values; goes with a gain
 */
public record NoiseSettings(double sigma, double gain, double offset, double read) {

	/** @throws IllegalArgumentException with one sentence, if the numbers cannot be those of any noise */
	public NoiseSettings {
		checkNotNegative("Sigma", sigma);
		checkNotNegative("The gain", gain);
		checkNotNegative("The read noise", read);
		if (!Double.isFinite(offset)) throw new IllegalArgumentException("The offset must be a number, not " + offset + ".");
		if (gain == 0 && (offset != 0 || read != 0)) throw new IllegalArgumentException(
			"An offset or read noise is given without a gain: give the gain, too, or none of them.");
		if (gain > 0 && sigma > 0) throw new IllegalArgumentException(
			"Both sigma and a gain are given: give sigma for white noise, a gain for shot noise.");
	}

	private static void checkNotNegative(final String name, final double value) {
		if (!(value >= 0) || Double.isInfinite(value)) throw new IllegalArgumentException(name + " is " + value +
			": it must be a number of at least 0.");
	}

	/** Whether anything is said. */
	public boolean isAny() {
		return sigma > 0 || gain > 0;
	}

	/**
	 * The noise that is said, or else found.
	 *
	 * @param estimate of the image; not asked if anything is said
	 * @return null if it is to be estimated and the image has none, or is too small to tell
	 */
	public NoiseModel of(final Supplier<NoiseEstimate> estimate) {
		if (sigma > 0) return NoiseModel.white(sigma);
		return gain > 0 ? NoiseModel.shot(Anscombe.of(gain, offset, read)) : estimate.get().find();
	}
}

package sc.fiji.cfebm.training;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.langevin.Noise;

/**
 * Held-out patches with noise, and what one step of a score-matching energy makes of them; [N,r,r,C] in model units.
 */
record Denoised(float[] clean, float[] noisy, float[] denoised) {

	/** Noise level: a tenth of the range. */
	private static final double SIGMA = 0.2;

	/** @param clean {@code count} patches */
	static Denoised of(final EnergyNetwork network, final float[] clean, final int count, final RandomGenerator rng) {
		final float[] noisy = clean.clone(), denoised = new float[clean.length];
		Noise.add(noisy, SIGMA, rng);
		network.evaluate(noisy, count, null, denoised);
		for (int i = 0; i < noisy.length; i++)
			denoised[i] = noisy[i] - (float) SIGMA * denoised[i];
		return new Denoised(clean, noisy, denoised);
	}

	/** Peak signal-to-noise ratio in dB for a peak of 2, the range's width in model units. */
	double noisyPsnr() {
		return psnr(noisy);
	}

	double denoisedPsnr() {
		return psnr(denoised);
	}

	private double psnr(final float[] image) {
		double sum = 0;
		for (int i = 0; i < clean.length; i++)
			sum += (image[i] - clean[i]) * (double) (image[i] - clean[i]);
		return 10 * Math.log10(4 * clean.length / sum);
	}
}

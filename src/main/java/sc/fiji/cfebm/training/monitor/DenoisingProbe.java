package sc.fiji.cfebm.training.monitor;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.langevin.Noise;

/**
 * Held-out patches with noise, and what one step of a score-matching energy makes of them; [N,r,r,C] in model units.
 *
 * @param clean null where there are no clean patches
 */
public record DenoisingProbe(float[] clean, float[] noisy, float[] denoised) {

	/** Noise level: a tenth of the range. */
	private static final double SIGMA = 0.2;

	/** @param clean {@code count} patches */
	public static DenoisingProbe of(final StageNetwork network, final float[] clean, final int count, final RandomGenerator rng) {
		final float[] noisy = clean.clone(), denoised = new float[clean.length];
		Noise.add(noisy, SIGMA, rng);
		step(network, noisy, count, SIGMA, denoised);
		return new DenoisingProbe(clean, noisy, denoised);
	}

	/** @param noisy one patch with noise of this level */
	public static DenoisingProbe ofNoisy(final StageNetwork network, final float[] noisy, final double level) {
		final float[] denoised = new float[noisy.length];
		step(network, noisy, 1, level, denoised);
		return new DenoisingProbe(null, noisy, denoised);
	}

	private static void step(final StageNetwork network, final float[] noisy, final int count, final double level,
		final float[] denoised)
	{
		network.equivariant().at(level).evaluate(noisy, count, null, denoised);
		for (int i = 0; i < noisy.length; i++)
			denoised[i] = noisy[i] - (float) level * denoised[i];
	}

	/** Peak signal-to-noise ratio in dB for a peak of 2, the range's width in model units; NaN without clean patches. */
	public double noisyPsnr() {
		return psnr(noisy);
	}

	public double denoisedPsnr() {
		return psnr(denoised);
	}

	private double psnr(final float[] image) {
		if (clean == null) return Double.NaN;
		double sum = 0;
		for (int i = 0; i < clean.length; i++)
			sum += (image[i] - clean[i]) * (double) (image[i] - clean[i]);
		return 10 * Math.log10(4 * clean.length / sum);
	}
}

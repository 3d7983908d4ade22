package sc.fiji.cfebm.energy.unet;


import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.NoisyImages;

/** Networks and images for tests. */
final class Unets {

	private Unets() {}

	static UnetSpec spec(final int channels, final List<Integer> widths, final boolean told, final boolean zeroSum,
		final EnergyForm form)
	{
		return spec(channels, widths, told, zeroSum, 0, form);
	}

	static UnetSpec spec(final int channels, final List<Integer> widths, final boolean told, final boolean zeroSum,
		final int box, final EnergyForm form)
	{
		return new UnetSpec(channels, widths, told, told, zeroSum, box, form);
	}

	/** Parameters all of which matter: biases, and last layers that are not small. With β < 1 a stage that was grown. */
	static UnetParameters parameters(final UnetSpec spec, final int stage, final double beta, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final UnetParameters p;
		if (beta < 1) {
			p = disturbed(UnetParameters.random(spec, stage - 1, rng), rng).grow(rng);
			p.setBeta(beta);
		}
		else p = UnetParameters.random(spec, stage, rng);
		return disturbed(p, rng);
	}

	private static UnetParameters disturbed(final UnetParameters p, final SplittableRandom rng) {
		for (final UnetParameters.Entry e : p.entries())
			for (int i = 0; i < e.size(); i++) {
				if (e.isBias()) p.values()[e.offset() + i] = 0.3 * rng.nextGaussian();
				else if (e.name().equals("last")) p.values()[e.offset() + i] *= 5;
			}
		return p;
	}

	/** Uniform in [-1, 1]. */
	static float[] random(final int size, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final float[] values = new float[size];
		for (int i = 0; i < size; i++)
			values[i] = (float) rng.nextDouble(-1, 1);
		return values;
	}

	/** Images with a σ and an offset for each; a network that can be is told the noise's correlations, and of half of them what is bright. */
	static NoisyImages images(final UnetSpec spec, final int count, final int height, final int width) {
		final float[] sigma = new float[count], offset = new float[count * spec.channels()];
		for (int n = 0; n < count; n++)
			sigma[n] = 0.2f + 0.13f * n;
		for (int i = 0; i < offset.length; i++)
			offset[i] = 0.05f * i - 0.1f;
		final NoisyImages images = new NoisyImages(random(count * height * width * spec.channels(), 7), count, height, width, sigma, offset,
			spec.told() ? (count + 1) / 2 : 0);
		return spec.correlated() ? images.withCorrelation(random(2 * count, 8)) : images;
	}

	static double[] part(final double[] values, final UnetParameters.Entry e) {
		return java.util.Arrays.copyOfRange(values, e.offset(), e.offset() + e.size());
	}
}

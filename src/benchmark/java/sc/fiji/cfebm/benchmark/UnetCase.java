package sc.fiji.cfebm.benchmark;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;

/**
 * What the engine's speed is measured on: the network of three levels that presets train, with random parameters, and square
 * images.
 *
 * @param channels C
 * @param widths features of the levels, the coarsest first
 * @param count number of images
 * @param side in pixels
 */
record UnetCase(int channels, List<Integer> widths, int count, int side) {

	static final List<Integer> USUAL = List.of(64, 48, 32), WIDE = List.of(96, 64, 48);

	private static final int LARGE = 512;

	/** A batch of so many images of 64×64 pixels. */
	static UnetCase batch(final int channels, final List<Integer> widths, final int count) {
		return new UnetCase(channels, widths, count, 64);
	}

	/** One image of 512×512 pixels. */
	static UnetCase large(final int channels, final List<Integer> widths) {
		return new UnetCase(channels, widths, 1, LARGE);
	}

	/** As tables show it, with widths from fine to coarse. */
	String label() {
		return "C=" + channels + " " + List.of(widths.get(2), widths.get(1), widths.get(0)).stream().map(String::valueOf).collect(
			Collectors.joining("/")) + ", " + (count == 1 ? "one of " : count + " of ") + side + "²";
	}

	UnetSpec spec() {
		return new UnetSpec(channels, widths, false, false, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED);
	}

	Flops flops() {
		return Flops.of(spec(), side);
	}

	/** Random ones, with biases, too. */
	UnetParameters parameters() {
		final SplittableRandom rng = new SplittableRandom(1);
		final UnetParameters p = UnetParameters.random(spec(), widths.size() - 1, rng);
		for (final UnetParameters.Entry e : p.entries())
			if (e.isBias()) for (int i = 0; i < e.size(); i++)
				p.values()[e.offset() + i] = 0.1 * rng.nextGaussian();
		return p;
	}

	/** [N,H,W,C], even noise between -1 and 1. */
	float[] images() {
		final SplittableRandom rng = new SplittableRandom(2);
		final float[] images = new float[count * side * side * channels];
		for (int i = 0; i < images.length; i++)
			images[i] = (float) rng.nextDouble(-1, 1);
		return images;
	}

	/** The same with the noise level of {@link LangevinStep}. */
	NoisyImages noisy(final float[] images) {
		return NoisyImages.of(images, count, side, side, (float) LangevinStep.SIGMA);
	}

	/** One for each image, between -1 and 1. */
	double[] weights() {
		return new SplittableRandom(3).doubles(count, -1, 1).toArray();
	}
}

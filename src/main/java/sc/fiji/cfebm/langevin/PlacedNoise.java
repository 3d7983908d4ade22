package sc.fiji.cfebm.langevin;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.raster.Window;

/**
 * The noise of a chain on a part of an image, as {@link Noise#inPlace} has it: whoever draws a Gaussian number for each value of a
 * state, in their order, and again for the next state, gets at each place what a chain on the whole image gets there. Not
 * thread-safe.
 */
public final class PlacedNoise implements RandomGenerator {

	private final Window part;
	private final int channels;
	private final NoiseFilter filter;
	private final SplittableRandom seeds;
	private float[] noise = {};
	private int next;

	/**
	 * @param part of the image that the chain's state is
	 * @param channels C of the state [H,W,C]
	 */
	public PlacedNoise(final Window part, final int channels, final long seed) {
		this(part, channels, null, seed);
	}

	/**
	 * One whose numbers are correlated between neighbours.
	 *
	 * @param part of the image that the chain's state is
	 * @param channels C of the state [H,W,C]
	 * @param filter that makes them so; null: they are independent
	 */
	public PlacedNoise(final Window part, final int channels, final NoiseFilter filter, final long seed) {
		this.part = part;
		this.channels = channels;
		this.filter = filter;
		seeds = new SplittableRandom(seed);
	}

	@Override
	public double nextGaussian() {
		if (next == noise.length) {
			noise = filter == null ? Noise.inPlace(part, channels, seeds.nextLong()) : filtered(seeds.nextLong());
			next = 0;
		}
		return noise[next++];
	}

	private float[] filtered(final long seed) {
		final Window wide = new Window(part.x() - filter.marginX(), part.y() - filter.marginY(), part.width() + 2 * filter.marginX(), part
			.height() + 2 * filter.marginY());
		final float[] white = Noise.inPlace(wide, channels, seed), all = new float[part.width() * part.height() * channels];
		final double[] plane = new double[white.length / channels];
		for (int c = 0; c < channels; c++) {
			for (int i = 0; i < plane.length; i++)
				plane[i] = white[i * channels + c];
			final double[] one = filter.apply(plane, part.width(), part.height());
			for (int i = 0; i < one.length; i++)
				all[i * channels + c] = (float) one[i];
		}
		return all;
	}

	/** A number for the whole state, which no place has a part in. */
	@Override
	public long nextLong() {
		return seeds.nextLong();
	}
}

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
	private final SplittableRandom seeds;
	private float[] noise = {};
	private int next;

	/**
	 * @param part of the image that the chain's state is
	 * @param channels C of the state [H,W,C]
	 */
	public PlacedNoise(final Window part, final int channels, final long seed) {
		this.part = part;
		this.channels = channels;
		seeds = new SplittableRandom(seed);
	}

	@Override
	public double nextGaussian() {
		if (next == noise.length) {
			noise = Noise.inPlace(part, channels, seeds.nextLong());
			next = 0;
		}
		return noise[next++];
	}

	/** A number for the whole state, which no place has a part in. */
	@Override
	public long nextLong() {
		return seeds.nextLong();
	}
}

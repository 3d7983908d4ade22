package sc.fiji.cfebm.langevin;

import java.util.random.RandomGenerator;

/**
 * A generator whose Gaussian numbers have the opposite sign: of two chains from the same seed, one with it, the noise
 * cancels in their mean as far as they follow it linearly.
 */
public record Antithetic(RandomGenerator source) implements RandomGenerator {

	@Override
	public long nextLong() {
		return source.nextLong();
	}

	@Override
	public double nextGaussian() {
		return -source.nextGaussian();
	}
}

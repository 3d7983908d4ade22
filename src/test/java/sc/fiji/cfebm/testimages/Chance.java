package sc.fiji.cfebm.testimages;

import java.util.Random;

/**
 * The random numbers of one image. {@link Random} is used since its documentation fixes its algorithm, so that every
 * Java gives the same numbers; and each image has its own stream, so that changing one leaves the others as they are.
 */
final class Chance {

	/** The seed of all test images. */
	static final long SEED = 20260214L;

	private final Random random;

	/** @param stream names the stream, e.g. the image's file name */
	Chance(final String stream) {
		// Random's first numbers are alike for neighbouring seeds; the factor sets the seeds apart.
		random = new Random(SEED ^ stream.hashCode() * 0x9E3779B97F4A7C15L);
	}

	/** A number from [from, to). */
	double uniform(final double from, final double to) {
		return from + (to - from) * random.nextDouble();
	}

	/** A direction in radians. */
	double angle() {
		return uniform(0, 2 * Math.PI);
	}

	/** A whole number from 0 to bound - 1. */
	int below(final int bound) {
		return random.nextInt(bound);
	}

	boolean happens(final double probability) {
		return random.nextDouble() < probability;
	}

	/** A number of the standard normal distribution. */
	double gaussian() {
		return random.nextGaussian();
	}

	/** A number of the Poisson distribution (Knuth's method, for means up to some hundreds). */
	int poisson(final double mean) {
		final double limit = StrictMath.exp(-mean);
		int count = -1;
		double product = 1;
		do {
			product *= random.nextDouble();
			count++;
		} while (product > limit);
		return count;
	}
}

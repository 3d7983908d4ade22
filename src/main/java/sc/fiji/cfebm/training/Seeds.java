package sc.fiji.cfebm.training;

import java.util.SplittableRandom;

/**
 * A generator for every part of a training, from the seed and the part's place alone: nothing has to be remembered for a
 * resumed training to draw the same numbers.
 */
final class Seeds {

	/** What a generator is for; the order is part of what a seed means. */
	enum Purpose { NETWORK, ITERATION, START, CALIBRATION, PREVIEW, TRIAL }

	private Seeds() {}

	static SplittableRandom of(final long seed, final Purpose purpose, final long... place) {
		long h = mix(seed) ^ purpose.ordinal();
		for (final long p : place)
			h = mix(h) ^ p;
		return new SplittableRandom(mix(h));
	}

	/** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
	private static long mix(final long value) {
		long z = value + 0x9E3779B97F4A7C15L;
		z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
		z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
		return z ^ z >>> 31;
	}
}

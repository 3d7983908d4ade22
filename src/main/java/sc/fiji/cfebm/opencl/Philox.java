package sc.fiji.cfebm.opencl;

/**
 * White noise that is a function of a seed, a step and a place: by Philox 4×32 with ten rounds (Salmon et al., <i>Parallel random
 * numbers: as easy as 1, 2, 3</i>, SC 2011), and Box and Muller's way from two even numbers to two Gaussian ones. The kernels draw the
 * same numbers, up to the rounding of their logarithms and sines.
 */
public final class Philox {

	private static final int A = 0xD2511F53, B = 0xCD9E8D57, KEY_A = 0x9E3779B9, KEY_B = 0xBB67AE85, ROUNDS = 10;
	private static final int FOUR = 4;

	private Philox() {}

	/** Adds s·z to all values, z ~ N(0,I). @param step of a chain: each has noise of its own */
	public static void add(final float[] x, final double s, final int step, final long seed) {
		final int[] random = new int[FOUR];
		for (int first = 0; first < x.length; first += FOUR) {
			random[0] = first / FOUR;
			random[1] = step;
			random[2] = random[3] = 0;
			mix(random, seed);
			for (int k = 0; k < FOUR && first + k < x.length; k++) {
				final double even = ((random[k & 2] >>> 8) + 1) * 0x1p-24, angle = 2 * Math.PI * (random[k | 1] >>> 8) * 0x1p-24;
				final double radius = Math.sqrt(-2 * Math.log(even));
				x[first + k] += (float) (s * radius * ((k & 1) == 0 ? Math.cos(angle) : Math.sin(angle)));
			}
		}
	}

	/** From a counter to four random numbers, in place. */
	static void mix(final int[] counter, final long key) {
		int low = (int) key, high = (int) (key >>> Integer.SIZE);
		for (int round = 0; round < ROUNDS; round++) {
			final long a = (A & 0xFFFFFFFFL) * (counter[0] & 0xFFFFFFFFL), b = (B & 0xFFFFFFFFL) * (counter[2] & 0xFFFFFFFFL);
			counter[0] = (int) (b >>> Integer.SIZE) ^ counter[1] ^ low;
			counter[1] = (int) b;
			counter[2] = (int) (a >>> Integer.SIZE) ^ counter[3] ^ high;
			counter[3] = (int) a;
			low += KEY_A;
			high += KEY_B;
		}
	}
}

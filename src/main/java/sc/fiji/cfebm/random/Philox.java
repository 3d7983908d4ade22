package sc.fiji.cfebm.random;

/**
 * Gaussian numbers that are a function of a seed and of where they stand: Philox 4×32 with ten rounds (Salmon et al., <i>Parallel random
 * numbers: as easy as 1, 2, 3</i>, SC 2011), and Box and Muller's way (1958) from two even numbers to two Gaussian ones. Anybody can
 * draw any of them in any order, such as the items of a graphics card, whose kernels draw the same but for the rounding of their logarithms and
 * sines. None is farther from 0 than 5.77: one in 10⁸ would be.
 */
public final class Philox {

	/** Numbers of one counter. */
	public static final int LANES = 4;

	private static final int A = 0xD2511F53, B = 0xCD9E8D57, KEY_A = 0x9E3779B9, KEY_B = 0xBB67AE85, ROUNDS = 10;
	/** Even numbers have 24 bits, as many as a float holds. */
	private static final int SHIFT = 8;
	private static final double UNIT = 0x1p-24;
	private static final double LN2 = Math.log(2);
	private static final int MANTISSA = 52, BITS = 24;
	private static final long ROOT_HALF = Double.doubleToRawLongBits(Math.sqrt(0.5));

	private final int[] random = new int[LANES];
	private final double[] gaussian = new double[LANES];

	/**
	 * Adds s·z to a row of values.
	 *
	 * @param x where the row begins at {@code from} and has {@code length} values
	 * @param first place of its first value in a row without end; may be negative
	 * @param row number of the row
	 * @param draw number of the draw: each has numbers of its own
	 */
	public void add(final float[] x, final int from, final int length, final double s, final int first, final int row, final int draw,
		final long seed)
	{
		for (int at = -Math.floorMod(first, LANES); at < length; at += LANES) {
			random[0] = Math.floorDiv(first + at, LANES);
			random[1] = row;
			random[2] = draw;
			random[3] = 0;
			mix(random, seed);
			pair(0);
			pair(2);
			for (int k = Math.max(0, -at); k < Math.min(LANES, length - at); k++)
				x[from + at + k] += (float) (s * gaussian[k]);
		}
	}

	/**
	 * Two Gaussian numbers from two random ones, without branches, which nobody could foretell: the angle's half goes from -π/2 to π/2,
	 * where Taylor's series of sine and cosine are right to 1e-9.
	 */
	private void pair(final int k) {
		final double radius = Math.sqrt(-2 * log((random[k] >>> SHIFT) + 1)), a = Math.PI * ((random[k + 1] >>> SHIFT) * UNIT - 0.5), u = a * a;
		final double sin = a * (1 - u * (1 / 6.0 - u * (1 / 120.0 - u * (1 / 5040.0 - u * (1 / 362880.0 - u * (1 / 39916800.0 - u *
			(1 / 6227020800.0)))))));
		final double cos = 1 - u * (1 / 2.0 - u * (1 / 24.0 - u * (1 / 720.0 - u * (1 / 40320.0 - u * (1 / 3628800.0 - u *
			(1 / 479001600.0 - u * (1 / 87178291200.0)))))));
		gaussian[k] = radius * (1 - 2 * sin * sin);
		gaussian[k + 1] = radius * 2 * sin * cos;
	}

	/** From a counter to four random numbers, in place. */
	static void mix(final int[] counter, final long key) {
		int low = (int) key, high = (int) (key >>> Integer.SIZE), c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
		for (int round = 0; round < ROUNDS; round++) {
			final long a = (A & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL), b = (B & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
			c0 = (int) (b >>> Integer.SIZE) ^ c1 ^ low;
			c1 = (int) b;
			c2 = (int) (a >>> Integer.SIZE) ^ c3 ^ high;
			c3 = (int) a;
			low += KEY_A;
			high += KEY_B;
		}
		counter[0] = c0;
		counter[1] = c1;
		counter[2] = c2;
		counter[3] = c3;
	}

	/** ln of a whole number times 2⁻²⁴, to 1e-9: of m·2ⁿ with m from √½ to √2 by the series of 2·artanh((m - 1)/(m + 1)). */
	static double log(final int whole) {
		final long bits = Double.doubleToRawLongBits(whole), exponent = bits - ROOT_HALF >> MANTISSA;
		final double m = Double.longBitsToDouble(bits - (exponent << MANTISSA)), t = (m - 1) / (m + 1), u = t * t;
		return 2 * t * (1 + u * (1 / 3.0 + u * (1 / 5.0 + u * (1 / 7.0 + u * (1 / 9.0))))) + LN2 * (exponent - BITS);
	}
}

package sc.fiji.cfebm.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** Random numbers on the processor; {@code DeviceEnergyTest} compares a device's with them. */
class PhiloxTest {

	/** The known answers that its authors give (Random123, kat_vectors). */
	@Test
	void knownAnswers() {
		assertMixes(new int[] { 0, 0, 0, 0 }, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
		assertMixes(new int[] { -1, -1, -1, -1 }, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
		assertMixes(new int[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, 0x299f31d0a4093822L, 0xd16cfe09, 0x94fdcceb, 0x5001e420,
			0x24126ea1);
	}

	private static void assertMixes(final int[] counter, final long key, final int... expected) {
		Philox.mix(counter, key);
		assertArrayEquals(expected, counter);
	}

	@Test
	void itIsWhiteAndGaussian() {
		final int n = 1 << 18;
		final float[] x = new float[n], y = new float[n];
		Philox.add(x, 2, 5, 77);
		Philox.add(y, 2, 6, 77);
		double mean = 0, square = 0, fourth = 0, neighbours = 0, steps = 0;
		for (int i = 0; i < n; i++) {
			final double v = x[i] / 2;
			mean += v / n;
			square += v * v / n;
			fourth += v * v * v * v / n;
			neighbours += v * x[(i + 1) % n] / 2 / n;
			steps += v * y[i] / 2 / n;
		}
		// Five standard errors.
		final double error = 5 / Math.sqrt(n);
		assertEquals(0, mean, error);
		assertEquals(1, square, 1.5 * error);
		assertEquals(3, fourth, 10 * error);
		assertEquals(0, neighbours, error);
		assertEquals(0, steps, error);
	}

	@Test
	void aPartOfABatchHasItsOwnNoise() {
		final float[] whole = new float[12], part = new float[7];
		Philox.add(whole, 1, 0, 1);
		Philox.add(part, 1, 0, 1);
		assertArrayEquals(java.util.Arrays.copyOf(whole, 7), part);
		Philox.add(part, 1, 0, 2);
		assertNotEquals(2 * whole[0], part[0], 1e-6);
	}
}

package sc.fiji.cfebm.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Random numbers on the processor; {@code KernelsTest} compares a device's with them. */
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
	void logarithms() {
		for (final int whole : new int[] { 1, 2, 3, 11863283, 11863284, 1 << 23, (1 << 24) - 1, 1 << 24 })
			assertEquals(Math.log(whole * 0x1p-24), Philox.log(whole), 1e-8);
	}

	/** By Box and Muller with Java's own functions. */
	@Test
	void gaussiansAreThoseOfTheRandomNumbers() {
		final int n = 4000, row = -3, draw = 9;
		final long seed = -1234567890123456789L;
		final float[] x = new float[n];
		new Philox().add(x, 0, n, 2, -8, row, draw, seed);
		for (int i = 0; i < n; i += 2) {
			final int[] random = { i / 4 - 2, row, draw, 0 };
			Philox.mix(random, seed);
			final double radius = 2 * Math.sqrt(-2 * Math.log(((random[i & 2] >>> 8) + 1) * 0x1p-24));
			final double angle = 2 * Math.PI * (random[i & 2 | 1] >>> 8) * 0x1p-24 - Math.PI;
			assertEquals(radius * Math.cos(angle), x[i], 1e-6);
			assertEquals(radius * Math.sin(angle), x[i + 1], 1e-6);
		}
	}
}

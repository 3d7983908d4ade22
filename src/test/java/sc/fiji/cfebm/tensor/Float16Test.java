package sc.fiji.cfebm.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Float16Test {

	/** By the standard's definition: sign, 5 bits of exponent with bias 15, 10 of mantissa. */
	private static double defined(final int bits) {
		final int exponent = bits >> 10 & 31, mantissa = bits & 1023;
		final double magnitude = exponent == 0 ? Math.scalb((double) mantissa, -24) : Math.scalb(1024.0 + mantissa, exponent -
			25);
		return bits < 0x8000 ? magnitude : -magnitude;
	}

	@Test
	void everyFiniteHalfIsItsValueAndComesBack() {
		for (int bits = 0; bits < 0x10000; bits++) {
			if ((bits >> 10 & 31) == 31) {
				assertFalse(Float.isFinite(Float16.value((short) bits)));
				continue;
			}
			assertEquals(defined(bits), Float16.value((short) bits));
			assertEquals((short) bits, Float16.bits(defined(bits)));
		}
	}

	@Test
	void theNearestHalfIsTaken() {
		// All neighbours of positive halves, subnormals among them: a bit nearer to the one and to the other.
		for (int bits = 0; bits < 0x7bff; bits++) {
			final float middle = (float) ((defined(bits) + defined(bits + 1)) / 2);
			assertEquals(bits, Float16.bits(Math.nextDown(middle)));
			assertEquals(bits + 1, Float16.bits(Math.nextUp(middle)));
			assertEquals((short) (bits | 0x8000), Float16.bits(-Math.nextDown(middle)));
		}
	}

	@Test
	void whatDoesNotFitIsRefused() {
		assertEquals(65504, Float16.value(Float16.bits(65504)));
		for (final double v : new double[] { 65505, -1e6, Double.NaN, Double.NEGATIVE_INFINITY })
			assertTrue(assertThrows(IllegalArgumentException.class, () -> Float16.bits(v)).getMessage().contains("65504"));
	}
}

package sc.fiji.cfebm.energy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.zip.CRC32;

/** What tests do with arrays of numbers. */
public final class Numbers {

	private Numbers() {}

	public static double[] doubles(final float[] values) {
		final double[] d = new double[values.length];
		for (int i = 0; i < d.length; i++)
			d[i] = values[i];
		return d;
	}

	/** A checksum of all bits, the same for the same bits alone. */
	public static String bits(final double[] values) {
		final CRC32 crc = new CRC32();
		for (final double v : values) {
			// All NaN have the same bits: they would agree for the wrong reason.
			if (!Double.isFinite(v)) throw new ArithmeticException("not finite: " + v);
			final long bits = Double.doubleToRawLongBits(v);
			for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE)
				crc.update((int) (bits >>> shift));
		}
		return Long.toHexString(crc.getValue());
	}

	/** max|actual - expected| ≤ tolerance · max|expected|; where all is to be zero, it must be zero. */
	public static void assertClose(final double[] expected, final double[] actual, final double tolerance, final String what) {
		assertEquals(expected.length, actual.length, what);
		double error = 0, largest = 0;
		for (int i = 0; i < expected.length; i++) {
			// Math.max passes NaN on, and NaN fails below.
			error = Math.max(error, Math.abs(actual[i] - expected[i]));
			largest = Math.max(largest, Math.abs(expected[i]));
		}
		assertTrue(error <= tolerance * largest, what + ": error " + error + ", largest value " + largest);
	}
}

package sc.fiji.cfebm.tensor;

import org.bytedeco.javacpp.indexer.HalfIndexer;

/** Half precision (IEEE 754 binary16) for storage: 11 significant bits, up to 65504, steps of 6e-8 around zero. */
public final class Float16 {

	private static final float LARGEST = 65504;

	private Float16() {}

	/**
	 * The bits of the nearest half; of two alike the one farther from zero.
	 *
	 * @throws IllegalArgumentException if the value is beyond ±65504 or not a number
	 */
	public static short bits(final double value) {
		if (!(Math.abs(value) <= LARGEST)) throw new IllegalArgumentException("Half precision goes up to 65504; " + value +
			" does not fit.");
		return (short) HalfIndexer.fromFloat((float) value);
	}

	/** The value of a half, exactly; infinite or not a number where the bits say so. */
	public static float value(final short bits) {
		return HalfIndexer.toFloat(bits & 0xffff);
	}
}

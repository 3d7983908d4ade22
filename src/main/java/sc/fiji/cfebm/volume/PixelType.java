package sc.fiji.cfebm.volume;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Locale;

/** The numbers that a volume's pixels are. Computed with are floats; integers are rounded to the nearest and clamped when they are written. */
public enum PixelType {

	INT8(1, -0x1p7, 0x1p7 - 1), UINT8(1, 0, 0x1p8 - 1), INT16(2, -0x1p15, 0x1p15 - 1), UINT16(2, 0, 0x1p16 - 1), INT32(4, -0x1p31, 0x1p31 - 1), UINT32(
		4, 0, 0x1p32 - 1), INT64(8, -0x1p63, 0x1p63), UINT64(8, 0, 0x1p64), FLOAT32(4, 0, 0), FLOAT64(8, 0, 0);

	private final int bytes;
	private final double least, most;

	PixelType(final int bytes, final double least, final double most) {
		this.bytes = bytes;
		this.least = least;
		this.most = most;
	}

	/** Its size. */
	public int bytes() {
		return bytes;
	}

	public boolean isInteger() {
		return this != FLOAT32 && this != FLOAT64;
	}

	/** Its name in zarr v3, such as {@code uint16}. */
	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

	/** By its name in zarr v3; null: there is none of that name. */
	static PixelType named(final String name) {
		for (final PixelType type : values())
			if (type.toString().equals(name)) return type;
		return null;
	}

	/** By its name in zarr v2 without the byte order, such as {@code u2}; null: there is none of that name. */
	static PixelType coded(final String code) {
		for (final PixelType type : values())
			if (type.code().equals(code)) return type;
		return null;
	}

	/** Its name in zarr v2 without the byte order. */
	String code() {
		return (isInteger() ? name().startsWith("U") ? "u" : "i" : "f") + bytes;
	}

	/**
	 * Reads numbers of a buffer, in the buffer's byte order.
	 *
	 * @param index of the first one
	 * @param step to the next one, in numbers
	 * @param at where the first one goes
	 */
	void get(final ByteBuffer from, final int index, final int step, final float[] to, final int at, final int count) {
		// One short loop for each type: nothing is decided for each number.
		switch (this) {
			case INT8 -> {
				for (int i = 0; i < count; i++)
					to[at + i] = from.get(index + i * step);
			}
			case UINT8 -> {
				for (int i = 0; i < count; i++)
					to[at + i] = from.get(index + i * step) & 0xff;
			}
			case INT16 -> {
				final ShortBuffer shorts = from.asShortBuffer();
				for (int i = 0; i < count; i++)
					to[at + i] = shorts.get(index + i * step);
			}
			case UINT16 -> {
				final ShortBuffer shorts = from.asShortBuffer();
				for (int i = 0; i < count; i++)
					to[at + i] = shorts.get(index + i * step) & 0xffff;
			}
			case INT32 -> {
				final IntBuffer ints = from.asIntBuffer();
				for (int i = 0; i < count; i++)
					to[at + i] = ints.get(index + i * step);
			}
			case UINT32 -> {
				final IntBuffer ints = from.asIntBuffer();
				for (int i = 0; i < count; i++)
					to[at + i] = ints.get(index + i * step) & 0xffffffffL;
			}
			case INT64 -> {
				final LongBuffer longs = from.asLongBuffer();
				for (int i = 0; i < count; i++)
					to[at + i] = longs.get(index + i * step);
			}
			case UINT64 -> {
				final LongBuffer longs = from.asLongBuffer();
				for (int i = 0; i < count; i++) {
					final long v = longs.get(index + i * step);
					to[at + i] = v >= 0 ? v : (float) ((v >>> 1 | v & 1) * 2.0);
				}
			}
			case FLOAT32 -> {
				final FloatBuffer floats = from.asFloatBuffer();
				for (int i = 0; i < count; i++)
					to[at + i] = floats.get(index + i * step);
			}
			case FLOAT64 -> {
				final DoubleBuffer doubles = from.asDoubleBuffer();
				for (int i = 0; i < count; i++)
					to[at + i] = (float) doubles.get(index + i * step);
			}
		}
	}

	/** Puts numbers where {@link #get} finds them. */
	void put(final ByteBuffer to, final int index, final int step, final float[] from, final int at, final int count) {
		final long low = (long) least, high = (long) most;
		switch (this) {
			case INT8, UINT8 -> {
				for (int i = 0; i < count; i++)
					to.put(index + i * step, (byte) nearest(from[at + i], low, high));
			}
			case INT16, UINT16 -> {
				final ShortBuffer shorts = to.asShortBuffer();
				for (int i = 0; i < count; i++)
					shorts.put(index + i * step, (short) nearest(from[at + i], low, high));
			}
			case INT32, UINT32 -> {
				final IntBuffer ints = to.asIntBuffer();
				for (int i = 0; i < count; i++)
					ints.put(index + i * step, (int) nearest(from[at + i], low, high));
			}
			case INT64, UINT64 -> {
				final LongBuffer longs = to.asLongBuffer();
				for (int i = 0; i < count; i++)
					longs.put(index + i * step, bits(rounded(from[at + i])));
			}
			case FLOAT32 -> {
				final FloatBuffer floats = to.asFloatBuffer();
				for (int i = 0; i < count; i++)
					floats.put(index + i * step, from[at + i]);
			}
			case FLOAT64 -> {
				final DoubleBuffer doubles = to.asDoubleBuffer();
				for (int i = 0; i < count; i++)
					doubles.put(index + i * step, from[at + i]);
			}
		}
	}

	/** As {@link #rounded}, and several times faster; for types of up to 32 bits. NaN becomes 0 in the cast. */
	private static long nearest(final float value, final long least, final long most) {
		return Math.max(least, Math.min(most, (long) Math.floor((double) value + 0.5)));
	}

	/** Of a whole number that the type has, or the next one beyond them. A double beyond all longs becomes the largest one. */
	private long bits(final double whole) {
		if (this == INT64 || whole < 0x1p63) return (long) whole;
		return whole >= 0x1p64 ? -1L : (long) (whole - 0x1p63) ^ Long.MIN_VALUE;
	}

	private double rounded(final float value) {
		return Double.isNaN(value) ? 0 : Math.max(least, Math.min(most, Math.floor((double) value + 0.5)));
	}

	/** As an integer type has it: rounded and clamped, NaN is 0. */
	BigInteger whole(final float value) {
		final double rounded = rounded(value);
		final BigInteger whole = new BigDecimal(rounded).toBigInteger();
		// The largest number of 64 bits is no double; the next one is.
		return bytes == Long.BYTES && rounded >= most ? whole.subtract(BigInteger.ONE) : whole;
	}
}

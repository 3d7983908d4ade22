package sc.fiji.cfebm.volume;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
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

	/** The {@code index}-th number of a buffer, in the buffer's byte order. */
	float get(final ByteBuffer from, final int index) {
		final int at = index * bytes;
		return switch (this) {
			case INT8 -> from.get(at);
			case UINT8 -> from.get(at) & 0xff;
			case INT16 -> from.getShort(at);
			case UINT16 -> from.getShort(at) & 0xffff;
			case INT32 -> from.getInt(at);
			case UINT32 -> from.getInt(at) & 0xffffffffL;
			case INT64 -> from.getLong(at);
			case UINT64 -> {
				final long v = from.getLong(at);
				yield v >= 0 ? v : (float) ((v >>> 1 | v & 1) * 2.0);
			}
			case FLOAT32 -> from.getFloat(at);
			case FLOAT64 -> (float) from.getDouble(at);
		};
	}

	/** Puts a number where {@link #get} finds it. */
	void put(final ByteBuffer to, final int index, final float value) {
		final int at = index * bytes;
		if (this == FLOAT32) {
			to.putFloat(at, value);
			return;
		}
		if (this == FLOAT64) {
			to.putDouble(at, value);
			return;
		}
		final double rounded = rounded(value);
		// A double beyond all longs becomes the largest one.
		final long whole = this == UINT64 && rounded >= 0x1p63 ? (long) (rounded - 0x1p63) ^ Long.MIN_VALUE : (long) rounded;
		switch (bytes) {
			case 1 -> to.put(at, (byte) whole);
			case 2 -> to.putShort(at, (short) whole);
			case 4 -> to.putInt(at, (int) whole);
			default -> to.putLong(at, rounded >= 0x1p64 ? -1L : whole);
		}
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

package sc.fiji.cfebm.volume;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.InflaterInputStream;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;

/**
 * Reads and writes what Blosc 1 packs, as zarr's {@code blosc} does: a header of 16 bytes, then blocks, whose bytes or bits may be shuffled
 * and which lie in one stream or in one for each byte of a number. The streams are LZ4's, Zstandard's, Snappy's or zlib's; LZ4's are
 * written.
 */
final class Blosc {

	private static final int HEADER = 16, SHUFFLED = 1, COPIED = 2, BITS_SHUFFLED = 4, NOT_SPLIT = 16, FORMAT = 5;
	/** Formats of streams, by their number. */
	private static final int BLOSCLZ = 0, LZ4 = 1, SNAPPY = 2, ZLIB = 3, ZSTD = 4;
	/** What a stream must be worth for a block to be split, by the older rule, and numbers that it is split for. */
	private static final int LEAST_SPLIT = 128, MOST_SPLIT = 16;

	/** Of the format, and of LZ4's streams in it. */
	private static final byte VERSION = 2, LZ4_VERSION = 1;
	/** Bytes of a block that is written: a stream of it then is no larger than what LZ4 looks back at, or twice that. */
	private static final int BLOCK = 1 << 18;

	private Blosc() {}

	/**
	 * Packs numbers by LZ4, their bytes shuffled, one stream for each byte of a number.
	 *
	 * @param typeSize bytes of a number, 1 to {@value #MOST_SPLIT}
	 */
	static byte[] encode(final byte[] bytes, final int typeSize) {
		final int size = bytes.length, blockSize = size < BLOCK ? size : BLOCK / typeSize * typeSize;
		final int blocks = size == 0 ? 0 : (size + blockSize - 1) / blockSize, shuffled = typeSize > 1 ? SHUFFLED : 0;
		final Lz4Compressor lz4 = new Lz4Compressor();
		final ByteBuffer out = ByteBuffer.allocate(HEADER + blocks * 4 * (1 + typeSize) + size + lz4.maxCompressedLength(blockSize)).order(
			ByteOrder.LITTLE_ENDIAN);
		// Other readers ask this flag alone.
		final int split = typeSize > 1 && streams(blockSize, typeSize) == 1 ? NOT_SPLIT : 0;
		out.put(VERSION).put(LZ4_VERSION).put((byte) (LZ4 << FORMAT | shuffled | split)).put((byte) typeSize).putInt(size).putInt(blockSize);
		out.position(HEADER + 4 * blocks);
		final byte[] block = new byte[blockSize];
		for (int b = 0; b < blocks; b++) {
			final int length = Math.min(blockSize, size - b * blockSize);
			shuffle(bytes, b * blockSize, length, typeSize, block);
			out.putInt(HEADER + 4 * b, out.position());
			final int streams = length == blockSize ? streams(blockSize, typeSize) : 1, each = length / streams;
			for (int s = 0; s < streams; s++) {
				final int at = out.position() + 4;
				final int packed = lz4.compress(block, s * each, each, out.array(), at, out.capacity() - at);
				// As it is, where nothing is gained.
				if (packed >= each) System.arraycopy(block, s * each, out.array(), at, each);
				out.putInt(Math.min(packed, each)).position(at + Math.min(packed, each));
			}
		}
		if (out.position() > HEADER + size) {
			out.put(2, (byte) (out.get(2) | COPIED)).position(HEADER);
			out.put(bytes);
		}
		return Arrays.copyOf(out.putInt(12, out.position()).array(), out.position());
	}

	/** In how many streams a whole block lies, unless it says that it is not split. */
	private static int streams(final int blockSize, final int typeSize) {
		return typeSize <= MOST_SPLIT && blockSize / Math.max(1, typeSize) >= LEAST_SPLIT ? Math.max(1, typeSize) : 1;
	}

	/**
	 * @param most bytes that come out
	 * @throws IOException if the bytes are damaged, or of a kind that is not read
	 */
	static byte[] decode(final byte[] packed, final int most) throws IOException {
		try {
			return unpacked(packed, most);
		}
		catch (final RuntimeException e) {
			throw new IOException("damaged", e);
		}
	}

	private static byte[] unpacked(final byte[] packed, final int most) throws IOException {
		if (packed.length < HEADER) throw new IOException("cut off");
		final ByteBuffer in = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
		final int flags = in.get(2) & 0xff, typeSize = in.get(3) & 0xff, size = in.getInt(4), blockSize = in.getInt(8), all = in.getInt(12);
		if (size < 0 || size > most || all > packed.length || all < HEADER) throw new IOException("cut off or damaged");
		final byte[] out = new byte[size];
		if (size == 0) return out;
		if ((flags & COPIED) != 0) {
			System.arraycopy(packed, HEADER, out, 0, size);
			return out;
		}
		if (blockSize <= 0) throw new IOException("damaged");
		final int blocks = (int) (((long) size + blockSize - 1) / blockSize), format = flags >> FORMAT;
		if ((long) HEADER + 4L * blocks > packed.length) throw new IOException("cut off");
		final byte[] block = new byte[Math.min(blockSize, size)];
		for (int b = 0; b < blocks; b++) {
			final int length = Math.min(blockSize, size - b * blockSize);
			// The last block, if it is a shorter one, is never split.
			final int streams = (flags & NOT_SPLIT) == 0 && length == blockSize ? streams(blockSize, typeSize) : 1, each = length / streams;
			int at = in.getInt(HEADER + 4 * b);
			for (int s = 0; s < streams; s++) {
				final int stored = in.getInt(at);
				at += 4;
				if (stored < 0 || (long) at + stored > packed.length) throw new IOException("cut off");
				if (stored == each) System.arraycopy(packed, at, block, s * each, each);
				else stream(format, packed, at, stored, block, s * each, each);
				at += stored;
			}
			if ((flags & SHUFFLED) != 0 && typeSize > 1) unshuffle(block, length, typeSize, out, b * blockSize);
			else if ((flags & BITS_SHUFFLED) != 0 && length / Math.max(1, typeSize) % 8 == 0) unshuffleBits(block, length, typeSize, out, b * blockSize);
			else System.arraycopy(block, 0, out, b * blockSize, length);
		}
		return out;
	}

	private static void stream(final int format, final byte[] from, final int at, final int stored, final byte[] to, final int place,
		final int length) throws IOException
	{
		if (format == ZLIB) {
			try (InflaterInputStream zip = new InflaterInputStream(new ByteArrayInputStream(from, at, stored))) {
				if (zip.readNBytes(to, place, length) != length) throw new IOException("cut off");
			}
			return;
		}
		final Decompressor decompressor = switch (format) {
			case LZ4 -> new Lz4Decompressor();
			case SNAPPY -> new SnappyDecompressor();
			case ZSTD -> new ZstdDecompressor();
			case BLOSCLZ -> throw new IOException("packed by blosclz, which is not read here; lz4 and zstd are");
			default -> throw new IOException("packed by an unknown method of Blosc");
		};
		if (decompressor.decompress(from, at, stored, to, place, length) != length) throw new IOException("cut off");
	}

	/** All numbers' first bytes, then all second ones, …; what is no whole number stays behind. */
	private static void shuffle(final byte[] from, final int place, final int length, final int typeSize, final byte[] to) {
		final int n = length / typeSize;
		for (int k = 0; k < typeSize; k++)
			for (int i = 0; i < n; i++)
				to[k * n + i] = from[place + i * typeSize + k];
		System.arraycopy(from, place + n * typeSize, to, n * typeSize, length - n * typeSize);
	}

	/** From all numbers' first bytes, then all second ones, … to the numbers; what is no whole number stays behind. */
	private static void unshuffle(final byte[] from, final int length, final int typeSize, final byte[] to, final int place) {
		final int n = length / typeSize;
		for (int k = 0; k < typeSize; k++)
			for (int i = 0; i < n; i++)
				to[place + i * typeSize + k] = from[k * n + i];
		System.arraycopy(from, n * typeSize, to, place + n * typeSize, length - n * typeSize);
	}

	/** The same with bits; of blocks that are no multiple of eight numbers they are not shuffled. */
	private static void unshuffleBits(final byte[] from, final int length, final int typeSize, final byte[] to, final int place) {
		final int n = length / typeSize, row = n / 8;
		Arrays.fill(to, place, place + n * typeSize, (byte) 0);
		for (int k = 0; k < typeSize; k++)
			for (int bit = 0; bit < 8; bit++)
				for (int i = 0; i < n; i++)
					if ((from[(k * 8 + bit) * row + i / 8] >> i % 8 & 1) != 0) to[place + i * typeSize + k] |= 1 << bit;
		System.arraycopy(from, n * typeSize, to, place + n * typeSize, length - n * typeSize);
	}
}

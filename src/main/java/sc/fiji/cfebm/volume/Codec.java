package sc.fiji.cfebm.volume;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;

import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdDecompressor;

/** A step between a chunk's bytes as they are used and as they are stored. Thread-safe. */
enum Codec {

	GZIP {

		@Override
		byte[] decode(final byte[] stored, final int size) throws IOException {
			return read(new GZIPInputStream(new ByteArrayInputStream(stored)), size);
		}

		@Override
		byte[] encode(final byte[] bytes, final int typeSize) throws IOException {
			final ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
			try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
				zip.write(bytes);
			}
			return out.toByteArray();
		}
	},
	ZLIB {

		@Override
		byte[] decode(final byte[] stored, final int size) throws IOException {
			return read(new InflaterInputStream(new ByteArrayInputStream(stored)), size);
		}

		@Override
		byte[] encode(final byte[] bytes, final int typeSize) throws IOException {
			final ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
			try (DeflaterOutputStream zip = new DeflaterOutputStream(out)) {
				zip.write(bytes);
			}
			return out.toByteArray();
		}
	},
	ZSTD {

		@Override
		byte[] decode(final byte[] stored, final int size) throws IOException {
			final byte[] bytes = new byte[size];
			try {
				final int n = new ZstdDecompressor().decompress(stored, 0, stored.length, bytes, 0, size);
				return n == size ? bytes : Arrays.copyOf(bytes, n);
			}
			catch (final RuntimeException e) {
				throw new IOException(e);
			}
		}

		@Override
		byte[] encode(final byte[] bytes, final int typeSize) {
			final ZstdCompressor zstd = new ZstdCompressor();
			final byte[] out = new byte[zstd.maxCompressedLength(bytes.length)];
			return Arrays.copyOf(out, zstd.compress(bytes, 0, bytes.length, out, 0, out.length));
		}
	},
	/** By LZ4 with shuffled bytes, when it is written. */
	BLOSC {

		@Override
		byte[] decode(final byte[] stored, final int size) throws IOException {
			return Blosc.decode(stored, size);
		}

		@Override
		byte[] encode(final byte[] bytes, final int typeSize) {
			return Blosc.encode(bytes, typeSize);
		}
	},
	/** Four bytes behind the others. */
	CRC32C {

		@Override
		byte[] decode(final byte[] stored, final int size) throws IOException {
			final int n = stored.length - Integer.BYTES;
			if (n < 0 || sum(stored, n) != ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getInt(n)) throw new IOException(
				"wrong checksum");
			return Arrays.copyOf(stored, n);
		}

		@Override
		byte[] encode(final byte[] bytes, final int typeSize) {
			final byte[] out = Arrays.copyOf(bytes, bytes.length + Integer.BYTES);
			ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length, sum(bytes, bytes.length));
			return out;
		}

		private int sum(final byte[] bytes, final int n) {
			final CRC32C crc = new CRC32C();
			crc.update(bytes, 0, n);
			return (int) crc.getValue();
		}
	};

	/**
	 * @param size of what comes out at the most: more is an error, so that a small file can't fill the memory
	 * @throws IOException if the bytes are damaged
	 */
	abstract byte[] decode(byte[] stored, int size) throws IOException;

	/** @param typeSize bytes of each of the numbers that the bytes are */
	abstract byte[] encode(byte[] bytes, int typeSize) throws IOException;

	private static byte[] read(final InputStream in, final int size) throws IOException {
		try (in) {
			final byte[] bytes = in.readNBytes(size);
			if (in.read() >= 0) throw new IOException("more than " + size + " bytes");
			return bytes;
		}
	}
}

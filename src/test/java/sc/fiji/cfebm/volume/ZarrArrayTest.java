package sc.fiji.cfebm.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays of zarr. */
class ZarrArrayTest {

	/** Made by other programs, see {@code make.mjs} there. */
	private static final Path MADE = Path.of("src", "test", "resources", "sc", "fiji", "cfebm", "volume");

	@TempDir
	private Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "blosc-lz4", "blosc-zstd-bits", "blosc-odd-bits", "blosc-zlib", "blosc-lz4hc", "gzip", "zlib", "zstd", "columns",
		"plain", "v3-gzip", "v3-big-transposed" })
	void whatOthersHaveWrittenIsRead(final String name) throws IOException {
		final ZarrArray array = ZarrArray.open(MADE.resolve(name + ".zarr"));
		assertArrayEquals(new long[] { 30, 20 }, array.dimensions());
		final PixelType type = array.header().type();
		final int shift = type.isInteger() && type.name().startsWith("U") ? 0 : -20;
		// All of it, and a part across the borders of chunks.
		for (final int[] box : new int[][] { { 0, 0, 30, 20 }, { 5, 3, 17, 15 }, { 29, 19, 1, 1 } }) {
			final float[] values = array.read(new long[] { box[0], box[1] }, new int[] { box[2], box[3] });
			for (int i = 0; i < values.length; i++) {
				final int x = box[0] + i % box[2], y = box[1] + i / box[2];
				assertEquals((31 * y + 7 * x) % 101 + shift, values[i], name + " " + x + " " + y);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "2,0,", "2,0,GZIP", "2,0,ZSTD", "2,0,BLOSC", "3,0,", "3,0,GZIP", "3,0,BLOSC", "3,2,ZSTD", "3,2,BLOSC", "3,2,GZIP", "3,2," })
	void whatIsWrittenIsReadAgain(final int version, final int shard, final Codec codec) throws IOException {
		// [z,y,x], in shards of 1×2×2 chunks.
		final long[] shape = { 3, 21, 26 };
		final int[] chunk = { 2, 5, 8 }, shards = { 2, 10, 16 };
		final ZarrHeader header = ZarrHeader.fresh(version, shape, chunk, shard == 0 ? null : shards, PixelType.UINT16, codec, 0);
		ZarrArray.create(folder, header, List.of("z", "y", "x"));
		final ZarrArray array = ZarrArray.open(folder);
		assertEquals(header.codecs(), array.header().codecs());
		final int[] unit = array.unit();
		assertArrayEquals(shard == 0 ? new int[] { 8, 5, 2 } : new int[] { 16, 10, 2 }, unit);
		for (int z = 0; z < 3; z += unit[2])
			for (int y = 0; y < 21; y += unit[1])
				for (int x = 0; x < 26; x += unit[0]) {
					final long[] min = { x, y, z };
					final int[] size = { Math.min(unit[0], 26 - x), Math.min(unit[1], 21 - y), Math.min(unit[2], 3 - z) };
					assertFalse(array.isAny(min, size));
					final float[] values = new float[size[0] * size[1] * size[2]];
					for (int i = 0; i < values.length; i++)
						values[i] = value(x + i % size[0], y + i / size[0] % size[1], z + i / size[0] / size[1]);
					array.write(min, size, values);
					assertTrue(array.isAny(min, size) && array.areAll(min, size));
				}
		final float[] all = array.read(new long[3], new int[] { 26, 21, 3 });
		for (int i = 0; i < all.length; i++)
			assertEquals(value(i % 26, i / 26 % 21, i / 26 / 21), all[i]);
		final float[] part = array.read(new long[] { 7, 4, 1 }, new int[] { 11, 9, 2 });
		for (int i = 0; i < part.length; i++)
			assertEquals(value(7 + i % 11, 4 + i / 11 % 9, 1 + i / 11 / 9), part[i]);
		assertThrows(IllegalArgumentException.class, () -> array.write(new long[] { 1, 0, 0 }, unit, new float[1000]));
		assertThrows(IllegalArgumentException.class, () -> array.read(new long[] { 20, 0, 0 }, new int[] { 7, 1, 1 }));
		try (Stream<Path> files = Files.walk(folder)) {
			assertTrue(files.noneMatch(f -> f.toString().endsWith(".tmp")));
		}
	}

	private static float value(final int x, final int y, final int z) {
		return 1 + x + 100 * y + 3000 * z;
	}

	@ParameterizedTest
	@EnumSource(PixelType.class)
	void numbersAreRoundedAndClamped(final PixelType type) throws IOException {
		ZarrArray.create(folder, ZarrHeader.fresh(3, new long[] { 1, 8 }, new int[] { 1, 8 }, null, type, null, 0), null);
		final ZarrArray array = ZarrArray.open(folder);
		final float[] values = { -1e30f, -3.6f, 0.5f, 100.4f, 1e30f, Float.NaN, 127, -0.4f };
		array.write(new long[2], new int[] { 8, 1 }, values);
		final float[] back = array.read(new long[2], new int[] { 8, 1 });
		if (!type.isInteger()) {
			assertArrayEquals(values, back);
			return;
		}
		final boolean signed = !type.name().startsWith("U");
		final int bits = 8 * type.bytes();
		final float most = (float) (Math.pow(2, signed ? bits - 1 : bits) - 1), least = signed ? -(float) Math.pow(2, bits - 1) : 0;
		assertArrayEquals(new float[] { least, signed ? -4 : 0, 1, 100, most, 0, 127, 0 }, back);
	}

	/** Number by number, and as Java's own views of bytes have them; every third one as well. */
	@ParameterizedTest
	@EnumSource(PixelType.class)
	void numbersLieAsTheirTypeAndOrderSay(final PixelType type) {
		final float[] values = { 0, 1, -1, 0.49f, 0.5f, -0.5f, 2.5f, 1234.4f, -1234.6f, 127.5f, 128, -128.6f, 255, 256, 32767, 32768, -32769, 65535,
			65536.5f, 0x1p31f, -0x1p31f, 0x1p32f, 0x1p62f, 0x1p63f, -0x1p63f, 0x1.8p63f, 0x1p64f, 1e30f, -1e30f, Float.NaN, Float.POSITIVE_INFINITY,
			Float.NEGATIVE_INFINITY };
		final int n = values.length, bytes = type.bytes();
		for (final ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN))
			for (final int step : new int[] { 1, 3 }) {
				final ByteBuffer buffer = ByteBuffer.allocate((2 + n * step) * bytes).order(order);
				type.put(buffer, 2, step, values, 1, n - 1);
				final float[] back = new float[n];
				type.get(buffer, 2, step, back, 1, n - 1);
				assertEquals(0, back[0]);
				for (int i = 1; i < n; i++) {
					final byte[] own = new byte[bytes];
					for (int b = 0; b < bytes; b++)
						own[order == ByteOrder.BIG_ENDIAN ? b : bytes - 1 - b] = buffer.get((2 + (i - 1) * step) * bytes + b);
					final BigInteger seen = type.name().startsWith("U") ? new BigInteger(1, own) : new BigInteger(own);
					final String which = type + " " + order + " " + values[i];
					if (type.isInteger()) {
						assertEquals(type.whole(values[i]), seen, which);
						assertEquals(seen.floatValue(), back[i], which);
					}
					else {
						assertEquals(bytes == 4 ? values[i] : (float) Double.longBitsToDouble(seen.longValue()), back[i], which);
						assertEquals(values[i], bytes == 4 ? Float.intBitsToFloat(seen.intValue()) : (float) Double.longBitsToDouble(seen.longValue()), which);
					}
				}
				// What lies between is left alone.
				for (int i = 0; i < buffer.capacity() / bytes; i++)
					if (i < 2 || i >= 2 + (n - 1) * step || (i - 2) % step != 0) for (int b = 0; b < bytes; b++)
						assertEquals(0, buffer.get(i * bytes + b));
			}
	}

	/** Of several blocks, the last one shorter, with and without numbers cut at its end; what can't be packed is as it is. */
	@Test
	void bloscIsWrittenAndReadAgain() throws IOException {
		for (final int typeSize : new int[] { 1, 2, 4, 8 })
			for (final int size : new int[] { 0, 1, 7, 100, 129 * typeSize, 1 << 18, (1 << 18) + 24, 700_003 })
				for (final boolean noisy : new boolean[] { false, true }) {
					final byte[] bytes = new byte[size];
					if (noisy) new Random(size).nextBytes(bytes);
					else for (int i = 0; i < size; i++)
						bytes[i] = (byte) (i % typeSize == 0 ? i / 1000 : 0);
					final byte[] packed = Blosc.encode(bytes, typeSize);
					assertArrayEquals(bytes, Blosc.decode(packed, size), typeSize + " " + size);
					assertTrue(packed.length <= size + 16, packed.length + " " + size);
					if (!noisy && size > 10_000) assertTrue(packed.length < size / 10, packed.length + " " + size);
				}
	}

	@Test
	void missingChunksAreFilled() throws IOException {
		ZarrArray.create(folder, ZarrHeader.fresh(3, new long[] { 100_000, 100_000 }, new int[] { 64, 64 }, new int[] { 128, 128 },
			PixelType.FLOAT32, Codec.ZSTD, Float.NaN), null);
		final ZarrArray array = ZarrArray.open(folder);
		final float[] values = new float[128 * 128];
		java.util.Arrays.fill(values, 3);
		array.write(new long[] { 99_968 - 128, 128 }, new int[] { 128, 128 }, values);
		final float[] read = array.read(new long[] { 99_968 - 130, 200 }, new int[] { 4, 1 });
		assertArrayEquals(new float[] { Float.NaN, Float.NaN, 3, 3 }, read);
		assertFalse(array.isAny(new long[] { 0, 0 }, new int[] { 5000, 5000 }));
	}

	@Test
	void damagedChunksAreOneSentence() throws IOException {
		for (final boolean shards : new boolean[] { false, true }) {
			final Path own = folder.resolve("s" + shards);
			ZarrArray.create(own, ZarrHeader.fresh(3, new long[] { 8, 8 }, new int[] { 8, 8 }, shards ? new int[] { 8, 8 } : null,
				PixelType.UINT8, Codec.GZIP, 0), null);
			final ZarrArray array = ZarrArray.open(own);
			array.write(new long[2], new int[] { 8, 8 }, new float[64]);
			final Path chunk = own.resolve("c").resolve("0").resolve("0");
			final byte[] good = Files.readAllBytes(chunk);
			for (int n = 0; n < good.length; n++) {
				Files.write(chunk, java.util.Arrays.copyOf(good, n));
				final String said = assertThrows(VolumeException.class, () -> array.read(new long[2], new int[] { 8, 8 })).getMessage();
				assertTrue(said.startsWith("The chunk " + chunk + " can't be read: it is ") || said.startsWith("The chunk " + chunk +
					" can't be read: its index is wrong"), said);
			}
		}
	}

	@Test
	void whatIsNotReadIsOneSentence() throws IOException {
		assertEquals("The chunk " + MADE.resolve("blosc-blosclz.zarr").resolve("0.0") +
			" can't be read: packed by blosclz, which is not read here; lz4 and zstd are.", assertThrows(VolumeException.class, () -> ZarrArray.open(
				MADE.resolve("blosc-blosclz.zarr")).read(new long[2], new int[] { 5, 5 })).getMessage());
		assertEquals("There is no zarr array at " + folder + ".", said(null, null));
		final String v2 = Files.readString(MADE.resolve("plain.zarr").resolve(".zarray"));
		final String v3 = Files.readString(MADE.resolve("v3-gzip.zarr").resolve("zarr.json"));
		final String damaged = "What the zarr array " + folder + " says of itself is damaged.", array = "The zarr array " + folder + " ";
		assertEquals(array + "has zarr version 1; versions 2 and 3 are read.", said(".zarray", v2.replace("\"zarr_format\": 2",
			"\"zarr_format\": 1")));
		assertEquals(array + "has pixels of the type <c8, which are not read here.", said(".zarray", v2.replace("|u1", "<c8")));
		assertEquals(array + "has a size below 1.", said(".zarray", v2.replace("30", "0")));
		assertEquals(array + "has chunks of more than 1 GB, which are not read here.", said(".zarray", v2.replace("7", "1000000000")));
		assertEquals(array + "is packed by the codec \"lzma\", which is not read here; gzip, zlib, zstd and blosc are.", said(".zarray", v2
			.replace("\"compressor\": null", "\"compressor\": {\"id\": \"lzma\"}")));
		assertEquals(array + "has filters, which are not read here.", said(".zarray", v2.replace("\"filters\": null",
			"\"filters\": [{\"id\": \"delta\"}]")));
		assertEquals(damaged, said(".zarray", "{}"));
		assertEquals(damaged, said(".zarray", v2.replace("30", "\"wide\"")));
		assertEquals("The file " + folder.resolve(".zarray") + " is damaged: it should be JSON.", said(".zarray", v2.substring(0, 50)));
		Files.delete(folder.resolve(".zarray"));
		assertEquals(array + "is packed by the codec \"sharding_other\", which is not read here.", said("zarr.json", v3.replace("\"bytes\"",
			"\"sharding_other\"")));
		assertEquals(array + "has pixels of the type \"bfloat16\", which are not read here.", said("zarr.json", v3.replace("uint16",
			"bfloat16")));
		assertEquals(array + "has a chunk grid \"rectilinear\", which is not read here.", said("zarr.json", v3.replace("regular",
			"rectilinear")));
		final String many = new com.google.gson.Gson().toJson(ZarrHeader.fresh(3, new long[] { 8, 8 }, new int[] { 1, 1 }, new int[] { 1 << 20,
			1 << 20 }, PixelType.UINT8, null, 0).write(null));
		assertEquals(array + "has shards of more than 16777216 chunks, which are not read here.", said("zarr.json", many));
	}

	private String said(final String file, final String text) throws IOException {
		if (file != null) Files.writeString(folder.resolve(file), text);
		return assertThrows(VolumeException.class, () -> ZarrArray.open(folder)).getMessage();
	}
}

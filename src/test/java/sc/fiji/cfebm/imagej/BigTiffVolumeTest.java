package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.volume.Axis;
import sc.fiji.cfebm.volume.PixelType;

class BigTiffVolumeTest {

	private static final int WIDTH = 7, HEIGHT = 5, DEFLATE = 8, NONE = 1;

	@TempDir
	private Path folder;

	/** A page. @param format 1: unsigned, 2: signed, 3: float @param samples the bytes, in the file's order */
	private record Page(int width, int height, int bands, int bits, int format, int compression, byte[] samples) {}

	/** Writes the simplest BigTIFF: a strip in each page. */
	private Path write(final String name, final ByteOrder order, final Page... pages) throws IOException {
		final ByteBuffer out = ByteBuffer.allocate(100_000).order(order);
		out.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes()).putShort((short) 43).putShort((short) 8).putShort((short) 0);
		int link = out.position();
		out.putLong(0);
		for (final Page page : pages) {
			final long strip = out.position();
			out.put(page.samples);
			out.position((out.position() + 7) / 8 * 8);
			out.putLong(link, out.position());
			final long[][] entries = { { 256, 4, page.width }, { 257, 4, page.height }, { 258, 3, page.bits }, { 259, 3, page.compression }, { 262, 3,
				page.bands == 3 ? 2 : 1 }, { 273, 16, strip }, { 277, 3, page.bands }, { 278, 4, page.height }, { 279, 16, page.samples.length }, { 339, 3,
					page.format } };
			out.putLong(entries.length);
			for (final long[] entry : entries) {
				// Numbers of bits and formats are there for each band, and fit into the place of an offset.
				final int count = entry[0] == 258 || entry[0] == 339 ? page.bands : 1;
				out.putShort((short) entry[0]).putShort((short) entry[1]).putLong(count);
				final int value = out.position();
				for (int i = 0; i < count; i++)
					if (entry[1] == 3) out.putShort((short) entry[2]);
					else if (entry[1] == 4) out.putInt((int) entry[2]);
					else out.putLong(entry[2]);
				out.position(value + 8);
			}
			link = out.position();
			out.putLong(0);
		}
		final Path file = folder.resolve(name);
		Files.write(file, Arrays.copyOf(out.array(), out.position()));
		return file;
	}

	private static Page shorts(final int plane, final ByteOrder order, final int format) {
		final ByteBuffer samples = ByteBuffer.allocate(2 * WIDTH * HEIGHT).order(order);
		for (int i = 0; i < WIDTH * HEIGHT; i++)
			samples.putShort((short) value(plane, i));
		return new Page(WIDTH, HEIGHT, 1, 16, format, NONE, samples.array());
	}

	private static int value(final int plane, final int pixel) {
		return 1000 * plane + 900 * pixel;
	}

	@Test
	void pagesAreZ() throws IOException {
		for (final ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
			final Page small = new Page(2, 2, 1, 16, 1, NONE, new byte[8]);
			final File file = write("stack.tif", order, shorts(0, order, 1), small, shorts(1, order, 1), shorts(2, order, 1)).toFile();
			assertTrue(BigTiffVolume.is(file));
			final BigTiffVolume volume = new BigTiffVolume(file);
			assertArrayEquals(new long[] { WIDTH, HEIGHT, 3 }, volume.layout().dimensions());
			assertEquals(List.of("x", "y", "z"), volume.layout().axes().stream().map(Axis::name).toList());
			assertEquals(PixelType.UINT16, volume.layout().type());
			final float[] part = volume.read(new long[] { 2, 1, 1 }, new int[] { 3, 4, 2 });
			for (int i = 0; i < part.length; i++)
				assertEquals(value(1 + i / 12, (1 + i / 3 % 4) * WIDTH + 2 + i % 3), part[i]);
		}
	}

	@Test
	void numbersAreThoseInTheFile() throws IOException {
		final ByteOrder order = ByteOrder.LITTLE_ENDIAN;
		final BigTiffVolume signed = new BigTiffVolume(write("signed.tif", order, shorts(-20, order, 2)).toFile());
		assertEquals(PixelType.INT16, signed.layout().type());
		assertEquals(-20_000 + 900 * 3, signed.read(new long[2], new int[] { WIDTH, HEIGHT })[3]);
		final ByteBuffer floats = ByteBuffer.allocate(4 * WIDTH * HEIGHT).order(order);
		for (int i = 0; i < WIDTH * HEIGHT; i++)
			floats.putFloat(i - 0.25f);
		final BigTiffVolume real = new BigTiffVolume(write("float.tif", order, new Page(WIDTH, HEIGHT, 1, 32, 3, NONE, floats.array())).toFile());
		assertEquals(PixelType.FLOAT32, real.layout().type());
		assertEquals(7.75f, real.read(new long[2], new int[] { WIDTH, HEIGHT })[8]);
	}

	@Test
	void colorsAreChannelsAndPackedPagesAreRead() throws IOException {
		final byte[] samples = new byte[3 * WIDTH * HEIGHT];
		for (int i = 0; i < samples.length; i++)
			samples[i] = (byte) (2 * i);
		final ByteArrayOutputStream packed = new ByteArrayOutputStream();
		try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
			deflater.write(samples);
		}
		final Page page = new Page(WIDTH, HEIGHT, 3, 8, 1, DEFLATE, packed.toByteArray());
		final BigTiffVolume volume = new BigTiffVolume(write("rgb.tif", ByteOrder.LITTLE_ENDIAN, page, page).toFile());
		assertArrayEquals(new long[] { WIDTH, HEIGHT, 3, 2 }, volume.layout().dimensions());
		final float[] all = volume.read(new long[4], new int[] { WIDTH, HEIGHT, 3, 2 });
		for (int i = 0; i < all.length; i++) {
			final int color = i / (WIDTH * HEIGHT) % 3, pixel = i % (WIDTH * HEIGHT);
			assertEquals(2 * (3 * pixel + color) & 0xff, all[i]);
		}
	}

	@Test
	void whatIsDamagedIsOneSentence() throws IOException {
		final ByteOrder order = ByteOrder.LITTLE_ENDIAN;
		final Path file = write("stack.tif", order, shorts(0, order, 1), shorts(1, order, 1));
		final byte[] whole = Files.readAllBytes(file);
		Files.write(file, Arrays.copyOf(whole, 60));
		assertEquals(file + " can't be opened: it is damaged, or a kind of BigTIFF that is not read here.", assertThrows(IOException.class,
			() -> new BigTiffVolume(file.toFile())).getMessage());
		Files.write(file, new byte[] { 'I', 'I', 42, 0, 8, 0 });
		assertFalse(BigTiffVolume.is(file.toFile()));
		assertFalse(BigTiffVolume.is(folder.resolve("none").toFile()));
		assertFalse(BigTiffVolume.is(folder.toFile()));
		final Path doubles = write("double.tif", order, new Page(WIDTH, HEIGHT, 1, 64, 3, NONE, new byte[8 * WIDTH * HEIGHT]));
		assertEquals(doubles + " has a type of pixels that is not read here: integers of 8 or 16 bits, or float32 are.", assertThrows(
			IOException.class, () -> new BigTiffVolume(doubles.toFile())).getMessage());
	}
}

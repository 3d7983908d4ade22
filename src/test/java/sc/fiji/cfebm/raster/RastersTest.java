package sc.fiji.cfebm.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;

import net.imglib2.Cursor;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.img.cell.CellImgFactory;
import net.imglib2.img.planar.PlanarImgs;
import net.imglib2.type.numeric.RealType;
import net.imglib2.type.numeric.integer.UnsignedByteType;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of image of 5×4 pixels and 3 channels gives the same raster, and takes it back. */
class RastersTest {

	static Stream<RandomAccessibleInterval<?>> images() {
		return Stream.of(ArrayImgs.unsignedBytes(5, 4, 3), ArrayImgs.bytes(5, 4, 3), ArrayImgs.unsignedShorts(5, 4, 3),
			ArrayImgs.ints(5, 4, 3), ArrayImgs.longs(5, 4, 3), ArrayImgs.floats(5, 4, 3), ArrayImgs.doubles(5, 4, 3),
			PlanarImgs.unsignedShorts(5, 4, 3), PlanarImgs.floats(5, 4, 3),
			new CellImgFactory<>(new FloatType(), 2, 3, 2).create(5, 4, 3),
			new CellImgFactory<>(new UnsignedByteType(), 3, 2, 1).create(5, 4, 3),
			Views.translate(ArrayImgs.unsignedBytes(5, 4, 3), 100, -7, 3),
			Views.interval(ArrayImgs.floats(20, 20, 20), new long[] { 3, 5, 2 }, new long[] { 7, 8, 4 }),
			Views.permute(ArrayImgs.unsignedBytes(4, 5, 3), 0, 1), Views.permute(ArrayImgs.doubles(3, 4, 5), 0, 2),
			Views.invertAxis(ArrayImgs.unsignedShorts(5, 4, 3), 0));
	}

	@ParameterizedTest
	@MethodSource("images")
	<T extends RealType<T>> void everyImageIsReadAndWritten(final RandomAccessibleInterval<T> img) {
		final Cursor<T> cursor = Views.iterable(img).localizingCursor();
		while (cursor.hasNext()) {
			cursor.fwd();
			cursor.get().setReal(value(cursor.getIntPosition(0) - img.min(0), cursor.getIntPosition(1) - img.min(1), cursor
				.getIntPosition(2) - img.min(2)));
		}
		final Raster raster = Rasters.read(img);
		assertEquals(5, raster.width());
		assertEquals(4, raster.height());
		assertEquals(3, raster.channels());
		for (int y = 0; y < 4; y++)
			for (int x = 0; x < 5; x++)
				for (int c = 0; c < 3; c++)
					assertEquals(value(x, y, c), raster.get(x, y, c));
		final Raster other = new Raster(5, 4, 3);
		for (int i = 0; i < other.values().length; i++)
			other.values()[i] = 2 * i;
		Rasters.write(other, img);
		assertArrayEquals(other.values(), Rasters.read(img).values());
	}

	private static float value(final long x, final long y, final long c) {
		return x + 10 * y + 30 * c;
	}

	@Test
	void aPlaneWithoutChannelsHasOne() {
		final Raster raster = Rasters.read(ArrayImgs.unsignedBytes(new byte[] { 1, 2, 3, 4, 5, -1 }, 3, 2));
		assertArrayEquals(new float[] { 1, 2, 3, 4, 5, 255 }, raster.values());
		assertEquals(1, raster.channels());
	}

	@Test
	void integersAreRoundedAndClamped() {
		final Raster raster = new Raster(6, 1, 1, new float[] { -3, 0.4f, 0.5f, 254.6f, 256, Float.NaN });
		final byte[] bytes = new byte[6];
		Rasters.write(raster, ArrayImgs.unsignedBytes(bytes, 6, 1));
		assertArrayEquals(new byte[] { 0, 0, 1, -1, -1, 0 }, bytes);
		final byte[] signed = new byte[6];
		Rasters.write(raster, ArrayImgs.bytes(signed, 6, 1));
		assertArrayEquals(new byte[] { -3, 0, 1, 127, 127, 0 }, signed);
		final long[] longs = new long[2];
		Rasters.write(new Raster(2, 1, 1, new float[] { 1e20f, -1e20f }), ArrayImgs.longs(longs, 2, 1));
		assertArrayEquals(new long[] { Long.MAX_VALUE, Long.MIN_VALUE }, longs);
	}

	@Test
	void floatsStayAsTheyAre() {
		final float[] values = { -1.25f, 1e30f, Float.NaN, Float.NEGATIVE_INFINITY };
		final float[] floats = new float[4];
		Rasters.write(new Raster(2, 2, 1, values), ArrayImgs.floats(floats, 2, 2));
		assertArrayEquals(values, floats);
	}

	@Test
	void whatDoesNotFitIsRefusedInOneSentence() {
		final Raster raster = new Raster(3, 2, 1);
		refused("3×2 with 1 channel", () -> Rasters.write(raster, ArrayImgs.floats(2, 3)));
		refused("3×2 with 3 channels", () -> Rasters.write(raster, ArrayImgs.floats(3, 2, 3)));
		refused("not 1.", () -> Rasters.read(ArrayImgs.floats(7)));
		refused("not 4.", () -> Rasters.read(ArrayImgs.floats(2, 2, 2, 2)));
		refused("no pixels", () -> Rasters.read(Views.interval(ArrayImgs.floats(5, 5), new long[] { 0, 0 }, new long[] { -1,
			4 })));
		refused("too large", () -> Rasters.read(Views.interval(Views.extendZero(ArrayImgs.bytes(1, 1)), new long[] { 0, 0 },
			new long[] { 1L << 16, 1L << 16 })));
	}

	private static void refused(final String part, final Runnable call) {
		final String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
		assertTrue(message.contains(part) && message.endsWith("."), message);
	}
}

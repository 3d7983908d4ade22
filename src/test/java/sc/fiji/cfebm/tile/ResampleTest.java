package sc.fiji.cfebm.tile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResampleTest {

	@Test
	void halvingIsTheMeanOfFour() {
		final Raster in = new Raster(4, 2, 1, new float[] { 1, 2, 3, 4, 5, 6, 7, 12 });
		assertArrayEquals(new float[] { 3.5f, 6.5f }, Resample.halve(in).values());
		final Raster colour = new Raster(2, 2, 2, new float[] { 1, 10, 2, 20, 3, 30, 6, 60 });
		assertArrayEquals(new float[] { 3, 30 }, Resample.halve(colour).values());
	}

	@Test
	void oddImagesAreMirroredAtTheirEnds() {
		final Raster in = new Raster(3, 3, 1, new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 });
		final Raster half = Resample.halve(in);
		assertEquals(2, half.width());
		assertEquals(2, half.height());
		assertArrayEquals(new float[] { 3, 4.5f, 7.5f, 9 }, half.values());
		assertArrayEquals(new float[] { 5 }, Resample.halve(new Raster(1, 1, 1, new float[] { 5 })).values());
		assertArrayEquals(new float[] { 2, 6 }, Resample.halve(new Raster(1, 3, 1, new float[] { 1, 3, 6 })).values());
	}

	@Test
	void doublingRepeatsPixels() {
		final Raster in = new Raster(2, 2, 2, new float[] { 1, 10, 2, 20, 3, 30, 4, 40 });
		assertArrayEquals(new float[] { 1, 10, 1, 10, 2, 20, 2, 20, 1, 10, 1, 10, 2, 20, 2, 20, 3, 30, 3, 30, 4, 40, 4, 40, 3,
			30, 3, 30, 4, 40, 4, 40 }, Resample.doubled(in, 4, 4).values());
		assertArrayEquals(new float[] { 1, 10, 1, 10, 2, 20, 1, 10, 1, 10, 2, 20, 3, 30, 3, 30, 4, 40 }, Resample.doubled(in, 3,
			3).values());
		assertThrows(IllegalArgumentException.class, () -> Resample.doubled(in, 5, 4));
		assertThrows(IllegalArgumentException.class, () -> Resample.doubled(in, 4, 2));
	}

	@ParameterizedTest
	@CsvSource({ "1,1,1", "3,5,1", "7,2,3", "8,8,1", "37,29,2" })
	void halvingUndoesDoubling(final int w, final int h, final int channels) {
		final Raster coarse = new Raster((w + 1) / 2, (h + 1) / 2, channels);
		random(coarse.values());
		final Raster fine = Resample.doubled(coarse, w, h), back = Resample.halve(fine);
		assertEquals(w, fine.width());
		assertEquals(h, fine.height());
		assertArrayEquals(coarse.values(), back.values(), 1e-6f);
	}

	/** Tiles are images one after the other. */
	@ParameterizedTest
	@CsvSource({ "1,2,1", "3,8,1", "2,16,3" })
	void tilesAreHalvedAndDoubledAsImagesAre(final int count, final int side, final int channels) {
		final int size = side * side * channels;
		final float[] tiles = new float[count * size];
		random(tiles);
		final float[] halves = Resample.halveTiles(tiles, count, side, channels);
		final float[] doubles = Resample.doubleTiles(tiles, count, side, channels);
		assertEquals(tiles.length / 4, halves.length);
		assertEquals(tiles.length * 4, doubles.length);
		for (int n = 0; n < count; n++) {
			final Raster tile = new Raster(side, side, channels, slice(tiles, n, size));
			assertArrayEquals(Resample.halve(tile).values(), slice(halves, n, size / 4), 1e-6f);
			assertArrayEquals(Resample.doubled(tile, 2 * side, 2 * side).values(), slice(doubles, n, size * 4));
		}
	}

	private static float[] slice(final float[] values, final int n, final int size) {
		return Arrays.copyOfRange(values, n * size, (n + 1) * size);
	}

	private static void random(final float[] values) {
		final SplittableRandom rng = new SplittableRandom(1);
		for (int i = 0; i < values.length; i++)
			values[i] = (float) rng.nextDouble(-1, 1);
	}

	@Test
	void smoothingKeepsConstantsAndAThirdOfWhiteNoise() {
		final Raster noise = new Raster(200, 150, 2);
		final java.util.SplittableRandom rng = new java.util.SplittableRandom(1);
		for (int i = 0; i < noise.values().length; i++)
			noise.values()[i] = (float) (7 + rng.nextGaussian());
		double sum = 0, squares = 0;
		for (final float v : Resample.smoothed(noise).values()) {
			sum += v;
			squares += (v - 7) * (v - 7);
		}
		// 60 000 values of standard deviation 1/3, nine neighbours correlated.
		assertEquals(7, sum / 60_000, 0.02);
		assertEquals(1.0 / 3, Math.sqrt(squares / 60_000), 0.01);
		assertEquals(5f, Resample.smoothed(new Raster(1, 1, 1, new float[] { 5 })).values()[0], 1e-6f);
	}
}

package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Raster;

class MixtureStartTest {

	private static final int COUNT = 4000;

	/** Two tiles of three are empty, the others bright in all pixels, more or less. */
	private static MixtureStart empty() {
		final float[] tiles = new float[COUNT * 16];
		final SplittableRandom rng = new SplittableRandom(1);
		for (int n = 0; n < COUNT; n++) {
			final double level = n % 3 > 0 ? -0.9 : 0.3 + 0.2 * rng.nextGaussian();
			for (int i = 0; i < 16; i++)
				tiles[n * 16 + i] = (float) (level + Math.abs(0.02 * rng.nextGaussian()));
		}
		return MixtureStart.fit(tiles, 1, 1);
	}

	@Test
	void tilesAreAsOftenEmptyAsThoseItWasFittedToAndNeverDarkerThanThem() {
		final MixtureStart start = empty();
		final float[] tiles = start.draw(Collections.nCopies(COUNT, new SplittableRandom(2)));
		int dark = 0, between = 0;
		for (final float v : tiles) {
			assertTrue(v >= start.low() - 1e-6 && v <= start.high() + 1e-6, "value " + v);
			if (v < -0.8) dark++;
			else if (v < -0.5) between++;
		}
		assertEquals(2 / 3.0, dark / (double) tiles.length, 0.03);
		assertEquals(0, between / (double) tiles.length, 0.005);
	}

	@Test
	void aLargeDrawHasTheTilesStatisticsAndNoGrid() {
		// White noise, smoothed over 2×2 pixels: what lies two pixels apart is independent.
		final SplittableRandom rng = new SplittableRandom(3);
		final float[] tiles = new float[COUNT * 32];
		for (int n = 0; n < COUNT; n++) {
			final double[] white = rng.doubles(50).map(v -> v - 0.5).toArray();
			for (int i = 0; i < 32; i++) {
				final int at = i / 8 * 10 + i % 8;
				tiles[n * 32 + i] = (float) (white[at] + white[at + 2] + white[at + 10] + white[at + 12]) / 4;
			}
		}
		final MixtureStart start = MixtureStart.fit(tiles, 2, 1);
		final Raster image = start.draw(301, 403, new SplittableRandom(4));
		assertEquals(301, image.width());
		assertEquals(403, image.height());
		final double[] ofTiles = statistics(new Raster(4, 4 * COUNT, 2, start.draw(Collections.nCopies(COUNT, new SplittableRandom(5)))), 0, 0, 4, 4);
		assertEquals(0, ofTiles[3], 0.1);
		for (int phase = 0; phase < 4; phase++) {
			final double[] s = statistics(image, phase % 2, phase / 2, 2, 2);
			assertEquals(1, s[0] / ofTiles[0], 0.12, "variance, phase " + phase);
			assertEquals(0.5, s[1], 0.15, "to the right, phase " + phase);
			assertEquals(0.5, s[2], 0.15, "below, phase " + phase);
			assertEquals(0, s[3], 0.1, "far, phase " + phase);
		}
	}

	/** Variance, and correlations to the pixel on the right, below and three to the right, of every so many pixels. */
	private static double[] statistics(final Raster image, final int x0, final int y0, final int dx, final int dy) {
		final double[] sums = new double[4];
		int count = 0;
		for (int y = y0; y + 1 < image.height(); y += dy)
			for (int x = x0; x + 3 < image.width(); x += dx)
				for (int c = 0; c < 2; c++) {
					final double v = image.get(x, y, c);
					sums[0] += v * v;
					sums[1] += v * image.get(x + 1, y, c);
					sums[2] += v * image.get(x, y + 1, c);
					sums[3] += v * image.get(x + 3, y, c);
					count++;
				}
		return new double[] { sums[0] / count, sums[1] / sums[0], sums[2] / sums[0], sums[3] / sums[0] };
	}

	@Test
	void drawsSmallerThanATileAndTilesAllOfOneValue() {
		final MixtureStart start = empty();
		final Raster image = start.draw(3, 1, new SplittableRandom(1));
		assertArrayEquals(new int[] { 3, 1, 1 }, new int[] { image.width(), image.height(), image.channels() });
		final float[] flat = new float[500 * 16];
		for (final float v : MixtureStart.fit(flat, 1, 1).draw(9, 9, new SplittableRandom(1)).values())
			assertEquals(0, v, 2e-3);
	}

	@Test
	void theSeedDecides() {
		final MixtureStart start = empty();
		assertArrayEquals(start.draw(30, 20, new SplittableRandom(1)).values(), start.draw(30, 20, new SplittableRandom(1)).values());
		assertArrayEquals(start.mixture().weights(), empty().mixture().weights());
	}

	@Test
	void refusesAMixtureOfSomethingElse() {
		final MixtureStart start = empty();
		assertThrows(IllegalArgumentException.class, () -> new MixtureStart(1, 1, start.mixture()));
		assertThrows(IllegalArgumentException.class, () -> new MixtureStart(Double.NaN, 1, start.mixture()));
	}
}

package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.random.NoiseFilter;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;

class WhiteningTest {

	@ParameterizedTest
	@CsvSource({ "1, 1, 1", "2, 1, 1", "1, 5, 2", "7, 11, 3", "64, 31, 1" })
	void whatIsFilteredBackIsTheImage(final int width, final int height, final int channels) {
		final Raster image = new Raster(width, height, channels);
		final SplittableRandom random = new SplittableRandom(1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (100 + 30 * random.nextGaussian());
		final Raster before = image.copy();
		final Whitening whitening = new Whitening(new Correlation(0.8, 0.4));
		final Raster sharp = whitening.of(image);
		assertArrayEquals(before.values(), image.values());
		assertArrayEquals(image.values(), whitening.back(sharp).values(), 1e-3f);
		// The brightness stays.
		for (int c = 0; c < channels; c++)
			assertEquals(mean(image.channel(c)), mean(sharp.channel(c)), 1e-3);
	}

	private static double mean(final Raster image) {
		double sum = 0;
		for (final float v : image.values())
			sum += v / image.values().length;
		return sum;
	}

	@ParameterizedTest
	@CsvSource({ "0.3, 0.3", "0.4, 0.1", "0, 0.4" })
	void noiseBecomesWhiteAndAsStrongAsSaid(final double x, final double y) {
		final int side = 200;
		final Raster noise = new Raster(side, side, 1);
		PlacedNoise.of(0, 0, side, side, 1, NoiseFilter.ofCorrelation(x, y), 1).add(noise.values(), 5, 0);
		final Whitening whitening = new Whitening(new Correlation(x, y));
		final Raster white = whitening.of(noise);
		assertEquals(1, Math.sqrt(product(white, 0, 0)) / whitening.sigma(5), 0.02);
		assertTrue(whitening.sigma(5) > 5);
		assertEquals(0, product(white, 1, 0) / product(white, 0, 0), 0.02);
		assertEquals(0, product(white, 0, 1) / product(white, 0, 0), 0.02);
	}

	/** Mean of what pixels and those at an offset have in common. */
	private static double product(final Raster image, final int x, final int y) {
		double sum = 0;
		int count = 0;
		for (int v = y; v < image.height(); v++)
			for (int u = x; u < image.width(); u++, count++)
				sum += image.get(u, v, 0) * image.get(u - x, v - y, 0);
		return sum / count;
	}

	@Test
	void rowsAndColumnsAreFilteredByTheirOwnNoise() {
		final Raster rows = new Raster(9, 9, 1);
		for (int i = 0; i < 81; i++)
			rows.values()[i] = i / 9 % 2;
		assertArrayEquals(rows.values(), new Whitening(new Correlation(0.5, 0)).of(rows).values(), 1e-5f);
		assertTrue(new Whitening(new Correlation(0, 0.5)).of(rows).get(4, 4, 0) < -0.3);
	}
}

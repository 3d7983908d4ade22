package sc.fiji.cfebm.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ResampleTest {

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

	/** Against a sum over all nine neighbours. */
	@Test
	void smoothingIsTheMeanOfNine() {
		final Raster image = new Raster(5, 4, 2);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = i * i % 17;
		final Raster smoothed = Resample.smoothed(image);
		for (int y = 0; y < 4; y++)
			for (int x = 0; x < 5; x++)
				for (int c = 0; c < 2; c++) {
					float sum = 0;
					for (int k = 0; k < 9; k++)
						sum += image.get(TileGrid.mirror(x + k % 3 - 1, 5), TileGrid.mirror(y + k / 3 - 1, 4), c);
					assertEquals(sum / 9, smoothed.get(x, y, c), 1e-5);
				}
	}
}

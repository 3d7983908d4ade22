package sc.fiji.cfebm.raster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutliersTest {

	private static final int W = 120, H = 90;

	private final Random random = new Random(3);

	/** Blobs on a darker ground, with noise whose standard deviation is 5. */
	private Raster noisy(final int channels) {
		final Raster image = new Raster(W, H, channels);
		for (int i = 0; i < image.values().length; i++) {
			final int x = i / channels % W, y = i / channels / W;
			image.values()[i] = (float) Math.rint(128 + 8 * Math.signum(Math.sin(x / 9.0) * Math.sin(y / 7.0) - 0.5) + 5 * random.nextGaussian());
		}
		return image;
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0.001, 0.01, 0.1 })
	void saltAndPepperIsFoundAndNothingElse(final double share) {
		final Raster clean = noisy(1), image = clean.copy();
		int made = 0;
		for (int p = 0; p < W * H; p++)
			if (random.nextDouble() < share) {
				image.values()[p] = random.nextBoolean() ? 255 : 0;
				made++;
			}
		final Outliers found = Outliers.in(image);
		assertTrue(Math.abs(found.count() - made) <= 0.05 * made + 1, found.count() + " of " + made);
		double before = 0, after = 0;
		for (int p = 0; p < W * H; p++) {
			before += Math.pow(image.values()[p] - clean.values()[p], 2);
			after += Math.pow(found.image().values()[p] - clean.values()[p], 2);
		}
		assertTrue(after < 0.1 * before, after + " after, " + before + " before");
	}

	@Test
	void hotPixelsOfAllHeightsAreFoundInOneChannel() {
		final Raster image = noisy(3);
		for (int i = 0; i < 12; i++)
			image.values()[image.index(5 + 9 * i, 8 + 6 * i, 1)] = 1000 * (i + 1);
		final Outliers found = Outliers.in(image);
		assertEquals(12, found.count());
		for (int i = 0; i < image.values().length; i++)
			if (image.values()[i] < 999) assertEquals(image.values()[i], found.image().values()[i]);
			else assertTrue(found.image().values()[i] < 170);
	}

	@Test
	void noiseSpotsLinesAndCornersAreNone() {
		final Raster image = noisy(1);
		assertNull(Outliers.in(image));
		for (int x = 10; x < 100; x++)
			image.values()[image.index(x, 40, 0)] = 3000;
		for (int y = 60; y < 64; y++)
			for (int x = 60; x < 64; x++)
				image.values()[image.index(x, y, 0)] = 3000;
		// The smallest spot of a lens, sampled as seldom as may be.
		for (int y = -3; y <= 3; y++)
			for (int x = -3; x <= 3; x++)
				image.values()[image.index(20 + x, 20 + y, 0)] += 3000 * Math.exp(-(x * x + y * y) / (2 * 0.7 * 0.7));
		assertNull(Outliers.in(image));
	}

	/** Of a photon counter, whatever a photon counts, with and without read noise. */
	@ParameterizedTest
	@ValueSource(doubles = { 0.01, 0.05, 0.3, 2 })
	void photonsAreNone(final double mean) {
		for (final double gain : new double[] { 1, 100 })
			for (final double read : new double[] { 0, 2 }) {
				final Raster image = new Raster(W, H, 1);
				for (int p = 0; p < W * H; p++) {
					int photons = 0;
					for (double left = random.nextDouble(); left > Math.exp(-mean); left *= random.nextDouble())
						photons++;
					image.values()[p] = (float) Math.rint(gain * photons + read * random.nextGaussian());
				}
				if (gain == 1 || read == 0) assertNull(Outliers.in(image), "gain " + gain + ", read noise " + read);
			}
	}

	@Test
	void missingPixelsStayAndSmallImagesAreLeftAlone() {
		final Raster image = noisy(1);
		for (int p = 0; p < 2000; p++)
			image.values()[p] = p % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
		image.values()[5000] = 4000;
		final Outliers found = Outliers.in(image);
		assertEquals(1, found.count());
		for (int p = 0; p < W * H; p++)
			if (p != 5000) assertEquals(Float.floatToRawIntBits(image.values()[p]), Float.floatToRawIntBits(found.image().values()[p]));
		for (final int[] size : new int[][] { { 1, 1 }, { 1, 50 }, { 50, 1 }, { 2, 3 }, { 3, 3 } })
			assertNull(Outliers.in(new Raster(size[0], size[1], 1)));
		final Raster nothing = new Raster(W, H, 1);
		java.util.Arrays.fill(nothing.values(), Float.NaN);
		assertNull(Outliers.in(nothing));
	}
}

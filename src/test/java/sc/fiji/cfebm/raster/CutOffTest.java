package sc.fiji.cfebm.raster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

/** Where values pile up at an end they were cut off; where they are rare, or few photons, they were not. */
class CutOffTest {

	@Test
	void eachChannelHasItsOwn() {
		final SplittableRandom rng = new SplittableRandom(1);
		final Raster image = new Raster(100, 100, 2);
		for (int i = 0; i < image.values().length; i++) {
			final double v = Math.rint(100 + 40 * rng.nextGaussian());
			image.values()[i] = (float) (i % 2 == 0 ? Math.min(150, v) : Math.max(60, v));
		}
		image.values()[0] = Float.POSITIVE_INFINITY;
		image.values()[1] = Float.NaN;
		final CutOff first = CutOff.of(image, 0), second = CutOff.of(image, 1);
		assertEquals(150, first.high());
		assertTrue(Float.isNaN(first.low()) && Float.isNaN(second.high()));
		assertEquals(60, second.low());
		assertTrue(first.has(150) && !first.has(149) && !first.has(60) && !first.has(Float.NaN));
	}

	@Test
	void plateausAreCutOffAllAround() {
		final SplittableRandom rng = new SplittableRandom(2);
		final Raster image = new Raster(60, 50, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = i % 60 < 20 ? 0 : i % 60 >= 45 ? 255 : rng.nextInt(50, 200);
		image.values()[25 * 60 + 55] = 254;
		final boolean[] plateaus = CutOff.of(image, 0).plateaus(image, 0);
		for (int i = 0; i < plateaus.length; i++) {
			final int x = i % 60, y = i / 60;
			assertEquals(x < 17 || x >= 48 && (Math.abs(x - 55) > 3 || Math.abs(y - 25) > 3), plateaus[i], x + ", " + y);
		}
		final Raster noise = new Raster(60, 50, 1);
		for (int i = 0; i < noise.values().length; i++)
			noise.values()[i] = rng.nextInt(256);
		assertNull(CutOff.of(noise, 0).plateaus(noise, 0));
	}

	@Test
	void noPhotonIsANumberOfPhotons() {
		final Raster image = new Raster(100, 100, 1);
		for (int i = 0; i < 10_000; i++)
			image.values()[i] = i % 100 == 0 ? 3 : i % 20 == 0 ? 2 : i % 5 == 0 ? 1 : 0;
		assertTrue(Float.isNaN(CutOff.of(image, 0).low()));
	}

	@Test
	void imagesOfOneValueOrNoneHaveNoEnds() {
		final Raster flat = new Raster(20, 20, 1), none = new Raster(20, 20, 1);
		Arrays.fill(none.values(), Float.NaN);
		for (final Raster image : new Raster[] { flat, none })
			assertFalse(CutOff.of(image, 0).has(0));
	}
}

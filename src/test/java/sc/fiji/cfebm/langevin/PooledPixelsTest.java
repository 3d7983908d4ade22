package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

class PooledPixelsTest {

	private static final int WIDTH = 7, HEIGHT = 5, CHANNELS = 2;

	private static Raster random(final int width, final int height, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final Raster raster = new Raster(width, height, CHANNELS);
		for (int i = 0; i < raster.values().length; i++)
			raster.values()[i] = (float) rng.nextGaussian();
		return raster;
	}

	@Test
	void meansAreThoseOfTheKnownImageUnderTheNoiseThatTheChainBeganWithAndDetailStays() {
		final Raster known = random(4, 3, 1), before = random(WIDTH, HEIGHT, 2), state = random(WIDTH, HEIGHT, 2), z = new Raster(WIDTH, HEIGHT, CHANNELS);
		final PlacedNoise noise = PlacedNoise.of(5);
		noise.add(z.values(), 0.5, PlacedNoise.BEGINNING);
		new PooledPixels(known, WIDTH, HEIGHT, noise, 0).apply(state.values(), 0.5, noise, PlacedNoise.afterStep(3));
		final float[] means = Resample.halved(state).values(), noisy = Resample.halved(z).values();
		for (int i = 0; i < means.length; i++)
			assertEquals(known.values()[i] + noisy[i], means[i], 1e-5);
		assertEquals(before.get(2, 2, 1) - before.get(3, 2, 1), state.get(2, 2, 1) - state.get(3, 2, 1), 1e-5);
		// At the end they are exact.
		new PooledPixels(known, WIDTH, HEIGHT, noise, 0).apply(state.values(), 0, noise, PlacedNoise.afterStep(3));
		assertArrayEquals(known.values(), Resample.halved(state).values(), 1e-5f);
	}

	@Test
	void belowItsLowestLevelTheChainIsFree() {
		final Raster state = random(WIDTH, HEIGHT, 2);
		final PlacedNoise noise = PlacedNoise.of(5);
		final PooledPixels held = new PooledPixels(random(4, 3, 1), WIDTH, HEIGHT, noise, 0.05);
		held.apply(state.values(), 0.04, noise, 1);
		assertArrayEquals(random(WIDTH, HEIGHT, 2).values(), state.values());
	}
}

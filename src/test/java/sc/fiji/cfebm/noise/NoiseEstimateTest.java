package sc.fiji.cfebm.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.task.Waves.waves;

import java.util.SplittableRandom;

import org.apache.commons.math3.distribution.PoissonDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.raster.Raster;

/** Noise of known strength, found again in waves that half of the time are covered with fine stripes. */
class NoiseEstimateTest {

	@ParameterizedTest
	@ValueSource(doubles = { 2, 10, 40 })
	void whiteNoiseIsTakenFromWhereItIsFlat(final double sigma) {
		final Raster image = waves(256, 200, 0.2);
		final SplittableRandom rng = new SplittableRandom(8);
		for (int i = 0; i < image.values().length; i++) {
			if (i % 256 < 150) image.values()[i] += 60 * (i / 2 % 2);
			image.values()[i] += sigma * rng.nextGaussian();
		}
		assertEquals(sigma, NoiseEstimate.of(image).sigma(), 0.06 * sigma);
	}

	@Test
	void anImageWithoutNoiseOrTooSmallHasNone() {
		assertEquals(0, NoiseEstimate.of(new Raster(30, 30, 1)).sigma());
		assertEquals(0, NoiseEstimate.of(new Raster(9, 30, 1)).sigma());
	}

	@Test
	void clippedBlocksAreLeftOutAndWarnedOf() {
		final SplittableRandom rng = new SplittableRandom(5);
		final Raster image = new Raster(200, 200, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) Math.max(0, Math.min(255, (i % 200 < 120 ? 0 : 120) + 20 * rng.nextGaussian()));
		final NoiseEstimate estimate = NoiseEstimate.of(image);
		assertEquals(20, estimate.sigma(), 2);
		assertTrue(estimate.warning().contains("63 % of the image"), estimate.warning());
		assertEquals("", NoiseEstimate.of(noisy(1, 100, 0, 1)).warning());
	}

	@Test
	void blocksWithMissingPixelsAreLeftOut() {
		final Raster image = noisy(1, 100, 0, 2), gaps = image.copy();
		for (int i = 0; i < 256 * 256; i++)
			if (i % 256 < 100 || i == 40_123) gaps.values()[i] = i % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
		final double sigma = NoiseEstimate.of(image).sigma();
		assertEquals(sigma, NoiseEstimate.of(gaps).sigma(), 0.1 * sigma);
		java.util.Arrays.fill(gaps.values(), Float.NaN);
		assertEquals(0, NoiseEstimate.of(gaps).sigma());
		assertTrue(NoiseEstimate.of(gaps).isFree() && NoiseEstimate.of(new Raster(64, 64, 1)).isFree() && !NoiseEstimate.of(image).isFree());
	}

	@Test
	void gainAndInterceptOfShotNoiseAreFound() {
		final Anscombe truth = Anscombe.of(4, 100, 6);
		final NoiseEstimate several = new NoiseEstimate(4);
		for (int k = 0; k < 4; k++)
			several.add(noisy(4, 100, 6, k));
		final Anscombe found = several.shot();
		assertEquals(truth.gain(), found.gain(), 0.08 * truth.gain());
		for (final double value : new double[] { 110, 200, 290 })
			assertEquals(truth.sigma(value), found.sigma(value), 0.06 * truth.sigma(value));
	}

	@Test
	void noiseThatDoesNotGrowWithBrightnessIsNoShotNoise() {
		final Raster image = waves(128, 128, 0.2);
		final SplittableRandom rng = new SplittableRandom(8);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] += (float) ((20 - 0.09 * image.values()[i]) * rng.nextGaussian());
		for (final Raster raster : new Raster[] { image, new Raster(64, 64, 1), new Raster(5, 5, 1) })
			assertTrue(assertThrows(IllegalArgumentException.class, () -> NoiseEstimate.of(raster).shot()).getMessage().contains(
				"does not grow with the brightness"));
	}

	/** Waves of 0 to 200 gray values above the offset. */
	private static Raster noisy(final double gain, final double offset, final double read, final long seed) {
		final Raster image = waves(256, 256, 0.3);
		final Well19937c rng = new Well19937c(seed);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (gain * new PoissonDistribution(rng, Math.max(1e-6, image.values()[i]) / gain,
				1e-12, 10_000).sample() + offset + read * rng.nextGaussian());
		return image;
	}
}

package sc.fiji.cfebm.intensity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;

import org.apache.commons.math3.distribution.PoissonDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.raster.Raster;

class AnscombeTest {

	private static final double GAIN = 2.5, OFFSET = 100;
	private static final int PIXELS = 200_000;

	/** Read noise in photons; a camera's gray values, transformed, averaged, and back. */
	@ParameterizedTest
	@CsvSource({ "2,0", "5,0", "50,0", "3,0.5", "10,1", "400,3" })
	void noiseIsStabilisedAndTheMeanComesBack(final double photons, final double read) {
		final Anscombe shot = Anscombe.of(GAIN, OFFSET, GAIN * read);
		final Well19937c rng = new Well19937c(3);
		final PoissonDistribution light = new PoissonDistribution(rng, photons, 1e-12, 10_000_000);
		final Raster noisy = new Raster(PIXELS, 1, 1);
		for (int i = 0; i < PIXELS; i++)
			noisy.values()[i] = (float) (GAIN * (light.sample() + read * rng.nextGaussian()) + OFFSET);
		final SummaryStatistics transformed = statistics(shot.forward(noisy));
		assertEquals(1, transformed.getStandardDeviation(), 0.05);
		final double back = gray(shot, transformed.getMean()), truth = GAIN * photons + OFFSET;
		assertEquals(GAIN * photons, back - OFFSET, 0.01 * GAIN * photons + 3 * shot.sigma(truth) / Math.sqrt(PIXELS));
		assertEquals(GAIN * Math.sqrt(photons + read * read), shot.sigma(truth), 1e-9);
		// The plain algebraic inverse is the one that is biased.
		if (photons < 10) assertTrue(Math.abs(back - truth) < 0.2 * Math.abs(GAIN * (Math.pow(transformed.getMean() / 2, 2) -
			3.0 / 8 - read * read) + OFFSET - truth));
	}

	@Test
	void drawnShotsAreThoseOfACamera() {
		final Anscombe shot = Anscombe.of(GAIN, OFFSET, 0);
		final SplittableRandom rng = new SplittableRandom(4);
		for (final double photons : new double[] { 0.3, 4, 59, 61, 1000 }) {
			final double mean = shot.forwardMean(pixel(GAIN * photons + OFFSET)).values()[0];
			final SummaryStatistics counted = new SummaryStatistics();
			for (int i = 0; i < PIXELS; i++)
				counted.addValue(Math.pow(Anscombe.shots(mean, rng) / 2, 2) - 3.0 / 8);
			assertEquals(photons, counted.getMean(), 4 * Math.sqrt(photons / PIXELS));
			assertEquals(photons, counted.getVariance(), 0.02 * photons);
		}
		assertEquals(0.2, Anscombe.shots(0.2, rng));
	}

	@Test
	void valuesAndRangesComeBackDarkerThanBlackToo() {
		final Anscombe shot = Anscombe.of(GAIN, OFFSET, 4);
		final Raster clean = new Raster(5, 1, 1, new float[] { 60, 93.6f, 100, 140, 9000 });
		assertArrayEquals(clean.values(), shot.inverse(shot.forwardMean(clean)).values(), 2e-3f);
		final Normalization scale = shot.forwardMean(new Normalization(60, 9000));
		assertEquals(shot.forwardMean(clean).values()[0], scale.low(), 1e-5);
		assertEquals(shot.forwardMean(clean).values()[4], scale.high(), 1e-4);
	}

	@Test
	void otherCamerasAndScalesOfGrayValuesGiveTheSameTransformedValues() {
		final Anscombe a = Anscombe.of(GAIN, OFFSET, 4), b = Anscombe.of(0.5, -20, 1);
		final Normalization range = new Normalization(90, 300), other = new Normalization(-1, 7);
		assertEquals(a.forwardMean(range).high(), b.forwardMean(b.likewise(range, a)).high(), 1e-9);
		assertEquals(a.forwardMean(range).low(), a.moved(range, other).forwardMean(other).low(), 1e-9);
		assertEquals(a.forwardMean(range).high(), a.moved(range, other).forwardMean(other).high(), 1e-9);
	}

	@Test
	void standardDeviationsComeBackByTheSlope() {
		final Anscombe shot = Anscombe.of(GAIN, OFFSET, 0);
		for (final float value : new float[] { 0.7f, 2, 20 }) {
			final float h = 1e-3f;
			final double slope = (gray(shot, value + h) - gray(shot, value - h)) / (2 * h);
			assertEquals(0.3 * slope, shot.inverseSpread(pixel(0.3), pixel(value)).values()[0], 1e-2 * slope);
		}
	}

	@Test
	void numbersThatAreNoNoiseAreRefused() {
		for (final double[] wrong : new double[][] { { 0, 1 }, { -1, 1 }, { Double.NaN, 0 }, { 1, Double.NaN } })
			assertThrows(IllegalArgumentException.class, () -> new Anscombe(wrong[0], wrong[1]));
	}

	private static double gray(final Anscombe shot, final double transformed) {
		return shot.inverse(pixel(transformed)).values()[0];
	}

	private static Raster pixel(final double value) {
		return new Raster(1, 1, 1, new float[] { (float) value });
	}

	private static SummaryStatistics statistics(final Raster raster) {
		final SummaryStatistics statistics = new SummaryStatistics();
		for (final float v : raster.values())
			statistics.addValue(v);
		return statistics;
	}

	@Test
	void theirStandardDeviationIsThatOfTheDraws() {
		final SplittableRandom rng = new SplittableRandom(4);
		for (final double photons : new double[] { 0.05, 0.5, 2, 10, 100 }) {
			final double mean = new Anscombe(1, 0).forwardMean(new Normalization(photons, 200)).low();
			final SummaryStatistics drawn = new SummaryStatistics();
			for (int i = 0; i < 40_000; i++)
				drawn.addValue(Anscombe.shots(mean, rng));
			assertEquals(drawn.getStandardDeviation(), Anscombe.sigmaOfShots(mean), 0.015);
		}
		assertEquals(0, Anscombe.sigmaOfShots(0));
	}
}

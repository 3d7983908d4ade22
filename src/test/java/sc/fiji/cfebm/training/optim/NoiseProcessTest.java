package sc.fiji.cfebm.training.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.PatchSource;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.optim.NoiseProcess.Levels;

/**
 * On images of independent normal pixels, x ~ N(0, s²), the best ∇f at level σ is known: σ·x̃/(s² + σ²). A fit of the
 * target to x̃ must find it, whatever is known of the images.
 */
class NoiseProcessTest {

	private static final double S = 0.4, OWN = 0.3;
	private static final Normalization UNITS = new Normalization(-1, 1);

	@Test
	void cleanAndNoisyImagesWantTheSameGradient() {
		for (final double level : new double[] { 0.31, 0.5, 0.9 }) {
			final double best = level / (S * S + level * level);
			assertEquals(best, slope(NoiseProcess.white(patches(S), one(level))), 0.02 * best);
			assertEquals(best, slope(NoiseProcess.onNoisy(patches(Math.hypot(S, OWN)), one(level), OWN,
				NoiseProcess.Strength.WHITE)), 0.03 * best);
		}
		final NoiseProcess.Batch odd = NoiseProcess.onNoisy(patches(1), new Levels(0.3, 0.9, 0), OWN, NoiseProcess.Strength.WHITE).draw(3, 8, new SplittableRandom(2));
		for (int k = 0; k < 64; k++)
			assertEquals(-odd.target()[k], odd.target()[64 + k]);
		for (int i = 0; i < 3; i++) {
			assertTrue(odd.shares()[i] > 0 && odd.shares()[i] < 1);
			double squares = 0;
			for (int k = i * 64; k < (i + 1) * 64; k++)
				squares += odd.target()[k] * odd.target()[k] / 64;
			assertEquals(squares - 1, odd.excess()[i], 1e-4 * squares);
		}
	}

	/** All levels have a say: the stronger the noise the more, on average 1. */
	@Test
	void aLevelWeighsAPowerOfItsNoise() {
		final Levels levels = new Levels(0.02, 0.6, 0.75);
		final PatchSource flat = new PatchSource(List.of(new Raster(64, 64, 1)), UNITS, 8, true, true, true);
		for (final NoiseProcess noising : List.of(NoiseProcess.white(flat, levels), NoiseProcess.shots(flat, levels, new Normalization(2, 22)))) {
			final NoiseProcess.Batch batch = noising.draw(4000, 8, new SplittableRandom(4));
			assertEquals(1, Arrays.stream(batch.shares()).average().orElseThrow(), 0.05);
			for (int i = 0; i < 4000; i++)
				assertEquals(Math.pow(sigma(batch, i) / sigma(batch, 0), 0.75), batch.shares()[i] / batch.shares()[0], 0.01 * batch.shares()[i] / batch.shares()[0]);
		}
		assertTrue(Arrays.stream(NoiseProcess.white(flat, new Levels(0.02, 0.6, 0)).draw(9, 8, new SplittableRandom(4)).shares()).allMatch(
			w -> w == 1));
	}

	/** Of patches that are 0 without it. */
	private static double sigma(final NoiseProcess.Batch batch, final int patch) {
		return batch.noisy()[64 * patch] / batch.target()[64 * patch];
	}

	private static Levels one(final double level) {
		return new Levels(level, level, 1);
	}

	@Test
	void shotsHaveTheLevelAskedForOrMore() {
		final Normalization scale = new Normalization(2, 22);
		final PatchSource one = new PatchSource(List.of(new Raster(64, 64, 1)), new Normalization(-1.2, 0.8), 16, true, true,
			true);
		for (final double level : new double[] { 0.05, 0.1, 0.2 }) {
			final NoiseProcess.Batch batch = NoiseProcess.shots(one, one(level), scale).draw(400, 16, new SplittableRandom(3));
			double sum = 0, squares = 0;
			for (int i = 0; i < batch.noisy().length; i++) {
				assertEquals(batch.noisy()[i], 0.2f + level * batch.target()[i], 1e-5);
				sum += batch.target()[i] / batch.noisy().length;
				squares += batch.target()[i] * batch.target()[i] / batch.noisy().length;
			}
			assertEquals(0, sum, 0.02);
			assertEquals(1, squares, 0.02);
		}
	}

	/** In the dark shots scatter by less than 1; taken for white noise, more of it would be removed than there is. */
	@Test
	void noisyImagesOfFewPhotonsHaveTheirOwnStrengthOfNoise() {
		final Normalization scale = new Normalization(1, 11);
		final double one = scale.toModel(1.0), level = 1.05 * one, mean = new Anscombe(1, 0).forwardMean(new Normalization(0.4,
			9)).low();
		final SplittableRandom rng = new SplittableRandom(6);
		final Raster dark = new Raster(256, 256, 1);
		for (int i = 0; i < dark.values().length; i++)
			dark.values()[i] = (float) Anscombe.samplePoisson(mean, rng);
		final PatchSource patches = new PatchSource(List.of(dark), scale, 8, true, true, true);
		assertEquals(1 / level, slope(NoiseProcess.onNoisy(patches, one(level), one, NoiseProcess.Strength.shots(scale))), 0.1 / level);
	}

	/** The whole way: a model trained on noisy images alone removes the noise that is in them. */
	@Test
	void aModelOfNoisyImagesKnowsTheCleanOnes() {
		final Model model = Trainer.train(List.of(pixels(128, Math.hypot(S, OWN), 1)), UNITS, new TrainingSettings(
			Preset.SCORE_MATCHING.recipe().withLearningRate(0.5), 8, 2, 0, List.of(400), 16, true, true, 1, null, OWN), TrainingMonitor.NONE);
		assertEquals(OWN, model.info().sigmaMin());
		final Raster clean = pixels(64, S, 7), noisy = clean.copy(), noise = pixels(64, OWN, 8);
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += noise.values()[i];
		final float[] gradient = new float[64 * 64];
		try (StageNetwork network = model.pyramid().network(0)) {
			network.at(OWN).evaluate(noisy.values(), 64, null, gradient);
		}
		final SimpleRegression fit = new SimpleRegression();
		for (int i = 0; i < gradient.length; i++)
			fit.addData(noisy.values()[i], noisy.values()[i] - OWN * gradient[i]);
		// What is kept of a noisy pixel; were the images taken for clean, it would be 0.74.
		assertEquals(S * S / (S * S + OWN * OWN), fit.getSlope(), 0.04);
	}

	@Test
	void noisyImagesOfShotNoiseAreRecordedWithTheirCurve() {
		final Anscombe shot = new Anscombe(2, -10);
		final Normalization range = new Normalization(5, 300);
		final Model model = Trainer.train(List.of(shot.forwardMean(pixels(64, 40, 1))), range, new TrainingSettings(
			Preset.ROBUST.recipe(), 8, 2, 0, List.of(3), 4, true, true, 1, shot, 1), TrainingMonitor.NONE);
		assertEquals(shot, model.info().shot());
		assertEquals(range, model.range());
		assertEquals(new Intensities(range, shot).scale().toModel(1.0), model.info().sigmaMin());
	}

	private static double slope(final NoiseProcess noising) {
		final SimpleRegression fit = new SimpleRegression();
		final NoiseProcess.Batch batch = noising.draw(8000, 8, new SplittableRandom(1));
		for (int i = 0; i < batch.noisy().length; i++)
			fit.addData(batch.noisy()[i], batch.target()[i]);
		return fit.getSlope();
	}

	private static PatchSource patches(final double deviation) {
		return new PatchSource(List.of(pixels(512, deviation, 5)), UNITS, 8, true, true, true);
	}

	/** A square of independent normal pixels. */
	private static Raster pixels(final int side, final double deviation, final long seed) {
		final Raster image = new Raster(side, side, 1);
		final SplittableRandom rng = new SplittableRandom(seed);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (deviation * rng.nextGaussian());
		return image;
	}
}

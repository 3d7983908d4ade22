package sc.fiji.cfebm.training.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.apache.commons.math3.stat.correlation.Covariance;
import org.apache.commons.math3.stat.descriptive.moment.Variance;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
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
			assertEquals(best, slope(white(patches(S), one(level))), 0.02 * best);
			assertEquals(best, slope(NoiseProcess.onNoisy(patches(Math.hypot(S, OWN)), one(level), OWN,
				NoiseProcess.Strength.EVEN, Correlation.NONE)), 0.03 * best);
		}
		final NoiseProcess.Batch odd = NoiseProcess.onNoisy(patches(1), new Levels(0.3, 0.9, 0), OWN, NoiseProcess.Strength.EVEN, Correlation.NONE).draw(3, 8, new SplittableRandom(2));
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
		final NoiseProcess.Batch batch = white(flat, levels).draw(4000, 8, new SplittableRandom(4));
		assertEquals(1, Arrays.stream(batch.shares()).average().orElseThrow(), 0.05);
		for (int i = 0; i < 4000; i++)
			assertEquals(Math.pow(sigma(batch, i) / sigma(batch, 0), 0.75), batch.shares()[i] / batch.shares()[0], 0.01 * batch.shares()[i] / batch.shares()[0]);
		assertTrue(Arrays.stream(white(flat, new Levels(0.02, 0.6, 0)).draw(9, 8, new SplittableRandom(4)).shares()).allMatch(w -> w == 1));
	}

	private static NoiseProcess white(final PatchSource patches, final Levels levels) {
		return new CameraNoise(patches, levels, 0, 0, 0);
	}

	/** Of patches that are 0 without it. */
	private static double sigma(final NoiseProcess.Batch batch, final int patch) {
		return batch.noisy()[64 * patch] / batch.target()[64 * patch];
	}

	private static Levels one(final double level) {
		return new Levels(level, level, 1);
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
		assertEquals(1 / level, slope(NoiseProcess.onNoisy(patches, one(level), one, NoiseProcess.Strength.shots(scale), Correlation.NONE)), 0.1 / level);
	}

	/** Of dark images that are the same everywhere all that differs is noise, however few photons, and both halves have the same mean. */
	@Test
	void halvesOfThePhotonsKnowNothingOfEachOther() {
		for (final double photons : new double[] { 0.4, 3, 80 }) {
			final Normalization scale = new Normalization(1, 31);
			final double one = scale.toModel(1.0), mean = new Anscombe(1, 0).forwardMean(photons);
			final SplittableRandom rng = new SplittableRandom(7);
			final Raster dark = new Raster(256, 256, 1);
			for (int i = 0; i < dark.values().length; i++)
				dark.values()[i] = (float) Anscombe.samplePoisson(mean, rng);
			final NoiseProcess noising = new ThinnedShots(new PatchSource(List.of(dark), scale, 8, true, true, true), scale);
			final NoiseProcess.Batch batch = noising.draw(4000, 8, new SplittableRandom(1));
			double together = 0, alone = 0;
			for (int i = 0; i < 4000; i++) {
				final double[] half = new double[64], other = new double[64];
				for (int k = 0; k < 64; k++) {
					half[k] = batch.noisy()[64 * i + k];
					other[k] = half[k] - one * batch.target()[64 * i + k];
				}
				together += new Covariance().covariance(half, other) / 4000;
				alone += new Variance().evaluate(half) / 4000;
			}
			assertEquals(0, together / alone, 0.02, photons + " photons");
			if (photons > 10) assertEquals(one * one, alone, 0.05 * one * one);
			double sum = 0;
			for (final float t : batch.target())
				sum += t / batch.target().length;
			assertEquals(0, sum, 1e-6);
			assertTrue(Arrays.stream(batch.sigmas()).allMatch(s -> Math.abs(s - one) < 1e-12));
		}
	}

	/** What is added to images whose noise neighbours share is shared by them as well, and the network is told. */
	@Test
	void noiseThatNeighboursShareGetsMoreOfItsKind() {
		final PatchSource flat = new PatchSource(List.of(new Raster(64, 64, 1)), UNITS, 16, true, true, true);
		final NoiseProcess.Batch batch = NoiseProcess.onNoisy(flat, one(0.5), OWN, NoiseProcess.Strength.EVEN, new Correlation(0.6, 0.3)).draw(
			400, 16, new SplittableRandom(3));
		double alone = 0, x = 0, y = 0;
		for (int i = 0; i < 400; i++)
			for (int k = 0; k < 15 * 16; k++) {
				if (k % 16 == 15) continue;
				final double n = batch.target()[256 * i + k];
				alone += n * n;
				x += n * batch.target()[256 * i + k + 1];
				y += n * batch.target()[256 * i + k + 16];
			}
		assertEquals(0.6, x / alone, 0.02);
		assertEquals(0.3, y / alone, 0.02);
		assertEquals(0.6f, batch.correlation()[2 * 399]);
		assertEquals(0.3f, batch.correlation()[2 * 399 + 1]);
	}

	@Test
	void pairsBringTheirNoiseAlong() {
		final Raster pair = new Raster(64, 64, 6);
		final SplittableRandom rng = new SplittableRandom(4);
		for (int i = 0; i < pair.values().length; i++)
			pair.values()[i] = i % 6 < 3 ? 50 + i % 3 : pair.values()[i - 3] + (float) rng.nextGaussian();
		final NoiseProcess.Batch batch = new PairedNoise(new PatchSource(List.of(pair), UNITS, 8, true, true, true), new Correlation(0.3, 0)).draw(
			5, 8, new SplittableRandom(1));
		for (int i = 0; i < batch.noisy().length; i++)
			assertEquals(50 + i % 3, batch.noisy()[i] - batch.target()[i], 1e-5);
		for (int i = 0; i < 5; i++)
			assertEquals(1, batch.sigmas()[i]);
		assertEquals(0.3f, batch.correlation()[8]);
	}

	@Test
	void aShareOfThePatchesIsOfAnotherProcess() {
		final PatchSource patches = patches(S);
		final NoiseProcess.Batch batch = NoiseProcess.first(0.25, white(patches, one(0.1)), white(patches, one(0.7))).draw(8, 8, new SplittableRandom(
			1));
		for (int i = 0; i < 8; i++)
			assertEquals(i < 2 ? 0.1 : 0.7, batch.sigmas()[i]);
	}

	/** The whole way: a model trained on noisy images alone removes the noise that is in them. */
	@Test
	void aModelOfNoisyImagesKnowsTheCleanOnes() {
		final Model model = Trainer.train(List.of(pixels(128, Math.hypot(S, OWN), 1)), UNITS, new TrainingSettings(
			Preset.SCORE_MATCHING.recipe().withLearningRate(0.5), 8, 2, 0, List.of(400), 16, true, true, 1, null, OWN, Correlation.NONE), TrainingMonitor.NONE);
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
			Preset.ROBUST.recipe(), 8, 2, 0, List.of(3), 4, true, true, 1, shot, 1, Correlation.NONE), TrainingMonitor.NONE);
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

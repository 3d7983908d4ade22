package sc.fiji.cfebm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelDescription;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/** The preset Denoising: an energy in units of the noise, from its training to what it gives. */
class NoiseUnitsTest {

	private static final Normalization RANGE = new Normalization(0, 255);
	private static final double SIGMA = 20;

	private static Model model;
	private static Raster clean, noisy;

	@TempDir
	Path folder;

	@BeforeAll
	static void train() {
		model = Trainer.train(TrainerTest.images(1), RANGE, settings(), TrainingMonitor.NONE);
		clean = TrainerTest.images(1).get(0);
		noisy = withNoise(clean, 1, 0);
	}

	private static TrainingSettings settings() {
		return new TrainingSettings(Preset.DENOISING.recipe(), 16, 4, 0, List.of(20, 120), 8, true, true, 1);
	}

	private static Raster withNoise(final Raster image, final double gain, final double offset) {
		final SplittableRandom rng = new SplittableRandom(3);
		final Raster out = image.copy();
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] = (float) (gain * (out.values()[i] + SIGMA * rng.nextGaussian()) + offset);
		return out;
	}

	private static Raster denoised(final Model by, final Raster image, final double sigma, final Normalization range) {
		try (Denoiser denoiser = new Denoiser(by)) {
			return denoiser.denoise(image, range, new Denoiser.Settings(Method.ONE_STEP, sigma, 1, 1, 1), Progress.NONE).mean();
		}
	}

	private static double error(final Raster a, final Raster b) {
		double sum = 0;
		for (int i = 0; i < a.values().length; i++)
			sum += Math.pow(a.values()[i] - b.values()[i], 2);
		return Math.sqrt(sum / a.values().length);
	}

	@Test
	void aShortTrainingTakesNoiseAway() {
		assertInstanceOf(UnetSpec.class, model.info().network());
		final double before = error(noisy, clean), after = error(denoised(model, noisy, SIGMA, RANGE), clean);
		assertTrue(after < 0.85 * before, before + " -> " + after);
	}

	@Test
	void gainOffsetAndRangeMakeNoDifference() {
		final Raster plain = denoised(model, noisy, SIGMA, RANGE), other = denoised(model, withNoise(clean, 7, -300), 7 * SIGMA,
			new Normalization(-50, 20));
		for (int i = 0; i < plain.values().length; i++)
			assertEquals(7 * plain.values()[i] - 300, other.values()[i], 1e-3 * 7 * SIGMA);
	}

	@Test
	void noNoiseIsOutsideWhatItKnows() {
		for (final double sigma : new double[] { 1e-3, 1, 1e5 })
			for (final float v : denoised(model, noisy, sigma, RANGE).values())
				assertTrue(Float.isFinite(v));
	}

	@Test
	void noPixelMovesFartherThanNoiseMay() {
		final Raster weak = denoised(model, clean, 0.01, RANGE);
		for (int i = 0; i < weak.values().length; i++)
			assertEquals(clean.values()[i], weak.values()[i], 0.0501);
	}

	@Test
	void posteriorSamplesScatterAboutTheOneStepResult() {
		try (Denoiser denoiser = new Denoiser(model)) {
			final Denoiser.Result result = denoiser.denoise(noisy, RANGE, new Denoiser.Settings(Method.POSTERIOR, SIGMA, 6, 8, 1),
				Progress.NONE);
			assertNotNull(result.standardDeviation());
			assertTrue(error(result.mean(), denoised(model, noisy, SIGMA, RANGE)) < 0.5 * SIGMA);
			double sum = 0;
			for (final float sd : result.standardDeviation().values())
				sum += sd / result.standardDeviation().values().length;
			assertTrue(sum > 0.02 * SIGMA && sum < SIGMA, "mean standard deviation " + sum);
		}
	}

	@Test
	void aModelFileGivesTheSameBits() throws IOException {
		final Path file = folder.resolve("units.cfebm");
		model.write(file);
		final Model read = Model.read(file);
		assertEquals(model.info().network(), read.info().network());
		assertArrayEquals(denoised(model, noisy, SIGMA, RANGE).values(), denoised(read, noisy, SIGMA, RANGE).values());
		assertTrue(ModelDescription.text(read).contains("units of their noise"), ModelDescription.text(read));
	}

	@Test
	void itSaysThatItCantInventImages() {
		assertTrue(assertThrows(IllegalArgumentException.class, () -> new Sampler(model)).getMessage().contains("whatever their brightness"));
	}

	@Test
	void aTrainingGoesOnFromItsCheckpointBitByBit() throws IOException {
		final Checkpoints checkpoints = new Checkpoints(folder.resolve("checkpoint"), 0, true);
		final Split data = Split.of(List.of(new ImageSource("waves", TrainerTest.images(1))), 16, 1);
		final int[] seen = new int[1];
		// In the last stage, once in each phase.
		for (final int stop : new int[] { 40, 60 })
			assertThrows(CancellationException.class, () -> Trainer.train(data, RANGE, settings(), checkpoints, new TrainingMonitor() {

				@Override
				public void step(final TrainingStep step) {
					seen[0] = step.iteration() + (step.stage() == 0 ? -1000 : 0);
				}

				@Override
				public boolean isCanceled() {
					return seen[0] >= stop;
				}
			}));
		assertTrue(Files.exists(checkpoints.file()));
		final Model resumed = Trainer.train(data, RANGE, settings(), checkpoints, TrainingMonitor.NONE), whole = Trainer.train(data, RANGE,
			settings(), null, TrainingMonitor.NONE);
		for (int s = 0; s < 2; s++)
			assertArrayEquals(whole.pyramid().parameters(s).values(), resumed.pyramid().parameters(s).values());
	}

	@Test
	void aTrainingStoppedEarlyIsAModelOfTheStagesThereAre() {
		final TrainingMonitor early = new TrainingMonitor() {

			private int steps;

			@Override
			public void step(final TrainingStep step) {
				steps++;
			}

			@Override
			public boolean isStopped() {
				return steps >= 10;
			}
		};
		final Model stopped = Trainer.train(TrainerTest.images(1), RANGE, settings(), early);
		assertEquals(8, stopped.size());
		assertTrue(error(denoised(stopped, noisy, SIGMA, RANGE), clean) < 1.5 * SIGMA);
	}
}

package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.task.Waves.waves;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.random.NoiseFilter;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** Denoising with a small energy in units of the noise, trained here in a second. */
class DenoiserTest {

	private static final Normalization RANGE = new Normalization(0, 200);
	private static final double SIGMA = 15;
	private static Denoiser denoiser;

	@BeforeAll
	static void train() {
		denoiser = new Denoiser(Trainer.train(List.of(waves(60, 60, 0), waves(60, 60, 1)), RANGE, new TrainingSettings(Preset.DENOISING
			.recipe(), 8, 4, 0, List.of(60), 4, true, true, 1), TrainingMonitor.NONE));
	}

	@AfterAll
	static void close() {
		denoiser.close();
	}

	/** An image that begins a pixel earlier is the same picture with another lattice. */
	@Test
	void carefulIsTheMeanOfFourShifts() {
		final int w = 70, h = 66;
		final Raster noisy = noisy(w, h), careful = denoised(noisy, true);
		final float[] mean = new float[w * h];
		for (int dy = 0; dy < 2; dy++)
			for (int dx = 0; dx < 2; dx++) {
				final Raster shifted = new Raster(w + dx, h + dy, 1);
				for (int i = 0; i < shifted.values().length; i++)
					shifted.values()[i] = noisy.get(WholeImage.mirrored(i % (w + dx) - dx, w), WholeImage.mirrored(i / (w + dx) - dy, h), 0);
				final Raster one = denoised(shifted, false);
				for (int i = 0; i < mean.length; i++)
					mean[i] += one.get(i % w + dx, i / w + dy, 0) / 4;
			}
		double difference = 0;
		final Raster plain = denoised(noisy, false);
		// Near the left and the top border the shifted images are mirrored elsewhere.
		for (int y = 30; y < h; y++)
			for (int x = 30; x < w; x++) {
				assertEquals(mean[y * w + x], careful.get(x, y, 0), 1e-3 * SIGMA);
				difference = Math.max(difference, Math.abs(plain.get(x, y, 0) - careful.get(x, y, 0)));
			}
		assertTrue(difference > 0.02 * SIGMA);
	}

	/**
	 * What the samples have in common is what one step finds, if the chains are told how the noise is correlated and add such noise, or if it is made white
	 * for a model that knows no other; and that is near the truth.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "microscopy", "photo" })
	void correlatedNoiseIsTakenOff(final String name) throws Exception {
		final int w = 56, h = 48;
		final Raster clean = waves(w, h, 0), noisy = clean.copy();
		final float[] noise = new float[w * h];
		PlacedNoise.of(0, 0, noisy.width(), noisy.height(), 1, NoiseFilter.ofCorrelation(0.6, 0.6), 3).add(noise, SIGMA, 0);
		for (int i = 0; i < noise.length; i++)
			noisy.values()[i] += noise[i];
		final NoiseModel white = NoiseModel.white(SIGMA), correlated = white.correlated(new Correlation(0.6, 0.6));
		try (Denoiser bundled = new Denoiser(Model.read(Path.of("plugins/CF-EBM/models", name + ".cfebm")))) {
			final Raster step = restored(bundled, noisy, Method.ONE_STEP, correlated);
			final double told = distance(step, restored(bundled, noisy, Method.POSTERIOR, correlated)), untold = distance(step, restored(bundled, noisy,
				Method.POSTERIOR, white));
			assertTrue(told < 0.8 * untold, told + " " + untold);
			final double error = distance(step, clean), asWhite = distance(restored(bundled, noisy, Method.ONE_STEP, white), clean);
			assertTrue(error < 0.95 * asWhite, error + " " + asWhite);
		}
	}

	private static Raster restored(final Denoiser denoiser, final Raster noisy, final Method method, final NoiseModel noise) {
		return denoiser.denoise(noisy, RANGE, new Denoiser.Settings(method, noise, 24, 20, 1), Progress.NONE).mean();
	}

	private static double distance(final Raster a, final Raster b) {
		double sum = 0;
		for (int i = 0; i < a.values().length; i++)
			sum += Math.pow(a.values()[i] - b.values()[i], 2);
		return Math.sqrt(sum / a.values().length);
	}

	@ParameterizedTest
	@EnumSource(names = { "ONE_STEP", "POSTERIOR" })
	void whatIsSelectedComesOutAsIfAllWere(final Method method) {
		final Raster noisy = noisy(150, 140);
		final boolean[] where = new boolean[150 * 140];
		for (int y = 61; y < 80; y++)
			Arrays.fill(where, y * 150 + 70, y * 150 + 91, true);
		final Denoiser.Settings settings = new Denoiser.Settings(method, SIGMA, 2, 6, 3);
		final Denoiser.Result whole = denoiser.denoise(noisy, RANGE, settings, Progress.NONE), part = denoiser.denoise(noisy, where, RANGE,
			settings, Progress.NONE);
		for (int p = 0; p < where.length; p++) {
			final float all = whole.mean().values()[p], selected = part.mean().values()[p];
			if (!where[p]) assertEquals(noisy.values()[p], selected);
			else if (method == Method.ONE_STEP) assertEquals(all, selected);
			else {
				// Chains feel little of what is far away, and their noise belongs to the place.
				assertEquals(all, selected, 0.02 * SIGMA);
				assertEquals(whole.standardDeviation().values()[p], part.standardDeviation().values()[p], 0.02 * SIGMA);
			}
			if (!where[p] && method == Method.POSTERIOR) assertEquals(0, part.standardDeviation().values()[p]);
		}
	}

	/** NaN and infinities of three channels each, of which the pixel is missing if one is. */
	@Test
	void missingPixelsStayAndHaveNoInfluenceByTheirKind() {
		final Raster noisy = noisy(50, 40), gaps = noisy.copy(), others = noisy.copy();
		for (int i = 0; i < 50 * 40; i++)
			if (i % 50 < 9 || i % 97 == 0) {
				gaps.values()[i] = Float.NaN;
				others.values()[i] = Float.POSITIVE_INFINITY;
			}
		final Raster a = denoised(gaps, false), b = denoised(others, false), plain = denoised(noisy, false);
		double squares = 0;
		for (int i = 0; i < 50 * 40; i++)
			if (Float.isNaN(gaps.values()[i])) assertTrue(Float.isNaN(a.values()[i]) && b.values()[i] == Float.POSITIVE_INFINITY);
			else {
				assertEquals(a.values()[i], b.values()[i]);
				squares += Math.pow(a.values()[i] - plain.values()[i], 2) / (50 * 40);
			}
		assertTrue(Math.sqrt(squares) < 0.4 * SIGMA, "rms " + Math.sqrt(squares));
		final Raster nothing = new Raster(6, 5, 1);
		Arrays.fill(nothing.values(), Float.NaN);
		final Denoiser.Result result = denoiser.denoise(nothing, RANGE, new Denoiser.Settings(Method.POSTERIOR, SIGMA, 2, 2, 1),
			Progress.NONE);
		assertArrayEquals(nothing.values(), result.mean().values());
		assertArrayEquals(nothing.values(), result.standardDeviation().values());
	}

	/** However strong or weak, and whatever range is said. */
	@ParameterizedTest
	@ValueSource(doubles = { 1e-3, 1e3 })
	void scaleMakesNoDifference(final double gain) {
		final Raster noisy = noisy(40, 30), other = noisy.copy();
		for (int i = 0; i < other.values().length; i++)
			other.values()[i] *= (float) gain;
		final Raster plain = denoised(noisy, false), scaled = denoiser.denoise(other, RANGE, new Denoiser.Settings(Method.ONE_STEP, gain *
			SIGMA, 1, 1, 1), Progress.NONE).mean();
		for (int i = 0; i < plain.values().length; i++)
			assertEquals(gain * plain.values()[i], scaled.values()[i], 2e-3 * gain * SIGMA);
	}

	/** A thing a thousand times brighter than all else: nothing far from it changes, and no chain runs away. */
	@ParameterizedTest
	@EnumSource(names = { "ONE_STEP", "POSTERIOR" })
	void aBrightThingSpoilsNothing(final Method method) {
		final Raster noisy = noisy(80, 60), debris = noisy.copy();
		for (int y = 2; y < 8; y++)
			for (int x = 2; x < 8; x++)
				debris.values()[debris.index(x, y, 0)] = 2e5f;
		final Denoiser.Settings settings = new Denoiser.Settings(method, SIGMA, 2, 6, 3);
		final Raster a = denoiser.denoise(noisy, RANGE, settings, Progress.NONE).mean(), b = denoiser.denoise(debris, new Normalization(0,
			2e5), settings, Progress.NONE).mean();
		for (int y = 0; y < 60; y++)
			for (int x = 0; x < 80; x++)
				if (x > 60 && y > 45) assertEquals(a.get(x, y, 0), b.get(x, y, 0), 0.05 * SIGMA);
				else assertEquals(debris.get(x, y, 0), b.get(x, y, 0), 100 * SIGMA);
	}

	/** What is behind them nobody knows; next to them the image is denoised. */
	@Test
	void saturatedPartsStay() {
		final Raster noisy = noisy(70, 60);
		for (int i = 0; i < noisy.values().length; i++)
			if (i % 70 > 40) noisy.values()[i] = 255;
			else noisy.values()[i] = Math.min(250, noisy.values()[i]);
		final Raster denoised = denoised(noisy, false);
		for (int i = 0; i < noisy.values().length; i++)
			if (i % 70 > 43) assertEquals(255, denoised.values()[i]);
			else if (i % 70 < 40) assertNotEquals(noisy.values()[i], denoised.values()[i]);
	}

	private static Raster denoised(final Raster noisy, final boolean careful) {
		return denoiser.denoise(noisy, RANGE, new Denoiser.Settings(Method.ONE_STEP, NoiseModel.white(SIGMA), careful, 1, 1, 1),
			Progress.NONE).mean();
	}

	private static Raster noisy(final int width, final int height) {
		final SplittableRandom rng = new SplittableRandom(4);
		final Raster noisy = waves(width, height, 0.4);
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += (float) (SIGMA * rng.nextGaussian());
		return noisy;
	}
}

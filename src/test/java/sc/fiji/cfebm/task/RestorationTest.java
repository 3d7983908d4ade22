package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.task.Waves.waves;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.task.inpaint.Inpainter;
import sc.fiji.cfebm.task.SmoothFill;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** Denoising and inpainting with a small model of soft waves, trained here in a few seconds. */
class RestorationTest {

	private static final Normalization RANGE = new Normalization(0, 200);
	private static final double SIGMA = 20;
	private static Model model, paper;
	private static Denoiser denoiser;
	private static Inpainter inpainter;

	@BeforeAll
	static void train() {
		model = train(Preset.SCORE_MATCHING, 160, 310);
		paper = train(Preset.PAPER, 1, 2);
		denoiser = new Denoiser(model);
		inpainter = new Inpainter(model);
	}

	@AfterAll
	static void close() {
		denoiser.close();
		inpainter.close();
	}

	/** Odd sizes, and one smaller than a tile. */
	@ParameterizedTest
	@CsvSource({ "45,38", "64,16", "11,5" })
	void oneStepBringsAnImageNearerToTheTruth(final int width, final int height) {
		final Raster clean = waves(width, height, 0.7), noisy = noisy(clean, 3);
		final Denoiser.Result result = denoiser.denoise(noisy, RANGE, settings(Method.ONE_STEP), Progress.NONE);
		assertNull(result.standardDeviation());
		assertTrue(error(result.mean(), clean) < 0.6 * error(noisy, clean), error(noisy, clean) + " -> " + error(result
			.mean(), clean));
	}

	@Test
	void posteriorSamplesSpreadAndTheirMeanRestores() {
		final Raster clean = waves(40, 40, 0.3), noisy = noisy(clean, 4);
		final Denoiser.Result result = denoiser.denoise(noisy, RANGE, settings(Method.POSTERIOR), Progress.NONE);
		assertTrue(error(result.mean(), clean) < 0.6 * error(noisy, clean));
		for (final float sd : result.standardDeviation().values())
			assertTrue(sd > 0 && sd < 2 * SIGMA, "standard deviation " + sd);
		final Denoiser.Result again = denoiser.denoise(noisy, RANGE, settings(Method.POSTERIOR), Progress.NONE);
		assertArrayEquals(result.mean().values(), again.mean().values());
		assertArrayEquals(result.standardDeviation().values(), again.standardDeviation().values());
	}

	@Test
	void langevinStepsOfAPaperModelStayNearTheImage() {
		final Raster noisy = noisy(waves(24, 24, 0), 5);
		try (Denoiser d = new Denoiser(paper)) {
			final Raster moved = d.denoise(noisy, RANGE, settings(Method.PAPER), Progress.NONE).mean();
			assertTrue(error(moved, noisy) < 100);
			assertFalse(Arrays.equals(moved.values(), noisy.values()));
		}
	}

	@Test
	void whatCannotBeDenoisedIsRefusedInASentence() {
		final Raster gray = waves(16, 16, 0);
		assertMessage("this image is RGB", () -> denoise(new Raster(16, 16, 3), settings(Method.ONE_STEP)));
		for (final double sigma : new double[] { 0, -1, Double.NaN, Double.POSITIVE_INFINITY })
			assertMessage("positive number", () -> new Denoiser.Settings(Method.ONE_STEP, sigma, 1, 1, 1));
		assertMessage("needs a model trained with the preset Paper", () -> denoise(gray, settings(Method.PAPER)));
		try (Denoiser d = new Denoiser(paper)) {
			assertMessage("needs a model trained with score matching", () -> d.denoise(gray, RANGE, settings(
				Method.ONE_STEP), Progress.NONE));
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHoleIsFilledBetterThanWithTheMeanAndTheRestIsUntouched(final Inpainter.Method how) {
		final Raster clean = waves(61, 50, 0.5);
		final boolean[] hole = square(61, 50, 20, 15, 9);
		final Raster damaged = clean.copy();
		float mean = 0;
		for (int p = 0; p < hole.length; p++)
			if (!hole[p]) mean += clean.values()[p] / (hole.length - 81);
		for (int p = 0; p < hole.length; p++)
			if (hole[p]) damaged.values()[p] = mean;
		final Inpainter.Result result = inpainter.inpaint(damaged, hole, RANGE, new Inpainter.Settings(how, 4, 0, 2, 1),
			Progress.NONE);
		assertTrue(error(result.filled(), clean) < 0.6 * error(damaged, clean), error(damaged, clean) + " -> " + error(result
			.filled(), clean));
		for (int p = 0; p < hole.length; p++) {
			if (!hole[p]) assertEquals(Float.floatToRawIntBits(clean.values()[p]), Float.floatToRawIntBits(result.filled()
				.values()[p]));
			assertEquals(hole[p], result.standardDeviation().values()[p] > 0);
		}
	}

	/** Both methods say how far from the conservative filling the truth may be; whole gray values are known to half of one. */
	@Test
	void theStandardDeviationIsThatOfTheDraws() {
		final Raster image = waves(48, 40, 0.5), whole = image.copy();
		final boolean[] hole = square(48, 40, 10, 10, 9);
		for (int p = 0; p < hole.length; p++)
			whole.values()[p] = hole[p] ? 0.5f : (float) Math.rint(image.values()[p]);
		final float[] conservative = deviation(whole, hole, Inpainter.Method.CONSERVATIVE, 3);
		for (int p = 0; p < hole.length; p++)
			assertTrue(hole[p] ? conservative[p] > 0.5 : conservative[p] == 0);
		assertArrayEquals(conservative, deviation(whole, hole, Inpainter.Method.GENERATIVE, 3));
		assertArrayEquals(new float[hole.length], deviation(whole, hole, Inpainter.Method.CONSERVATIVE, 1));
	}

	private static float[] deviation(final Raster image, final boolean[] hole, final Inpainter.Method how, final int completions) {
		return inpainter.inpaint(image, hole, RANGE, new Inpainter.Settings(how, completions, 4, 0, 5), Progress.NONE).standardDeviation()
			.values();
	}

	@Test
	void whatIsInTheHoleHasNoInfluence() {
		final Raster a = waves(40, 40, 0.5), b = a.copy();
		final boolean[] hole = square(40, 40, 3, 28, 12);
		for (int p = 0; p < hole.length; p++)
			if (hole[p]) b.values()[p] = 1e6f;
		final Inpainter.Settings settings = new Inpainter.Settings(Inpainter.Method.GENERATIVE, 1, 10, 0, 7);
		assertArrayEquals(inpainter.inpaint(a, hole, RANGE, settings, Progress.NONE).filled().values(), inpainter.inpaint(b,
			hole, RANGE, settings, Progress.NONE).filled().values());
	}

	/** Beside known pixels the smooth continuation, further in the completion. */
	@Test
	void aFeatheredBorderTurnsFromTheSmoothSurfaceIntoTheCompletion() {
		final Raster image = waves(40, 40, 0.5);
		final boolean[] hole = square(40, 40, 10, 10, 15);
		final float[] smooth = SmoothFill.TENSION.fill(image, hole, Progress.NONE).values(), plain = filled(image, hole, 0),
				feathered = filled(image, hole, 3);
		for (int y = 10; y < 25; y++)
			for (int x = 10; x < 25; x++) {
				final int p = y * 40 + x, distance = 1 + Math.min(Math.min(x - 10, 24 - x), Math.min(y - 10, 24 - y));
				final float expected = smooth[p] + Math.min(1, distance / 4f) * (plain[p] - smooth[p]);
				assertEquals(expected, feathered[p], 0.01);
			}
	}

	private static float[] filled(final Raster image, final boolean[] hole, final int feather) {
		return inpainter.inpaint(image, hole, RANGE, new Inpainter.Settings(Inpainter.Method.GENERATIVE, 1, 5, feather, 3),
			Progress.NONE).filled().values();
	}

	/** A dead line has known pixels beside all of its own: no method has anything to invent there. */
	@ParameterizedTest
	@EnumSource
	void aDeadLineIsClosed(final Inpainter.Method how) {
		final Raster clean = waves(48, 40, 0.5);
		final boolean[] line = new boolean[48 * 40];
		Arrays.fill(line, 20 * 48, 22 * 48, true);
		final Raster result = inpainter.inpaint(clean, line, RANGE, new Inpainter.Settings(how, 4, 0, 0, 1), Progress.NONE).filled();
		double squares = 0;
		for (int p = 20 * 48; p < 22 * 48; p++)
			squares += Math.pow(result.values()[p] - clean.values()[p], 2) / 96;
		assertTrue(squares < 25, how + ": " + squares);
	}

	@ParameterizedTest
	@EnumSource
	void whatIsFarFromTheHoleHasNoInfluence(final Inpainter.Method how) {
		final Raster large = waves(400, 300, 0.5);
		final boolean[] hole = square(400, 300, 203, 155, 7);
		final Inpainter.Settings settings = new Inpainter.Settings(how, 2, 5, 0, 7);
		final Raster a = inpainter.inpaint(large, hole, RANGE, settings, Progress.NONE).filled();
		final Raster other = large.copy();
		Arrays.fill(other.values(), 0, 100 * 400, 0f);
		final Raster b = inpainter.inpaint(other, hole, RANGE, settings, Progress.NONE).filled();
		for (int p = 0; p < hole.length; p++)
			if (hole[p]) {
				assertEquals(a.values()[p], b.values()[p]);
				assertTrue(Math.abs(a.values()[p] - large.values()[p]) > 0);
			}
			else assertEquals(large.values()[p], a.values()[p]);
	}

	@ParameterizedTest
	@EnumSource
	void aPaperModelInpaintsToo(final Inpainter.Method how) {
		final Raster clean = waves(32, 32, 0.5);
		final boolean[] hole = square(32, 32, 10, 10, 6);
		try (Inpainter i = new Inpainter(paper)) {
			final Raster filled = i.inpaint(clean, hole, RANGE, new Inpainter.Settings(how, 1, 0, 0, 1), Progress.NONE).filled();
			for (int p = 0; p < hole.length; p++)
				if (!hole[p]) assertEquals(clean.values()[p], filled.values()[p]);
				else assertTrue(filled.values()[p] >= -0.01 && filled.values()[p] <= 200.01);
		}
	}

	@Test
	void masksThatMakeNoSenseAreRefusedInASentence() {
		final Raster image = waves(20, 20, 0);
		final Inpainter.Settings settings = new Inpainter.Settings(Inpainter.Method.CONSERVATIVE, 1, 5, 0, 1);
		final boolean[] none = new boolean[400], all = new boolean[400];
		Arrays.fill(all, true);
		assertMessage("marks no pixel", () -> inpainter.inpaint(image, none, RANGE, settings, Progress.NONE));
		assertMessage("covers the whole image", () -> inpainter.inpaint(image, all, RANGE, settings, Progress.NONE));
		assertMessage("mask has 5 pixels", () -> inpainter.inpaint(image, new boolean[5], RANGE, settings, Progress.NONE));
		assertMessage("completions must be at least 1", () -> new Inpainter.Settings(Inpainter.Method.CONSERVATIVE, 0, 5, 0, 1));
		assertMessage("steps must be at least 1, or 0", () -> new Inpainter.Settings(Inpainter.Method.CONSERVATIVE, 1, -1, 0, 1));
		for (final int feather : new int[] { -1, 33 })
			assertMessage("0 to 32 pixels wide, not " + feather, () -> new Inpainter.Settings(Inpainter.Method.CONSERVATIVE, 1, 5, feather, 1));
	}

	@Test
	void cancelStopsWithinAStep() {
		final int[] asked = { 0 };
		final Progress cancel = new Progress() {

			@Override
			public boolean isCanceled() {
				return ++asked[0] > 3;
			}
		};
		final Raster image = waves(40, 40, 0);
		assertThrows(CancellationException.class, () -> denoiser.denoise(image, RANGE, settings(Method.POSTERIOR), cancel));
		assertEquals(4, asked[0]);
		assertThrows(CancellationException.class, () -> denoiser.denoise(waves(300, 300, 0), RANGE, settings(
			Method.ONE_STEP), cancel));
		asked[0] = 0;
		assertThrows(CancellationException.class, () -> inpainter.inpaint(image, square(40, 40, 3, 3, 9), RANGE,
			new Inpainter.Settings(Inpainter.Method.GENERATIVE, 1, 30, 0, 1), cancel));
		assertEquals(4, asked[0]);
	}

	private static Model train(final Preset preset, final Integer... iterations) {
		return Trainer.train(List.of(waves(90, 80, 0), waves(70, 90, 1), waves(80, 80, 2)), RANGE, new TrainingSettings(
			preset.recipe(), 16, 3, 0, List.of(iterations), 0, true, true, 1), TrainingMonitor.NONE);
	}

	private static Raster denoise(final Raster image, final Denoiser.Settings settings) {
		return denoiser.denoise(image, RANGE, settings, Progress.NONE).mean();
	}

	private static Denoiser.Settings settings(final Method method) {
		return new Denoiser.Settings(method, SIGMA, 4, 10, 1);
	}

	private static Raster noisy(final Raster clean, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final Raster noisy = clean.copy();
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += (float) (SIGMA * rng.nextGaussian());
		return noisy;
	}

	private static boolean[] square(final int width, final int height, final int x0, final int y0, final int side) {
		final boolean[] hole = new boolean[width * height];
		for (int y = y0; y < y0 + side; y++)
			Arrays.fill(hole, y * width + x0, y * width + x0 + side, true);
		return hole;
	}

	/** Root mean square difference. */
	private static double error(final Raster a, final Raster b) {
		double sum = 0;
		for (int i = 0; i < a.values().length; i++)
			sum += Math.pow(a.values()[i] - b.values()[i], 2);
		return Math.sqrt(sum / a.values().length);
	}

	private static void assertMessage(final String part, final org.junit.jupiter.api.function.Executable call) {
		final String message = assertThrows(IllegalArgumentException.class, call).getMessage();
		assertTrue(message.contains(part), message);
	}
}

package sc.fiji.cfebm.task.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.task.Waves.waves;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.random.NoiseFilter;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.WavesModels;
import sc.fiji.cfebm.task.linear.Deconvolver.Result;
import sc.fiji.cfebm.task.linear.Deconvolver.Settings;

/** Deconvolution with a small model of waves. */
class DeconvolverTest {

	private static final Psf BLUR = Psfs.gaussian(1.5);
	private static final NoiseModel NOISE = NoiseModel.white(2);
	private static Model model;
	private static Deconvolver deconvolver;

	@BeforeAll
	static void open() {
		model = WavesModels.scoreMatching();
		deconvolver = new Deconvolver(model);
	}

	@AfterAll
	static void close() {
		deconvolver.close();
	}

	/** A blurred part of a larger image, with noise; and that part itself. */
	private static Raster[] pair(final int width, final int height, final Psf psf, final double sigma) {
		return pair(waves(width + psf.width() - 1, height + psf.height() - 1, 0), psf, sigma);
	}

	/** The same of any image. */
	private static Raster[] pair(final Raster all, final Psf psf, final double sigma) {
		final int width = all.width() - psf.width() + 1, height = all.height() - psf.height() + 1;
		final Raster truth = new Raster(width, height, 1), seen = new Raster(width, height, 1);
		final SplittableRandom random = new SplittableRandom(1);
		for (int i = 0; i < truth.values().length; i++) {
			double sum = 0;
			for (int k = 0; k < psf.values().length; k++)
				sum += psf.values()[k] * all.get(i % width + psf.width() - 1 - k % psf.width(), i / width + psf.height() - 1 - k / psf.width(), 0);
			truth.values()[i] = all.get(i % width + psf.width() / 2, i / width + psf.height() / 2, 0);
			seen.values()[i] = (float) (sum + sigma * random.nextGaussian());
		}
		return new Raster[] { seen, truth };
	}

	private static double error(final Raster a, final Raster b) {
		double sum = 0;
		for (int i = 0; i < a.values().length; i++)
			sum += Math.pow(a.values()[i] - b.values()[i], 2) / a.values().length;
		return Math.sqrt(sum);
	}

	private static Result run(final Raster image, final Psf psf, final NoiseModel noise) {
		return deconvolver.deconvolve(image, psf, noise, Settings.USUAL, Progress.NONE);
	}

	@Test
	void itIsNearerToTheTruthAndBlursBackToWhatWasSeen() {
		final Raster[] pair = pair(50, 41, BLUR, 2);
		final Raster before = pair[0].copy();
		final Result result = run(pair[0], BLUR, NOISE);
		assertArrayEquals(before.values(), pair[0].values());
		assertTrue(error(result.image(), pair[1]) < 0.7 * error(pair[0], pair[1]), error(result.image(), pair[1]) + " " + error(pair[0], pair[1]));
		assertEquals(2, error(result.again(), pair[0]), 0.6);
		assertNull(result.standardDeviation());
		assertArrayEquals(result.image().values(), run(pair[0], BLUR, NOISE).image().values());
	}

	@Test
	void whatIsFlatStaysFlat() {
		final Raster flat = new Raster(40, 30, 1);
		Arrays.fill(flat.values(), 77);
		for (final NoiseModel noise : new NoiseModel[] { null, NOISE, NoiseModel.shot(Anscombe.of(2, 0, 0)) })
			for (final float v : run(flat, BLUR, noise).image().values())
				assertEquals(77, v, 0.5);
	}

	@Test
	void aPointLeavesTheDenoiser() {
		final Raster seen = pair(40, 30, BLUR, 2)[0];
		try (Denoiser denoiser = new Denoiser(model)) {
			final Raster denoised = denoiser.denoise(seen, new Normalization(0, 200), new Denoiser.Settings(Denoiser.Method.ONE_STEP, 2, 1, 1, 1),
				Progress.NONE).mean();
			assertArrayEquals(denoised.values(), run(seen, new Psf(1, 1, new float[] { 1 }), NOISE).image().values(), 1e-2f);
		}
	}

	@Test
	void missingPixelsStayAndSayNothing() {
		final Raster[] pair = pair(40, 30, BLUR, 2);
		final Raster holes = pair[0].copy();
		for (final int i : new int[] { 0, 5 * 40 + 7, 5 * 40 + 8, 12 * 40 + 39 })
			holes.values()[i] = i == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
		final Raster out = run(holes, BLUR, NOISE).image();
		for (int i = 0; i < out.values().length; i++)
			assertEquals(Float.isFinite(holes.values()[i]), Float.isFinite(out.values()[i]));
		assertEquals(run(pair[0], BLUR, NOISE).image().get(20, 15, 0), out.get(20, 15, 0), 3);
		final Raster none = new Raster(4, 4, 1);
		Arrays.fill(none.values(), Float.NaN);
		assertTrue(assertThrows(IllegalArgumentException.class, () -> run(none, BLUR, NOISE)).getMessage().contains("No pixel"));
	}

	@Test
	void imagesOfAnySizeAndBrightness() {
		for (final int[] size : new int[][] { { 1, 1 }, { 2, 3 }, { 5, 1 }, { 1, 40 }, { 7, 9 } }) {
			final Raster small = waves(size[0], size[1], 0), out = run(small, BLUR, NOISE).image();
			assertEquals(size[0], out.width());
			assertEquals(size[1], out.height());
			for (final float v : out.values())
				assertTrue(Float.isFinite(v));
		}
		// In other units the result is the same in those.
		final Raster seen = pair(40, 30, BLUR, 2)[0], scaled = seen.copy();
		for (int i = 0; i < scaled.values().length; i++)
			scaled.values()[i] = 1e-3f * seen.values()[i] - 5;
		final Raster out = run(seen, BLUR, NOISE).image(), other = run(scaled, BLUR, NoiseModel.white(2e-3)).image();
		for (int i = 0; i < out.values().length; i++)
			assertEquals(out.values()[i], (other.values()[i] + 5) * 1e3, 0.5);
	}

	@Test
	void samplesHaveASpreadAndASeed() {
		final Raster seen = pair(40, 30, BLUR, 2)[0];
		final Result one = deconvolver.deconvolve(seen, BLUR, NOISE, new Settings(3, 2, 1), Progress.NONE), again = deconvolver.deconvolve(seen, BLUR,
			NOISE, new Settings(3, 2, 1), Progress.NONE), other = deconvolver.deconvolve(seen, BLUR, NOISE, new Settings(3, 2, 2), Progress.NONE);
		assertArrayEquals(one.image().values(), again.image().values());
		assertArrayEquals(one.standardDeviation().values(), again.standardDeviation().values());
		assertTrue(!Arrays.equals(one.standardDeviation().values(), other.standardDeviation().values()));
		assertArrayEquals(one.image().values(), other.image().values());
		for (final float v : one.standardDeviation().values())
			assertTrue(v > 0);
	}

	/** Whether the model can be told of correlated noise or not; the usual settings for white noise leave much of it. */
	@Test
	void correlatedNoiseComesOff() throws IOException {
		final Raster[] pair = pair(64, 56, BLUR, 0);
		final Correlation correlation = new Correlation(0.6, 0.4);
		PlacedNoise.of(0, 0, pair[0].width(), pair[0].height(), 1, NoiseFilter.ofCorrelation(correlation.x(), correlation.y()), 3).add(pair[0].values(), 12, 0);
		final NoiseModel white = NoiseModel.white(12), correlated = white.correlated(correlation);
		for (final String name : List.of("microscopy", "photo"))
			try (Deconvolver bundled = new Deconvolver(Model.read(Path.of("plugins/CF-EBM/models", name + ".cfebm")))) {
				final Result told = bundled.deconvolve(pair[0], BLUR, correlated, Settings.USUAL, Progress.NONE), untold = bundled.deconvolve(pair[0], BLUR,
					white, Settings.USUAL, Progress.NONE);
				assertTrue(error(told.image(), pair[1]) < 0.8 * error(untold.image(), pair[1]), name + " " + error(told.image(), pair[1]) + " " + error(untold
					.image(), pair[1]));
				final Raster deviation = bundled.deconvolve(pair[0], BLUR, correlated, new Settings(3, 2, 1), Progress.NONE).standardDeviation();
				for (final float v : deviation.values())
					assertTrue(v > 0 && v < 100);
			}
	}

	/** With noise of 1 in 3000 of the range what lies at the border may have any value, as far as the observation goes. */
	@Test
	void whatIsBrightAtTheBorderStaysInItsRange() throws IOException {
		final int side = 60;
		final Psf psf = Psfs.gaussian(1.2);
		final Raster all = new Raster(side + psf.width() - 1, side + psf.height() - 1, 1);
		for (int i = 0; i < all.values().length; i++)
			all.values()[i] = (float) disc(i % all.width() - psf.width() / 2, i / all.width() - psf.height() / 2);
		final Raster[] pair = pair(all, psf, 5);
		final Raster seen = pair[0], truth = pair[1];
		try (Deconvolver bundled = new Deconvolver(Model.read(Path.of("plugins/CF-EBM/models/microscopy.cfebm")))) {
			for (final NoiseModel noise : new NoiseModel[] { NoiseModel.white(5), null }) {
				final Raster image = bundled.deconvolve(seen, psf, noise, Settings.USUAL, Progress.NONE).image();
				for (final float v : image.values())
					assertTrue(v > -3000 && v < 18000, "" + v);
				assertTrue(error(image, truth) < 0.7 * error(seen, truth), error(image, truth) + " " + error(seen, truth));
			}
		}
	}

	private static double disc(final int x, final int y) {
		return Math.hypot(x - 3, y - 30) < 20 || Math.hypot(x - 45, y - 57) < 9 ? 14000 + 1000 * Math.sin(x) : 300;
	}

	/** A mask, say. */
	@Test
	void anImageThatIsSharperThanThePsfAllowsIsReported() {
		final Raster sharp = new Raster(80, 80, 1);
		final SplittableRandom random = new SplittableRandom(1);
		for (int k = 0; k < 40; k++)
			for (int i = 0, at = random.nextInt(70) * 80 + random.nextInt(70), size = 3 + random.nextInt(7); i < size * size; i++)
				sharp.values()[at + i / size * 80 + i % size] = 255;
		final List<String> said = new ArrayList<>();
		final Progress progress = new Progress() {

			@Override
			public void log(final String line) {
				said.add(line);
			}
		};
		deconvolver.deconvolve(sharp, BLUR, null, new Settings(2, 0, 0), progress);
		assertTrue(said.get(0).contains("finer detail than the PSF lets through"), said::toString);
		said.clear();
		deconvolver.deconvolve(pair(50, 41, BLUR, 2)[0], BLUR, NOISE, new Settings(2, 0, 0), progress);
		deconvolver.deconvolve(pair(50, 41, BLUR, 0)[0], BLUR, null, new Settings(2, 0, 0), progress);
		assertEquals(List.of(), said);
	}

	@Test
	void anImageOfHalfTheSizeIsDoubled() {
		final Raster truth = waves(48, 40, 0), half = new Raster(24, 20, 1);
		final Pooling pooling = new Pooling(24, 20);
		pooling.apply(truth.values(), half.values());
		final Result result = deconvolver.restore(half, pooling, null, Settings.USUAL, Progress.NONE);
		final Raster squares = new Raster(48, 40, 1);
		pooling.start(half.values(), squares.values());
		assertTrue(error(result.image(), truth) < error(squares, truth));
		assertEquals(0, error(result.again(), half), 1);
	}

	@Test
	void offsetsOfRowsComeOff() {
		final Raster truth = waves(48, 40, 0), striped = truth.copy();
		final SplittableRandom random = new SplittableRandom(1);
		for (int y = 0; y < 40; y++) {
			final double offset = 20 * random.nextGaussian();
			for (int x = 0; x < 48; x++)
				striped.values()[y * 48 + x] += offset + 4 * random.nextGaussian();
		}
		final RowOffsets stripes = new RowOffsets(48, 40, 5);
		final Raster restored = deconvolver.restore(stripes.of(striped), stripes, NoiseModel.white(4), Settings.USUAL, Progress.NONE).image();
		assertTrue(error(restored, truth) < 0.6 * error(striped, truth), error(restored, truth) + " " + error(striped, truth));
	}

	@Test
	void whatIsWrongIsSaid() {
		says("at least 2", () -> new Settings(0, 1, 1));
		says("steps", () -> new Settings(-1, 0, 1));
		says("gray images", () -> run(new Raster(9, 9, 3), BLUR, NOISE));
		says("a number above 0", () -> new RowOffsets(9, 9, 0));
		says("for images of 9×9 pixels", () -> deconvolver.restore(new Raster(8, 9, 1), new Pooling(9, 9), NOISE, Settings.USUAL, Progress.NONE));
	}

	private static void says(final String part, final org.junit.jupiter.api.function.Executable call) {
		final String said = assertThrows(IllegalArgumentException.class, call).getMessage();
		assertTrue(said.contains(part) && said.endsWith("."), said);
	}

	@Test
	void itStopsWithinAStep() {
		final int[] steps = new int[1];
		assertThrows(CancellationException.class, () -> deconvolver.deconvolve(pair(40, 30, BLUR, 2)[0], BLUR, NOISE, Settings.USUAL, new Progress() {

			@Override
			public void update(final double fraction, final String message) {
				steps[0]++;
			}

			@Override
			public boolean isCanceled() {
				return steps[0] >= 2;
			}
		}));
		assertEquals(2, steps[0]);
	}
}

package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Sampler.Settings;

/** Sampling from small models of soft waves. */
class SamplerTest {

	private static Model model;
	private static Sampler sampler, paper;

	@BeforeAll
	static void train() {
		model = WavesModels.scoreMatching();
		sampler = new Sampler(model);
		paper = new Sampler(WavesModels.paper());
	}

	@AfterAll
	static void close() {
		sampler.close();
		paper.close();
	}

	@Test
	void samplesLookLikeTheTrainingImages() {
		final Statistics real = new Statistics(List.of(waves(160, 160, 0.3)));
		final Statistics drawn = new Statistics(sampler.sample(settings(40, 1, 30, 0, 0, 0), Progress.NONE).samples());
		assertEquals(real.mean, drawn.mean, 15);
		// After so short a training they are no more than much nearer to them than noise, which has twice the deviation, and nine times
		// the step.
		assertEquals(1, drawn.deviation / real.deviation, 0.6);
		assertTrue(drawn.step < 3.5 * real.step, drawn.step + " against " + real.step);
	}

	@Test
	void theSeedDecides() {
		final float[] tiles = sampler.tiles(3, 1, 4, 7, Progress.NONE);
		assertEquals(3 * 16 * 16, tiles.length);
		assertArrayEquals(tiles, sampler.tiles(3, 1, 4, 7, Progress.NONE));
		assertFalse(Arrays.equals(tiles, sampler.tiles(3, 1, 4, 8, Progress.NONE)));
	}

	/** More than one batch, and fewer than one. */
	@Test
	void aSampleDoesNotDependOnHowManyThereAre() {
		final float[] many = sampler.tiles(70, 1, 6, 7, Progress.NONE), few = sampler.tiles(66, 1, 6, 7, Progress.NONE);
		assertArrayEquals(Arrays.copyOf(many, few.length), few, 1e-3f);
		assertFalse(Arrays.equals(Arrays.copyOf(many, 256), Arrays.copyOfRange(many, 256, 512)));
		final Settings large = settings(1, 1, 3, 40, 30, 0), two = settings(2, 1, 3, 40, 30, 0);
		assertArrayEquals(sampler.sample(large, Progress.NONE).samples().get(0).values(), sampler.sample(two, Progress.NONE)
			.samples().get(0).values());
	}

	@Test
	void imagesAreTheTilesInGrayValues() {
		final List<Raster> images = sampler.sample(settings(2, 1, 4, 16, 0, 0), Progress.NONE).samples();
		final float[] tiles = sampler.tiles(2, 1, 4, 1, Progress.NONE);
		for (int i = 0; i < tiles.length; i++)
			assertEquals(100 + 100 * tiles[i], images.get(i / 256).values()[i % 256], 1e-3);
	}

	@ParameterizedTest
	@CsvSource({ "75,53,1", "16,17,1", "75,53,0", "9,8,0" })
	void imagesOfAnySize(final int width, final int height, final int stage) {
		for (final Sampler s : new Sampler[] { sampler, paper }) {
			final Raster image = s.sample(settings(1, stage, 5, width, height, 0), Progress.NONE).samples().get(0);
			assertEquals(width, image.width());
			assertEquals(height, image.height());
			for (final float v : image.values())
				assertTrue(Math.abs(v) < 1000, "value " + v);
		}
	}

	@Test
	void largeImagesHaveNoGridOfTiles() {
		final Raster image = sampler.sample(settings(1, 1, 20, 320, 240, 0), Progress.NONE).samples().get(0);
		final double[] steps = new double[16];
		for (int y = 0; y < 240; y++)
			for (int x = 16; x < 320; x++)
				steps[x % 16] += Math.abs(image.get(x, y, 0) - image.get(x - 1, y, 0)) / (19 * 240);
		// Over a border that stays in its place pixels differ nearly four times as much, over those of doubled pixels a little.
		final double mean = Arrays.stream(steps).average().orElseThrow();
		for (final double step : steps)
			assertEquals(1, step / mean, 0.7, Arrays.toString(steps));
		final Statistics real = new Statistics(List.of(waves(160, 160, 0.3))), drawn = new Statistics(List.of(image));
		assertEquals(1, drawn.deviation / real.deviation, 0.6);
	}

	@Test
	void theTrajectoryLeadsFromNoiseToTheSamples() {
		for (final int[] size : new int[][] { { 0, 0, 3 }, { 37, 29, 2 } }) {
			final Sampler.Result result = sampler.sample(settings(size[2], 1, 10, size[0], size[1], 4), Progress.NONE);
			// Steps 0, 4, 8 and 10 of two stages.
			assertEquals(8, result.trajectory().size());
			for (final List<Raster> frame : result.trajectory()) {
				assertEquals(size[2], frame.size());
				for (final Raster state : frame)
					assertEquals(result.samples().get(0).values().length, state.values().length);
			}
			for (int i = 0; i < size[2]; i++)
				assertArrayEquals(result.samples().get(i).values(), result.trajectory().get(7).get(i).values());
			final Raster first = result.trajectory().get(0).get(1);
			// The margin that is cut off is a multiple of 2.
			for (int y = 0; y < first.height() - 1; y += 2)
				for (int x = 0; x < first.width() - 1; x += 2)
					assertEquals(first.get(x, y, 0), first.get(x + 1, y + 1, 0), "A coarse pixel is a square.");
			assertTrue(new Statistics(result.trajectory().get(0)).deviation > 1.2 * new Statistics(result
				.samples()).deviation);
		}
		// More than one batch: every frame shows all images.
		final var frames = sampler.sample(settings(65, 0, 2, 0, 0, 1), Progress.NONE).trajectory();
		assertEquals(List.of(65, 65, 65), frames.stream().map(List::size).toList());
	}

	@Test
	void aPaperModelIsSampledAsItWasTrained() {
		assertEquals(15, paper.usualSteps());
		final float[] tiles = paper.tiles(2, 1, 0, 1, Progress.NONE);
		assertArrayEquals(tiles, paper.tiles(2, 1, 15, 1, Progress.NONE));
		for (final float v : tiles)
			assertTrue(v >= -1 && v <= 1);
	}

	@Test
	void progressRisesToTheEnd() {
		final double[] last = { 0 };
		sampler.sample(settings(70, 1, 3, 0, 0, 0), new Progress() {

			@Override
			public void update(final double fraction, final String message) {
				assertTrue(fraction >= last[0] && fraction <= 1 + 1e-9, message);
				last[0] = fraction;
			}
		});
		assertEquals(1, last[0], 1e-9);
	}

	@Test
	void cancelStopsWithinAStep() {
		for (final int side : new int[] { 0, 40 }) {
			final int[] asked = { 0 };
			final Progress cancel = new Progress() {

				@Override
				public boolean isCanceled() {
					return ++asked[0] > 3;
				}
			};
			assertThrows(CancellationException.class, () -> sampler.sample(settings(2, 1, 30, side, side, 0), cancel));
			assertEquals(4, asked[0]);
		}
	}

	@Test
	void whatCannotBeSampledIsRefusedInASentence() {
		assertMessage("number of images must be at least 1, not 0.", () -> settings(0, 1, 5, 0, 0, 0));
		assertMessage("steps must be at least 1, or 0 for the model's own, not -1.", () -> settings(1, 1, -1, 0, 0, 0));
		assertMessage("trajectory", () -> settings(1, 1, 5, 0, 0, -2));
		assertMessage("stages 0 to 1, not 2.", () -> sampler.sample(settings(1, 2, 5, 0, 0, 0), Progress.NONE));
		assertMessage("stages 0 to 1, not -1.", () -> sampler.tiles(1, -1, 5, 1, Progress.NONE));
		assertMessage("width is 15: it must be at least 16", () -> sampler.sample(settings(1, 1, 5, 15, 0, 0), Progress.NONE));
		assertMessage("height is 7: it must be at least 8", () -> sampler.sample(settings(1, 0, 5, 0, 7, 0), Progress.NONE));
		assertMessage("too large", () -> sampler.sample(settings(1, 1, 5, 1 << 20, 1 << 20, 0), Progress.NONE));
		assertEquals(0, model.pyramid().stageOf(8));
		assertEquals(1, model.pyramid().stageOf(16));
		assertMessage("no stage of 32 pixels, only 8, 16.", () -> model.pyramid().stageOf(32));
	}

	/** Mean and standard deviation of all pixels, and the mean difference of a pixel and its left neighbour. */
	private static final class Statistics {

		final double mean, deviation, step;

		Statistics(final List<Raster> images) {
			double n = 0, sum = 0, squares = 0, steps = 0;
			for (final Raster image : images)
				for (int y = 0; y < image.height(); y++)
					for (int x = 1; x < image.width(); x++, n++) {
						final double v = image.get(x, y, 0);
						sum += v;
						squares += v * v;
						steps += Math.abs(v - image.get(x - 1, y, 0));
					}
			mean = sum / n;
			deviation = Math.sqrt(squares / n - mean * mean);
			step = steps / n;
		}
	}

	private static Settings settings(final int count, final int stage, final int steps, final int width, final int height,
		final int every)
	{
		return Settings.of(count, stage, 1).withSteps(steps).withSize(width, height).withTrajectory(every);
	}

	private static void assertMessage(final String part, final Executable call) {
		final String message = assertThrows(IllegalArgumentException.class, call).getMessage();
		assertTrue(message.contains(part), message);
	}
}

package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.task.Waves.waves;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** Stacks denoised with a small model of three neighbouring planes, trained here in seconds. */
class StackDenoiserTest {

	private static final Normalization RANGE = new Normalization(0, 200);
	private static final double SIGMA = 25;
	private static final int SIDE = 40;
	@TempDir
	static Path dir;
	private static Model model;
	private static StackDenoiser denoiser;

	@BeforeAll
	static void train() {
		model = Trainer.train(List.of(waves(60, 60, 0), waves(60, 60, 1)), RANGE, new TrainingSettings(Preset.DENOISING.recipe(), 8, 4, 0, List.of(
			150), 8, true, true, 1).withPlanes(3), TrainingMonitor.NONE);
		denoiser = new StackDenoiser(model);
	}

	@AfterAll
	static void close() {
		denoiser.close();
	}

	private static Raster noisy(final double phase, final long seed) {
		final Raster noisy = waves(SIDE, SIDE, phase);
		final SplittableRandom rng = new SplittableRandom(seed);
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += (float) (SIGMA * rng.nextGaussian());
		return noisy;
	}

	private static List<Raster> still(final int count) {
		final List<Raster> planes = new ArrayList<>();
		for (int t = 0; t < count; t++)
			planes.add(noisy(0, 10 + t));
		return planes;
	}

	private static StackDenoiser.Noisy plane(final Raster image) {
		return image == null ? null : new StackDenoiser.Noisy(image, NoiseModel.white(SIGMA), RANGE);
	}

	private static StackDenoiser.Stack stack(final List<Raster> planes) {
		return denoiser.stack(t -> plane(planes.get(t)), planes.size(), false);
	}

	private static List<Raster> denoised(final List<Raster> planes) {
		final StackDenoiser.Stack stack = stack(planes);
		final List<Raster> all = new ArrayList<>();
		for (int t = 0; t < planes.size(); t++)
			all.add(stack.denoised(t, Progress.NONE));
		return all;
	}

	private static double error(final Raster image) {
		final Raster clean = waves(SIDE, SIDE, 0);
		double sum = 0;
		for (int i = 0; i < clean.values().length; i++)
			sum += Math.pow(image.values()[i] - clean.values()[i], 2) / clean.values().length;
		return Math.sqrt(sum);
	}

	@Test
	void noiseIsTakenOffAllPlanesTheFirstAndTheLastAsWell() {
		final List<Raster> planes = still(5);
		final StackDenoiser.Stack stack = stack(planes);
		for (int t = 0; t < 5; t++) {
			assertTrue(error(stack.denoised(t, Progress.NONE)) < error(planes.get(t)));
			assertFalse(stack.isFollowed(t));
		}
	}

	@Test
	void twoPlanesHelpEachOtherAndOneIsAlone() {
		assertNull(denoised(still(1)).get(0));
		final List<Raster> planes = still(2), all = denoised(planes);
		for (int t = 0; t < 2; t++)
			assertTrue(error(all.get(t)) < error(planes.get(t)));
	}

	/** What {@link #error} knows, moved to the left by so many pixels from plane to plane; it is the first of five. */
	private static List<Raster> moving(final int speed) {
		final List<Raster> planes = new ArrayList<>();
		for (int t = 0; t < 5; t++) {
			final SplittableRandom rng = new SplittableRandom(20 + t);
			final Raster wide = waves(SIDE + 4 * speed, SIDE, 0), plane = new Raster(SIDE, SIDE, 1);
			for (int i = 0; i < SIDE * SIDE; i++)
				plane.values()[i] = wide.get(i % SIDE + t * speed, i / SIDE, 0) + (float) (SIGMA * rng.nextGaussian());
			planes.add(plane);
		}
		return planes;
	}

	@Test
	void whatMovesIsFollowed() {
		final List<Raster> planes = moving(2), all = denoised(planes);
		// As it is of two planes that stand still.
		assertTrue(error(all.get(0)) < 1.2 * error(denoised(still(2)).get(0)), error(all.get(0)) + ", " + error(denoised(still(2)).get(0)));
		for (int t = 0; t < 5; t++) {
			final StackDenoiser.Stack stack = stack(planes);
			assertArrayEquals(all.get(t).values(), stack.denoised(t, Progress.NONE).values());
			assertTrue(stack.isFollowed(t));
			final Denoiser.Result result = stack(planes).denoised(t, new Denoiser.Settings(Denoiser.Method.POSTERIOR, NoiseModel.white(SIGMA), 4, 8, 1),
				Progress.NONE);
			assertArrayEquals(all.get(t).values(), result.mean().values());
			for (final float sd : result.standardDeviation().values())
				assertTrue(sd > 0 && sd < 3 * SIGMA);
		}
	}

	@Test
	void samplesSpreadAsFarAsTheErrorsAre() {
		final List<Raster> planes = still(4);
		assertTrue(denoiser.isCalibrated());
		final Denoiser.Settings settings = new Denoiser.Settings(Denoiser.Method.POSTERIOR, NoiseModel.white(SIGMA), 4, 8, 1);
		planes.get(1).values()[100] = Float.NaN;
		for (int t = 0; t < 4; t++) {
			final Denoiser.Result result = stack(planes).denoised(t, settings, Progress.NONE);
			assertArrayEquals(denoised(planes).get(t).values(), result.mean().values());
			double sum = 0;
			for (int i = 0; i < SIDE * SIDE; i++)
				if (t == 1 && i == 100) assertTrue(Float.isNaN(result.standardDeviation().values()[i]));
				else sum += result.standardDeviation().values()[i] / (SIDE * SIDE);
			// Of a model that was trained for seconds.
			assertTrue(sum > 0.3 * error(t == 1 ? denoised(still(4)).get(1) : result.mean()) && sum < SIGMA, t + ": " + sum);
			assertArrayEquals(result.standardDeviation().values(), stack(planes).denoised(t, settings, Progress.NONE).standardDeviation().values());
		}
		assertNull(stack(still(2)).denoised(0, new Denoiser.Settings(Denoiser.Method.ONE_STEP, SIGMA, 1, 1, 1), Progress.NONE).standardDeviation());
		assertNull(stack(still(1)).denoised(0, settings, Progress.NONE));
	}

	@Test
	void aMissingPlaneIsForetoldByItsNeighbours() {
		final List<Raster> planes = still(5);
		planes.set(2, null);
		final StackDenoiser.Stack stack = stack(planes);
		final Raster found = stack.foretold(2, Progress.NONE);
		assertTrue(error(found) < 0.7 * SIGMA, "" + error(found));
		// In order with the others, as by itself.
		assertTrue(stack.denoised(1, Progress.NONE) != null);
		assertArrayEquals(found.values(), stack.foretold(2, Progress.NONE).values());
		// Planes that are behind are forgotten, and read again where they are asked for again.
		final List<Raster> many = new ArrayList<>(still(12));
		for (int t = 2; t < 12; t += 3)
			many.set(t, null);
		final int[] reads = new int[12];
		final StackDenoiser.Stack holes = denoiser.stack(t -> {
			reads[t]++;
			return plane(many.get(t));
		}, 12, false);
		for (int t = 2; t < 11; t += 3)
			assertTrue(holes.foretold(t, Progress.NONE) != null);
		final int first = reads[1];
		holes.foretold(2, Progress.NONE);
		assertTrue(reads[1] > first + 1);
		// Not at an end, not where two are missing, not between fields.
		final List<Raster> none = new ArrayList<>(still(5));
		none.set(0, null);
		assertNull(stack(none).foretold(0, Progress.NONE));
		none.set(2, null);
		none.set(3, null);
		assertNull(stack(none).foretold(2, Progress.NONE));
		final List<Raster> cut = Arrays.asList(noisy(0, 1), noisy(0, 2), null, noisy(2, 3), noisy(2, 4));
		assertNull(stack(cut).foretold(2, Progress.NONE));
	}

	@Test
	void eachPlaneIsAskedForOnceAndNotLongBeforeItIsNeeded() {
		askedForOnce(still(9));
		askedForOnce(moving(2));
	}

	private static void askedForOnce(final List<Raster> planes) {
		final int[] reads = new int[planes.size()], ahead = new int[1];
		final StackDenoiser.Stack stack = denoiser.stack(t -> {
			reads[t]++;
			ahead[0] = t;
			return plane(planes.get(t));
		}, planes.size(), false);
		for (int t = 0; t < planes.size(); t++) {
			assertTrue(stack.denoised(t, Progress.NONE) != null);
			assertEquals(Math.min(planes.size() - 1, t + 3), ahead[0]);
		}
		for (final int times : reads)
			assertEquals(1, times);
	}

	@Test
	void aPlanesResultDoesNotDependOnWhichOthersAreAskedFor() {
		for (final List<Raster> planes : List.of(still(5), moving(2))) {
			final List<Raster> all = denoised(planes);
			final StackDenoiser.Stack stack = stack(planes);
			for (final int t : new int[] { 3, 4, 4, 1, 2, 0 })
				assertArrayEquals(all.get(t).values(), stack.denoised(t, Progress.NONE).values(), "plane " + t);
			// One may be foretold in between, which looks at the planes around it alone.
			stack.foretold(3, Progress.NONE);
			for (final int t : new int[] { 3, 2 })
				assertArrayEquals(all.get(t).values(), stack.denoised(t, Progress.NONE).values(), "plane " + t);
		}
	}

	@Test
	void whatDoesNotBelongTogetherIsNotMixed() {
		final List<Raster> cut = still(6);
		for (int t = 3; t < 6; t++)
			cut.set(t, noisy(2, 20 + t));
		final List<Raster> all = denoised(cut), before = denoised(cut.subList(0, 3)), behind = denoised(cut.subList(3, 6));
		for (int t = 0; t < 6; t++)
			assertArrayEquals((t < 3 ? before.get(t) : behind.get(t - 3)).values(), all.get(t).values(), "plane " + t);
		// Another field, a plane that is not there, one of another camera's noise, and one that shows nothing.
		for (final StackDenoiser.Noisy other : Arrays.asList(plane(noisy(2, 3)), null, new StackDenoiser.Noisy(noisy(0, 3), NoiseModel.white(3 *
			SIGMA), RANGE), new StackDenoiser.Noisy(noisy(0, 3), NoiseModel.shot(Anscombe.of(5, 0, 0)), RANGE), plane(new Raster(SIDE, SIDE, 1))))
		{
			final List<Raster> planes = still(7);
			final StackDenoiser.Stack stack = denoiser.stack(t -> t == 3 ? other : plane(planes.get(t)), 7, false);
			for (int t = 0; t < 7; t++) {
				final Raster found = stack.denoised(t, Progress.NONE);
				if (t == 3) assertNull(found);
				else assertArrayEquals(denoised(t < 3 ? planes.subList(0, 3) : planes.subList(4, 7)).get(t < 3 ? t : t - 4).values(), found
					.values());
			}
		}
	}

	@Test
	void planesThatShowNothingBelongTogether() {
		final List<Raster> dark = new ArrayList<>();
		for (int t = 0; t < 3; t++) {
			final Raster plane = noisy(0, t), clean = waves(SIDE, SIDE, 0);
			for (int i = 0; i < plane.values().length; i++)
				plane.values()[i] -= clean.values()[i];
			dark.add(plane);
		}
		assertTrue(stack(dark).denoised(1, Progress.NONE) != null);
	}

	@Test
	void pixelsThatAreNoNumberStayAndSpoilNoOther() {
		final List<Raster> planes = still(3);
		planes.get(1).values()[100] = Float.NaN;
		planes.get(1).values()[101] = Float.POSITIVE_INFINITY;
		final List<Raster> all = denoised(planes);
		assertTrue(Float.isNaN(all.get(1).values()[100]));
		assertEquals(Float.POSITIVE_INFINITY, all.get(1).values()[101]);
		for (int t = 0; t < 3; t++)
			for (int i = 0; i < SIDE * SIDE; i++)
				assertTrue(t == 1 && (i == 100 || i == 101) || Float.isFinite(all.get(t).values()[i]));
		final Raster none = new Raster(SIDE, SIDE, 1);
		Arrays.fill(none.values(), Float.NaN);
		planes.set(1, none);
		for (final Raster plane : denoised(planes))
			assertNull(plane);
	}

	@Test
	void itStopsSoonAfterTheUserAsked() {
		final List<Raster> planes = still(3);
		assertThrows(CancellationException.class, () -> stack(planes).denoised(0, new Progress() {

			@Override
			public boolean isCanceled() {
				return true;
			}
		}));
	}

	@Test
	void wrongPlanesAndModelsAreRefused() {
		assertThrows(IllegalArgumentException.class, () -> stack(still(2)).denoised(2, Progress.NONE));
		assertThrows(IllegalArgumentException.class, () -> stack(still(2)).denoised(-1, Progress.NONE));
		final Model other = Trainer.train(List.of(waves(60, 60, 0)), RANGE, new TrainingSettings(Preset.DENOISING.recipe(), 8, 1, 0, List.of(1), 2,
			true, true, 1), TrainingMonitor.NONE);
		assertTrue(assertThrows(IllegalArgumentException.class, () -> new StackDenoiser(other)).getMessage().contains("neighbouring planes"));
	}

	@Test
	void theFileSaysHowManyPlanesAndIsNotTakenForOneOfSingleImages() throws Exception {
		final Path file = dir.resolve("cells-stack.cfebm");
		model.write(file);
		final Model read = Model.readAny(file);
		assertEquals(3, read.planes());
		assertEquals(1, read.channels());
		assertEquals("3", read.info().training().get("neighbouring planes"));
		final String sentence = assertThrows(java.io.IOException.class, () -> Model.read(file)).getMessage();
		assertTrue(sentence.contains("cells.cfebm") && sentence.endsWith("."), sentence);
		assertEquals(file, Model.ofPlanes(dir.resolve("cells.cfebm")));
		assertFalse(Files.exists(Model.ofPlanes(file)));
	}

	@Test
	void aModelOfSinglePlanesIsGoneOnFrom() throws Exception {
		final TrainingSettings settings = new TrainingSettings(Preset.DENOISING.recipe(), 8, 2, 0, List.of(2), 2, true, true, 1);
		final Model single = Trainer.train(List.of(waves(60, 60, 0)), RANGE, settings, TrainingMonitor.NONE);
		final Model three = Trainer.train(new sc.fiji.cfebm.training.data.Split(List.of(waves(60, 60, 0)), List.of(waves(60, 60, 1)), true, ""), null,
			single, RANGE, settings.withPlanes(3).from(single), null, TrainingMonitor.NONE);
		assertEquals(3, three.planes());
		assertEquals(3, settings.withPlanes(3).from(model).planes());
		assertTrue(assertThrows(IllegalArgumentException.class, () -> settings.from(model)).getMessage().contains("choose planes=3"));
		assertEquals(5, settings.withPlanes(5).from(model).planes());
	}

	@Test
	void settingsThatMakeNoSenseAreRefused() {
		final TrainingSettings settings = new TrainingSettings(Preset.DENOISING.recipe(), 8, 2, 0, List.of(2), 2, true, true, 1);
		for (final int planes : new int[] { 0, 2, -3 })
			assertThrows(IllegalArgumentException.class, () -> settings.withPlanes(planes));
		assertThrows(IllegalArgumentException.class, () -> new TrainingSettings(Preset.ROBUST.recipe(), 8, 2, 0, List.of(2), 2, true, true, 1)
			.withPlanes(3));
	}
}

package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Calibration;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.training.calibration.NominalCalibrator;
import sc.fiji.cfebm.training.data.Split;

/** With a network of three planes that learnt nothing: how nominal movies change is measured nevertheless. */
class StackAnomaliesTest {

	private static final Normalization RANGE = new Normalization(0, 200);
	private static final int SIDE = 96, FRAMES = 5;
	private static Model unknowing, model;
	private static AnomalyDetector detector;

	@BeforeAll
	static void measure() {
		final UnetSpec spec = new UnetSpec(3, List.of(2), false, false, true, 2, EnergyForm.INNER_CORRECTED, 3);
		final double[] quantiles = IntStream.range(0, Calibration.QUANTILES).mapToDouble(i -> i).toArray();
		unknowing = new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, spec, RANGE, null, 0.02, 0.6, 0, null, null, new Calibration(1, 60, true, List
			.of(new Calibration.Stage(quantiles, quantiles)), null, null), Map.of()), new EnergyPyramid(List.of(spec.random(0, new SplittableRandom(1)))));
		model = NominalCalibrator.calibrate(unknowing, new Split(slabs(1, 8), slabs(11, 6), true, ""), 1, Progress.NONE);
		detector = new AnomalyDetector(model);
	}

	@AfterAll
	static void close() {
		detector.close();
	}

	/** Waves that glide, with noise of its own in each frame of each movie. */
	private static List<Raster> movie(final long seed) {
		final List<Raster> movie = new ArrayList<>();
		final SplittableRandom rng = new SplittableRandom(seed);
		for (int t = 0; t < FRAMES; t++) {
			final Raster frame = Waves.waves(SIDE, SIDE, 0.03 * t);
			for (int p = 0; p < frame.values().length; p++)
				frame.values()[p] += (float) (5 * rng.nextGaussian());
			movie.add(frame);
		}
		return movie;
	}

	private static List<Raster> slabs(final long seed, final int movies) {
		final List<Raster> slabs = new ArrayList<>();
		for (int k = 0; k < movies; k++)
			slabs.add(Raster.of(movie(seed + k).subList(1, 4)));
		return slabs;
	}

	private static void spot(final Raster frame) {
		for (int p = 0; p < SIDE * SIDE; p++)
			frame.values()[p] += (float) (40 * Math.exp(-(Math.pow(p % SIDE - 50, 2) + Math.pow(p / SIDE - 40, 2)) / 8));
	}

	private static Anomaly middle(final List<Raster> movie) {
		return detector.detect(detector.slab(movie::get, FRAMES, 2), null, RANGE, Progress.NONE);
	}

	private static float at(final Anomaly anomaly) {
		return anomaly.map().get(50, 40, 0);
	}

	@Test
	void aFlashIsMoreUnusualThanWhatStays() {
		final List<Raster> nominal = movie(30), flash = movie(30), stays = movie(30);
		spot(flash.get(2));
		stays.forEach(StackAnomaliesTest::spot);
		final Anomaly found = middle(flash);
		assertTrue(at(found) > detector.threshold(0.03) && at(found) > at(middle(stays)) + 1, at(found) + " " + at(middle(stays)));
		assertTrue(at(middle(nominal)) < detector.threshold(0.05), "" + at(middle(nominal)));
		assertTrue(found.score() > middle(nominal).score() + 1);
		assertTrue(found.parts().get("difference from neighbours").get(50, 40, 0) > 3);
	}

	/** Beside a flash a frame differs from its neighbours, too, but less. */
	@Test
	void aFlashIsInItsOwnFrame() {
		final List<Raster> movie = movie(31);
		spot(movie.get(2));
		final Anomaly before = detector.detect(detector.slab(movie::get, FRAMES, 1), null, RANGE, Progress.NONE);
		assertTrue(at(middle(movie)) > at(before), at(middle(movie)) + " " + at(before));
	}

	/** Less often of such waves, whose few training movies, compared half with half, differ more than they do. */
	@Test
	void nominalFramesAreFlaggedNoMoreOftenThanAsked() {
		int flagged = 0, all = 0;
		for (int seed = 40; seed < 48; seed++)
			for (final float z : middle(movie(seed)).map().values()) {
				all++;
				if (z >= detector.threshold(0.05)) flagged++;
			}
		final double percent = 100.0 * flagged / all;
		assertTrue(percent < 6, percent + " %");
	}

	@Test
	void aPlaneWithoutAllItsNeighboursHasNoSlab() {
		final List<Raster> movie = movie(1);
		assertEquals(movie.subList(1, 4), detector.slab(movie::get, FRAMES, 2));
		assertNull(detector.slab(movie::get, FRAMES, 0));
		assertNull(detector.slab(movie::get, FRAMES, FRAMES - 1));
		assertNull(detector.slab(index -> index == 3 ? null : movie.get(index), FRAMES, 2));
		Arrays.fill(movie.get(1).values(), Float.NaN);
		assertNull(detector.slab(movie::get, FRAMES, 2));
	}

	@Test
	void whereThePlaneIsMissingSoIsItsMapAndNeighboursHaveAllThatItHas() {
		final List<Raster> movie = movie(32);
		movie.get(1).values()[SIDE * 40 + 50] = Float.POSITIVE_INFINITY;
		assertNull(detector.slab(movie::get, FRAMES, 2));
		movie.get(2).values()[SIDE * 40 + 50] = Float.NaN;
		final Raster map = middle(movie).map();
		for (int p = 0; p < map.values().length; p++)
			assertEquals(p == SIDE * 40 + 50, Float.isNaN(map.values()[p]));
	}

	@Test
	void otherThanThreePlanesOfOneSizeAreRefused() {
		final Raster frame = movie(1).get(0);
		assertTrue(assertThrows(IllegalArgumentException.class, () -> detector.detect(frame, RANGE, Progress.NONE)).getMessage().contains(
			"looks at 3 neighbouring planes, and is shown 1"));
		assertTrue(assertThrows(IllegalArgumentException.class, () -> detector.detect(List.of(frame, frame, new Raster(SIDE, SIDE - 1, 1)), null, RANGE,
			Progress.NONE)).getMessage().contains("one size"));
	}

	/** Of single images nobody knows how they would have changed. */
	@Test
	void stacksAloneTellWhatIsNominal(@TempDir final Path folder) throws Exception {
		final List<Raster> single = List.of(movie(1).get(0));
		assertSame(unknowing, NominalCalibrator.calibrate(unknowing, new Split(single, slabs(1, 2), true, ""), 1, Progress.NONE));
		assertSame(unknowing, NominalCalibrator.calibrate(unknowing, new Split(slabs(1, 2), single, true, ""), 1, Progress.NONE));
		assertFalse(AnomalyDetector.knowsNominal(unknowing));
		model.write(folder.resolve("movies-stack.cfebm"));
		final Model read = Model.readAny(folder.resolve("movies-stack.cfebm"));
		assertTrue(AnomalyDetector.knowsNominal(read));
		final List<Raster> movie = movie(33);
		try (AnomalyDetector again = new AnomalyDetector(read)) {
			assertEquals(at(middle(movie)), at(again.detect(movie.subList(1, 4), null, RANGE, Progress.NONE)), 0.05);
		}
	}

	/** As rare as the number says, in two independent ways to look. */
	@Test
	void theHigherOneOfTwoCountsAsThat() {
		final Raster image = new Raster(3, 1, 1), one = new Raster(3, 1, 1), other = new Raster(3, 1, 1);
		System.arraycopy(new float[] { 2.5758f, -1, Float.NaN }, 0, one.values(), 0, 3);
		System.arraycopy(new float[] { 0, 3.2905f, 1 }, 0, other.values(), 0, 3);
		final Window all = Window.all(image);
		final Anomaly both = new Anomaly(all, one, 1, Map.of("grain", one)).or(new Anomaly(all, other, 2.5758, Map.of("grain", other)), "other ", image);
		// 0.5 and 0.05 % of one are 1 and 0.1 % of two.
		assertEquals(2.327, both.map().values()[0], 0.002);
		assertEquals(3.090, both.map().values()[1], 0.002);
		assertTrue(Float.isNaN(both.map().values()[2]));
		assertEquals(2.327, both.score(), 0.002);
		assertEquals(Map.of("grain", one, "other grain", other), both.parts());
	}
}

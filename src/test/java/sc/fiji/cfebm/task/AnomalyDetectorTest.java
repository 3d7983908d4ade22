package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.anomaly.Features;
import sc.fiji.cfebm.anomaly.NominalModelFit;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Calibration;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.model.NominalModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;

/** With a network that learnt nothing: what is nominal for it is measured nevertheless. */
class AnomalyDetectorTest {

	private static final Normalization RANGE = new Normalization(0, 200);
	private static final int WIDTH = 180, HEIGHT = 170;
	private static AnomalyDetector detector;

	@BeforeAll
	static void measure() {
		final SplittableRandom rng = new SplittableRandom(1);
		final UnetSpec spec = new UnetSpec(1, List.of(2), true, false, true, 2, EnergyForm.INNER_CORRECTED);
		final EnergyPyramid pyramid = new EnergyPyramid(List.of(spec.random(0, rng)));
		final NominalModel nominal;
		try (StageNetwork network = pyramid.network(0)) {
			nominal = NominalModelFit.measure(List.of(network), 1, Features.levels(0.02, 0.6), List.of(image(96, 96, 1)), List.of(image(96, 96, 2)), RANGE,
				144, 1, Progress.NONE);
		}
		final double[] quantiles = IntStream.range(0, Calibration.QUANTILES).mapToDouble(i -> i).toArray();
		final Calibration.Stage stage = new Calibration.Stage(quantiles, quantiles);
		detector = new AnomalyDetector(new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, spec, RANGE, null, 0.02, 0.6, 0, null, null,
			new Calibration(1, 60, true, List.of(stage), null, nominal), Map.of()), pyramid));
	}

	@AfterAll
	static void close() {
		detector.close();
	}

	private static Raster image(final int width, final int height, final long seed) {
		final Raster image = Waves.waves(width, height, 0.1 * seed);
		final SplittableRandom rng = new SplittableRandom(seed);
		for (int p = 0; p < image.values().length; p++)
			image.values()[p] += (float) (5 * rng.nextGaussian());
		return image;
	}

	private static boolean[] selected(final int x, final int y, final int width, final int height) {
		final boolean[] where = new boolean[WIDTH * HEIGHT];
		for (int v = y; v < y + height; v++)
			for (int u = x; u < x + width; u++)
				where[v * WIDTH + u] = true;
		return where;
	}

	private static void speck(final Raster image, final int x, final int y) {
		for (int p = 0; p < 16; p++)
			image.values()[image.index(x + p % 4, y + p / 4, 0)] = 600;
	}

	@Test
	void mapInASelectionIsThatOfTheWholeImage() {
		final Raster image = image(WIDTH, HEIGHT, 3);
		final Anomaly whole = detector.detect(image, RANGE, Progress.NONE);
		for (final boolean[] where : List.of(selected(86, 81, 1, 1), selected(83, 66, 9, 31), selected(0, 140, 20, 30), selected(171, 0, 9, 3))) {
			final Anomaly part = detector.detect(image, where, RANGE, Progress.NONE);
			assertTrue(part.part().width() < WIDTH && part.part().height() < HEIGHT, part.part().toString());
			assertSame(whole.map(), part.map(), part.part(), where);
			whole.parts().forEach((name, values) -> assertSame(values, part.parts().get(name), part.part(), where));
		}
	}

	private static void assertSame(final Raster whole, final Raster values, final Window part, final boolean[] where) {
		for (int p = 0; p < where.length; p++)
			if (where[p]) assertEquals(whole.values()[p], values.get(p % WIDTH - part.x(), p / WIDTH - part.y(), 0), "pixel " + p);
	}

	@Test
	void scoreIsTheSelectionsOwn() {
		final Raster image = image(WIDTH, HEIGHT, 3), far = image.copy(), inside = image.copy();
		final boolean[] where = selected(15, 20, 50, 37);
		speck(far, 65 + 60, 30);
		speck(inside, 40, 30);
		final double score = detector.detect(image, where, RANGE, Progress.NONE).score();
		assertEquals(score, detector.detect(far, where, RANGE, Progress.NONE).score());
		assertTrue(detector.detect(inside, where, RANGE, Progress.NONE).score() > score + 1);
		assertTrue(detector.detect(far, RANGE, Progress.NONE).score() > detector.detect(image, RANGE, Progress.NONE).score() + 1);
	}

	@Test
	void aSelectionOfAllIsTheWholeImage() {
		final Raster image = image(WIDTH, HEIGHT, 3);
		final Anomaly whole = detector.detect(image, RANGE, Progress.NONE), all = detector.detect(image, selected(0, 0, WIDTH, HEIGHT), RANGE,
			Progress.NONE);
		assertEquals(whole.score(), all.score());
		assertArrayEquals(whole.map().values(), all.map().values());
	}

	@Test
	void thinSelectionsHaveAScore() {
		final Raster image = image(WIDTH, HEIGHT, 3);
		for (final boolean[] where : List.of(selected(179, 169, 1, 1), selected(0, 60, WIDTH, 1)))
			assertTrue(Double.isFinite(detector.detect(image, where, RANGE, Progress.NONE).score()));
	}

	@Test
	void imagesThatAreTooSmallAreRefused() {
		assertTrue(assertThrows(IllegalArgumentException.class, () -> detector.detect(new Raster(7, 40, 1), RANGE, Progress.NONE)).getMessage()
			.contains("at least 8×8 pixels"));
	}
}

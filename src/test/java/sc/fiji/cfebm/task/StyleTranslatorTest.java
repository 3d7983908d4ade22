package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.task.Waves.waves;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.color.Colors;
import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.StyleTranslator.Matching;
import sc.fiji.cfebm.task.StyleTranslator.Result;
import sc.fiji.cfebm.task.StyleTranslator.Settings;

/** Other images made to look like soft waves, by small models. */
class StyleTranslatorTest {

	private static final Normalization RANGE = new Normalization(0, 200);
	private static Model model, paperModel;
	private static StyleTranslator translator, paper;

	@BeforeAll
	static void train() {
		model = WavesModels.scoreMatching();
		paperModel = WavesModels.paper();
		translator = new StyleTranslator(model);
		paper = new StyleTranslator(paperModel);
	}

	@AfterAll
	static void close() {
		translator.close();
		paper.close();
	}

	private static Settings settings(final double strength, final boolean colors) {
		return new Settings(strength, 1, colors ? Matching.IMAGE : Matching.NONE, 10, 0, 1);
	}

	private static Result translate(final Raster image, final Settings settings) {
		return translator.translate(image, RANGE, RANGE, settings, Progress.NONE);
	}

	/** Dark stripes of little contrast. */
	private static Raster stripes(final int width, final int height) {
		final Raster image = new Raster(width, height, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = i % width / 4 % 2 == 0 ? 40 : 60;
		return image;
	}

	@Test
	void theStrengthIsHowFarTheImageIsChanged() {
		final Raster image = stripes(50, 37);
		double last = 0;
		for (final double strength : new double[] { 0.05, 0.4, 0.7, 1 }) {
			final double change = distance(image, translate(image, settings(strength, false)).image());
			assertTrue(change > 1.2 * last, strength + ": " + change + " after " + last);
			last = change;
		}
		assertTrue(distance(image, translate(image, settings(0.05, false)).image()) < 2);
	}

	@Test
	void strengthZeroChangesColorsAlone() {
		final Raster image = stripes(50, 37);
		for (final StyleTranslator each : List.of(translator, paper)) {
			final Result none = each.translate(image, RANGE, RANGE, new Settings(0, 1, Matching.NONE, 10, 1, 1), Progress.NONE), colors = each
				.translate(image, RANGE, RANGE, new Settings(0, 1, Matching.IMAGE, 10, 0, 1), Progress.NONE);
			assertArrayEquals(image.values(), none.image().values(), 1e-3f);
			assertArrayEquals(new float[50 * 37], none.saliency().values());
			assertEquals(1, none.trajectory().size());
			final Colors real = Colors.of(waves(96, 96, 0.5), 1), matched = Colors.of(colors.image(), 1);
			assertEquals(real.mean()[0], matched.mean()[0], 8);
			assertTrue(distance(image, colors.image()) > 20);
			for (final float moved : colors.saliency().values())
				assertEquals(0, moved, 5, "what all colors do is not salient");
			for (int i = 0; i < 50; i++)
				assertEquals(colors.image().values()[i % 8], colors.image().values()[i], 1e-3, "two values stay two");
		}
	}

	@Test
	void contentHoldsTheLowResolution() {
		final Raster image = waves(48, 48, 0.5);
		final Result free = translate(image, new Settings(0.9, 0, Matching.NONE, 20, 0, 1)), held = translate(image, new Settings(0.9, 8, Matching.NONE,
			20, 0, 1));
		final double changed = distance(image, free.image()), less = distance(image, held.image());
		assertTrue(less < 0.8 * changed, less + " against " + changed);
	}

	@Test
	void colorsAreThoseOfTheTrainingImages() {
		final Colors real = Colors.of(waves(96, 96, 0.5), 2), matched = Colors.of(translate(stripes(64, 64), settings(0.2, true)).image(), 2);
		assertEquals(real.mean()[0], matched.mean()[0], 8);
		assertEquals(1, matched.covariance()[0][0] / real.covariance()[0][0], 0.3);
	}

	/** A dark image and a bright one: what they differ by stays where both take the sources' map. */
	@Test
	void theSourcesMapKeepsWhatImagesDifferBy() {
		final Raster dark = stripes(32, 32), bright = dark.copy();
		for (int i = 0; i < bright.values().length; i++)
			bright.values()[i] += 60;
		final Palette sources = Palette.of(List.of(RANGE.toModel(dark), RANGE.toModel(bright)));
		try (StyleTranslator shown = new StyleTranslator(model.withSources(sources))) {
			final double apart = mean(shown, bright, Matching.STYLE) - mean(shown, dark, Matching.STYLE), alike = mean(shown, bright, Matching.IMAGE) -
				mean(shown, dark, Matching.IMAGE);
			assertTrue(apart > 10, apart + " gray values");
			assertEquals(0, alike, 3);
		}
		// Shown none, the model takes each image's own.
		assertEquals(mean(translator, dark, Matching.IMAGE), mean(translator, dark, Matching.STYLE));
	}

	private static double mean(final StyleTranslator by, final Raster image, final Matching colors) {
		return Colors.of(by.translate(image, RANGE, RANGE, new Settings(0.2, 1, colors, 2, 0, 1), Progress.NONE).image(), 1).mean()[0];
	}

	@Test
	void modelsWithoutPaletteCannotMatchColors() {
		try (StyleTranslator other = new StyleTranslator(withoutPalette(model))) {
			assertSays("does not know its training images' colors", () -> other.translate(stripes(9, 9), RANGE, RANGE, settings(1, true),
				Progress.NONE));
		}
	}

	private static Model withoutPalette(final Model m) {
		final ModelInfo i = m.info();
		return new Model(new ModelInfo(i.kind(), i.network(), i.range(), i.shot(), i.sigmaMin(), i.sigmaMax(), i.langevinSteps(), i
			.start(), null, i.calibration(), i.training()), m.pyramid());
	}

	/** Squares have the waves' grays, but not their shapes. */
	@Test
	void saliencyIsLargerWhereTheStyleIsMissing() {
		final Raster image = waves(64, 64, 0.5);
		for (int y = 0; y < 64; y++)
			for (int x = 32; x < 64; x++)
				image.values()[image.index(x, y, 0)] = (x / 4 + y / 4) % 2 == 0 ? 30 : 170;
		final Raster saliency = translate(image, settings(0.6, false)).saliency();
		double left = 0, right = 0;
		for (int y = 0; y < 64; y++)
			for (int x = 0; x < 64; x++)
				if (x < 28) left += saliency.get(x, y, 0) / 28;
				else if (x >= 36) right += saliency.get(x, y, 0) / 28;
		assertTrue(right > 1.2 * left, right + " against " + left);
	}

	/** Without noise the path is at least as long as the way. */
	@Test
	void thePaperDescends() {
		final Raster image = stripes(40, 23);
		final Result result = paper.translate(image, RANGE, RANGE, new Settings(1, 0, Matching.NONE, 4, 1, 1), Progress.NONE), half = paper
			.translate(image, RANGE, RANGE, new Settings(0.5, 0, Matching.NONE, 4, 1, 1), Progress.NONE);
		assertEquals(5, result.trajectory().size());
		assertEquals(3, half.trajectory().size());
		assertArrayEquals(image.values(), result.trajectory().get(0).values(), 1e-3f);
		assertArrayEquals(result.image().values(), result.trajectory().get(4).values());
		for (int i = 0; i < image.values().length; i++)
			assertTrue(result.saliency().values()[i] >= Math.abs(result.image().values()[i] - image.values()[i]) - 1e-2);
	}

	@Test
	void theSeedDecidesAndTheTrajectoryShowsTheWay() {
		final Raster image = stripes(33, 20);
		final Result one = translate(image, new Settings(0.5, 1, Matching.IMAGE, 5, 2, 7)), other = translate(image, new Settings(0.5, 1, Matching.IMAGE, 5, 0,
			8));
		assertArrayEquals(one.image().values(), translate(image, new Settings(0.5, 1, Matching.IMAGE, 5, 0, 7)).image().values());
		assertFalse(Arrays.equals(one.image().values(), other.image().values()));
		assertEquals(4, one.trajectory().size());
		assertArrayEquals(one.image().values(), one.trajectory().get(3).values());
		assertTrue(other.trajectory().isEmpty());
	}

	@Test
	void sizesThatNoTileFits() {
		for (final int[] size : new int[][] { { 1, 1 }, { 3, 40 }, { 17, 16 } })
			assertEquals(size[0], translate(waves(size[0], size[1], 0), settings(0.5, true)).image().width());
	}

	@Test
	void wrongInputIsNamed() {
		assertSays("from 0 (hardly changed) to 1", () -> settings(1.2, false));
		assertSays("weight of the content", () -> new Settings(0.5, -1, Matching.NONE, 1, 0, 1));
		assertSays("number of steps", () -> new Settings(0.5, 1, Matching.NONE, -1, 0, 1));
		assertSays("trajectory", () -> new Settings(0.5, 1, Matching.NONE, 1, -1, 1));
		assertSays("trained on gray images", () -> translate(new Raster(9, 9, 3), settings(0.5, false)));
		final Raster bad = waves(9, 9, 0);
		java.util.Arrays.fill(bad.values(), Float.NaN);
		assertSays("No pixel of the image is a finite number", () -> translate(bad, settings(0.5, false)));
		assertThrows(CancellationException.class, () -> translator.translate(waves(20, 20, 0), RANGE, RANGE, settings(0.5, false),
			new Progress() {

				@Override
				public boolean isCanceled() {
					return true;
				}
			}));
	}

	private static void assertSays(final String part, final org.junit.jupiter.api.function.Executable code) {
		final String message = assertThrows(IllegalArgumentException.class, code).getMessage();
		assertTrue(message.contains(part) && message.endsWith("."), message);
	}

	/** Root mean square. */
	private static double distance(final Raster a, final Raster b) {
		double sum = 0;
		for (int i = 0; i < a.values().length; i++)
			sum += Math.pow(a.values()[i] - b.values()[i], 2);
		return Math.sqrt(sum / a.values().length);
	}
}

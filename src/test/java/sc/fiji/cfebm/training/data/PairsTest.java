package sc.fiji.cfebm.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

/** Noisy images and their partners of another exposure without noise. */
class PairsTest {

	@Test
	void whateverNoiseThereIsHasAStandardDeviationOfOne() {
		for (final int channels : new int[] { 1, 3 })
			for (final DoubleUnaryOperator sigma : List.<DoubleUnaryOperator> of(v -> 9, v -> Math.sqrt(2 * v))) {
				final Raster clean = waves(channels), noisy = noisy(clean, sigma);
				final Pairs pairs = Pairs.of(List.of(source("cells/a.tif", noisy)), List.of(source("cells/a.png", brighter(clean))), Progress.NONE);
				final Raster joined = pairs.sources().get(0).planes().get(0);
				assertEquals(3 * channels, joined.channels());
				assertArrayEquals(brighter(clean).values(), pairs.clean().get(0).planes().get(0).values());
				final SummaryStatistics noise = new SummaryStatistics();
				final float[] v = joined.values();
				for (int i = 0; i < v.length; i += 3 * channels)
					for (int c = 0; c < channels; c++)
						noise.addValue(v[i + 2 * channels + c] - v[i + channels + c]);
				// Of colors with shot noise that at their mean brightness is taken for all of it.
				assertEquals(1, noise.getStandardDeviation(), 0.15, channels + " channels");
				assertEquals(0, noise.getMean(), 0.05);
			}
	}

	/** What is held out and what is learnt from is divided once: partners stay together. */
	@Test
	void partnersStayTogether() {
		final List<ImageSource> noisy = new ArrayList<>(), clean = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			final Raster image = waves(1);
			for (int k = 0; k < image.values().length; k++)
				image.values()[k] += 40 * i;
			clean.add(source(i + ".tif", image));
			noisy.add(0, source(i + ".tif", noisy(image, v -> 9)));
		}
		noisy.add(source("alone.tif", waves(1)));
		final Pairs pairs = Pairs.of(noisy, clean, Progress.NONE);
		assertEquals(6, pairs.sources().size());
		final Split split = pairs.split(32, 1);
		assertEquals(split.training().size(), split.pairs().size());
		for (int i = 0; i < split.training().size(); i++)
			assertEquals(split.training().get(i).values()[0] / 9, split.pairs().get(i).values()[0], 2);
		assertTrue(split.heldOut().stream().allMatch(image -> image.channels() == 1));
	}

	@Test
	void whatIsNoPairIsSaidInASentence() {
		final Raster clean = waves(1), noisy = noisy(clean, v -> 9), negative = clean.copy();
		for (int i = 0; i < negative.values().length; i++)
			negative.values()[i] *= -1;
		says("There is no image with noise that has a partner", noisy, "b", clean);
		says("There is no image with noise that has a partner", waves(1).copy(), "b", clean);
		says("“a.tif” and its partner without noise differ in size", noisy, "a", new Raster(64, 64, 1));
		says("“a.tif” and its partner without noise don't show the same", noisy, "a", negative);
	}

	private static void says(final String sentence, final Raster noisy, final String partner, final Raster clean) {
		final String message = assertThrows(IllegalArgumentException.class, () -> Pairs.of(List.of(source("a.tif", noisy)), List.of(source(
			partner + ".tif", clean)), Progress.NONE)).getMessage();
		assertTrue(message.startsWith(sentence), message);
	}

	private static ImageSource source(final String name, final Raster image) {
		return new ImageSource(name, List.of(image));
	}

	private static Raster waves(final int channels) {
		final Raster gray = new Raster(256, 256, 1);
		for (int i = 0; i < gray.values().length; i++)
			gray.values()[i] = (float) (125 + 100 * Math.sin(i % 256 / 25.0) * Math.cos(i / 256 / 30.0));
		return gray.replicated(channels);
	}

	private static Raster noisy(final Raster clean, final DoubleUnaryOperator sigma) {
		final Raster noisy = clean.copy();
		final SplittableRandom rng = new SplittableRandom(2);
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += (float) (sigma.applyAsDouble(clean.values()[i]) * rng.nextGaussian());
		return noisy;
	}

	private static Raster brighter(final Raster image) {
		final Raster brighter = image.copy();
		for (int i = 0; i < brighter.values().length; i++)
			brighter.values()[i] = 3 * brighter.values()[i] + 100;
		return brighter;
	}
}

package sc.fiji.cfebm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;

class TrainerTest {

	private static final Normalization RANGE = new Normalization(0, 255);

	@Test
	void scoreMatchingLearns() {
		final List<String> log = new ArrayList<>();
		final Model model = Trainer.train(images(1), RANGE, settings(Preset.SCORE_MATCHING, 16, 6000, 1), logging(log));
		assertEquals(2, model.pyramid().stages());
		assertEquals(Model.Kind.SCORE_MATCHING, model.kind());
		// An energy that knows nothing has a loss of 1: all of the noise.
		final List<Double> losses = log.stream().filter(l -> l.contains("stage 1") && l.contains("loss")).map(l -> Double
			.parseDouble(l.replaceAll(".*loss ([0-9.]+).*", "$1"))).toList();
		assertTrue(losses.size() >= 5, log.toString());
		assertTrue(losses.get(losses.size() - 1) < 0.8, losses.toString());
		assertTrue(log.stream().anyMatch(l -> l.contains("images/s") && l.contains("s left")), log.toString());
	}

	@Test
	void contrastiveTrainingReportsBothEnergies() {
		final List<String> log = new ArrayList<>();
		final Model model = Trainer.train(images(3), RANGE, settings(Preset.PAPER, 16, 400, 1), logging(log));
		assertEquals(Model.Kind.CONTRASTIVE, model.kind());
		assertEquals(3, model.channels());
		assertTrue(model.info().network().spectralNorm());
		assertTrue(log.stream().anyMatch(l -> l.matches(".*E\\(data\\) -?[0-9.]+, E\\(samples\\) -?[0-9.]+, gap.*")), log
			.toString());
	}

	@Test
	void theSameSeedGivesTheSameModel() {
		for (final Preset preset : Preset.values()) {
			final double[] a = train(preset, 5), b = train(preset, 5), c = train(preset, 6);
			assertArrayEquals(a, b);
			assertNotEquals(a[0], c[0]);
		}
	}

	@Test
	void minutesBecomeIterations() {
		final long start = System.nanoTime();
		final Model model = Trainer.train(images(1), RANGE, new Trainer.Settings(Preset.SCORE_MATCHING, 16, 2, 0.03, 0, 0,
			true, true, 1), Progress.NONE);
		assertTrue(model.info().training().get("stage 1").matches("[0-9]+ iterations of 32 patches"), model.info()
			.training().toString());
		// No bound on time would be safe on a busy machine; this one only tells a budget from none.
		assertTrue(System.nanoTime() - start < 60e9);
	}

	@Test
	void cancelStopsAtOnce() {
		final int[] asked = { 0 };
		assertThrows(CancellationException.class, () -> Trainer.train(images(1), RANGE, settings(Preset.PAPER, 8, 100_000,
			1), new Progress() {

				@Override
				public boolean isCanceled() {
					return ++asked[0] > 20;
				}
			}));
		assertEquals(21, asked[0]);
	}

	@Test
	void aRunThatLeavesTheFiniteNumbersKeepsTheLastGoodWeights() {
		final StageParameters start = StageParameters.random(new NetworkSpec(1, 1, false), 0, new SplittableRandom(1));
		final int[] calls = { 0 };
		try (StageTrainer trainer = new StageTrainer(Preset.SCORE_MATCHING, start, network -> (batch, gradient) -> {
			java.util.Arrays.fill(gradient, 1);
			return new Objective.Report(++calls[0] > 120 ? Double.POSITIVE_INFINITY : 1, Double.NaN, Double.NaN);
		}, 4, 1000)) {
			for (int i = 0; i < 50; i++)
				assertTrue(trainer.iterate().isFinite());
			final double[] afterFifty = trainer.current().values();
			for (int i = 50; i < 120; i++)
				assertTrue(trainer.iterate().isFinite());
			final double[] before = trainer.current().values();
			assertTrue(Double.isNaN(trainer.iterate().loss()));
			assertArrayEquals(before, trainer.current().values(), "the bad iteration changed nothing");
			assertArrayEquals(afterFifty, trainer.lastGood().values());
			assertTrue(trainer.lastGood().isFinite());
		}
	}

	@Test
	void trainingThatExplodesGivesAModelAndSaysSo() {
		// Pixels that overflow to infinity in model units: no energy is finite, and the log must say what was kept.
		final Raster wild = new Raster(16, 16, 1);
		for (int i = 0; i < 256; i++)
			wild.values()[i] = i % 2 * 1e38f;
		final List<String> log = new ArrayList<>();
		final Model model = Trainer.train(List.of(wild), new Normalization(0, 1e-3), settings(Preset.SCORE_MATCHING, 16, 1000, 1), logging(log));
		for (int stage = 0; stage < model.pyramid().stages(); stage++)
			assertTrue(model.pyramid().parameters(stage).isFinite());
		assertEquals(1, log.stream().filter(l -> l.contains("left the finite numbers")).count(), log.toString());
		assertTrue(model.info().training().containsKey("stopped"));
	}

	@Test
	void badSettingsAreRefusedInASentence() {
		assertMessage("size", () -> settings(Preset.PAPER, 24, 1, 1));
		assertMessage("minutes", () -> new Trainer.Settings(Preset.PAPER, 8, 2, Double.NaN, 0, 0, true, true, 1));
		assertMessage("batch", () -> new Trainer.Settings(Preset.PAPER, 8, 2, 1, 0, -1, true, true, 1));
		assertMessage("base width", () -> Trainer.train(images(1), RANGE, new Trainer.Settings(Preset.PAPER, 8, 0, 1, 10, 0,
			true, true, 1), Progress.NONE));
		assertMessage("no images", () -> Trainer.train(List.of(), RANGE, settings(Preset.PAPER, 8, 1, 1), Progress.NONE));
		assertMessage("same number of channels", () -> Trainer.train(List.of(new Raster(8, 8, 1), new Raster(8, 8, 3)),
			RANGE, settings(Preset.PAPER, 8, 1, 1), Progress.NONE));
	}

	@Test
	void adamIsThatOfNd4j() {
		final double[] p = { 0.3, -2, 5 }, g = { 0.1, -3, 0.5 };
		final Adam ours = new Adam(3, 0.5, 0.999);
		final AdamUpdater theirs = new AdamUpdater(org.nd4j.linalg.learning.config.Adam.builder().beta1(0.5).beta2(0.999)
			.learningRate(1e-2).build());
		theirs.setStateViewArray(Nd4j.zeros(org.nd4j.linalg.api.buffer.DataType.DOUBLE, 1, 6), new long[] { 1, 3 }, 'c',
			true);
		final double[] expected = p.clone();
		for (int t = 0; t < 20; t++) {
			ours.step(p, g, 1e-2);
			final var update = Nd4j.create(g).reshape(1, 3);
			theirs.applyUpdater(update, t, 0);
			for (int i = 0; i < 3; i++)
				expected[i] -= update.getDouble(i);
			g[0] = -g[0];
		}
		assertArrayEquals(expected, p, 1e-6);
	}

	@Test
	void learningRateRisesAndFalls() {
		final Preset s = Preset.SCORE_MATCHING;
		assertTrue(s.learningRate(0, 1000) < s.learningRate(50, 1000));
		assertEquals(s.learningRate, s.learningRate(400, 1000));
		assertTrue(s.learningRate(999, 1000) < 1e-2 * s.learningRate);
		assertEquals(1e-3, Preset.PAPER.learningRate(0, 1000));
		assertEquals(1e-3, Preset.PAPER.learningRate(999, 1000));
		assertSame(s, Preset.valueOf("SCORE_MATCHING"));
		assertFalse(s.toString().isEmpty());
	}

	private static double[] train(final Preset preset, final long seed) {
		return Trainer.train(images(1), RANGE, settings(preset, 16, 600, seed), Progress.NONE).pyramid().parameters(1)
			.values();
	}

	private static Trainer.Settings settings(final Preset preset, final int size, final long images, final long seed) {
		return new Trainer.Settings(preset, size, 2, 0, images, 0, true, true, seed);
	}

	/** Soft blobs, two images of different sizes. */
	private static List<Raster> images(final int channels) {
		final List<Raster> images = new ArrayList<>();
		for (int k = 0; k < 2; k++) {
			final Raster r = new Raster(40 + 9 * k, 33, channels);
			for (int y = 0; y < r.height(); y++)
				for (int x = 0; x < r.width(); x++)
					for (int c = 0; c < channels; c++)
						r.values()[r.index(x, y, c)] = (float) (120 + 100 * Math.sin(0.4 * x + c) * Math.cos(0.3 * y + k));
			images.add(r);
		}
		return images;
	}

	private static Progress logging(final List<String> log) {
		return new Progress() {

			@Override
			public void log(final String line) {
				log.add(line);
			}
		};
	}

	private static void assertMessage(final String part, final org.junit.jupiter.api.function.Executable call) {
		final String message = assertThrows(IllegalArgumentException.class, call).getMessage();
		assertTrue(message.contains(part), message);
	}
}

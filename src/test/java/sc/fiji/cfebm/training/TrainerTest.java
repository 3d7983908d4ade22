package sc.fiji.cfebm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;

import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.training.calibration.NominalCalibrator;
import sc.fiji.cfebm.training.data.ChainStarts;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;
import sc.fiji.cfebm.training.optim.Adam;
import sc.fiji.cfebm.training.optim.Objective;

class TrainerTest {

	private static final Normalization RANGE = new Normalization(0, 255);

	@Test
	void scoreMatchingLearns() {
		final List<String> log = new ArrayList<>();
		final Model model = Trainer.train(images(1), RANGE, new TrainingSettings(Preset.SCORE_MATCHING.recipe(), 16, 2, 0,
			List.of(30, 150), 16, true, true, 1), logging(log));
		assertEquals(2, model.pyramid().stages());
		assertEquals(Model.Kind.SCORE_MATCHING, model.kind());
		// An energy that knows nothing has a loss of 1: all of the noise. That of one batch is more or less by chance.
		final List<Double> losses = log.stream().filter(l -> l.contains("stage 2") && l.contains("loss")).map(l -> Double
			.parseDouble(l.replaceAll(".*loss ([0-9.]+).*", "$1"))).toList();
		assertTrue(losses.size() >= 5, log.toString());
		assertTrue(losses.subList(losses.size() - 3, losses.size()).stream().mapToDouble(l -> l).average().orElseThrow() < 0.95, losses
			.toString());
		assertTrue(log.stream().anyMatch(l -> l.contains("images/s") && l.contains("s left")), log.toString());
	}

	@Test
	void contrastiveTrainingReportsBothEnergies() {
		final List<String> log = new ArrayList<>();
		final Model model = Trainer.train(images(3), RANGE, settings(Preset.PAPER, 16, 1, 2, 3), logging(log));
		assertEquals(Model.Kind.CONTRASTIVE, model.kind());
		assertEquals(3, model.channels());
		assertTrue(((PaperSpec) model.info().network()).spectralNorm());
		assertTrue(log.stream().anyMatch(l -> l.matches(".*E\\(data\\) -?[0-9.]+, E\\(samples\\) -?[0-9.]+, gap.*")), log
			.toString());
	}

	/** The paper's style translation: one stage, chains from other images. */
	@Test
	void chainsStartFromImagesAtTheFinestStageAlone() throws Exception {
		final Recipe recipe = Preset.PAPER.recipe().withContrastive(Preset.PAPER.recipe().contrastive().withLangevinSteps(3))
			.withFade(0);
		final Split split = Split.of(List.of(new sc.fiji.cfebm.raster.ImageSource("a", images(1))), 16, 1);
		final List<TrainingStep> steps = new ArrayList<>();
		final TrainingMonitor monitor = new TrainingMonitor() {

			@Override
			public void step(final TrainingStep step) {
				steps.add(step);
			}
		};
		final List<double[]> weights = new ArrayList<>();
		for (final float value : new float[] { 0, 0, 200 }) {
			final Raster start = new Raster(32, 32, 1);
			java.util.Arrays.fill(start.values(), value);
			final Model model = Trainer.train(split, new ChainStarts(List.of(start), RANGE), null, RANGE, settings(recipe, 16, 1, 4), null,
				monitor);
			assertEquals("1,4", model.info().training().get("iterations"));
			assertEquals(3, model.info().langevinSteps());
			weights.add(model.pyramid().parameters(1).values());
		}
		assertTrue(steps.stream().allMatch(step -> step.beta() == 1));
		assertArrayEquals(weights.get(0), weights.get(1));
		assertFalse(java.util.Arrays.equals(weights.get(0), weights.get(2)));
		final ChainStarts rgb = new ChainStarts(List.of(new Raster(20, 20, 3)), RANGE), gray = new ChainStarts(List.of(new Raster(20, 20,
			1)), RANGE);
		assertMessage("1 channels, not 3", () -> Trainer.train(split, rgb, null, RANGE, settings(recipe, 16, 1, 4), null, monitor));
		assertMessage("contrastive", () -> Trainer.train(split, gray, null, RANGE, settings(Preset.ROBUST, 16, 1, 4), null, monitor));
	}

	@Test
	void robustTrainingKeepsScoreMatchingOnAndContrastsSamples() {
		final List<TrainingStep> steps = new ArrayList<>();
		final Model model = Trainer.train(images(1), RANGE, settings(quickRobust(), 16, 1, 20), new TrainingMonitor() {

			@Override
			public void step(final TrainingStep step) {
				steps.add(step);
			}
		});
		assertEquals(Model.Kind.SCORE_MATCHING, model.kind());
		assertEquals(40, steps.size());
		for (final TrainingStep step : steps) {
			assertEquals(step.iteration() > 10, step.contrastive());
			assertFalse(Double.isNaN(step.loss()));
			assertEquals(step.contrastive(), !Double.isNaN(step.gap()));
			assertTrue(!step.contrastive() && step.stage() > 0 || step.beta() == 1);
		}
		assertEquals(0, steps.get(39).secondsLeft(), 1e-9);
		assertTrue(steps.get(20).secondsLeft() > 0);
		assertEquals(16, model.info().start().mixture().size());
		assertEquals(2, model.info().calibration().stages().size());
		assertEquals("20,20", model.info().training().get("iterations"));
	}

	@Test
	void aTrainingGoesOnFromAModelsNetworks() throws Exception {
		final Model first = Trainer.train(images(1), RANGE, settings(Preset.SCORE_MATCHING, 16, 2, 20), TrainingMonitor.NONE);
		final TrainingSettings settings = settings(Preset.DENOISING, 8, 1, 3).from(first);
		assertEquals(16, settings.size());
		final Model second = Trainer.train(Split.ofImages(images(1), 16, 1), null, first, RANGE, settings, null, TrainingMonitor.NONE);
		final UnetParameters from = (UnetParameters) first.pyramid().parameters(1), to = (UnetParameters) second.pyramid().parameters(1);
		assertTrue(from.spec().told() && !to.spec().told());
		final double[] start = from.adapted(to.spec()).values();
		double moved = 0;
		for (int i = 0; i < start.length; i++)
			moved = Math.max(moved, Math.abs(start[i] - to.values()[i]));
		assertTrue(moved > 0 && moved < 0.02, "moved by " + moved);
		final Model paper = Trainer.train(images(1), RANGE, settings(Preset.PAPER, 8, 1, 1), TrainingMonitor.NONE);
		assertMessage("start from none", () -> settings(Preset.DENOISING, 8, 1, 1).from(paper));
		assertMessage("start from none", () -> settings(Preset.PAPER, 8, 1, 1).from(first));
	}

	@Test
	void theSameSeedGivesTheSameModel() {
		for (final Preset preset : List.of(Preset.ROBUST, Preset.DENOISING, Preset.PAPER))
			assertArrayEquals(train(preset, 5), train(preset, 5));
		assertNotEquals(train(Preset.PAPER, 5)[0], train(Preset.PAPER, 6)[0]);
	}

	@Test
	void minutesBecomeIterationsThatRepeatTheTraining() {
		final Recipe recipe = quickRobust();
		final Model model = Trainer.train(images(1), RANGE, new TrainingSettings(recipe, 16, 1, 0.005, List.of(), 2, true, true,
			1), TrainingMonitor.NONE);
		final List<Integer> plan = java.util.Arrays.stream(model.info().training().get("iterations").split(",")).map(
			Integer::valueOf).toList();
		assertEquals(2, plan.size());
		final Model again = Trainer.train(images(1), RANGE, new TrainingSettings(recipe, 16, 1, 0, plan, 2, true, true, 1),
			TrainingMonitor.NONE);
		assertArrayEquals(model.pyramid().parameters(1).values(), again.pyramid().parameters(1).values());
	}

	@Test
	void stopAndKeepGivesAModelOfTheWholeSize() {
		final int[] asked = { 0 };
		final Model model = Trainer.train(images(1), RANGE, paper(), new TrainingMonitor() {

			@Override
			public boolean isStopped() {
				return ++asked[0] > 70; // in stage 1, whose β is 1 by then
			}
		});
		assertEquals(32, model.size());
		assertTrue(model.info().training().get("stopped").contains("stage 2 after 30 of 40"), model.info().training()
			.toString());
		// The stage that was never trained passes on the coarser one's energy.
		final float[] fine = new float[32 * 32], coarse = new float[16 * 16];
		for (int y = 0; y < 32; y++)
			for (int x = 0; x < 32; x++) {
				fine[y * 32 + x] = (float) Math.sin(0.2 * x + 0.1 * y * y);
				coarse[y / 2 * 16 + x / 2] += fine[y * 32 + x] / 4;
			}
		final double[] f = new double[1], c = new double[1];
		try (var a = model.pyramid().network(2); var b = model.pyramid().network(1)) {
			a.evaluate(fine, 1, f, null);
			b.evaluate(coarse, 1, c, null);
		}
		assertEquals(c[0], f[0], 1e-4 * Math.abs(f[0]));
	}

	/** What restores images of any size needs no finer stages for that. */
	@Test
	void stoppedEarlyAnEnergyOfScoreMatchingHasTheStagesThereAre() {
		for (final int stop : new int[] { 70, 41 }) {
			final int[] asked = { 0 };
			final Model model = Trainer.train(images(1), RANGE, settings(Preset.SCORE_MATCHING, 32, 1, 40), new TrainingMonitor() {

				@Override
				public boolean isStopped() {
					return ++asked[0] > stop;
				}
			});
			// Stopped while the second stage fades in, it is that of the first.
			assertEquals(stop == 70 ? 16 : 8, model.size());
			assertTrue(model.info().training().get("stopped").contains("stage 2 after " + (stop - 40) + " of 40"), model.info().training()
				.toString());
		}
	}

	/** More patches than an int can count were planned; a hundredth of a second of them must not be calibrated for minutes. */
	@Test
	void aLongTrainingThatIsStoppedEarlyIsCalibratedForTheTimeItTook() {
		final List<String> log = new ArrayList<>();
		final Model model = Trainer.train(images(1), RANGE, new TrainingSettings(Preset.SCORE_MATCHING.recipe(), 8, 1, 0, List.of(
			100_000_000), 64, true, true, 1), new TrainingMonitor() {

				private int asked;

				@Override
				public boolean isStopped() {
					return ++asked > 3;
				}

				@Override
				public void log(final String line) {
					log.add(line);
				}
			});
		assertTrue(model.info().training().get("stopped").endsWith("after 3 of 100000000 iterations"), log.toString());
		assertEquals(200, model.info().calibration().patches(), log.toString());
		assertTrue(model.info().calibration().nominalModel() != null, log.toString());
	}

	@Test
	void tilesThatTellWhatIsNominalAreAsManyAsTheTrainingWasLong() {
		assertEquals(4, NominalCalibrator.tiles(0));
		assertEquals(5, NominalCalibrator.tiles(8));
		assertEquals(2048, NominalCalibrator.tiles(1e5));
		assertEquals(2048, NominalCalibrator.tiles(2e9 * 4096));
	}

	@Test
	void cancelStopsAtOnce() {
		final int[] asked = { 0 };
		assertThrows(CancellationException.class, () -> Trainer.train(images(1), RANGE, settings(Preset.PAPER, 8, 1,
			100_000), new TrainingMonitor() {

				@Override
				public boolean isCanceled() {
					return ++asked[0] > 20;
				}
			}));
		assertEquals(21, asked[0]);
	}

	@Test
	void stoppedWhileAStageFadesInTheModelIsThatOfTheStagesBefore() {
		final int[] asked = { 0 };
		final Model model = Trainer.train(images(3), RANGE, paper(), new TrainingMonitor() {

			@Override
			public boolean isStopped() {
				return ++asked[0] > 45;
			}
		});
		final float[] fine = new float[32 * 32 * 3], coarse = new float[8 * 8 * 3];
		for (int i = 0; i < fine.length; i++) {
			fine[i] = (float) Math.sin(0.01 * i);
			coarse[(i / 3 / 32 / 4 * 8 + i / 3 % 32 / 4) * 3 + i % 3] += fine[i] / 16;
		}
		final double[] f = new double[1], c = new double[1];
		try (var a = model.pyramid().network(2); var b = model.pyramid().network(0)) {
			a.evaluate(fine, 1, f, null);
			b.evaluate(coarse, 1, c, null);
		}
		assertEquals(c[0], f[0], 1e-4 * Math.abs(f[0]));
	}

	@Test
	void aStageThatLeavesTheFiniteNumbersRollsBackAndGoesOn() throws Exception {
		final PaperParameters start = PaperParameters.random(new PaperSpec(1, 1, false), 0, new SplittableRandom(1));
		final int[] calls = { 0 };
		try (StageTrainer trainer = new StageTrainer(Preset.SCORE_MATCHING.recipe(), start, 4, 1000, (attempt,
			iteration) -> new SplittableRandom(iteration)))
		{
			trainer.setObjectives((batch, rng, gradient) -> {
				java.util.Arrays.fill(gradient, 1);
				return Objective.Report.ofLoss(++calls[0] == 121 ? Double.POSITIVE_INFINITY : 0.5);
			}, null, null);
			for (int i = 0; i < 50; i++)
				trainer.iterate();
			final double[] afterFifty = trainer.current().values();
			final double rate = trainer.learningRate();
			for (int i = 50; i < 120; i++)
				trainer.iterate();
			final var e = assertThrows(StageTrainer.Runaway.class, trainer::iterate);
			assertTrue(e.getMessage().contains("finite"), e.getMessage());
			// The newest state, of iteration 100, may have been on its way out.
			assertEquals(50, trainer.done());
			assertEquals(1, trainer.rollbacks());
			assertArrayEquals(afterFifty, trainer.current().values());
			assertEquals(rate / 2, trainer.learningRate());
			trainer.iterate();
			assertEquals(51, trainer.done());
		}
	}

	/** However good a denoiser the network is, the descent of its energy must be learnt. */
	@Test
	void theLossMayRiseWhereTheEnergysOwnPhaseBegins() throws Exception {
		final PaperParameters start = PaperParameters.random(new PaperSpec(1, 1, false), 0, new SplittableRandom(1));
		final Recipe recipe = Preset.SCORE_MATCHING.recipe();
		final int first = recipe.estimating(200);
		try (StageTrainer trainer = new StageTrainer(recipe, start, 4, 200, (attempt, iteration) -> new SplittableRandom(iteration))) {
			trainer.setObjectives((batch, rng, gradient) -> Objective.Report.ofLoss(trainer.done() < first ? 0.1 : 1.1), null, null);
			while (!trainer.isFinished())
				trainer.iterate();
			assertEquals(0, trainer.rollbacks());
		}
	}

	@Test
	void aNetworkThatDiedBeginsAgain() throws Exception {
		final PaperParameters start = PaperParameters.random(new PaperSpec(1, 1, false), 0, new SplittableRandom(1));
		try (StageTrainer trainer = new StageTrainer(Preset.SCORE_MATCHING.recipe(), start, 4, 1000, (attempt,
			iteration) -> new SplittableRandom(iteration)))
		{
			trainer.setObjectives((batch, rng, gradient) -> {
				java.util.Arrays.fill(gradient, 1);
				return Objective.Report.ofLoss(1);
			}, null, null);
			for (int i = 0; i < 200; i++)
				trainer.iterate();
			assertThrows(StageTrainer.Runaway.class, trainer::iterate);
			// It was dead 100 iterations ago, too.
			assertEquals(0, trainer.done());
			assertArrayEquals(start.values(), trainer.current().values(), 1e-6);
		}
	}

	@Test
	void sparseImagesAreNoReasonToRollBack() {
		// A spot on black: chains that begin with uniform noise vary far more than the data, and must learn first.
		final Raster spots = new Raster(128, 128, 1);
		for (int i = 0; i < 40; i++)
			spots.values()[spots.index(i * 37 % 125, i * 53 % 127, 0)] = 255;
		final Model model = Trainer.train(List.of(spots), RANGE, new TrainingSettings(Preset.PAPER.recipe(), 32, 2, 0, List.of(
			25, 1, 1), 2, true, true, 1), TrainingMonitor.NONE);
		assertEquals("0", model.info().training().get("rollbacks"));
	}

	@Test
	void colorsPassThroughStagesThatAreTooNarrowForThem() {
		for (final Preset preset : Preset.values()) {
			final Model model = Trainer.train(images(3), RANGE, new TrainingSettings(preset.recipe(), 32, 1, 0, List.of(5), 2, true,
				true, 1), new TrainingMonitor() {

					private int asked;

					@Override
					public boolean isStopped() {
						return ++asked > 3;
					}
				});
			assertTrue(Trainer.canContinue(model));
			assertEquals(preset == Preset.PAPER ? 3 : 1, model.pyramid().stages());
			for (int stage = 0; stage < model.pyramid().stages(); stage++)
				assertTrue(model.pyramid().parameters(stage).isFinite());
		}
	}

	@Test
	void aWildLearningRateIsTamedOrEndsWithTheBestWeights() {
		final List<String> log = new ArrayList<>();
		final int[] rollbacks = { 0 };
		final Model model = Trainer.train(images(1), RANGE, settings(Preset.SCORE_MATCHING.recipe().withLearningRate(1e4), 16, 1, 220),
			new TrainingMonitor() {

				@Override
				public void log(final String line) {
					log.add(line);
				}

				@Override
				public void step(final TrainingStep step) {
					rollbacks[0] = step.rollbacks();
				}
			});
		for (int stage = 0; stage < model.pyramid().stages(); stage++)
			assertTrue(model.pyramid().parameters(stage).isFinite());
		final long told = log.stream().filter(l -> l.contains("learning rate halved")).count();
		assertTrue(told > 0, log.toString());
		assertEquals(told, Integer.parseInt(model.info().training().get("rollbacks")));
		final boolean stopped = model.info().training().containsKey("stopped");
		assertEquals(told > StageTrainer.MOST_ROLLBACKS, stopped, log.toString());
		// The steps tell of a rollback as soon as there is an iteration after it.
		assertTrue(stopped ? rollbacks[0] <= told : rollbacks[0] == told, rollbacks[0] + " of " + told);
	}

	@Test
	void imagesThatOverflowGiveAModelAndSaySo() {
		// Pixels that overflow to infinity in model units: no energy is finite, and the log must say what was kept.
		final Raster wild = new Raster(16, 16, 1);
		for (int i = 0; i < 256; i++)
			wild.values()[i] = i % 2 * 1e38f;
		final List<String> log = new ArrayList<>();
		final Model model = Trainer.train(List.of(wild), new Normalization(0, 1e-3), settings(Preset.SCORE_MATCHING, 16, 1, 20),
			logging(log));
		for (int stage = 0; stage < model.pyramid().stages(); stage++)
			assertTrue(model.pyramid().parameters(stage).isFinite());
		assertEquals(1, log.stream().filter(l -> l.contains("stopped by the watchdog")).count(), log.toString());
		assertTrue(model.info().training().containsKey("stopped"));
		assertFalse(Trainer.canContinue(model));
	}

	@Test
	void badSettingsAreRefusedInASentence() {
		final Recipe paper = Preset.PAPER.recipe();
		assertMessage("size", () -> settings(paper, 24, 1, 1));
		assertMessage("minutes", () -> new TrainingSettings(paper, 8, 2, Double.NaN, List.of(), 0, true, true, 1));
		assertMessage("2 stages", () -> new TrainingSettings(paper, 16, 2, 0, List.of(1, 2, 3), 0, true, true, 1));
		assertMessage("at least 1", () -> new TrainingSettings(paper, 16, 2, 0, List.of(1, 0), 0, true, true, 1));
		assertMessage("batch", () -> new TrainingSettings(paper, 8, 2, 1, List.of(), -1, true, true, 1));
		assertMessage("base width", () -> Trainer.train(images(1), RANGE, new TrainingSettings(paper, 8, 0, 1, List.of(10), 0,
			true, true, 1), TrainingMonitor.NONE));
		assertMessage("no images", () -> Trainer.train(List.of(), RANGE, settings(paper, 8, 1, 1), TrainingMonitor.NONE));
		assertMessage("same number of channels", () -> Trainer.train(List.of(new Raster(8, 8, 1), new Raster(8, 8, 3)), RANGE,
			settings(paper, 8, 1, 1), TrainingMonitor.NONE));
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
		final Recipe s = Preset.SCORE_MATCHING.recipe();
		assertTrue(s.learningRate(0, 1000) < s.learningRate(50, 1000));
		assertEquals(s.optimizer().learningRate(), s.learningRate(200, 1000));
		// The energy's own phase begins anew.
		assertTrue(s.learningRate(599, 1000) < 1e-2 * s.optimizer().learningRate());
		assertEquals(s.optimizer().learningRate(), s.learningRate(750, 1000));
		assertTrue(s.learningRate(999, 1000) < 1e-2 * s.optimizer().learningRate());
		final Recipe paper = Preset.PAPER.recipe();
		assertEquals(1e-3, paper.learningRate(0, 1000));
		assertEquals(1e-3, paper.learningRate(999, 1000));
		assertEquals(0, paper.beta(0, 1000));
		assertEquals(0.5, paper.beta(250, 1000));
		assertEquals(1, paper.beta(500, 1000));
		final Recipe robust = quickRobust();
		assertEquals(500, robust.warmStart(1000));
		assertEquals(1, robust.beta(500, 1000));
		assertTrue(robust.learningRate(499, 1000) < 1e-2 * robust.optimizer().learningRate());
		assertEquals(robust.contrastive().learningRate(), robust.learningRate(500, 1000));
	}

	/** Half of its iterations are contrastive, with chains of a few steps. */
	static Recipe quickRobust() {
		final Recipe robust = Preset.ROBUST.recipe();
		return robust.withContrastive(robust.contrastive().withShare(0.5).withLangevinSteps(3).withBuffer(40));
	}

	private static double[] train(final Preset preset, final long seed) {
		final Recipe recipe = preset == Preset.ROBUST ? quickRobust() : preset.recipe();
		return Trainer.train(images(1), RANGE, settings(recipe, 16, seed, 4), TrainingMonitor.NONE).pyramid().parameters(1)
			.values();
	}

	/** Small batches of short chains. */
	private static TrainingSettings paper() {
		final Recipe recipe = Preset.PAPER.recipe();
		return new TrainingSettings(recipe.withContrastive(recipe.contrastive().withLangevinSteps(2)), 32, 2, 0, List.of(40), 2, true, true,
			1);
	}

	private static TrainingSettings settings(final Preset preset, final int size, final long seed,
		final Integer... iterations)
	{
		return settings(preset.recipe(), size, seed, iterations);
	}

	/** Of the smallest networks, and of small batches. */
	static TrainingSettings settings(final Recipe recipe, final int size, final long seed, final Integer... iterations) {
		return new TrainingSettings(recipe, size, 1, 0, List.of(iterations), 2, true, true, seed);
	}

	/** Soft blobs, two images of different sizes. */
	static List<Raster> images(final int channels) {
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

	private static TrainingMonitor logging(final List<String> log) {
		return new TrainingMonitor() {

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

package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Recipe;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/**
 * How fast trainings are: seconds per iteration of every preset against size, width and batch, and how much of an
 * iteration of score matching is not the engine's: patches, noise, optimiser, averages, bookkeeping.
 */
final class TrainingBenchmark implements Benchmark {

	private static final int[][] SHAPES = { { 1, 8, 8, 64 }, { 1, 16, 8, 32 }, { 1, 32, 8, 16 }, { 1, 32, 8, 64 }, { 1, 32, 16,
		16 }, { 1, 64, 8, 16 }, { 1, 64, 16, 16 }, { 3, 32, 8, 16 }, { 3, 32, 16, 16 } };

	/** More of the short ones, so that all are measured with compiled code. */
	private static int iterations(final int side) {
		return Math.min(400, 12 * 64 / side * 64 / side);
	}

	@Override
	public String name() {
		return "training";
	}

	@Override
	public List<String> keys() {
		return List.of("training_images_per_second_32px_b8", "training_overhead_percent_worst");
	}

	@Override
	public void run(final Options options, final Report report) {
		report.text("Milliseconds per iteration, medians of 12 (64 px) to 400 (8 px); engine: the energies and gradients of a score matching iteration and taking over new parameters, without " +
			"anything else. Overhead: the share of such an iteration that is not the engine's.");
		final List<List<Object>> rows = new ArrayList<>();
		double worst = 0;
		for (final int[] shape : SHAPES) {
			final double score = median(shape, Preset.SCORE_MATCHING.recipe()), engine = engine(shape), overhead = 100 * (score -
				engine) / score;
			// All iterations contrastive: no warm start.
			final Recipe robust = Preset.ROBUST.recipe();
			final double contrastive = median(shape, robust.withContrastive(robust.contrastive().withShare(1))),
					paper = median(shape, Preset.PAPER.recipe());
			worst = Math.max(worst, overhead);
			rows.add(List.of("C=" + shape[0] + " " + shape[1] + " px b=" + shape[2] + " N=" + shape[3], engine * 1e3, score * 1e3,
				overhead, shape[3] / score, contrastive * 1e3, paper * 1e3));
			if (shape[0] == 1 && shape[1] == 32 && shape[2] == 8 && shape[3] == 16) report.result(keys().get(0), shape[3] / score,
				"images/s");
		}
		report.table(List.of("tiles", "engine ms", "score matching ms", "overhead %", "images/s", "robust contrastive ms",
			"paper ms"), rows);
		report.result(keys().get(1), worst, "%");
	}

	/** Median seconds of an iteration at the finest stage. */
	private static double median(final int[] shape, final Recipe recipe) {
		final int stages = NetworkSpec.stageOf(shape[1]) + 1;
		final Integer[] iterations = new Integer[stages];
		Arrays.fill(iterations, 1);
		iterations[stages - 1] = iterations(shape[1]);
		final List<Double> seconds = new ArrayList<>();
		final SplittableRandom rng = new SplittableRandom(1);
		final Raster image = new Raster(512, 512, shape[0]);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) rng.nextDouble(-1, 1);
		Trainer.train(List.of(image), new Normalization(-1, 1), new TrainingSettings(recipe, shape[1], shape[2], 0, List.of(
			iterations), shape[3], true, true, 1), new TrainingMonitor() {

				private long before;

				@Override
				public void step(final TrainingStep step) {
					final long now = System.nanoTime();
					if (step.stage() == stages - 1 && step.iteration() > 1) seconds.add((now - before) * 1e-9);
					before = now;
				}
			});
		return seconds.stream().sorted().toList().get(seconds.size() / 2);
	}

	/** Median seconds of the engine's part. */
	private static double engine(final int[] shape) {
		final SplittableRandom rng = new SplittableRandom(1);
		PaperParameters p = PaperParameters.random(new PaperSpec(shape[0], shape[2], false), 0, rng);
		while (NetworkSpec.resolution(p.stage()) < shape[1])
			p = p.grow(rng);
		p.setBeta(0.5);
		final int batch = shape[3], size = shape[1] * shape[1] * shape[0];
		final float[] tiles = new float[2 * batch * size], gradient = new float[batch * size];
		for (int i = 0; i < tiles.length; i++)
			tiles[i] = (float) rng.nextGaussian();
		final double[] weights = new double[2 * batch], parameters = new double[p.values().length], seconds =
			new double[iterations(shape[1])];
		Arrays.fill(weights, 1);
		try (EnergyNetwork network = new EnergyNetwork(p)) {
			for (int i = 0; i < seconds.length; i++) {
				final long start = System.nanoTime();
				network.setParameters(p);
				network.evaluate(tiles, batch, null, gradient);
				network.parameterGradient(tiles, weights, 2 * batch, null, parameters);
				seconds[i] = (System.nanoTime() - start) * 1e-9;
			}
		}
		Arrays.sort(seconds);
		return seconds[seconds.length / 2];
	}
}

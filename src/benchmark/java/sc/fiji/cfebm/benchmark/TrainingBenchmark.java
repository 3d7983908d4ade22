package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.UnetEnergy;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Recipe;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/**
 * How fast trainings are: seconds per iteration against channels, size, width and batch, and how much of an iteration of score
 * matching is not the engine's: patches, noise, optimiser, averages, bookkeeping.
 */
final class TrainingBenchmark implements Benchmark {

	private static final String IMAGES = "training_images_per_second_32px_b8", OVERHEAD = "training_overhead_percent_worst";

	/** Channels, size, base width, batch. */
	private static final int[][] SHAPES = { { 1, 16, 16, 16 }, { 1, 32, 8, 16 }, { 1, 32, 16, 16 }, { 1, 32, 24, 16 }, { 1, 64, 16,
		16 }, { 3, 32, 16, 16 } };

	/** Median seconds of an iteration that trains the network as a denoiser, and of one that trains its energy's descent. */
	private record Phases(double estimate, double descent) {

		/** Of a mean iteration. */
		double mean(final Recipe recipe) {
			final double share = recipe.unet().estimateShare();
			return share * estimate + (1 - share) * descent;
		}

		double overhead(final Phases engine) {
			return 100 * Math.max(1 - engine.estimate / estimate, 1 - engine.descent / descent);
		}
	}

	/** A training that was timed, and what it made. */
	private record Timed(List<Double> seconds, Model model) {

		/** The median over iterations of the finest stage, from and to as shares of it. */
		double median(final double from, final double to) {
			final List<Double> part = seconds.subList((int) (from * seconds.size()), (int) Math.ceil(to * seconds.size()));
			return EngineBenchmark.median(part);
		}
	}

	/** At the finest stage: more of the short ones, so that all are measured with compiled code. */
	private static int iterations(final int side) {
		return Math.min(200, 25 * 64 / side * 64 / side);
	}

	@Override
	public String name() {
		return "training";
	}

	@Override
	public List<String> keys() {
		return List.of(IMAGES, OVERHEAD);
	}

	@Override
	public void run(final Options options, final Report report) {
		report.text("Milliseconds per iteration of the finest stage, medians of 25 (64 px) to 200; engine: the gradients of such an " +
			"iteration and taking over new parameters, without anything else. Overhead: the share of an iteration that is not the " +
			"engine's, in the phase where it is larger. Preset Denoising, whose batches are patches one and a half times as wide as a " +
			"tile; images/s are a mean over both phases, as long as they are in the preset.");
		final List<List<Object>> rows = new ArrayList<>();
		double worst = 0;
		for (final int[] shape : SHAPES) {
			final Recipe recipe = Preset.DENOISING.recipe();
			final String label = "C=" + shape[0] + " " + shape[1] + " px b=" + shape[2] + " N=" + shape[3];
			report.progress(label);
			final Timed timed = train(shape, recipe);
			final double share = recipe.unet().estimateShare();
			// The first iterations build operations.
			final Phases phases = new Phases(timed.median(0.2 * share, share), timed.median(share + 0.2 * (1 - share), 1)),
					engine = engine(shape, recipe, timed.model);
			// All iterations contrastive: no score matching alone before.
			final Recipe robust = Preset.ROBUST.recipe();
			final double contrastive = train(shape, robust.withContrastive(robust.contrastive().withShare(1))).median(0, 1),
					paper = train(shape, Preset.PAPER.recipe()).median(0, 1);
			final double perSecond = shape[3] / phases.mean(recipe);
			worst = Math.max(worst, phases.overhead(engine));
			rows.add(List.of(label, engine.estimate * 1e3, phases.estimate * 1e3, engine.descent * 1e3, phases.descent * 1e3, phases
				.overhead(engine), perSecond, contrastive * 1e3, paper * 1e3));
			if (shape[0] == 1 && shape[1] == 32 && shape[2] == 8) report.result(IMAGES, perSecond, "images/s");
		}
		report.table(List.of("tiles", "denoiser: engine ms", "iteration ms", "descent: engine ms", "iteration ms", "overhead %",
			"images/s", "robust contrastive ms", "paper ms"), rows);
		report.result(OVERHEAD, worst, "%");
	}

	private static Timed train(final int[] shape, final Recipe recipe) {
		final int stages = NetworkSpec.stageOf(shape[1]) + 1;
		final Integer[] iterations = new Integer[stages];
		Arrays.fill(iterations, 1);
		iterations[stages - 1] = iterations(shape[1]);
		final List<Double> seconds = new ArrayList<>();
		final SplittableRandom rng = new SplittableRandom(1);
		final Raster image = new Raster(512, 512, shape[0]);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) rng.nextDouble(-1, 1);
		final Model model = Trainer.train(List.of(image), new Normalization(-1, 1), new TrainingSettings(recipe, shape[1], shape[2],
			0, List.of(iterations), shape[3], true, true, 1), new TrainingMonitor() {

				private long before;
				private boolean done;

				@Override
				public void step(final TrainingStep step) {
					final long now = System.nanoTime();
					if (step.stage() == stages - 1 && step.iteration() > 1) seconds.add((now - before) * 1e-9);
					before = now;
					done = step.stage() == stages - 1 && step.iteration() >= step.iterations() - 1;
				}

				/** A training that is stopped does not calibrate for longer than it took. */
				@Override
				public boolean isStopped() {
					return done;
				}
			});
		return new Timed(seconds, model);
	}

	/** The engine's part of the same, with the network that was trained. */
	private static Phases engine(final int[] shape, final Recipe recipe, final Model model) {
		final int finest = model.pyramid().stages() - 1, batch = shape[3];
		final int side = recipe.patch(shape[1]);
		final SplittableRandom rng = new SplittableRandom(1);
		final float[] noisy = new float[batch * side * side * shape[0]], clean = new float[noisy.length];
		for (int i = 0; i < noisy.length; i++) {
			clean[i] = (float) rng.nextDouble(-1, 1);
			noisy[i] = clean[i] + (float) (0.1 * rng.nextGaussian());
		}
		final NoisyImages images = NoisyImages.of(noisy, batch, side, side, 0.1f);
		final double[] weights = new double[batch], gradient = new double[model.pyramid().parameters(finest).values().length];
		Arrays.fill(weights, 1);
		final List<Double> estimate = new ArrayList<>(), descent = new ArrayList<>();
		try (UnetEnergy energy = (UnetEnergy) model.pyramid().network(finest)) {
			for (int i = 0; i < iterations(shape[1]); i++) {
				final long start = System.nanoTime();
				energy.setParameters(model.pyramid().parameters(finest));
				energy.estimateGradient(images, clean, weights, null, gradient);
				final long between = System.nanoTime();
				energy.setParameters(model.pyramid().parameters(finest));
				energy.denoisedGradient(images, clean, weights, false, null, gradient);
				estimate.add((between - start) * 1e-9);
				descent.add((System.nanoTime() - between) * 1e-9);
			}
		}
		return new Phases(EngineBenchmark.median(estimate), EngineBenchmark.median(descent));
	}
}

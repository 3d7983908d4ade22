package sc.fiji.cfebm.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.tensor.NativeRuntime;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;

/** Trains a model on images, stage by stage from 8×8 px upwards. */
public final class Trainer {

	/**
	 * What to train.
	 *
	 * @param preset the recipe
	 * @param size side of the finest stage in pixels: 8, 16, 32, 64, …
	 * @param baseWidth b: 8 for minutes, 16 for hours on a CPU
	 * @param minutes time for the whole training, turned into iterations by a measurement at the start of each stage;
	 *          used when {@code imagesPerStage} is 0
	 * @param imagesPerStage patches each stage sees; 0: go by minutes. The same number gives the same model.
	 * @param batch patches per iteration at the finest stage; 0: the preset's own
	 * @param flips whether patches are mirrored at random
	 * @param quarterTurns whether they are turned at random
	 * @param seed of everything random
	 */
	public record Settings(Preset preset, int size, int baseWidth, double minutes, long imagesPerStage, int batch,
		boolean flips, boolean quarterTurns, long seed)
	{

		public Settings {
			NetworkSpec.stageOf(size);
			if (imagesPerStage < 0) throw new IllegalArgumentException("The images per stage must be 0 or more, not " +
				imagesPerStage + ".");
			if (imagesPerStage == 0 && !(minutes > 0 && minutes < 1e5)) throw new IllegalArgumentException(
				"The minutes of training must be more than 0, not " + minutes + ".");
			if (batch < 0 || batch > 4096) throw new IllegalArgumentException(
				"The batch must be between 1 and 4096, or 0 for the preset's own, not " + batch + ".");
		}
	}

	private final Settings settings;
	private final Progress progress;
	private final PatchSource patches;
	private final Normalization range;
	private final int images, stages;
	private final SplittableRandom seeds;
	private final List<StageParameters> finished = new ArrayList<>();
	private final List<EnergyNetwork> networks = new ArrayList<>();
	private final Map<String, String> record = new LinkedHashMap<>();
	private final long start = System.nanoTime();

	private Trainer(final List<Raster> images, final Normalization range, final Settings settings,
		final Progress progress)
	{
		this.settings = settings;
		this.progress = progress;
		this.range = range;
		this.images = images.size();
		stages = NetworkSpec.stageOf(settings.size) + 1;
		patches = new PatchSource(images.stream().map(range::toModel).toList(), settings.size, settings.flips,
			settings.quarterTurns);
		seeds = new SplittableRandom(settings.seed);
	}

	/**
	 * Trains a model; runs on the calling thread.
	 *
	 * @param images in gray values, of any sizes, all with the same number of channels, finite
	 * @param range the gray values that become -1 and 1
	 * @param progress told the loss, or E(x⁺), E(x⁻) and their gap, images per second and seconds left
	 * @return the model; if the training left the finite numbers, the last good weights, and the log says so
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws CancellationException within one iteration after the user asked to stop
	 */
	public static Model train(final List<Raster> images, final Normalization range, final Settings settings,
		final Progress progress)
	{
		if (images.isEmpty()) throw new IllegalArgumentException("There are no images to train on.");
		for (final Raster image : images)
			if (image.channels() != images.get(0).channels()) throw new IllegalArgumentException(
				"Training images must all have the same number of channels, not " + images.get(0).channels() + " and " +
					image.channels() + ".");
		final Trainer trainer = new Trainer(images, range, settings, progress);
		try {
			return trainer.run();
		}
		finally {
			trainer.networks.forEach(EnergyNetwork::close);
		}
	}

	private Model run() {
		progress.log("CF-EBM: training on " + images + (images == 1 ? " image, " : " images, ") + settings.preset + ", " +
			settings.size + " px, base width " + settings.baseWidth + ", seed " + settings.seed + "; " + NativeRuntime
				.describe());
		final NetworkSpec spec = new NetworkSpec(patches.channels(), settings.baseWidth, settings.preset.spectralNorm);
		StageParameters p = StageParameters.random(spec, 0, seeds.split());
		boolean finite = true;
		for (int s = 0; s < stages && finite; s++) {
			if (s > 0) p = p.grow(seeds.split());
			final StageParameters grown = p;
			final int batch = batch(s), iterations = iterations(s, grown, batch);
			record.put("stage " + s, iterations + " iterations of " + batch + " patches");
			try (StageTrainer stage = new StageTrainer(settings.preset, grown, objective(seeds.split()), batch,
				iterations))
			{
				finite = run(stage, s, batch, iterations);
				p = finite ? stage.current() : stage.lastGood();
			}
			finished.add(p);
			networks.add(new EnergyNetwork(p));
		}
		return model(spec);
	}

	/** @return false if the stage left the finite numbers */
	private boolean run(final StageTrainer trainer, final int stage, final int batch, final int iterations) {
		final long begin = System.nanoTime();
		final int every = Math.max(10, iterations / 10);
		for (int t = 1; t <= iterations; t++) {
			progress.throwIfCanceled();
			final Objective.Report report = trainer.iterate();
			if (Double.isNaN(report.loss())) {
				final String line = "Stage " + stage + " left the finite numbers at iteration " + t + " of " + iterations +
					"; kept the last good weights and stopped there.";
				progress.log("CF-EBM: " + line);
				record.put("stopped", line);
				return false;
			}
			final double seconds = (System.nanoTime() - begin) * 1e-9, left = seconds / t * (iterations - t);
			if (t % every == 0 || t == iterations) progress.log(String.format(Locale.ROOT,
				"CF-EBM: stage %d (%d px), iteration %d of %d: %s, %.0f images/s, %.0f s left in this stage", stage, NetworkSpec
					.resolution(stage), t, iterations, report, (double) t * batch / seconds, left));
			progress.update((shareBefore(stage) + share(stage) * t / iterations), String.format(Locale.ROOT,
				"Training stage %d of %d: %s, %.0f s left%s", stage + 1, stages, report, left + remainingSeconds(stage),
				settings.imagesPerStage > 0 ? " in this stage" : ""));
		}
		return true;
	}

	private Function<EnergyNetwork, Objective> objective(final SplittableRandom rng) {
		return network -> settings.preset.kind == Kind.SCORE_MATCHING ? new ScoreMatching(network, patches,
			Preset.SIGMA_MIN, Preset.SIGMA_MAX, rng) : new ContrastiveDivergence(networks, network, patches,
				settings.preset.langevinSteps, rng, progress::isCanceled);
	}

	private int batch(final int stage) {
		if (settings.batch == 0) return settings.preset.batch(stage);
		return Math.max(1, settings.batch * settings.preset.batch(stage) / settings.preset.batch(stages - 1));
	}

	/** Iterations of a stage: by images, or by timing a few on a copy that is thrown away. */
	private int iterations(final int stage, final StageParameters from, final int batch) {
		if (settings.imagesPerStage > 0) return (int) Math.max(1, Math.min(Integer.MAX_VALUE, settings.imagesPerStage /
			batch));
		final int sample = 12;
		try (StageTrainer trial = new StageTrainer(settings.preset, from, objective(new SplittableRandom(0)), batch,
			sample))
		{
			final long[] nanos = new long[sample];
			for (int i = 0; i < sample; i++) {
				progress.throwIfCanceled();
				final long t = System.nanoTime();
				trial.iterate();
				nanos[i] = System.nanoTime() - t;
			}
			java.util.Arrays.sort(nanos);
			// The share that earlier stages left over or took too much goes to those still to come.
			final double seconds = Math.max(0, settings.minutes * 60 - elapsed()) * share(stage) / (1 - shareBefore(stage));
			return (int) Math.max(1, Math.min(1e9, seconds / (nanos[sample / 2] * 1e-9)));
		}
	}

	/** A stage's share of the time: twice that of the one before. */
	private double share(final int stage) {
		return (1 << stage) / ((1 << stages) - 1.0);
	}

	private double shareBefore(final int stage) {
		return ((1 << stage) - 1) / ((1 << stages) - 1.0);
	}

	private double remainingSeconds(final int stage) {
		return settings.imagesPerStage > 0 ? 0 : settings.minutes * 60 * (1 - shareBefore(stage + 1));
	}

	private double elapsed() {
		return (System.nanoTime() - start) * 1e-9;
	}

	private Model model(final NetworkSpec spec) {
		record.put("preset", settings.preset.toString());
		record.put("images", Integer.toString(images));
		record.put("seed", Long.toString(settings.seed));
		record.put("flips", Boolean.toString(settings.flips));
		record.put("quarter turns", Boolean.toString(settings.quarterTurns));
		record.put("seconds", String.format(Locale.ROOT, "%.0f", elapsed()));
		final boolean score = settings.preset.kind == Kind.SCORE_MATCHING;
		return new Model(new ModelInfo(settings.preset.kind, spec, range, score ? Preset.SIGMA_MIN : 0, score
			? Preset.SIGMA_MAX : 0, settings.preset.langevinSteps, null, null, record), new EnergyPyramid(finished));
	}
}

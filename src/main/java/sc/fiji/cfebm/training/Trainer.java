package sc.fiji.cfebm.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

import sc.fiji.cfebm.anomaly.Features;
import sc.fiji.cfebm.anomaly.NominalModelFit;
import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.CoarseToFine;
import sc.fiji.cfebm.langevin.GaussianStart;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.model.Uncertainty;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Seeds.Purpose;
import sc.fiji.cfebm.training.calibration.Calibrator;
import sc.fiji.cfebm.training.calibration.SpreadCalibrator;
import sc.fiji.cfebm.training.data.ChainStarts;
import sc.fiji.cfebm.training.data.Fingerprint;
import sc.fiji.cfebm.training.data.PatchSource;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.DenoisingProbe;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;
import sc.fiji.cfebm.training.optim.CombinedObjective;
import sc.fiji.cfebm.training.optim.ContrastiveDivergence;
import sc.fiji.cfebm.training.optim.ChainsFromImages;
import sc.fiji.cfebm.training.optim.NoiseProcess;
import sc.fiji.cfebm.training.optim.Objective;
import sc.fiji.cfebm.training.optim.ReplayBuffer;
import sc.fiji.cfebm.training.optim.ScoreMatching;

/** Trains a model on images, stage by stage from 8×8 px upwards. */
public final class Trainer {

	/**
	 * What to train.
	 *
	 * @param recipe how
	 * @param size side of the finest stage in pixels: 8, 16, 32, 64, …
	 * @param baseWidth b: 8 for minutes, 16 for hours on a CPU
	 * @param minutes time for the whole training, turned into iterations of every stage by a measurement at the start; used
	 *          when {@code iterations} is empty
	 * @param iterations of every stage, from stage 0 on; one number holds for all stages. The same numbers give the same model.
	 * @param batch patches per iteration at the finest stage; 0: the recipe's own
	 * @param flips whether patches are mirrored at random
	 * @param quarterTurns whether they are turned at random
	 * @param seed of everything random
	 * @param shot how gray values were transformed into the training images' values; null: they were not. An energy of
	 *          score matching only.
	 * @param noise standard deviation of the white noise that is in the training images, in the units of their values; 0: they
	 *          are clean. Noisy images are trained on by score matching alone.
	 */
	public record Settings(Recipe recipe, int size, int baseWidth, double minutes, List<Integer> iterations, int batch,
		boolean flips, boolean quarterTurns, long seed, Anscombe shot, double noise)
	{

		public Settings(final Recipe recipe, final int size, final int baseWidth, final double minutes,
			final List<Integer> iterations, final int batch, final boolean flips, final boolean quarterTurns, final long seed)
		{
			this(recipe, size, baseWidth, minutes, iterations, batch, flips, quarterTurns, seed, null, 0);
		}

		public Settings {
			final int stages = NetworkSpec.stageOf(size) + 1;
			iterations = iterations.size() == 1 ? Collections.nCopies(stages, iterations.get(0)) : List.copyOf(iterations);
			if (!iterations.isEmpty() && iterations.size() != stages) throw new IllegalArgumentException("A size of " + size +
				" pixels has " + stages + " stages, but there are " + iterations.size() +
				" numbers of iterations: give one for each stage, or one for all.");
			for (final int n : iterations)
				if (n < 1) throw new IllegalArgumentException("The iterations of a stage must be at least 1, not " + n + ".");
			if (iterations.isEmpty() && !(minutes > 0 && minutes < 1e5)) throw new IllegalArgumentException(
				"The minutes of training must be more than 0, not " + minutes + ".");
			if (batch < 0 || batch > 4096) throw new IllegalArgumentException(
				"The batch must be between 1 and 4096, or 0 for the preset's own, not " + batch + ".");
			if (!(noise >= 0) || Double.isInfinite(noise)) throw new IllegalArgumentException(
				"The noise of the training images must be at least 0, not " + noise + ".");
			if (recipe.kind() == Kind.CONTRASTIVE && (shot != null || noise > 0)) throw new IllegalArgumentException("The preset " +
				recipe.name() + " knows nothing of noise: choose another one for images with noise.");
			if (noise > 0) recipe = recipe.withContrastive(0, 0, 0);
		}

		int stages() {
			return NetworkSpec.stageOf(size) + 1;
		}

		/** In words; the minutes do not matter where iterations are given. */
		String length() {
			return iterations.isEmpty() ? minutes + " minutes" : iterations + " iterations";
		}

		NetworkSpec spec(final int channels) {
			return new NetworkSpec(channels, baseWidth, recipe.spectralNorm());
		}

		/** Patches per iteration. */
		int batch(final int stage) {
			if (batch == 0) return recipe.batch(stage);
			return Math.max(1, batch * recipe.batch(stage) / recipe.batch(stages() - 1));
		}
	}

	/**
	 * Where a training is kept while it goes on.
	 *
	 * @param file the checkpoint's file
	 * @param seconds between two checkpoints; there is one at each stage's end, too
	 * @param resume whether to go on from the file if it is there
	 */
	public record Checkpoints(Path file, double seconds, boolean resume) {}

	/** Entry of a model's record that says why its training ended early, and how it begins if the user wanted so. */
	private static final String STOPPED = "stopped", BY_USER = "stopped by the user";

	/** Most tiles of training images, and of held-out ones, that tell what is normal; after short trainings fewer. */
	private static final int NORMAL_TILES = 512, SEEN_PER_NORMAL = 150;

	private final Settings settings;
	private final Checkpoints checkpoints;
	private final TrainingMonitor monitor;
	private final Normalization range;
	/** Of the training images' own noise, in model units; the highest level trained for. */
	private final double noise, sigmaMax;
	private final PatchSource patches, heldOut;
	/** Of the images that chains start from; null: they start from noise. */
	private final PatchSource starts;
	private final Split data;
	private final GaussianStart start;
	private final List<StageParameters> finished = new ArrayList<>();
	private final List<EnergyNetwork> networks = new ArrayList<>();
	private final Map<String, String> record = new LinkedHashMap<>();
	private final long fingerprint;
	private IterationPlan clock;
	private List<TrainingStep> history = new ArrayList<>();
	private int returns;
	private long lastCheckpoint = System.nanoTime();
	private boolean checkpointFailed;

	private Trainer(final Split data, final ChainStarts starts, final Normalization range, final Settings settings,
		final Checkpoints checkpoints, final TrainingMonitor monitor)
	{
		this.settings = settings;
		this.checkpoints = checkpoints;
		this.monitor = monitor;
		this.range = range;
		this.data = data;
		final Normalization scale = new Intensities(range, settings.shot).scale();
		noise = scale.toModel(settings.noise);
		// The levels must begin where the images' own noise ends.
		sigmaMax = settings.recipe.sigmaMax() > 1.05 * noise ? settings.recipe.sigmaMax() : 2 * noise;
		fingerprint = checkpoints == null ? 0 : Fingerprint.of(data, range) + (starts == null ? 0 : Fingerprint.of(starts));
		patches = new PatchSource(data.training(), scale, settings.size, settings.flips, settings.quarterTurns, false);
		heldOut = new PatchSource(data.heldOut(), scale, settings.size, settings.flips, settings.quarterTurns, true);
		this.starts = starts == null ? null : new PatchSource(starts.images(), starts.range(), settings.size, settings.flips,
			settings.quarterTurns, false);
		if (starts != null && settings.recipe.kind() != Kind.CONTRASTIVE) throw new IllegalArgumentException(
			"Only the chains of a contrastive training start from images.");
		if (starts != null && this.starts.channels() != patches.channels()) throw new IllegalArgumentException(
			"Images to start from must have the training images' " + patches.channels() + " channels, not " + this.starts.channels() +
				".");
		final int tile = 64 * patches.channels();
		start = settings.recipe.kind() == Kind.SCORE_MATCHING ? GaussianStart.fit(patches.draw(Math.max(2000, 10 * tile), 8,
			seeds(Purpose.START)), tile) : null;
	}

	/** Trains without checkpoints; some of the images, each of which counts as a file, are held out. */
	public static Model train(final List<Raster> images, final Normalization range, final Settings settings,
		final TrainingMonitor monitor)
	{
		if (images.isEmpty()) throw new IllegalArgumentException("There are no images to train on.");
		for (final Raster image : images)
			if (image.channels() != images.get(0).channels()) throw new IllegalArgumentException(
				"Training images must all have the same number of channels, not " + images.get(0).channels() + " and " +
					image.channels() + ".");
		try {
			return train(Split.ofImages(images, settings.size, settings.seed), range, settings, null, monitor);
		}
		catch (final IOException e) {
			throw new AssertionError(e); // no file was named
		}
	}

	/**
	 * Trains a model; runs on the calling thread. A training that was interrupted and resumed gives bit by bit the model of
	 * one that was not, for the same iterations and number of threads.
	 *
	 * @param data images in gray values, or transformed ones where {@code settings.shot} is given, of any sizes, all with the same number of channels, finite
	 * @param range the gray values that become -1 and 1
	 * @param checkpoints null: none
	 * @return the model; where the user or the watchdog stopped it early, as it was by then, and the record says so. The
	 *         finer stages that are missing then do no more than pass on the coarser ones' energies.
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws IOException with one sentence, if there is a checkpoint that cannot be resumed
	 * @throws CancellationException within one iteration after the user asked to stop; from the first iteration on there
	 *           is a checkpoint then, if there are any
	 */
	public static Model train(final Split data, final Normalization range, final Settings settings,
		final Checkpoints checkpoints, final TrainingMonitor monitor) throws IOException
	{
		return train(data, null, range, settings, checkpoints, monitor);
	}

	/**
	 * As {@link #train(Split, Normalization, Settings, Checkpoints, TrainingMonitor)}, but the chains start from images, as in the
	 * paper's style translation: at the finest stage alone (the others have one iteration), K steps x ← x - ∇E(x) without
	 * noise, then clamped.
	 *
	 * @param starts null: from noise, coarse to fine; else the recipe is a contrastive one
	 */
	public static Model train(final Split data, final ChainStarts starts, final Normalization range, final Settings settings,
		final Checkpoints checkpoints, final TrainingMonitor monitor) throws IOException
	{
		final Trainer trainer = new Trainer(data, starts, range, settings, checkpoints, monitor);
		try {
			return trainer.run();
		}
		finally {
			trainer.networks.forEach(EnergyNetwork::close);
		}
	}

	/**
	 * Whether a model's training can be continued from its checkpoint: the user stopped it. One that is complete cannot, and
	 * one that the watchdog stopped would only run into the same trouble.
	 */
	public static boolean canContinue(final Model model) {
		return model.info().training().getOrDefault(STOPPED, "").startsWith(BY_USER);
	}

	private Model run() throws IOException {
		final int images = data.training().size();
		log("training on " + images + (images == 1 ? " image, " : " images, ") + settings.recipe.name() + ", " +
			settings.size + " px, base width " + settings.baseWidth + ", seed " + settings.seed + "; " + NativeRuntime
				.describe());
		log(data.description());
		final Checkpoint checkpoint = checkpoints != null && checkpoints.resume && Files.exists(
			checkpoints.file) ? resumable() : null;
		if (checkpoint == null) {
			clock = settings.iterations.isEmpty() ? measure() : IterationPlan.of(settings);
			if (starts != null) clock = clock.onFinest(!settings.iterations.isEmpty());
		}
		else resume(checkpoint);
		record.put("iterations", clock.plan().stream().map(String::valueOf).collect(Collectors.joining(",")));
		log("iterations per stage: " + record.get("iterations") + "; " + expectation(clock.plan().get(settings.stages() - 1)));
		StageTrainer.Saved saved = checkpoint == null ? null : checkpoint.stage();
		boolean complete = true;
		for (int s = finished.size(); s < settings.stages() && complete; s++) {
			try (StageTrainer stage = stage(s, beginning(s), clock.plan().get(s))) {
				if (saved != null) stage.restore(saved);
				saved = null;
				complete = run(stage, s);
				final StageParameters p = stage.current();
				// Half faded in, a stage can be used as the last one, but nothing can grow on it.
				if (p.beta() == 1 || s == settings.stages() - 1) finish(p);
				returns += stage.returns();
			}
		}
		for (int s = finished.size(); s < settings.stages(); s++)
			finish(grown(finished.get(s - 1).growPassing(seeds(Purpose.NETWORK, s))));
		return model();
	}

	/** What trainings of so many iterations at the finest stage were seen to give (docs/experiments.md). */
	private String expectation(final int finest) {
		if (settings.recipe.kind() == Kind.CONTRASTIVE) return "the paper's models had a hundred thousand at the finest stage";
		if (finest < 300) return "few at the finest stage: expect rough denoising and blurred samples; more minutes help much";
		if (finest < 2000) return "expect good denoising and plausible samples; twice the time gives some tenths of a decibel more";
		return "enough for about the best that base width " + settings.baseWidth + " can do; more time gives little";
	}

	private void finish(final StageParameters p) {
		finished.add(p);
		networks.add(new EnergyNetwork(p));
	}

	/** Where a stage's training starts. */
	private StageParameters beginning(final int stage) {
		final var rng = seeds(Purpose.NETWORK, stage);
		if (stage == 0) return StageParameters.random(settings.spec(patches.channels()), 0, rng);
		return grown(finished.get(stage - 1).grow(rng));
	}

	private StageParameters grown(final StageParameters p) {
		// Pooling halves the noise level σ, so the same E = f/σ of the doubled image has twice the f.
		if (settings.recipe.kind() == Kind.SCORE_MATCHING) p.scaleEnergy(2);
		p.roundToFloat();
		return p;
	}

	private StageTrainer stage(final int s, final StageParameters from, final int iterations) {
		final Recipe recipe = settings.recipe;
		final StageTrainer stage = new StageTrainer(recipe, from, settings.batch(s), iterations, (attempt, iteration) -> seeds(
			Purpose.ITERATION, s, attempt, iteration));
		final List<EnergyNetwork> all = new ArrayList<>(networks.subList(0, s));
		all.add(stage.network());
		if (recipe.kind() == Kind.CONTRASTIVE) {
			stage.setObjectives(null, new ContrastiveDivergence(stage.network(), patches, starts == null ? (count, rng) -> CoarseToFine
				.paper(all, count, recipe.langevinSteps(), rng, monitor::isCanceled) : new ChainsFromImages(starts, stage.network(), recipe
					.langevinSteps(), monitor::isCanceled), 0, 0.03, recipe.penalty(), 1), null);
			return stage;
		}
		final Objective scoreMatching = new ScoreMatching(stage.network(), noising(s));
		final ReplayBuffer reservoir = recipe.contrastiveShare() > 0 ? new ReplayBuffer(all, start, Annealing.of(sigmaMin(), sigmaMax,
			recipe.langevinSteps()), recipe.reservoir(), monitor::isCanceled) : null;
		final int r = NetworkSpec.resolution(s);
		stage.setObjectives(scoreMatching, new CombinedObjective(scoreMatching, new ContrastiveDivergence(stage.network(), patches,
			reservoir, recipe.sigmaMin(), recipe.sigmaMin(), recipe.penalty(), r * r * patches.channels()), recipe.cap()),
			reservoir);
		return stage;
	}

	private boolean isForOneLevel() {
		return sigmaMax < 2 * settings.recipe.sigmaMin();
	}

	/** Pooled to a coarser stage, noise is weaker, and shot noise nearly white. */
	private NoiseProcess noising(final int s) {
		final double pooled = Math.scalb(1, s + 1 - settings.stages()), lowest = settings.recipe.sigmaMin();
		// Training for one level it is one level at each stage.
		final double factor = isForOneLevel() ? pooled : 1;
		final NoiseProcess.Levels levels = new NoiseProcess.Levels(factor * lowest, factor * sigmaMax, NoiseProcess.Levels.power(s));
		if (noise > 0) return NoiseProcess.onNoisy(patches, levels, pooled * noise, settings.shot == null ? NoiseProcess.Strength.WHITE : NoiseProcess.Strength
			.shots(new Intensities(range, settings.shot).scale()));
		if (settings.shot == null || s < settings.stages() - 1) return NoiseProcess.white(patches, levels);
		return NoiseProcess.shots(patches, levels, new Intensities(range, settings.shot).scale());
	}

	/** @return false if the stage ended early */
	private boolean run(final StageTrainer stage, final int s) throws IOException {
		final int every = Math.max(10, stage.iterations() / 10), thin = Math.max(1, stage.iterations() / 500);
		final Previewer previewer = new Previewer(settings, start, starts, heldOut, noise, sigmaMax);
		while (!stage.isFinished()) {
			if (monitor.isCanceled()) {
				keep(stage, s);
				monitor.throwIfCanceled();
			}
			if (monitor.isStopped()) {
				save(stage, s);
				return stop(BY_USER + " in stage " + (s + 1) + " after " + stage.done() + " of " + stage.iterations() +
					" iterations");
			}
			final long begin = System.nanoTime();
			final boolean contrastive = stage.isContrastive();
			final double beta = stage.beta(), rate = stage.learningRate();
			Objective.Report report;
			try {
				report = stage.iterate();
			}
			catch (final StageTrainer.Runaway e) {
				log(String.format(Locale.ROOT, "stage %d, iteration %d: %s; back to iteration %d, learning rate halved (return %d)",
					s + 1, e.from + 1, e.getMessage(), e.to, stage.returns()));
				history.removeIf(step -> step.stage() == s && step.iteration() > e.to);
				continue;
			}
			catch (final CancellationException e) {
				keep(stage, s);
				throw e;
			}
			clock.count((System.nanoTime() - begin) * 1e-9);
			final TrainingStep step = new TrainingStep(s, settings.stages(), stage.done(), stage.iterations(), contrastive, beta,
				rate, report.loss(), report.dataEnergy(), report.sampleEnergy(), returns + stage.returns(), clock.seconds(),
				clock.secondsLeft(settings, s, stage.done()));
			if (step.iteration() % thin == 0) history.add(step);
			tell(step, stage.batch(), step.iteration() % every == 0 || stage.isFinished());
			if (monitor.wantsPreview()) monitor.preview(previewer.preview(step, networks, stage.current()));
			if (checkpoints != null && System.nanoTime() - lastCheckpoint > checkpoints.seconds * 1e9) save(stage, s);
		}
		if (stage.isGivenUp()) return stop("stopped by the watchdog in stage " + (s + 1) + " after " + stage.done() + " of " + stage
			.iterations() + " iterations: another seed or a larger batch may help");
		save(stage, s);
		return true;
	}

	private boolean stop(final String why) {
		record.put(STOPPED, why);
		log(why + "; kept the averaged weights");
		return false;
	}

	private void tell(final TrainingStep step, final int batch, final boolean log) {
		monitor.step(step);
		final String what = Double.isNaN(step.dataEnergy()) ? String.format(Locale.ROOT, "loss %.4f", step.loss()) : String
			.format(Locale.ROOT, "%sE(data) %.3f, E(samples) %.3f, gap %.3f", Double.isNaN(step.loss()) ? "" : String.format(
				Locale.ROOT, "loss %.4f, ", step.loss()), step.dataEnergy(), step.sampleEnergy(), step.gap());
		monitor.update(clock.share(settings, step.stage(), step.iteration()), String.format(Locale.ROOT,
			"Training stage %d of %d: %s, %.0f s left", step.stage() + 1, step.stages(), what, step.secondsLeft()));
		if (log) log(String.format(Locale.ROOT, "stage %d (%d px), iteration %d of %d: %s, %.0f images/s, %.0f s left", step
			.stage() + 1, NetworkSpec.resolution(step.stage()), step.iteration(), step.iterations(), what, clock.rate(batch), step
				.secondsLeft()));
	}

	private void log(final String line) {
		monitor.log("CF-EBM: " + line);
	}

	/** Times some iterations of every stage on networks that are thrown away. */
	private IterationPlan measure() {
		monitor.update(0, "Measuring how fast this machine trains");
		try {
			return IterationPlan.measure(settings, s -> {
				final StageParameters p = StageParameters.random(settings.spec(patches.channels()), s, seeds(Purpose.TRIAL, s));
				final StageTrainer trial = stage(s, p, 1 << 20);
				networks.add(new EnergyNetwork(p));
				return trial;
			}, monitor);
		}
		finally {
			networks.forEach(EnergyNetwork::close);
			networks.clear();
		}
	}

	private Checkpoint resumable() throws IOException {
		final Checkpoint checkpoint = Checkpoint.read(checkpoints.file);
		final String differing = difference(checkpoint.header().settings());
		final String way = " switch continuing off to begin anew, or choose another name for the model.";
		if (differing != null) throw new IOException("The unfinished training in " + checkpoints.file + " has " + differing +
			": use the same settings to continue it," + way);
		if (checkpoint.header().images() != fingerprint) throw new IOException("The unfinished training in " +
			checkpoints.file + " was on other images: open the same images to continue it," + way);
		return checkpoint;
	}

	/** The first thing that differs from a checkpoint's settings; null: nothing. */
	private String difference(final Settings other) {
		final Object[][] pairs = { { "the kind", settings.recipe.name(), other.recipe.name() }, { "the size", settings.size,
			other.size }, { "the base width", settings.baseWidth, other.baseWidth }, { "the length", settings.length(), other
				.length() }, { "the batch", settings.batch, other.batch }, { "the flips", settings.flips, other.flips }, {
					"the turns", settings.quarterTurns, other.quarterTurns }, { "the seed", settings.seed, other.seed }, { "the noise", settings.noise, other.noise } };
		for (final Object[] pair : pairs)
			if (!pair[1].equals(pair[2])) return pair[0] + " " + pair[2] + ", not " + pair[1];
		return settings.recipe.equals(other.recipe) ? null : "other constants of the kind " + other.recipe.name();
	}

	private void resume(final Checkpoint checkpoint) {
		final Checkpoint.Header header = checkpoint.header();
		clock = new IterationPlan(header.plan(), header.costs(), header.seconds());
		history = new ArrayList<>(header.history());
		returns = header.returns();
		checkpoint.finished().forEach(this::finish);
		history.forEach(monitor::step);
		log(String.format(Locale.ROOT, "continuing in stage %d after %.1f minutes of training", header.stage() + 1, header
			.seconds() / 60));
	}

	/** For a training that the user canceled. */
	private void keep(final StageTrainer stage, final int s) {
		save(stage, s);
		if (checkpoints != null && !checkpointFailed) log("canceled; " + checkpoints.file +
			" holds what there is, and the same settings continue it");
	}

	private void save(final StageTrainer stage, final int s) {
		lastCheckpoint = System.nanoTime();
		if (checkpoints == null) return;
		final StageTrainer.Saved saved = stage.saved();
		try {
			new Checkpoint(new Checkpoint.Header(settings, fingerprint, patches.channels(), clock.plan(), clock.costs(), s,
				returns, clock.seconds(), history, new int[] { saved.now().length, saved.good().length, saved.lastGood().length,
					saved.reservoir().length }), finished, saved).write(checkpoints.file);
			checkpointFailed = false;
		}
		catch (final IOException e) {
			// A full disk must not end a training that needs none until its end.
			if (!checkpointFailed) log("the checkpoint " + checkpoints.file + " cannot be written (" + e.getMessage() +
				"); the training goes on without");
			checkpointFailed = true;
		}
	}

	/** Noise weaker than the training images' own is not known. */
	private double sigmaMin() {
		return Math.max(settings.recipe.sigmaMin(), noise);
	}

	private SplittableRandom seeds(final Purpose purpose, final long... place) {
		return Seeds.of(settings.seed, purpose, place);
	}

	private Model model() {
		final Recipe recipe = settings.recipe;
		record.put("preset", recipe.name());
		record.put("images", Integer.toString(data.training().size()));
		record.put("seed", Long.toString(settings.seed));
		record.put("flips", Boolean.toString(settings.flips));
		record.put("quarter turns", Boolean.toString(settings.quarterTurns));
		record.put("batch", Integer.toString(settings.batch(settings.stages() - 1)));
		if (starts != null) record.put("chains", "from images of another style, at the finest stage alone");
		if (settings.noise > 0) record.put("noise of the training images", settings.shot != null ? "shot noise" : "white, sigma " +
			settings.noise);
		record.put("rollbacks", Integer.toString(returns));
		record.put("seconds", String.format(Locale.ROOT, "%.0f", clock.seconds()));
		// A tenth of the range is not the noise that a model for one level is for.
		if (recipe.kind() == Kind.SCORE_MATCHING && noise == 0 && !isForOneLevel()) {
			final EnergyNetwork finest = networks.get(networks.size() - 1);
			final SplittableRandom rng = seeds(Purpose.CALIBRATION);
			final DenoisingProbe patch = DenoisingProbe.of(finest, heldOut.draw(64, finest.size(), rng), 64, rng);
			final String figure = String.format(Locale.ROOT, "%.1f to %.1f dB", patch.noisyPsnr(), patch.denoisedPsnr());
			record.put("held-out patches with noise of a tenth of the range, denoised in one step", figure);
			log("held-out patches with noise of a tenth of the range, denoised in one step: " + figure);
		}
		final EnergyPyramid pyramid = new EnergyPyramid(finished);
		final Model model = new Model(new ModelInfo(recipe.kind(), pyramid.spec(), range, settings.shot, sigmaMin(), sigmaMax, recipe
			.langevinSteps(), start, palette(), Calibrator.calibrate(networks, heldOut, data.heldOut().size(), data.apart(), seeds(Purpose.CALIBRATION)), record),
			pyramid);
		// Where one level is known there are neither samples nor anomalies.
		if (recipe.kind() != Kind.SCORE_MATCHING || isForOneLevel() || model.info().calibration() == null) return model;
		final int seen = clock.plan().get(settings.stages() - 1) * settings.batch(settings.stages() - 1);
		return withNormality(noise > 0 ? model : withUncertainty(model), data, Math.min(NORMAL_TILES, 4 + seen / SEEN_PER_NORMAL),
			settings.seed, monitor);
	}

	/** The training images' colors, in model units. */
	private Palette palette() {
		if (patches.channels() > Palette.MOST_CHANNELS) return null;
		final Palette palette = Palette.of(data.training());
		new Intensities(range, settings.shot).scale().toModel(palette.colors());
		return palette;
	}

	/** The spread is measured on clean images. */
	private Model withUncertainty(final Model model) {
		monitor.update(1, "Measuring how far the spread of samples can be believed");
		final Uncertainty uncertainty = SpreadCalibrator.measure(networks.get(networks.size() - 1), heldOut, sigmaMin(), sigmaMax,
			seeds(Purpose.CALIBRATION, 1), monitor::isCanceled);
		if (uncertainty != null) log(String.format(Locale.ROOT,
			"standard deviations of posterior samples will be multiplied by %.2f to %.2f, as held-out images want it", Arrays.stream(
				uncertainty.factor()).min().orElseThrow(), Arrays.stream(uncertainty.factor()).max().orElseThrow()));
		return model.withCalibration(model.info().calibration().withUncertainty(uncertainty));
	}

	/**
	 * A model of score matching that knows anew what is normal and what an anomaly; all else stays as it is.
	 *
	 * @param data the images it was trained on, split by its seed
	 * @param seed which of them are looked at
	 * @throws CancellationException soon after the user asked to stop
	 */
	public static Model withNormality(final Model model, final Split data, final long seed, final Progress progress) {
		return withNormality(model, data, NORMAL_TILES, seed, progress);
	}

	private static Model withNormality(final Model model, final Split data, final int tiles, final long seed,
		final Progress progress)
	{
		final ModelInfo info = model.info();
		try (EnergyNetwork finest = model.pyramid().network(model.pyramid().stages() - 1)) {
			return model.withCalibration(info.calibration().withNormality(NominalModelFit.measure(finest, Features.levels(info.sigmaMin(), info
				.sigmaMax()), data.training(), data.heldOut(), new Intensities(info.range(), info.shot()).scale(), tiles, seed, progress)));
		}
	}
}

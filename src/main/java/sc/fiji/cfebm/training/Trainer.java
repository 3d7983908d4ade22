package sc.fiji.cfebm.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.data.ChainStarts;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;
import sc.fiji.cfebm.training.optim.Objective;

/**
 * Trains a model on images, stage by stage from 8×8 px upwards. The loop stands here: what it reads is in {@link TrainingSetup},
 * {@link StageFactory} makes the stages, {@link CheckpointKeeper} keeps them, {@link ModelAssembler} makes the model of them.
 */
public final class Trainer {

	/** Entry of a model's record that says why its training ended early, and how it begins if the user wanted so. */
	private static final String STOPPED = "stopped", BY_USER = "stopped by the user";

	private final TrainingSettings settings;
	private final TrainingSetup setup;
	private final TrainingMonitor monitor;
	private final StageFactory stages;
	private final CheckpointKeeper keeper;
	private final Previewer previewer;
	private final List<StageParameters> finished = new ArrayList<>();
	private final List<StageNetwork> networks = new ArrayList<>();
	private final Map<String, String> record = new LinkedHashMap<>();
	private IterationPlan plan;
	private List<TrainingStep> history = new ArrayList<>();
	/** In the stages that are done. */
	private int rollbacks;
	/** Of the plan; less than 1 where the training ended early. */
	private double share = 1;

	private Trainer(final TrainingSetup setup, final ChainStarts starts, final Checkpoints checkpoints,
		final TrainingMonitor monitor)
	{
		this.setup = setup;
		this.monitor = monitor;
		settings = setup.settings();
		stages = new StageFactory(setup, monitor::isCanceled);
		keeper = new CheckpointKeeper(setup, starts, checkpoints, this::log);
		previewer = new Previewer(setup);
	}

	/** Trains without checkpoints; some of the images, each of which counts as a file, are held out. */
	public static Model train(final List<Raster> images, final Normalization range, final TrainingSettings settings,
		final TrainingMonitor monitor)
	{
		if (images.isEmpty()) throw new IllegalArgumentException("There are no images to train on.");
		for (final Raster image : images)
			if (image.channels() != images.get(0).channels()) throw new IllegalArgumentException(
				"Training images must all have the same number of channels, not " + images.get(0).channels() + " and " +
					image.channels() + ".");
		try {
			return train(Split.ofImages(images, settings.size(), settings.seed()), range, settings, null, monitor);
		}
		catch (final IOException e) {
			throw new AssertionError(e); // no file was named
		}
	}

	/**
	 * Trains a model; runs on the calling thread. A training that was interrupted and resumed gives bit by bit the model of
	 * one that was not, for the same iterations and number of threads.
	 *
	 * @param data images in gray values, or transformed ones where {@code settings.shot} is given, of any sizes, all with the
	 *          same number of channels, finite
	 * @param range the gray values that become -1 and 1
	 * @param checkpoints null: none
	 * @return the model; where the user or the watchdog stopped it early, as it was by then, and the record says so. The
	 *         finer stages that are missing then do no more than pass on the coarser ones' energies.
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws IOException with one sentence, if there is a checkpoint that cannot be resumed
	 * @throws CancellationException within one iteration after the user asked to stop; from the first iteration on there
	 *           is a checkpoint then, if there are any
	 */
	public static Model train(final Split data, final Normalization range, final TrainingSettings settings,
		final Checkpoints checkpoints, final TrainingMonitor monitor) throws IOException
	{
		return train(data, null, null, range, settings, checkpoints, monitor);
	}

	/**
	 * As {@link #train(Split, Normalization, TrainingSettings, Checkpoints, TrainingMonitor)}, but the chains start from images, as
	 * in the paper's style translation: at the finest stage alone (the others have one iteration), K steps x ← x - ∇E(x) without
	 * noise, then clamped.
	 *
	 * @param starts null: from noise, coarse to fine; else the recipe is a contrastive one
	 * @param from a model whose networks the training goes on from, for which the settings were made ({@link TrainingSettings#from});
	 *          null: from random ones
	 */
	public static Model train(final Split data, final ChainStarts starts, final Model from, final Normalization range,
		final TrainingSettings settings, final Checkpoints checkpoints, final TrainingMonitor monitor) throws IOException
	{
		final Trainer trainer = new Trainer(new TrainingSetup(data, starts, from, range, settings), starts, checkpoints, monitor);
		try {
			return trainer.run();
		}
		finally {
			DeviceChoice.hold(null);
			trainer.networks.forEach(StageNetwork::close);
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
		log(TrainingTexts.beginning(settings, setup.data().training().size(), NativeRuntime.describe()));
		log(setup.data().description());
		final Checkpoint checkpoint = keeper.resumable();
		settle(checkpoint);
		if (checkpoint == null) plan();
		else resume(checkpoint);
		log("iterations per stage: " + TrainingTexts.iterations(plan) + "; " + TrainingTexts.expectation(settings, plan.iterations()
			.get(settings.stages() - 1)));
		StageTrainer.Saved saved = checkpoint == null ? null : checkpoint.stage();
		boolean complete = true;
		for (int s = finished.size(); s < settings.stages() && complete; s++) {
			final StageParameters from = stages.beginning(s, s == 0 ? null : finished.get(s - 1));
			try (StageTrainer stage = stages.stage(s, networks, from, plan.iterations().get(s))) {
				if (saved != null) stage.restore(saved);
				saved = null;
				complete = run(stage, s);
				if (!complete) share = plan.share(settings, s, stage.done());
				final StageParameters p = stage.current();
				// Half faded in, a stage can be used as the last one, but nothing can grow on it.
				if (p.beta() == 1 || s == settings.stages() - 1) finish(p);
				rollbacks += stage.rollbacks();
			}
		}
		// What sees images of any size needs no finer stages to be of use for them.
		for (int s = finished.size(); s < settings.stages() && settings.recipe().unet() == null; s++)
			finish(stages.passing(s, finished.get(s - 1)));
		return new ModelAssembler(setup, monitor).assemble(finished, networks, plan, share, rollbacks, record);
	}

	/** Has all of the training computed in one place, that of the finest stage's network, or where it was before it was interrupted. */
	private void settle(final Checkpoint checkpoint) {
		final String before = checkpoint == null ? null : checkpoint.header().device();
		if (checkpoint != null && (before == null || !DeviceChoice.isCpu())) DeviceChoice.hold(before == null ? DeviceChoice.CPU : before);
		final String device;
		try (StageNetwork finest = stages.random(settings.stages() - 1).network()) {
			device = finest.device();
		}
		DeviceChoice.hold(device == null ? DeviceChoice.CPU : device);
		if (device != null) log("it is computed on " + device);
		if (before != null && device == null) log(TrainingTexts.moved(before));
	}

	private void finish(final StageParameters p) {
		finished.add(p);
		networks.add(p.network());
	}

	/** @return false if the stage ended early */
	private boolean run(final StageTrainer stage, final int s) {
		final int every = Math.max(10, stage.iterations() / 10), thin = Math.max(1, stage.iterations() / 500);
		while (!stage.isFinished()) {
			if (monitor.isCanceled()) {
				keep(stage, s);
				monitor.throwIfCanceled();
			}
			if (monitor.isStopped()) {
				save(stage, s);
				return stop(BY_USER + TrainingTexts.place(s, stage));
			}
			final TrainingStep step = iterate(stage, s);
			if (step == null) continue;
			if (step.iteration() % thin == 0) history.add(step);
			monitor.step(step);
			monitor.update(plan.share(settings, s, step.iteration()), TrainingTexts.status(step));
			if (step.iteration() % every == 0 || stage.isFinished()) log(TrainingTexts.line(step, plan.rate(stage.batch())));
			if (monitor.wantsPreview()) monitor.preview(previewer.preview(step, networks, stage.current()));
			if (keeper.isDue()) save(stage, s);
		}
		if (stage.isGivenUp()) return stop("stopped by the watchdog" + TrainingTexts.place(s, stage) +
			": another seed or a larger batch may help");
		save(stage, s);
		return true;
	}

	/** @return what it saw; null: the watchdog has taken the stage back */
	private TrainingStep iterate(final StageTrainer stage, final int s) {
		final long begin = System.nanoTime();
		final boolean contrastive = stage.isContrastive();
		final double beta = stage.beta(), rate = stage.learningRate();
		final Objective.Report report;
		try {
			report = stage.iterate();
		}
		catch (final StageTrainer.Runaway e) {
			log(TrainingTexts.rollback(s, e, stage.rollbacks()));
			history.removeIf(step -> step.stage() == s && step.iteration() > e.to);
			return null;
		}
		catch (final CancellationException e) {
			keep(stage, s);
			throw e;
		}
		plan.count((System.nanoTime() - begin) * 1e-9);
		return new TrainingStep(s, settings.stages(), stage.done(), stage.iterations(), contrastive, beta, rate, report.loss(), report
			.dataEnergy(), report.sampleEnergy(), rollbacks + stage.rollbacks(), plan.seconds(), plan.secondsLeft(settings, s, stage
				.done()));
	}

	private boolean stop(final String why) {
		record.put(STOPPED, why);
		log(why + "; kept the averaged weights");
		return false;
	}

	private void log(final String line) {
		monitor.log(TrainingTexts.PREFIX + line);
	}

	private void plan() {
		plan = settings.iterations().isEmpty() ? measure() : IterationPlan.of(settings);
		if (setup.isOnFinest()) plan = plan.onFinest(!settings.iterations().isEmpty());
	}

	/** Times some iterations of every stage on networks that are thrown away. */
	private IterationPlan measure() {
		monitor.update(0, "Measuring how fast this machine trains");
		try {
			return IterationPlan.measure(settings, s -> {
				final StageParameters p = stages.random(s);
				networks.add(p.network());
				return stages.stage(s, networks, p, 1 << 20);
			}, monitor);
		}
		finally {
			networks.forEach(StageNetwork::close);
			networks.clear();
		}
	}

	private void resume(final Checkpoint checkpoint) {
		final Checkpoint.Header header = checkpoint.header();
		plan = new IterationPlan(header.plan(), header.costs(), header.seconds());
		history = new ArrayList<>(header.history());
		rollbacks = header.rollbacks();
		checkpoint.finished().forEach(this::finish);
		history.forEach(monitor::step);
		log(TrainingTexts.continuing(header.stage(), header.seconds()));
	}

	/** For a training that the user canceled. */
	private void keep(final StageTrainer stage, final int s) {
		save(stage, s);
		keeper.tellCanceled();
	}

	private void save(final StageTrainer stage, final int s) {
		// Where a device has failed, all that comes stays on the processor.
		if (stage.network().device() == null) DeviceChoice.hold(DeviceChoice.CPU);
		keeper.save(s, stage, plan, finished, rollbacks, history);
	}
}

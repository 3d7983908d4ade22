package sc.fiji.cfebm.training;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Arrays;
import java.util.function.Consumer;

import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.training.data.ChainStarts;
import sc.fiji.cfebm.training.data.Fingerprint;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/** Writes a training's checkpoints, and finds the one that it goes on from. */
final class CheckpointKeeper {

	private final TrainingSetup setup;
	/** Null: there are none. */
	private final Checkpoints checkpoints;
	private final Consumer<String> log;
	private final long fingerprint;
	private long last = System.nanoTime();
	private boolean failed;

	/**
	 * @param checkpoints null: none
	 * @param log takes lines
	 */
	CheckpointKeeper(final TrainingSetup setup, final ChainStarts starts, final Checkpoints checkpoints,
		final Consumer<String> log)
	{
		this.setup = setup;
		this.checkpoints = checkpoints;
		this.log = log;
		fingerprint = checkpoints == null ? 0 : Fingerprint.of(setup.data(), setup.range()) + (starts == null ? 0 : Fingerprint.of(
			starts)) + (setup.from(0) == null ? 0 : Arrays.hashCode(setup.from(0).values()));
	}

	/**
	 * The checkpoint to go on from.
	 *
	 * @return null: begin anew
	 * @throws IOException with one sentence, if there is one that is damaged or of another training
	 */
	Checkpoint resumable() throws IOException {
		if (checkpoints == null || !checkpoints.resume() || !Files.exists(checkpoints.file())) return null;
		final Checkpoint checkpoint = Checkpoint.read(checkpoints.file());
		final String differing = difference(setup.settings(), checkpoint.header().settings());
		final String way = " switch continuing off to begin anew, or choose another name for the model.";
		if (differing != null) throw new IOException("The unfinished training in " + checkpoints.file() + " has " + differing +
			": use the same settings to continue it," + way);
		if (checkpoint.header().images() != fingerprint) throw new IOException("The unfinished training in " +
			checkpoints.file() + " was on other images: open the same images to continue it," + way);
		return checkpoint;
	}

	/** The first thing that differs from a checkpoint's settings; null: nothing. */
	private static String difference(final TrainingSettings mine, final TrainingSettings other) {
		final Object[][] pairs = { { "the kind", mine.recipe().name(), other.recipe().name() }, { "the size", mine.size(), other
			.size() }, { "the base width", mine.baseWidth(), other.baseWidth() }, { "the length", mine.length(), other.length() }, {
				"the batch size", mine.batch(), other.batch() }, { "the flips", mine.flips(), other.flips() }, { "the rotations", mine
					.quarterTurns(), other.quarterTurns() }, { "the seed", mine.seed(), other.seed() }, { "the noise", mine.noise(),
						other.noise() } };
		for (final Object[] pair : pairs)
			if (!pair[1].equals(pair[2])) return pair[0] + " " + pair[2] + ", not " + pair[1];
		return mine.recipe().equals(other.recipe()) ? null : "other constants of the kind " + other.recipe().name();
	}

	/** Whether the time has come for another one. */
	boolean isDue() {
		return checkpoints != null && System.nanoTime() - last > checkpoints.seconds() * 1e9;
	}

	/**
	 * Writes a checkpoint; a disk that fails is mentioned once.
	 *
	 * @param s the stage in training
	 * @param finished the stages before
	 * @param rollbacks of the watchdog in these
	 * @param history the steps so far, thinned
	 */
	void save(final int s, final StageTrainer stage, final IterationPlan plan, final List<StageParameters> finished,
		final int rollbacks, final List<TrainingStep> history)
	{
		last = System.nanoTime();
		if (checkpoints == null) return;
		final StageTrainer.Saved saved = stage.saved();
		try {
			new Checkpoint(new Checkpoint.Header(setup.settings(), fingerprint, setup.channels(), plan.iterations(), plan.costs(), s,
				stage.fades(), rollbacks, plan.seconds(), history, stage.network().device(), new int[] { saved.now().length, saved.good().length, saved.lastGood().length, saved
					.buffer().length }), finished, saved).write(checkpoints.file());
			failed = false;
		}
		catch (final IOException e) {
			// A full disk must not end a training that needs none until its end.
			if (!failed) log.accept("the checkpoint " + checkpoints.file() + " cannot be written (" + e.getMessage() +
				"); the training goes on without");
			failed = true;
		}
	}

	/** Tells the user, who canceled, what the last checkpoint is good for. */
	void tellCanceled() {
		if (checkpoints != null && !failed) log.accept("canceled; " + checkpoints.file() +
			" holds what there is, and the same settings continue it");
	}
}

package sc.fiji.cfebm.training;

import java.util.Locale;
import java.util.stream.Collectors;

import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/** What a training says in the log and the status bar. */
final class TrainingTexts {

	/** Of every line in the log. */
	static final String PREFIX = "CF-EBM: ";

	private TrainingTexts() {}

	/**
	 * What is trained.
	 *
	 * @param machine in words
	 */
	static String beginning(final TrainingSettings settings, final int images, final String machine) {
		return "training on " + images + (images == 1 ? " image, " : " images, ") + settings.recipe().name() + ", " + settings.size() +
			" px, base width " + settings.baseWidth() + ", seed " + settings.seed() + "; " + machine;
	}

	/** The iterations of every stage, as macros give them. */
	static String iterations(final IterationPlan plan) {
		return plan.iterations().stream().map(String::valueOf).collect(Collectors.joining(","));
	}

	/** What trainings of so many iterations at the finest stage were seen to give (docs/experiments.md). */
	static String expectation(final TrainingSettings settings, final int finest) {
		if (settings.recipe().kind() == Kind.CONTRASTIVE) return "the paper's models had a hundred thousand at the finest stage";
		if (finest < 300) return "few at the finest stage: expect rough denoising and blurred samples; more minutes help much";
		if (finest < 2000) return "expect good denoising and plausible samples; twice the time gives some tenths of a decibel more";
		return "enough for about the best that base width " + settings.baseWidth() + " can do; more time gives little";
	}

	static String continuing(final int stage, final double seconds) {
		return String.format(Locale.ROOT, "continuing in stage %d after %.1f minutes of training", stage + 1, seconds / 60);
	}

	/** Of a training that was computed there and goes on here. */
	static String moved(final String device) {
		return "it was computed on " + device + " before, and the processor goes on: it will differ from one that was not interrupted by the " +
			"rounding of floats";
	}

	static String rollback(final int stage, final StageTrainer.Runaway runaway, final int rollbacks) {
		return String.format(Locale.ROOT, "stage %d, iteration %d: %s; rolled back to iteration %d, learning rate halved (rollback %d)",
			stage + 1, runaway.from + 1, runaway.getMessage(), runaway.to, rollbacks);
	}

	/** For the status bar. */
	static String status(final TrainingStep step) {
		return String.format(Locale.ROOT, "Training stage %d of %d: %s, %.0f s left", step.stage() + 1, step.stages(), figures(step),
			step.secondsLeft());
	}

	/** @param rate patches per second */
	static String line(final TrainingStep step, final double rate) {
		return String.format(Locale.ROOT, "stage %d (%d px), iteration %d of %d: %s, %.0f images/s, %.0f s left", step.stage() + 1, step
			.resolution(), step.iteration(), step.iterations(), figures(step), rate, step.secondsLeft());
	}

	/** The loss and the energies, as far as the step knows them. */
	private static String figures(final TrainingStep step) {
		final String loss = String.format(Locale.ROOT, "loss %.4f", step.loss());
		if (Double.isNaN(step.dataEnergy())) return loss;
		return (Double.isNaN(step.loss()) ? "" : loss + ", ") + String.format(Locale.ROOT,
			"E(data) %.3f, E(samples) %.3f, gap %.3f", step.dataEnergy(), step.sampleEnergy(), step.gap());
	}

	/** Where a stage ended early. */
	static String place(final int stage, final StageTrainer trainer) {
		return " in stage " + (stage + 1) + " after " + trainer.done() + " of " + trainer.iterations() + " iterations";
	}
}

package sc.fiji.cfebm.training.monitor;

import sc.fiji.cfebm.progress.Progress;

/**
 * Who watches a training. All methods are called on the training's own thread; a window must hand what it is given to its
 * own.
 */
public interface TrainingMonitor extends Progress {

	/** Ignores what is told, never asks to stop. */
	TrainingMonitor NONE = new TrainingMonitor() {};

	/** Whether the user wants to stop and have the model as it is; asked before each iteration. */
	default boolean isStopped() {
		return false;
	}

	/** An iteration was done. A resumed training first repeats what it told before it was interrupted, thinned. */
	default void step(final TrainingStep step) {}

	/** Whether a preview is wanted now; asked after each iteration. A preview costs about as much as some iterations. */
	default boolean wantsPreview() {
		return false;
	}

	/** The preview that was asked for; it has no influence on the training. */
	default void preview(final Preview preview) {}
}

package sc.fiji.cfebm.training.monitor;

import java.util.Objects;
import java.util.stream.Stream;

import sc.fiji.cfebm.progress.Progress;

/**
 * Who watches a training. All methods are called on the training's own thread; a window must hand what it is given to its
 * own.
 */
public interface TrainingMonitor extends Progress {

	/** Ignores what is told, never asks to stop. */
	TrainingMonitor NONE = new TrainingMonitor() {};

	/**
	 * Several as one: any of them can stop or cancel the training, and a preview goes to those that wanted it.
	 *
	 * @param progress is told how far the training is, and its log lines
	 * @param monitors {@code null} among them is left out: a window where there is no display, say
	 */
	static TrainingMonitor of(final Progress progress, final TrainingMonitor... monitors) {
		return new CompositeMonitor(progress, Stream.of(monitors).filter(Objects::nonNull).toList());
	}

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

package sc.fiji.cfebm.command;

import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.PlaneSink;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.model.Model;

/**
 * What a command does to an image, with its inputs as they were when the task was made: nothing that changes in a dialog
 * afterwards matters. For one run.
 *
 * @param <R> what comes out of one plane
 * @param <S> what takes that
 */
interface PlaneTask<R, S extends PlaneSink<R>> {

	/** Whether a model is for images with planes of so many channels. */
	default boolean takes(final Model model, final int channels) {
		return model.channels() == channels;
	}

	/**
	 * Begins to work with a model. Called once per model, before anything else.
	 *
	 * @throws IllegalArgumentException with one sentence, if nothing can be done with this model
	 */
	PlaneProcessor<R> open(Model model);

	/**
	 * Makes room for what comes out. Called when all models are open, before a plane is read.
	 *
	 * @param kept the planes that the result has
	 * @throws IllegalArgumentException with one sentence, if there is not as much memory
	 */
	S sink(Planes planes, PlaneSelection kept);

	/**
	 * Called when all planes to be worked on were looked at.
	 *
	 * @throws IllegalArgumentException with one sentence, if there is nothing to do
	 */
	default void looked() {}
}

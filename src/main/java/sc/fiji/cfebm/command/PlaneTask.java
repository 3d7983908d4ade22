package sc.fiji.cfebm.command;

import java.util.List;

import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.PlaneSink;
import sc.fiji.cfebm.imagej.Planes.Along;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.LineOffsets;

/**
 * What a command does to an image, with its inputs as they were when the task was made: nothing that changes in a dialog
 * afterwards matters. For one run.
 *
 * @param <R> what comes out of one plane
 * @param <S> what takes that
 */
interface PlaneTask<R, S extends PlaneSink<R>> {

	/** Whether a model is for images with planes of so many channels; gray models see colors one by one. */
	default boolean takes(final Model model, final int channels) {
		return model.channels() == channels || model.channels() == 1;
	}

	/** What to do where {@link #takes} says no, as the end of a sentence. */
	default String instead() {
		return "convert the image (Image > Type), or use a model of its kind";
	}

	/** Whether a gray model is shown one image of all colors instead of each. */
	default boolean isOfBrightness() {
		return false;
	}

	/** Whether hot pixels, salt and pepper are taken away before anything else, since the model knows no such noise. */
	default boolean isWithoutOutliers() {
		return false;
	}

	/** The pixels that are worked on, by those alone the result differs from the image, [H,W]; null: all of them. */
	default boolean[] selected() {
		return null;
	}

	/** Of which lines offsets are taken away before anything else. */
	default LineOffsets.Which lines() {
		return LineOffsets.Which.NONE;
	}

	/** Whether whole numbers are too coarse for what comes out of an image of few gray values, so that it gets 32 bits. */
	default boolean isFine() {
		return false;
	}

	/**
	 * What came out of a plane, of what came out of its parts.
	 *
	 * @param results at least one is not null: that part stays as it is
	 */
	R joined(PlaneParts parts, List<R> results);

	/** What comes out of a plane from which line offsets and outliers alone were taken away. */
	default R cleaned(final PlaneParts parts) {
		return null;
	}

	/**
	 * Begins to work with a model. Called once per model, before anything else.
	 *
	 * @throws IllegalArgumentException with one sentence, if nothing can be done with this model
	 */
	PlaneProcessor<R> open(Model model);

	/** Along what the neighbours of a plane are that are looked at with it; null: each plane is looked at alone. */
	default Along along() {
		return null;
	}

	/**
	 * Begins to work with a model and the one of neighbouring planes that goes with it.
	 *
	 * @param ofPlanes null: there is none, or it is not asked for
	 * @throws IllegalArgumentException with one sentence, if nothing can be done with these models
	 */
	default PlaneProcessor<R> open(final Model model, final Model ofPlanes) {
		return open(model);
	}

	/**
	 * Makes room for what comes out. Called when all planes to be worked on were looked at.
	 *
	 * @param kept the planes that the result has
	 * @param fine whether it has 32 bits whatever the image has
	 * @throws IllegalArgumentException with one sentence, if there is not as much memory
	 */
	S sink(Planes planes, PlaneSelection kept, boolean fine);

	/**
	 * Called when all planes to be worked on were looked at.
	 *
	 * @throws IllegalArgumentException with one sentence, if there is nothing to do
	 */
	default void looked() {}
}

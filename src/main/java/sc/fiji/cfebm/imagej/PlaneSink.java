package sc.fiji.cfebm.imagej;

import ij.ImagePlus;

/**
 * Takes what came out of an image's planes and makes images of it. It is told of all planes that its images have, one by one, in
 * the order of the stack. Belongs to one thread.
 *
 * @param <R> what comes out of one plane
 */
public interface PlaneSink<R> {

	/**
	 * Takes the next plane.
	 *
	 * @param slice its index in the stack of the image worked on, from 1
	 * @param result null: the plane stays as it is
	 */
	void add(int slice, R result);

	/** Whether there is nothing whole to show: no frame or, in the first frame, no slice that anything was done to. */
	boolean isEmpty();

	/** The image that matters most; if it ended early, its whole frames or slices. Not to be called if there is nothing to show. */
	ImagePlus image();
}

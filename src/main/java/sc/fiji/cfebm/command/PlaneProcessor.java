package sc.fiji.cfebm.command;

import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;

/**
 * Works on planes with one model. Belongs to one thread; closed when all is done.
 *
 * @param <R> what comes out of one plane
 */
interface PlaneProcessor<R> extends AutoCloseable {

	/**
	 * Looks at a plane. It is shown all planes that it is going to work on, before it works on the first: what is wrong must be
	 * found before hours of work, not in the last slice.
	 *
	 * @return what the image's own range of gray values is taken from; null: this plane has no part in it
	 * @throws IllegalArgumentException with one sentence for the user
	 */
	default Raster look(final Plane plane) {
		return ImageRange.known(plane.read(), null);
	}

	/**
	 * Works on a plane.
	 *
	 * @param range the gray values that become -1 and 1
	 * @param report is told what the user shall know
	 * @return null: the plane stays as it is
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	R process(Plane plane, Normalization range, RunReport report, Progress progress);

	/**
	 * Works on a plane, and may look at its neighbours.
	 *
	 * @param around null: the task looks at single planes
	 * @see #process(Plane, Normalization, RunReport, Progress)
	 */
	default R process(final Plane plane, final Neighbours around, final Normalization range, final RunReport report,
		final Progress progress)
	{
		return process(plane, range, report, progress);
	}

	@Override
	void close();
}

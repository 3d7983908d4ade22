package sc.fiji.cfebm.command;

import org.scijava.plugin.Parameter;

import sc.fiji.cfebm.imagej.PlaneSink;
import sc.fiji.cfebm.task.Defaults;

/**
 * A command on planes that draws random numbers.
 *
 * @param <R> what comes out of one plane
 * @param <S> what takes the planes that come out
 */
public abstract class SeededPlaneCommand<R, S extends PlaneSink<R>> extends PlaneCommand<R, S> {

	@Parameter(label = "Random seed", persist = false, description = "Start of the random numbers, a whole number: the same seed gives the same result.")
	long seed = Defaults.SEED;

	/** Of everything random in a plane: each has noise of its own, the same whichever others are worked on. */
	static long seed(final long seed, final Plane plane) {
		return seed + plane.slice() - 1;
	}
}

package sc.fiji.cfebm.command;

import org.scijava.plugin.Parameter;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.raster.Raster;

/**
 * A command that gives an image like the one it takes, with other values, and perhaps their standard deviations.
 *
 * @param <E> what restores planes with one model
 */
public abstract class RestorationCommand<E extends AutoCloseable> extends PlaneCommand<E, RestorationCommand.Result> {

	@Parameter(label = "Random seed", persist = false, description = "Start of the random numbers, a whole number: the same seed gives the same result.")
	long seed = 1;

	private Restored restored;

	/**
	 * A restored plane.
	 *
	 * @param mean [H,W,C] in gray values; read where the plane is to be restored
	 * @param deviation same shape; null if the command gives none
	 */
	record Result(Raster mean, Raster deviation) {}

	/** Whether standard deviations are made, too. */
	abstract boolean hasDeviations();

	/** Sets the command's outputs. */
	abstract void give(Restored all);

	/** Seed of everything random in a plane. */
	final long seed(final Plane plane) {
		return seed + plane.slice() - 1;
	}

	@Override
	final void begin(final Planes planes) {
		restored = new Restored(planes, hasDeviations());
	}

	@Override
	final void keep() {
		restored.keep();
	}

	@Override
	final void add(final Result result, final boolean[] where) {
		restored.add(result.mean, result.deviation, where);
	}

	@Override
	final void give() {
		give(restored);
	}

	@Override
	final ImagePlus shown(final Planes planes, final String name, final int slice, final Result result) {
		return planes.single(name, slice, result == null ? null : result.mean, where(slice));
	}
}

package sc.fiji.cfebm.imagej;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.raster.Raster;

/**
 * The image that comes out of a restoration, plane by plane in the order of the stack, and its standard deviations. All
 * its memory is claimed at once: where there is too little it fails now and not in the last slice.
 */
public final class Restored {

	private final Planes planes;
	private final ImageStack means, deviations;
	private final CompletedPlanes done;

	/** @param withDeviations whether {@link #deviations} will be asked for */
	public Restored(final Planes planes, final boolean withDeviations) {
		this.planes = planes;
		done = new CompletedPlanes(planes);
		means = new ImageStack();
		deviations = withDeviations ? new ImageStack() : null;
		for (int slice = 1; slice <= planes.count(); slice++) {
			final ImageProcessor blank = planes.blank();
			means.addSlice(planes.label(slice), blank);
			if (withDeviations) for (int c = 0; c < planes.channels(); c++)
				deviations.addSlice(planes.label(slice), new FloatProcessor(blank.getWidth(), blank.getHeight()));
		}
	}

	/** The next plane stays as it is, with standard deviation 0. */
	public void keep() {
		final int slice = done.next(false);
		planes.write(null, null, slice, means.getProcessor(slice));
	}

	/**
	 * The next plane has other values.
	 *
	 * @param mean [H,W,C]
	 * @param deviation same shape; not looked at if none are wanted
	 * @param where [H,W], true where values are taken; elsewhere the plane stays as it is, bit by bit; null: everywhere
	 */
	public void add(final Raster mean, final Raster deviation, final boolean[] where) {
		final int slice = done.next(true);
		planes.write(mean, where, slice, means.getProcessor(slice));
		if (deviations == null) return;
		final int c = planes.channels();
		for (int k = 0; k < c; k++) {
			final float[] to = (float[]) deviations.getPixels((slice - 1) * c + k + 1);
			for (int i = 0; i < to.length; i++)
				if (where == null || where[i]) to[i] = deviation.values()[i * c + k];
		}
	}

	/** How much there is, see {@link CompletedPlanes#part}. */
	String part() {
		return done.part();
	}

	/** The image, called after the original; if it ended early, its whole frames or slices; null if there are none. */
	public ImagePlus image(final String suffix) {
		return part() == null ? null : planes.like(done.title(suffix), done.cut(means, 1));
	}

	/** As {@link #image}, of the standard deviations; null if none are wanted. */
	public ImagePlus deviations(final String suffix) {
		return part() == null || deviations == null ? null : planes.otherLike(done.title(suffix), done.cut(deviations, planes
			.channels()), planes.channels());
	}
}

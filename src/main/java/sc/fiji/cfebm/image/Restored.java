package sc.fiji.cfebm.image;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.tile.Raster;

/**
 * The image that comes out of a restoration, plane by plane in the order of the stack, and its standard deviations. All
 * its memory is claimed at once: where there is too little it fails now and not in the last slice.
 */
public final class Restored {

	private final Planes planes;
	private final ImageStack means, deviations;
	private int done, firstRestored;

	/** @param withDeviations whether {@link #deviations} will be asked for */
	public Restored(final Planes planes, final boolean withDeviations) {
		this.planes = planes;
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
		done++;
		planes.write(null, null, done, means.getProcessor(done));
	}

	/**
	 * The next plane has other values.
	 *
	 * @param mean [H,W,C]
	 * @param deviation same shape; not looked at if none are wanted
	 * @param where [H,W], true where values are taken; elsewhere the plane stays as it is, bit by bit; null: everywhere
	 */
	public void add(final Raster mean, final Raster deviation, final boolean[] where) {
		done++;
		if (firstRestored == 0) firstRestored = done;
		planes.write(mean, where, done, means.getProcessor(done));
		if (deviations == null) return;
		final int c = planes.channels();
		for (int k = 0; k < c; k++) {
			final float[] to = (float[]) deviations.getPixels((done - 1) * c + k + 1);
			for (int i = 0; i < to.length; i++)
				if (where == null || where[i]) to[i] = deviation.values()[i * c + k];
		}
	}

	/** How much there is if it ended early, such as "frames 1 to 6 of 50"; empty if all is there; null if nothing is. */
	public String part() {
		final int whole = planes.block(done);
		if (firstRestored == 0 && done < planes.count() || whole < firstRestored) return null;
		return whole == planes.count() ? "" : planes.blockName(whole);
	}

	/** The image, called after the original; if it ended early, its whole frames or slices; null if there are none. */
	public ImagePlus image(final String suffix) {
		return part() == null ? null : planes.like(title(suffix), whole(means, 1));
	}

	/** As {@link #image}, of the standard deviations; null if none are wanted. */
	public ImagePlus deviations(final String suffix) {
		return part() == null || deviations == null ? null : planes.floatLike(title(suffix), whole(deviations, planes
			.channels()));
	}

	private String title(final String suffix) {
		return planes.title() + "-" + suffix + (part().isEmpty() ? "" : " (" + part() + ")");
	}

	private ImageStack whole(final ImageStack stack, final int perPlane) {
		while (stack.size() > planes.block(done) * perPlane)
			stack.deleteLastSlice();
		return stack;
	}
}

package sc.fiji.cfebm.imagej;

import java.awt.Color;
import java.util.Map;
import java.util.TreeMap;

import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.plugin.filter.ThresholdToSelection;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.raster.Raster;

/**
 * The image that comes out of a restoration, and its standard deviations. All its memory is claimed at once: where there is too
 * little it fails now and not in the last slice.
 */
public final class Restored implements PlaneSink<Restored.Plane> {

	/**
	 * A restored plane.
	 *
	 * @param mean [H,W,C] in gray values
	 * @param deviation same shape, in gray values; not looked at if none are wanted
	 * @param where [H,W], true where values are taken; elsewhere the plane stays as it is, bit by bit; null: everywhere
	 * @param unlike [H,W], true where the image is to be outlined, since more than noise was taken off there; null: nowhere
	 */
	public record Plane(Raster mean, Raster deviation, boolean[] where, boolean[] unlike) {

		/** With nothing outlined. */
		public Plane(final Raster mean, final Raster deviation, final boolean[] where) {
			this(mean, deviation, where, null);
		}

		/** With an image without deviations. */
		public Plane(final Raster mean, final boolean[] where) {
			this(mean, new Raster(mean.width(), mean.height(), mean.channels()), where);
		}
	}

	private final Planes planes;
	private final String suffix;
	private final ImageStack means = new ImageStack(), deviations;
	private final CompletedPlanes done;
	/** By the index of their plane in the image. */
	private final Map<Integer, Roi> outlines = new TreeMap<>();

	/**
	 * @param kept the planes that the images have
	 * @param suffix of the image's title
	 * @param withDeviations whether {@link #deviations} will be asked for
	 * @param fine whether the image has 32 bits whatever the original, of one channel, has
	 * @throws IllegalArgumentException with one sentence, if ImageJ has not as much memory
	 */
	public Restored(final Planes planes, final PlaneSelection kept, final String suffix, final boolean withDeviations,
		final boolean fine)
	{
		this.planes = planes;
		this.suffix = suffix;
		done = new CompletedPlanes(planes, kept, (fine ? Float.BYTES : planes.bytesPerPixel()) + (withDeviations ? Float.BYTES * planes.channels() : 0));
		deviations = withDeviations ? new ImageStack() : null;
		for (final int slice : kept.planes()) {
			final ImageProcessor blank = planes.blank();
			means.addSlice(planes.label(slice), fine ? new FloatProcessor(blank.getWidth(), blank.getHeight()) : blank);
			if (withDeviations) for (int c = 0; c < planes.channels(); c++)
				deviations.addSlice(planes.label(slice), new FloatProcessor(blank.getWidth(), blank.getHeight()));
		}
	}

	/** A plane that stays as it is has the standard deviation 0. */
	@Override
	public void add(final int slice, final Plane plane) {
		final int index = done.next(plane != null);
		final boolean[] where = plane == null ? null : plane.where;
		planes.write(plane == null ? null : plane.mean, where, slice, means.getProcessor(index));
		if (plane != null && plane.unlike != null) outlines.put(index, outline(plane.unlike));
		if (plane == null || deviations == null) return;
		final int c = planes.channels();
		for (int k = 0; k < c; k++) {
			final float[] to = (float[]) deviations.getPixels((index - 1) * c + k + 1);
			for (int i = 0; i < to.length; i++)
				if (where == null || where[i]) to[i] = plane.deviation.values()[i * c + k];
		}
	}

	@Override
	public boolean isEmpty() {
		return done.part() == null;
	}

	/** With an overlay of what is to be outlined, each plane's on that plane alone. */
	@Override
	public ImagePlus image() {
		final ImagePlus image = done.like(suffix, means);
		if (outlines.isEmpty()) return image;
		final Overlay overlay = image.getOverlay() == null ? new Overlay() : image.getOverlay();
		outlines.forEach((index, outline) -> {
			if (index > image.getStackSize()) return;
			final int[] at = image.convertIndexToPosition(index);
			if (Planes.isHyperStack(image)) outline.setPosition(at[0], at[1], at[2]);
			else if (image.getStackSize() > 1) outline.setPosition(index);
			overlay.add(outline);
		});
		image.setOverlay(overlay);
		return image;
	}

	private Roi outline(final boolean[] pixels) {
		final ByteProcessor mask = new ByteProcessor(planes.width(), planes.height());
		for (int i = 0; i < pixels.length; i++)
			if (pixels[i]) mask.set(i, 255);
		mask.setThreshold(255, 255, ImageProcessor.NO_LUT_UPDATE);
		final Roi outline = ThresholdToSelection.run(new ImagePlus("", mask));
		outline.setStrokeColor(Color.YELLOW);
		outline.setName("unlike the model's images");
		return outline;
	}

	/** The standard deviations, an image of 32 bits; null if none are wanted. Not to be called if there is nothing to show. */
	public ImagePlus deviations() {
		return deviations == null ? null : done.otherLike("sd", deviations, planes.channels());
	}
}

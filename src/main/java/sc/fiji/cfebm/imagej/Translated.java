package sc.fiji.cfebm.imagej;

import java.util.List;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.LUT;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;

/**
 * The image that comes out of a translation, and where it was changed. A gray image may become an RGB one. All its memory is
 * claimed at once: where there is too little it fails now and not in the last slice.
 */
public final class Translated implements PlaneSink<Translated.Plane> {

	/**
	 * A translated plane.
	 *
	 * @param image [H,W,C] in gray values
	 * @param saliency [H,W,1]; not looked at if none is wanted
	 * @param where [H,W], true where values are taken; elsewhere the plane stays as it is; null: everywhere
	 * @param trajectory how it became so, in gray values; empty if that is not kept
	 * @param display gray values that a trajectory shows as black and white
	 */
	public record Plane(Raster image, Raster saliency, boolean[] where, List<Raster> trajectory, Normalization display) {

		/** The same with other images. */
		public Plane with(final Raster other, final Raster otherSaliency) {
			return new Plane(other, otherSaliency, where, trajectory, display);
		}
	}

	private final Planes planes;
	private final boolean alike;
	private final ImageStack images = new ImageStack(), saliencies;
	private final CompletedPlanes done;
	private ImagePlus trajectory;

	/**
	 * @param kept the planes that the images have
	 * @param channels of the translated planes: those of the image's own, or 3
	 * @param withSaliency whether {@link #saliency} will be asked for
	 * @throws IllegalArgumentException with one sentence, if ImageJ has not as much memory
	 */
	public Translated(final Planes planes, final PlaneSelection kept, final int channels, final boolean withSaliency) {
		this.planes = planes;
		alike = channels == planes.channels();
		done = new CompletedPlanes(planes, kept, (alike ? planes.bytesPerPixel() : Integer.BYTES) + (withSaliency ? Float.BYTES : 0));
		saliencies = withSaliency ? new ImageStack() : null;
		for (final int slice : kept.planes()) {
			images.addSlice(planes.label(slice), alike ? planes.blank() : new ColorProcessor(planes.width(), planes.height()));
			if (withSaliency) saliencies.addSlice(planes.label(slice), new FloatProcessor(planes.width(), planes.height()));
		}
	}

	@Override
	public void add(final int slice, final Plane plane) {
		final int index = done.next(plane != null);
		final Raster image = plane == null ? null : plane.image;
		final boolean[] where = plane == null ? null : plane.where;
		if (alike) planes.write(image, where, slice, images.getProcessor(index));
		else paint(image, where, slice, (ColorProcessor) images.getProcessor(index));
		if (plane != null && trajectory == null && !plane.trajectory.isEmpty()) trajectory = Gallery.of("trajectory of " + planes.title(),
			plane.trajectory.stream().map(List::of).toList(), plane.display);
		if (plane == null || saliencies == null) return;
		final float[] to = (float[]) saliencies.getPixels(index);
		for (int i = 0; i < to.length; i++)
			if (where == null || where[i]) to[i] = plane.saliency.values()[i];
	}

	/** Colors, and gray where the plane stays as it is. */
	private void paint(final Raster image, final boolean[] where, final int slice, final ColorProcessor to) {
		if (image != null) Planes.write(image, to);
		if (image != null && where == null) return;
		final ImageProcessor gray = planes.gray(slice);
		for (int i = 0; i < to.getPixelCount(); i++)
			if (where == null || !where[i]) to.set(i, 0xff000000 | gray.get(i) * 0x10101);
	}

	@Override
	public boolean isEmpty() {
		return done.part() == null;
	}

	@Override
	public ImagePlus image() {
		return alike ? done.like("translated", images) : done.otherLike("translated", images, 1);
	}

	/** How the first plane was translated, step by step; null if that was not kept. */
	public ImagePlus trajectory() {
		return trajectory;
	}

	/** How far each pixel was moved, in colors from 0 (black) to the largest value (yellow); null if it is not wanted. */
	public ImagePlus saliency() {
		if (saliencies == null) return null;
		final ImagePlus saliency = done.otherLike("saliency", saliencies, 1);
		saliency.setOverlay(null);
		double largest = 0;
		for (int slice = 1; slice <= saliency.getStackSize(); slice++)
			largest = Math.max(largest, saliency.getStack().getProcessor(slice).getStats().max);
		final LUT lut = AnomalyLut.lut();
		lut.min = 0;
		lut.max = Math.max(largest, 1e-6);
		return AnomalyLut.colored(saliency, lut);
	}
}

package sc.fiji.cfebm.imagej;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.LUT;
import sc.fiji.cfebm.raster.Raster;

/**
 * The image that comes out of a translation, plane by plane in the order of the stack, and where it was changed. A gray image
 * may become an RGB one. All its memory is claimed at once: where there is too little it fails now and not in the last slice.
 */
public final class Translated {

	private final Planes planes;
	private final boolean alike;
	private final ImageStack images = new ImageStack(), saliencies;
	private final CompletedPlanes done;

	/**
	 * @param channels of the translated planes: those of the image's own, or 3
	 * @param withSaliency whether {@link #saliency} will be asked for
	 */
	public Translated(final Planes planes, final int channels, final boolean withSaliency) {
		this.planes = planes;
		alike = channels == planes.channels();
		done = new CompletedPlanes(planes);
		saliencies = withSaliency ? new ImageStack() : null;
		for (int slice = 1; slice <= planes.count(); slice++) {
			images.addSlice(planes.label(slice), blank());
			if (withSaliency) saliencies.addSlice(planes.label(slice), new FloatProcessor(planes.width(), planes.height()));
		}
	}

	private ImageProcessor blank() {
		return alike ? planes.blank() : new ColorProcessor(planes.width(), planes.height());
	}

	/** The next plane stays as it is. */
	public void keep() {
		write(planes, null, null, done.next(false));
	}

	/**
	 * The next plane was translated.
	 *
	 * @param image [H,W,C]
	 * @param saliency [H,W,1]; not looked at if none is wanted
	 * @param where [H,W], true where values are taken; elsewhere the plane stays as it is; null: everywhere
	 */
	public void add(final Raster image, final Raster saliency, final boolean[] where) {
		final int slice = done.next(true);
		write(planes, image, where, slice);
		if (saliencies == null) return;
		final float[] to = (float[]) saliencies.getPixels(slice);
		for (int i = 0; i < to.length; i++)
			if (where == null || where[i]) to[i] = saliency.values()[i];
	}

	private void write(final Planes from, final Raster image, final boolean[] where, final int slice) {
		if (alike) from.write(image, where, slice, images.getProcessor(slice));
		else paint(from, image, where, slice, (ColorProcessor) images.getProcessor(slice));
	}

	/** Colors, and gray where the plane stays as it is. */
	private static void paint(final Planes from, final Raster image, final boolean[] where, final int slice,
		final ColorProcessor to)
	{
		if (image != null) Planes.write(image, to);
		if (image != null && where == null) return;
		final ImageProcessor gray = from.gray(slice);
		for (int i = 0; i < to.getPixelCount(); i++)
			if (where == null || !where[i]) to.set(i, 0xff000000 | gray.get(i) * 0x10101);
	}

	/** One plane as it will be; to show, not to keep. */
	public static ImagePlus preview(final Planes planes, final String title, final int slice, final Raster image,
		final boolean[] where)
	{
		if (image == null || image.channels() == planes.channels()) return planes.single(title, slice, image, where);
		final ColorProcessor colors = new ColorProcessor(planes.width(), planes.height());
		paint(planes, image, where, slice, colors);
		return new ImagePlus(title, colors);
	}

	/** Whether there is nothing to show. */
	public boolean isEmpty() {
		return done.part() == null;
	}

	/** The image, called after the original; if it ended early, its whole frames or slices. */
	public ImagePlus image() {
		final ImageStack whole = done.cut(images, 1);
		final String title = done.title("translated");
		return alike ? planes.like(title, whole) : planes.otherLike(title, whole, 1);
	}

	/** How far each pixel was moved, in colors from 0 (black) to the largest value (yellow); null if it is not wanted. */
	public ImagePlus saliency() {
		if (saliencies == null) return null;
		final ImagePlus saliency = planes.otherLike(done.title("saliency"), done.cut(saliencies, 1), 1);
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

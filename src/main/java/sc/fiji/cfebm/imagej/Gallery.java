package sc.fiji.cfebm.imagej;

import java.util.Arrays;
import java.util.List;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;

/** New images of what no image is the source of: samples of a model. */
public final class Gallery {

	/** Pixels between the pictures of a montage. */
	private static final int GAP = 1;

	private Gallery() {}

	/**
	 * An image of one slice per picture: RGB, rounded and clamped, for three channels; otherwise 32-bit, since samples lie
	 * between the gray values and beyond them, shown in the given range.
	 *
	 * @param frames pictures [H,W,C] in gray values, all of one size, as many in each frame
	 * @param display gray values shown as black and white
	 */
	public static ImagePlus of(final String title, final List<List<Raster>> frames, final Normalization display) {
		final Raster first = frames.get(0).get(0);
		final int width = first.width(), height = first.height(), channels = first.channels() == 3 ? 1 : first.channels();
		final ImageStack stack = new ImageStack(width, height);
		for (final List<Raster> frame : frames)
			for (final Raster picture : frame)
				if (picture.channels() == 3) {
					final ColorProcessor color = new ColorProcessor(width, height);
					Planes.write(picture, color);
					stack.addSlice(color);
				}
				else for (int c = 0; c < channels; c++)
					stack.addSlice(new FloatProcessor(width, height, Planes.channel(picture, c)));
		final ImagePlus imp = new ImagePlus(title, stack);
		imp.setDimensions(channels, frames.get(0).size(), frames.size());
		imp.setOpenAsHyperStack(imp.getNDimensions() > 3);
		if (first.channels() != 3) imp.setDisplayRange(display.low(), display.high());
		return channels > 1 ? new CompositeImage(imp, CompositeImage.GRAYSCALE) : imp;
	}

	/**
	 * Pictures side by side, in rows that make a square, or nearly.
	 *
	 * @param pictures all of one size
	 * @param gap value of the lines between them
	 */
	public static Raster montage(final List<Raster> pictures, final double gap) {
		final Raster first = pictures.get(0);
		final double w = first.width() + GAP, h = first.height() + GAP;
		return montage(pictures, (int) Math.ceil(Math.sqrt(pictures.size() * h / w)), gap);
	}

	/**
	 * Pictures side by side, in rows of so many.
	 *
	 * @param pictures all of one size
	 * @param gap value of the lines between them
	 */
	public static Raster montage(final List<Raster> pictures, final int columns, final double gap) {
		final Raster first = pictures.get(0);
		final int w = first.width() + GAP, h = first.height() + GAP;
		final int rows = (pictures.size() + columns - 1) / columns;
		final Raster montage = new Raster(columns * w - GAP, rows * h - GAP, first.channels());
		Arrays.fill(montage.values(), (float) gap);
		for (int i = 0; i < pictures.size(); i++)
			for (int y = 0; y < first.height(); y++)
				System.arraycopy(pictures.get(i).values(), first.index(0, y, 0), montage.values(), montage.index(i % columns * w, i /
					columns * h + y, 0), first.width() * first.channels());
		return montage;
	}
}

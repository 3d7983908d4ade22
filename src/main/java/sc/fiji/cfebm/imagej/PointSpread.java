package sc.fiji.cfebm.imagej;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import ij.ImagePlus;
import ij.WindowManager;
import ij.measure.Calibration;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.raster.Raster;

/** What images of ImageJ say of how a microscope sees a point: images of one, and the size of pixels. */
public final class PointSpread {

	/** Micrometres in units of length, in lower case. */
	private static final Map<String, Double> MICROMETRES = Map.ofEntries(Map.entry("nm", 1e-3), Map.entry("nanometer", 1e-3), Map.entry("um", 1.0),
		Map.entry("µm", 1.0), Map.entry("μm", 1.0), Map.entry("micron", 1.0), Map.entry("microns", 1.0), Map.entry("micrometer", 1.0), Map.entry("mm",
			1e3), Map.entry("millimeter", 1e3), Map.entry("cm", 1e4), Map.entry("m", 1e6));
	private static final double SQUARE = 0.01;

	private PointSpread() {}

	/**
	 * An image of a point.
	 *
	 * @param image [H,W,C] in the gray values that ImageJ shows
	 * @param mended what was chosen of the open image, each as the end of a sentence that begins with “the PSF”; empty: there was no choice
	 */
	public record Found(Raster image, List<String> mended) {}

	/**
	 * Reads an image of a point; of several slices the one with the brightest pixel, as planes are worked on one by one.
	 *
	 * @param name title of an open image, or a file
	 * @param imp the image that it is for, which it can't be
	 * @throws IllegalArgumentException with one sentence, if there is no such image, or it has no values
	 */
	public static Found read(final String name, final ImagePlus imp) {
		final ImagePlus shown = WindowManager.getImage(name), psf = shown == null ? fromFile(name) : shown;
		if (psf == imp) throw new IllegalArgumentException("The PSF " + Planes.quoted(psf) +
			" is the image itself: it must be an image of a point, or “From numbers” or “Motion”.");
		final Planes planes = new Planes(psf);
		final List<String> mended = new ArrayList<>();
		int sharpest = 1;
		double highest = Double.NEGATIVE_INFINITY;
		for (int slice = 1; slice <= planes.count() && planes.count() > 1; slice++) {
			final ImageProcessor ip = planes.processor(slice);
			double peak = Double.NEGATIVE_INFINITY;
			for (int i = 0; i < ip.getPixelCount(); i++)
				if (ip.getf(i) > peak) peak = ip.getf(i);
			if (peak > highest) {
				highest = peak;
				sharpest = slice;
			}
		}
		if (planes.count() > 1) mended.add("has " + planes.count() + " planes, of which the one with the brightest pixel, " + sharpest +
			", was taken, since planes are worked on one by one");
		return new Found(planes.read(sharpest).copy(), mended);
	}

	private static ImagePlus fromFile(final String name) {
		final File file = new File(name);
		if (!file.isFile()) throw new IllegalArgumentException("The PSF “" + name +
			"” is neither the title of an open image nor an image file; it can also be “From numbers” or “Motion”.");
		try {
			return ImageFile.open(file);
		}
		catch (final ImageFile.UnreadableException e) {
			throw new IllegalArgumentException("The PSF “" + name + "” " + e.what() + (e.advice().isEmpty() ? "." : ": " + e.advice() + "."), e);
		}
	}

	/**
	 * The side of a pixel in micrometres, by an image's calibration.
	 *
	 * @throws IllegalArgumentException with one sentence, if it has none, or its pixels are no squares
	 */
	public static double pixel(final ImagePlus imp) {
		final Calibration calibration = imp.getCalibration();
		final Double unit = calibration.getXUnit() == null ? null : MICROMETRES.get(calibration.getXUnit().strip().toLowerCase(Locale.ROOT));
		if (unit == null || !(calibration.pixelWidth > 0)) throw new IllegalArgumentException(Planes.quoted(imp) +
			" does not say how large its pixels are: give the pixel size, or set it with Image > Properties.");
		if (Math.abs(calibration.pixelHeight / calibration.pixelWidth - 1) > SQUARE) throw new IllegalArgumentException("The pixels of " + Planes
			.quoted(imp) + " are " + calibration.pixelWidth + " × " + calibration.pixelHeight + " " + calibration.getXUnit() +
			": they must be squares, or the PSF an image.");
		return unit * calibration.pixelWidth;
	}
}

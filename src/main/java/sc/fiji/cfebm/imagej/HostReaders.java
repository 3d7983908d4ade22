package sc.fiji.cfebm.imagej;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

import org.scijava.Context;
import org.scijava.convert.ConvertService;
import org.scijava.io.IOService;

import ij.IJ;
import ij.ImagePlus;

/**
 * Readers of formats that ImageJ itself does not read, where the host has them: Bio-Formats in Fiji, SCIFIO in ImageJ2. Neither
 * is on Maven Central, so both are found by name.
 */
final class HostReaders {

	private static final String BIO_FORMATS = "loci.plugins.BF", SCIFIO = "io.scif.SCIFIO", CONTEXT = "org.scijava.Context";

	private HostReaders() {}

	/**
	 * Opens the first image of a file.
	 *
	 * @param loader of the host's plugins
	 * @return null if the host has no reader
	 * @throws IOException if its reader cannot read the file
	 */
	static ImagePlus open(final File file, final ClassLoader loader) throws IOException {
		try {
			final ImagePlus[] images = (ImagePlus[]) Class.forName(BIO_FORMATS, true, loader).getMethod("openImagePlus", String.class).invoke(
				null, file.getPath());
			return requireImage(images == null || images.length == 0 ? null : images[0], file);
		}
		catch (final InvocationTargetException e) {
			throw new IOException("Bio-Formats cannot read " + file + ".", e.getCause());
		}
		catch (final ReflectiveOperationException | LinkageError e) {
			return hasScifio(loader) ? openWithScifio(file) : null;
		}
	}

	private static boolean hasScifio(final ClassLoader loader) {
		try {
			Class.forName(SCIFIO, false, loader);
			return true;
		}
		catch (final ClassNotFoundException | LinkageError e) {
			return false;
		}
	}

	private static ImagePlus openWithScifio(final File file) throws IOException {
		// ImageJ2 answers with the context that it runs in.
		if (!(IJ.runPlugIn(CONTEXT, "") instanceof final Context context)) return null;
		try {
			return requireImage(context.service(ConvertService.class).convert(context.service(IOService.class).open(file.getPath()),
				ImagePlus.class), file);
		}
		catch (final RuntimeException e) {
			throw new IOException("SCIFIO cannot read " + file + ".", e);
		}
	}

	private static ImagePlus requireImage(final ImagePlus image, final File file) throws IOException {
		if (image == null) throw new IOException("There is no image in " + file + ".");
		return image;
	}
}

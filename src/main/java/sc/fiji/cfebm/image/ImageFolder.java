package sc.fiji.cfebm.image;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

import javax.imageio.ImageIO;

import ij.IJ;
import ij.ImagePlus;
import ij.io.FileInfo;
import ij.io.Opener;
import ij.io.TiffDecoder;
import sc.fiji.cfebm.tile.Raster;

/** Reads the images of a folder. */
public final class ImageFolder {

	private static final List<String> ENDINGS = List.of(".tif", ".tiff", ".png", ".jpg", ".jpeg", ".gif", ".bmp");

	private static final Set<Integer> TYPES = Set.of(Opener.TIFF, Opener.TIFF_AND_DICOM, Opener.PNG, Opener.JPEG,
		Opener.GIF, Opener.BMP);

	private ImageFolder() {}

	/**
	 * All planes of all images in a folder (not in its subfolders), by name: [H,W,1] or [H,W,3] gray values, of any
	 * sizes, all with the same number of channels.
	 *
	 * @param warn is told, in one sentence each, of files that can't be read and are left out
	 * @throws IllegalArgumentException with one sentence, if there is no usable image, or gray and RGB images are mixed
	 */
	public static List<Raster> read(final File folder, final Consumer<String> warn) {
		if (!folder.exists()) throw new IllegalArgumentException("The folder “" + folder + "” does not exist.");
		if (!folder.isDirectory()) throw new IllegalArgumentException("“" + folder +
			"” is not a folder: give the folder that contains the images.");
		final File[] files = folder.listFiles(f -> f.isFile() && ENDINGS.stream().anyMatch(
			f.getName().toLowerCase(Locale.ROOT)::endsWith));
		if (files == null) throw new IllegalArgumentException("The folder “" + folder + "” can't be read.");
		Arrays.sort(files);
		final List<Raster> planes = new ArrayList<>();
		for (final File file : files)
			try {
				addPlanes(file, planes);
			}
			catch (final UnreadableException e) {
				warn.accept(e.getMessage());
			}
		if (planes.isEmpty()) throw new IllegalArgumentException("The folder “" + folder +
			"” has no image that can be read (tif, png, jpg, gif or bmp).");
		return planes;
	}

	private static void addPlanes(final File file, final List<Raster> planes) throws UnreadableException {
		final Planes image = open(file);
		if (!planes.isEmpty() && planes.get(0).channels() != image.channels())
			throw new IllegalArgumentException("“" + file.getName() + "” is " + (image.channels() == 3 ? "RGB" : "gray") +
				" but the images before it are " + (image.channels() == 3 ? "gray" : "RGB") + ": use images of one kind.");
		final List<Raster> added = new ArrayList<>();
		try {
			image.forEach(added::add);
		}
		catch (final IllegalArgumentException e) {
			throw new UnreadableException("“" + file.getName() + "” is left out: " + e.getMessage());
		}
		planes.addAll(added);
	}

	private static Planes open(final File file) throws UnreadableException {
		final Opener opener = new Opener();
		opener.setSilentMode(true);
		IJ.redirectErrorMessages(true);
		try {
			final int type = opener.getFileType(file.getPath());
			if (!TYPES.contains(type)) throw new UnreadableException("“" + file.getName() +
				"” is not an image of a known kind and is left out.");
			// Looked at before ImageJ does, whose readers stop a running macro at a damaged file.
			final boolean intact = type == Opener.TIFF || type == Opener.TIFF_AND_DICOM ? isIntactTiff(file) : ImageIO.read(
				file) != null;
			final ImagePlus imp = intact ? opener.openImage(file.getPath()) : null;
			if (imp != null) return new Planes(imp);
		}
		catch (final IOException | RuntimeException | OutOfMemoryError e) {
			// Readers do all of this on damaged files; either way the file is named in the warning.
		}
		finally {
			IJ.redirectErrorMessages(false);
		}
		throw new UnreadableException("“" + file.getName() + "” is damaged and is left out.");
	}

	private static boolean isIntactTiff(final File file) throws IOException {
		final FileInfo[] info = new TiffDecoder(file.getParent() + File.separator, file.getName()).getTiffInfo();
		return info != null && info.length > 0 && !isCut(info[0], file);
	}

	/** ImageJ fills up what is missing at the end of a TIFF file with zeros, and says nothing. */
	private static boolean isCut(final FileInfo info, final File file) {
		if (info.compression > FileInfo.COMPRESSION_NONE ||
			info.fileType == FileInfo.BITMAP) return false;
		final int strips = info.stripOffsets == null ? 0 : info.stripOffsets.length;
		final long end = strips > 1 && info.nImages <= 1 ? (info.stripOffsets[strips - 1] & 0xffffffffL) +
			info.stripLengths[strips - 1] : info.getOffset() + (long) info.width * info.height * info.getBytesPerPixel() *
				Math.max(1, info.nImages);
		return end > file.length();
	}

	private static final class UnreadableException extends Exception {
		UnreadableException(final String message) {
			super(message);
		}
	}
}

package sc.fiji.cfebm.imagej;

import java.io.DataInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

import ij.IJ;
import ij.ImagePlus;
import ij.io.FileInfo;
import ij.io.Opener;
import ij.io.TiffDecoder;

/**
 * Opens image files as ImageJ does, without windows or messages, and says what is wrong with one that can't be opened. What
 * ImageJ itself does not read is read by Bio-Formats or SCIFIO where the host has them.
 */
public final class ImageFile {

	/** By the file's content, or its ending. */
	private static final Set<Integer> TYPES = Set.of(Opener.TIFF, Opener.TIFF_AND_DICOM, Opener.DICOM, Opener.FITS, Opener.PGM, Opener.JPEG,
		Opener.GIF, Opener.BMP, Opener.PNG, Opener.AVI, Opener.ZIP);

	/** Endings of what ImageJ reads by itself, and of what others read; a file that has one may be no image. */
	private static final Set<String> OWN = Set.of("tif", "tiff", "png", "jpg", "jpeg", "gif", "bmp", "dcm", "fits", "pgm", "avi");
	private static final Set<String> OTHERS = Set.of("btf", "tf8", "czi", "lif", "nd2", "lsm", "oib", "oif", "vsi", "ims", "stk", "dv", "r3d",
		"zvi", "mrc", "svs", "ndpi", "scn", "ics", "ids", "sld", "al3d", "jp2", "nrrd", "mha", "webp");

	/** First four bytes of TIFF files, with numbers least and most significant byte first, and of BigTIFF files. */
	private static final int LITTLE_TIFF = 0x49492a00, BIG_TIFF = 0x4d4d002a, LITTLE_BIG_TIFF = 0x49492b00, BIG_BIG_TIFF = 0x4d4d002b;

	private static final String UNKNOWN = "is not an image of a known kind", DAMAGED = "is damaged";

	private ImageFile() {}

	/** What is wrong with a file; its message is a sentence about “it”. */
	public static final class UnreadableException extends IOException {

		private final String what, advice;

		/**
		 * @param what the rest of a sentence that begins with the file's name
		 * @param advice what to do about it, the rest of that sentence behind a colon; may be empty
		 */
		UnreadableException(final String what, final String advice) {
			super("It " + what.replaceFirst(",$", "") + (advice.isEmpty() ? "." : ": " + advice + "."));
			this.what = what;
			this.advice = advice;
		}

		String what() {
			return what;
		}

		String advice() {
			return advice;
		}
	}

	/** Whether a file is an image by its content, or claims to be one by its ending. */
	public static boolean isImage(final File file) {
		if (OWN.contains(ending(file)) || OTHERS.contains(ending(file))) return true;
		final int type = type(file);
		return type == Opener.ZIP ? isZippedImage(file) : TYPES.contains(type);
	}

	private static String ending(final File file) {
		return file.getName().substring(file.getName().lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
	}

	/** Whether a file that is no image by {@link #isImage} may be one all the same: nobody knows what it is. */
	public static boolean isUnknown(final File file) {
		return type(file) == Opener.UNKNOWN;
	}

	static boolean isTiff(final File file) {
		final int type = type(file);
		return type == Opener.TIFF || type == Opener.TIFF_AND_DICOM;
	}

	private static int type(final File file) {
		return new Opener().getFileType(file.getPath());
	}

	/** ImageJ takes any other zip for regions, and shows them. */
	private static boolean isZippedImage(final File file) {
		try (ZipInputStream zip = new ZipInputStream(new FileInputStream(file))) {
			final ZipEntry first = zip.getNextEntry();
			return first != null && (first.getName().endsWith(".tif") || first.getName().endsWith(".dcm"));
		}
		catch (final IOException | IllegalArgumentException e) {
			return false;
		}
	}

	/**
	 * Opens an image; it is not shown.
	 *
	 * @throws UnreadableException if the file is missing, cut, damaged, no image, or of a kind that nobody here reads
	 */
	public static ImagePlus open(final File named) throws UnreadableException {
		// ImageJ's readers put a name and its folder together again, and there is none in a bare name.
		final File file = named.getAbsoluteFile();
		try (QuietErrors quiet = new QuietErrors()) {
			if (!file.canRead()) throw new UnreadableException(file.exists() ? "can't be read" : "is not there any more", "");
			final String kind = unsupportedTiff(file);
			if (kind != null) return openByHost(file, kind);
			final int type = type(file);
			if (type == Opener.UNKNOWN) return openUnknown(file);
			if (!TYPES.contains(type)) throw new UnreadableException(UNKNOWN, "");
			// Readers fill up what is missing.
			final boolean intact = switch (type) {
				case Opener.TIFF, Opener.TIFF_AND_DICOM -> isIntactTiff(file);
				case Opener.PNG, Opener.JPEG, Opener.GIF, Opener.BMP -> isIntact(file);
				default -> true;
			};
			final ImagePlus imp = intact ? openByImageJ(file) : null;
			if (imp != null && !(type == Opener.DICOM && isCut(imp.getOriginalFileInfo(), file))) return imp;
		}
		catch (final UnreadableException e) {
			throw e;
		}
		catch (final OutOfMemoryError e) {
			throw new UnreadableException("does not fit into memory", "give ImageJ more in Edit > Options > Memory & Threads");
		}
		catch (final IOException | RuntimeException e) {
			// Readers do all of this on damaged files.
		}
		throw new UnreadableException(DAMAGED, "");
	}

	/** Whether Java reads all of an image; it shows the rest of one that is cut off in gray, with a warning. */
	private static boolean isIntact(final File file) throws IOException {
		try (ImageInputStream in = ImageIO.createImageInputStream(file)) {
			final Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
			if (!readers.hasNext()) return false;
			final ImageReader reader = readers.next();
			final boolean[] cut = new boolean[1];
			reader.addIIOReadWarningListener((source, warning) -> cut[0] |= warning.matches("(?is).*(premature|truncated).*"));
			reader.setInput(in);
			try {
				reader.read(0);
				return !cut[0];
			}
			finally {
				reader.dispose();
			}
		}
	}

	/** Silent: what is wrong is said by us. */
	private static ImagePlus openByImageJ(final File file) {
		final Opener opener = new Opener();
		opener.setSilentMode(true);
		final ImagePlus imp = opener.openImage(file.getPath());
		return imp == null || imp.getWidth() < 1 ? null : imp;
	}

	private static ImagePlus openUnknown(final File file) throws UnreadableException {
		ImagePlus imp = null;
		try {
			imp = HostReaders.open(file, plugins());
		}
		catch (final IOException e) {
			throw new UnreadableException(UNKNOWN, "");
		}
		// There may be readers of other kinds, plugins that ImageJ asks.
		if (imp == null) imp = new Opener().openWithHandleExtraFileTypes(file.getPath(), new int[1]);
		if (imp == null && OWN.contains(ending(file))) throw new UnreadableException(UNKNOWN, "");
		if (imp == null) throw new UnreadableException("is not an image of a kind that ImageJ reads by itself",
			"install Bio-Formats, or save it as TIFF");
		return imp;
	}

	private static ImagePlus openByHost(final File file, final String kind) throws UnreadableException {
		try {
			final ImagePlus imp = HostReaders.open(file, plugins());
			if (imp != null) return imp;
		}
		catch (final IOException | OutOfMemoryError e) {
			throw new UnreadableException("is " + kind + " that the reader of this ImageJ cannot read, or that does not fit into memory,", "");
		}
		throw new UnreadableException("is " + kind + ", which ImageJ reads with Bio-Formats only,",
			"install Bio-Formats or save the image as a plain TIFF");
	}

	private static ClassLoader plugins() {
		final ClassLoader loader = IJ.getClassLoader();
		return loader == null ? ImageFile.class.getClassLoader() : loader;
	}

	/** The kind of a TIFF file that ImageJ itself does not read; null if it does, or the file is none. */
	private static String unsupportedTiff(final File file) throws IOException {
		try (DataInputStream in = new DataInputStream(new FileInputStream(file))) {
			// No kind of image is as short.
			if (file.length() < 2 * Integer.BYTES) return null;
			final int header = in.readInt();
			if (header == LITTLE_BIG_TIFF || header == BIG_BIG_TIFF) return "a BigTIFF file";
			if (header != LITTLE_TIFF && header != BIG_TIFF) return null;
			// Of a file that is cut off the decoder would say that it knows no such kind.
			if (!holdsDirectory(file, in, header == LITTLE_TIFF)) return null;
		}
		try {
			tiffInfo(file);
			return null;
		}
		catch (final IOException e) {
			final String message = String.valueOf(e.getMessage());
			if (message.contains("tiled")) return "a tiled TIFF file";
			if (message.contains("cannot open") || message.contains("Cannot open") || message.contains("nsupported")) return "a TIFF file of a " +
				"rare kind";
			throw e;
		}
	}

	/** @param in behind the file's first four bytes */
	private static boolean holdsDirectory(final File file, final DataInputStream in, final boolean little) throws IOException {
		final int place = in.readInt();
		final long offset = (little ? Integer.reverseBytes(place) : place) & 0xffffffffL, header = 8;
		if (offset < header || offset + 2 > file.length()) return false;
		in.skipNBytes(offset - header);
		final short count = in.readShort();
		return offset + 2 + 12L * ((little ? Short.reverseBytes(count) : count) & 0xffff) <= file.length();
	}

	static FileInfo[] tiffInfo(final File file) throws IOException {
		return new TiffDecoder(file.getAbsoluteFile().getParent() + File.separator, file.getName()).getTiffInfo();
	}

	/** ImageJ fills up what is missing at the end of a TIFF file with zeros, and says nothing. */
	static boolean isIntactTiff(final File file) throws IOException {
		final FileInfo[] info = tiffInfo(file);
		if (info == null || info.length == 0) return false;
		for (final FileInfo image : info)
			if (isCut(image, file)) return false;
		return true;
	}

	private static boolean isCut(final FileInfo info, final File file) {
		return info != null && end(info) > file.length();
	}

	/** Where the pixels of an image end in its file. */
	private static long end(final FileInfo info) {
		final int strips = info.stripOffsets == null || info.stripLengths == null ? 0 : Math.min(info.stripOffsets.length,
			info.stripLengths.length);
		final boolean packed = info.compression > FileInfo.COMPRESSION_NONE || info.fileType == FileInfo.BITMAP;
		if (!packed && (strips <= 1 || info.nImages > 1)) return info.getOffset() + (long) info.width * info.height * info
			.getBytesPerPixel() * Math.max(1, info.nImages);
		long end = 0;
		for (int i = 0; i < strips; i++)
			end = Math.max(end, (info.stripOffsets[i] & 0xffffffffL) + (info.stripLengths[i] & 0xffffffffL));
		return end;
	}
}

package sc.fiji.cfebm.imagej;

import java.awt.Color;
import java.io.DataInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.imageio.ImageIO;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileInfo;
import ij.io.Opener;
import ij.io.TiffDecoder;
import ij.process.ImageProcessor;
import ij.process.LUT;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;

/** Reads the images of folders. */
public final class ImageFolder {

	private static final List<String> ENDINGS = List.of(".tif", ".tiff", ".png", ".jpg", ".jpeg", ".gif", ".bmp");

	private static final Set<Integer> TYPES = Set.of(Opener.TIFF, Opener.TIFF_AND_DICOM, Opener.PNG, Opener.JPEG,
		Opener.GIF, Opener.BMP);

	/** First four bytes of TIFF files, with numbers least and most significant byte first, and of BigTIFF files. */
	private static final int LITTLE_TIFF = 0x49492a00, BIG_TIFF = 0x4d4d002a, LITTLE_BIG_TIFF = 0x49492b00, BIG_BIG_TIFF = 0x4d4d002b;
	/** Names of other files that are said. */
	private static final int MOST_NAMES = 5;

	private ImageFolder() {}

	/**
	 * All images in folders and their subfolders, folder by folder, by path. Hidden files and folders are left out, and so are files
	 * of other formats, which are named; a file that is reached in several ways is read once. TIFF files that ImageJ does not read,
	 * tiled ones for example, are read by Bio-Formats or SCIFIO where the host has them. Planes are [H,W,1] or [H,W,3] in gray
	 * values, of any sizes, all with the same number of channels.
	 * <p>
	 * A palette of a PNG, GIF or BMP file is part of the image: with colors it makes an RGB image, with grays the gray
	 * values. A TIFF file's is taken for a LUT, in which ImageJ shows a gray image and which changes no value, unless its colors are in
	 * no order. Values under an inverting LUT are turned round, in any file. RGB images whose red, green and blue are the same are gray,
	 * if none of the others has colors. Of planes with NaN or infinite pixels only a part is read, see {@link Planes}.
	 *
	 * @param progress is told the file being read and, in one sentence each, what can't be read and is left out
	 * @throws IllegalArgumentException with one sentence, if there is no usable image, or gray and RGB images are mixed
	 * @throws CancellationException if the user asked to stop
	 */
	public static List<ImageSource> read(final List<File> folders, final Progress progress) {
		requireFolders(folders);
		final List<Found> files = new ArrayList<>(), others = new ArrayList<>();
		final Set<Path> seen = new HashSet<>();
		for (final File folder : folders)
			find(folder, folders.size() > 1, seen, files, others, progress);
		if (!others.isEmpty()) progress.log(leftOut(others));
		final Sources read = new Sources();
		for (int i = 0; i < files.size(); i++) {
			progress.throwIfCanceled();
			progress.update((double) i / files.size(), "Reading image " + (i + 1) + " of " + files.size() + ": " + files.get(
				i).name);
			try {
				read.add(files.get(i), progress);
			}
			catch (final UnreadableException e) {
				progress.log(e.getMessage());
			}
		}
		final List<ImageSource> sources = read.alike();
		if (sources.isEmpty()) throw new IllegalArgumentException((folders.size() == 1 ? "The folder “" + folders.get(0) +
			"” has no image" : "The folders have no image") + " that can be read (tif, png, jpg, gif or bmp).");
		return sources;
	}

	/** @throws IllegalArgumentException with one sentence, if there is no folder, or one that is none or can't be read */
	public static void requireFolders(final List<File> folders) {
		if (folders.isEmpty()) throw new IllegalArgumentException("No folder is given: choose the one with the images.");
		for (final File folder : folders) {
			if (!folder.exists()) throw new IllegalArgumentException("The folder “" + folder + "” does not exist.");
			if (!folder.isDirectory()) throw new IllegalArgumentException("“" + folder +
				"” is not a folder: give the folder that contains the images.");
			if (folder.list() == null) throw new IllegalArgumentException("The folder “" + folder + "” can't be read.");
		}
	}

	private record Found(Path path, String name) {

		/** In quotes, for sentences. */
		String quoted() {
			return "“" + name + "”";
		}
	}

	private static String leftOut(final List<Found> others) {
		final String names = others.stream().limit(MOST_NAMES).map(Found::quoted).collect(Collectors.joining(", ")), more = others.size() >
			MOST_NAMES ? " and " + (others.size() - MOST_NAMES) + " more" : "";
		return (others.size() == 1 ? "A file that is" : others.size() + " files that are") + " not tif, png, jpg, gif or bmp " + (others
			.size() == 1 ? "is" : "are") + " left out (save images of other formats as TIFF first): " + names + more + ".";
	}

	private static void find(final File folder, final boolean several, final Set<Path> seen, final List<Found> files,
		final List<Found> others, final Progress progress)
	{
		final Path root = folder.toPath();
		final List<Path> found = new ArrayList<>();
		try {
			Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE,
				new SimpleFileVisitor<Path>() {

					@Override
					public FileVisitResult preVisitDirectory(final Path path, final BasicFileAttributes attributes)
						throws IOException
					{
						progress.throwIfCanceled();
						return path.equals(root) || !isHidden(path) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
					}

					@Override
					public FileVisitResult visitFile(final Path path, final BasicFileAttributes attributes) throws IOException {
						// A link is only seen here if it leads nowhere.
						if (attributes.isSymbolicLink() && isImage(path)) return visitFileFailed(path, null);
						if (attributes.isRegularFile() && !isHidden(path)) found.add(path);
						return FileVisitResult.CONTINUE;
					}

					@Override
					public FileVisitResult visitFileFailed(final Path path, final IOException e) {
						// A link back up leads to nothing new.
						if (!(e instanceof FileSystemLoopException)) progress.log("“" + path + "” can't be read and is left out.");
						return FileVisitResult.CONTINUE;
					}
				});
			found.sort(Comparator.comparing(Path::toString));
			final String parent = several ? folder.getName() + File.separator : "";
			for (final Path path : found)
				if (seen.add(path.toRealPath())) (isImage(path) ? files : others).add(new Found(path, parent + root.relativize(path)));
		}
		catch (final IOException e) {
			throw new IllegalArgumentException("The folder “" + folder + "” can't be read: " + e.getMessage() + ".", e);
		}
	}

	private static boolean isHidden(final Path path) throws IOException {
		return path.getFileName().toString().startsWith(".") || Files.isHidden(path);
	}

	private static boolean isImage(final Path path) {
		return ENDINGS.stream().anyMatch(path.toString().toLowerCase(Locale.ROOT)::endsWith);
	}

	/** What was read of the files so far. */
	private static final class Sources {

		private final List<ImageSource> sources = new ArrayList<>();
		/** Names of the first one that is stored as gray, and of the first that has colors; null: there is none. */
		private String gray, color;

		/** @throws IllegalArgumentException with one sentence, if gray and color images are mixed */
		void add(final Found file, final Progress progress) throws UnreadableException {
			final Planes image = open(file);
			final ImageSource source;
			try {
				source = image.source(file.name, progress);
			}
			catch (final IllegalArgumentException e) {
				throw new UnreadableException(file.quoted() + " is left out: " + e.getMessage());
			}
			if (image.channels() == 1 && gray == null) gray = file.quoted();
			if (channels(source) == 3 && color == null) color = file.quoted();
			if (gray != null && color != null) throw new IllegalArgumentException(gray + " is gray but " + color +
				" is RGB: use images of one kind.");
			sources.add(source);
		}

		/** Gray images that were saved as RGB are gray, but among images with colors RGB. */
		List<ImageSource> alike() {
			return color == null ? sources : sources.stream().map(source -> new ImageSource(source.name(), source.planes().stream().map(
				plane -> plane.replicated(3)).toList())).toList();
		}

		private static int channels(final ImageSource source) {
			return source.planes().get(0).channels();
		}
	}

	private static Planes open(final Found found) throws UnreadableException {
		final File file = found.path.toFile();
		IJ.redirectErrorMessages(true);
		try {
			final String kind = unsupportedTiff(file);
			if (kind != null) return new Planes(openByHost(file, found.quoted(), kind));
			final Opener opener = new Opener();
			opener.setSilentMode(true);
			final int type = opener.getFileType(file.getPath());
			if (!TYPES.contains(type)) throw new UnreadableException(found.quoted() + " is not an image of a known kind and is left out.");
			final boolean tiff = type == Opener.TIFF || type == Opener.TIFF_AND_DICOM;
			// Looked at before ImageJ does, whose readers stop a running macro at a damaged file.
			final boolean intact = tiff ? isIntactTiff(file) : ImageIO.read(file) != null;
			final ImagePlus imp = intact ? opener.openImage(file.getPath()) : null;
			if (imp != null) return new Planes(tiff && !Planes.isPalette(imp) ? imp : withoutPalette(imp));
		}
		catch (final IOException | RuntimeException | OutOfMemoryError e) {
			// Readers do all of this on damaged files; either way the file is named in the warning.
		}
		finally {
			IJ.redirectErrorMessages(false);
		}
		throw new UnreadableException(found.quoted() + " is damaged and is left out.");
	}

	private static ImagePlus openByHost(final File file, final String name, final String kind) throws UnreadableException {
		final ClassLoader plugins = IJ.getClassLoader();
		try {
			final ImagePlus imp = HostReaders.open(file, plugins == null ? ImageFolder.class.getClassLoader() : plugins);
			if (imp != null) return imp;
		}
		catch (final IOException | OutOfMemoryError e) {
			throw new UnreadableException(name + " is " + kind + " that the reader of this ImageJ cannot read, or it does not fit into " +
				"memory: it is left out.");
		}
		throw new UnreadableException(name + " is " + kind + ", which ImageJ reads with Bio-Formats only, and is left out: install " +
			"Bio-Formats or save the image as a plain TIFF.");
	}

	/** The kind of a TIFF file that ImageJ itself does not read; null if it does, or the file is none. */
	private static String unsupportedTiff(final File file) throws IOException {
		try (DataInputStream in = new DataInputStream(new FileInputStream(file))) {
			final int header = in.readInt();
			if (header == LITTLE_BIG_TIFF || header == BIG_BIG_TIFF) return "a BigTIFF file";
			if (header != LITTLE_TIFF && header != BIG_TIFF) return null;
			// Of a file that is cut off the decoder would say that it knows no such kind.
			if (!holdsDirectory(file, in, header == LITTLE_TIFF)) return null;
		}
		try {
			new TiffDecoder(file.getParent() + File.separator, file.getName()).getTiffInfo();
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

	/** The image that the palette shows; the image itself if there is none, or it is only inverting. */
	private static ImagePlus withoutPalette(final ImagePlus imp) {
		if (imp.getBitDepth() != 8) return imp;
		final ImageStack shown = new ImageStack(imp.getWidth(), imp.getHeight());
		for (int i = 1; i <= imp.getStackSize(); i++) {
			final ImageProcessor ip = imp.getStack().getProcessor(i);
			shown.addSlice(ip.isColorLut() ? ip.convertToRGB() : grays(ip));
		}
		return new ImagePlus(imp.getTitle(), shown);
	}

	private static ImageProcessor grays(final ImageProcessor ip) {
		final LUT lut = ip.getLut();
		if (IntStream.range(0, 256).allMatch(v -> lut.getRed(v) == 255 - v)) return ip;
		final ImageProcessor shown = ip.duplicate();
		shown.applyTable(IntStream.range(0, 256).map(lut::getRed).toArray());
		shown.setLut(LUT.createLutFromColor(Color.WHITE));
		return shown;
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

package sc.fiji.cfebm.imagej;

import java.awt.Color;
import java.io.File;
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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ImageProcessor;
import ij.process.LUT;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;

/** Reads the images of folders. */
public final class ImageFolder {

	private static final List<String> ENDINGS = List.of(".tif", ".tiff", ".png", ".jpg", ".jpeg", ".gif", ".bmp");

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
		final String parent = several ? folder.getName() + File.separator : "";
		for (final Path path : files(root, null, unreadable -> progress.log("“" + unreadable + "” can't be read and is left out."), progress))
			if (seen.add(real(path))) (isImage(path) ? files : others).add(new Found(path, parent + root.relativize(path)));
	}

	private static Path real(final Path path) {
		try {
			return path.toRealPath();
		}
		catch (final IOException e) {
			return path; // it is gone by now, and will be found unreadable
		}
	}

	/**
	 * All files in a folder and its subfolders, by path; hidden files and folders are left out.
	 *
	 * @param except a folder that is left out, too; null: none
	 * @param unreadable is told folders, and links to images, that lead nowhere or can't be read
	 * @throws IllegalArgumentException with one sentence, if the folder can't be read
	 * @throws CancellationException if the user asked to stop
	 */
	public static List<Path> files(final Path folder, final Path except, final Consumer<Path> unreadable, final Progress progress) {
		final List<Path> found = new ArrayList<>();
		try {
			Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE,
				new SimpleFileVisitor<Path>() {

					@Override
					public FileVisitResult preVisitDirectory(final Path path, final BasicFileAttributes attributes)
						throws IOException
					{
						progress.throwIfCanceled();
						final boolean left = !path.equals(folder) && isHidden(path) || except != null && Files.exists(except) && Files.isSameFile(path,
							except);
						return left ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
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
						if (!(e instanceof FileSystemLoopException)) unreadable.accept(path);
						return FileVisitResult.CONTINUE;
					}
				});
		}
		catch (final IOException e) {
			throw new IllegalArgumentException("The folder “" + folder + "” can't be read: " + e.getMessage() + ".", e);
		}
		found.sort(Comparator.comparing(Path::toString));
		return found;
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
			return color == null ? sources : sources.stream().map(source -> source.map(plane -> plane.replicated(3))).toList();
		}

		private static int channels(final ImageSource source) {
			return source.planes().get(0).channels();
		}
	}

	private static Planes open(final Found found) throws UnreadableException {
		final File file = found.path.toFile();
		try {
			final ImagePlus imp = ImageFile.open(file);
			return new Planes(ImageFile.isTiff(file) && !Planes.isPalette(imp) ? imp : withoutPalette(imp));
		}
		catch (final ImageFile.UnreadableException e) {
			throw new UnreadableException(found.quoted() + " " + e.what() + " and is left out" + (e.advice().isEmpty() ? "." : ": " + e
				.advice() + "."));
		}
		catch (final RuntimeException | OutOfMemoryError e) {
			throw new UnreadableException(found.quoted() + " is damaged and is left out.");
		}
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

	private static final class UnreadableException extends Exception {
		UnreadableException(final String message) {
			super(message);
		}
	}
}

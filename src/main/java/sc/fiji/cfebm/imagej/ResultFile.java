package sc.fiji.cfebm.imagej;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import ij.ImagePlus;
import ij.io.FileInfo;
import ij.io.FileSaver;
import ij.io.RoiEncoder;
import ij.io.TiffEncoder;
import ij.plugin.FileInfoVirtualStack;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.model.AtomicFile;

/**
 * TIFF files of results, which are whole or not there. Each says what it was made of and how, so that it can be told from other
 * files of the same name, and keeps what a table says of it.
 */
public final class ResultFile {

	/** Properties of the image; their values are written as in addresses: of letters beyond Latin ImageJ keeps a half. */
	private static final String ORIGIN = "cfebm.origin", FACTS = "cfebm.facts";

	private ResultFile() {}

	/**
	 * Saves an image: under another name in the same folder, where it is read back, then under its own.
	 *
	 * @param origin what it was made of and how, one line; two that are equal mean the same result
	 * @param facts about it, lines without tabs
	 * @throws IOException with one sentence about “it”, if the file isn't there afterwards as it should be
	 */
	public static void save(final ImagePlus image, final Path file, final String origin, final Map<String, String> facts) throws IOException {
		image.setProp(ORIGIN, URLEncoder.encode(origin, StandardCharsets.UTF_8));
		final StringBuilder lines = new StringBuilder();
		facts.forEach((name, value) -> lines.append(name).append('\t').append(value).append('\n'));
		image.setProp(FACTS, URLEncoder.encode(lines.toString(), StandardCharsets.UTF_8));
		final String cannot = "It can't be saved as " + file + ": ";
		try {
			AtomicFile.make(file, temporary -> {
				try (OutputStream out = new BufferedOutputStream(new FileOutputStream(temporary.toFile()), 1 << 16)) {
					write(image, out);
				}
				try (QuietErrors quiet = new QuietErrors()) {
					if (!isSame(image, temporary.toFile())) throw new IOException("what was written does not read back the same");
				}
			});
		}
		catch (final IOException e) {
			final String why = e instanceof FileSystemException ? Files.isDirectory(file) ? "there is a folder of that name"
				: "the folder can't be written to" : e.getMessage();
			throw new IOException(cannot + why + ".", e);
		}
	}

	/** As ImageJ's FileSaver, which says what goes wrong in a dialog and ends a running macro. */
	private static void write(final ImagePlus image, final OutputStream out) throws IOException {
		final FileSaver saver = new FileSaver(image);
		final FileInfo info = image.getFileInfo();
		info.description = saver.getDescriptionString();
		info.info = image.getInfoProperty();
		info.sliceLabels = image.getStack().getSliceLabels();
		info.roi = RoiEncoder.saveAsByteArray(image.getRoi());
		info.overlay = FileSaver.getOverlay(image);
		info.properties = image.getPropertiesAsArray();
		if (image.isComposite()) saver.saveDisplayRangesAndLuts(image, info);
		new TiffEncoder(info).write(out);
	}

	/** Plane by plane: what was written may be as large as half of the memory. */
	private static boolean isSame(final ImagePlus image, final File file) throws IOException {
		if (!ImageFile.isIntactTiff(file)) return false;
		final FileInfo info = ImageFile.tiffInfo(file)[0];
		final FileInfoVirtualStack written = new FileInfoVirtualStack(info, false);
		if (written.size() != image.getStackSize()) return false;
		for (int slice = 1; slice <= written.size(); slice++)
			if (!Objects.deepEquals(pixels(written.getProcessor(slice)), pixels(image.getStack().getProcessor(slice)))) return false;
		return true;
	}

	/** Without the alpha channel, which is not written. */
	private static Object pixels(final ImageProcessor plane) {
		if (!(plane.getPixels() instanceof int[])) return plane.getPixels();
		final int[] colors = ((int[]) plane.getPixels()).clone();
		for (int i = 0; i < colors.length; i++)
			colors[i] &= 0xffffff;
		return colors;
	}

	/**
	 * Looks for a result that was saved before; its pixels are not read.
	 *
	 * @param origin as it was saved with
	 * @return the facts about it; null if it is to be made: there is none, or the file is empty or, though of this origin, cut off
	 * @throws IOException with one sentence about another file of that name, which must stay
	 */
	public static Map<String, String> find(final Path file, final String origin) throws IOException {
		if (!Files.exists(file) || Files.isRegularFile(file) && Files.size(file) == 0) return null;
		final Map<String, String> properties = Files.isRegularFile(file) ? properties(file.toFile()) : Map.of();
		if (!origin.equals(properties.get(ORIGIN))) throw new IOException(file.getFileName() +
			" is there already and was made in another way, or of another image: move it, or choose another output folder.");
		if (!ImageFile.isIntactTiff(file.toFile())) return null;
		final Map<String, String> facts = new LinkedHashMap<>();
		properties.getOrDefault(FACTS, "").lines().map(line -> line.split("\t", 2)).filter(fact -> fact.length == 2).forEach(fact -> facts.put(
			fact[0], fact[1]));
		return facts;
	}

	private static Map<String, String> properties(final File file) {
		final Map<String, String> properties = new LinkedHashMap<>();
		try {
			final FileInfo[] info = ImageFile.tiffInfo(file);
			final String[] pairs = info == null || info.length == 0 ? null : info[0].properties;
			for (int i = 0; pairs != null && i + 1 < pairs.length; i += 2)
				if (ORIGIN.equals(pairs[i]) || FACTS.equals(pairs[i])) properties.put(pairs[i], URLDecoder.decode(pairs[i + 1],
					StandardCharsets.UTF_8));
		}
		catch (final IOException | RuntimeException e) {
			// No TIFF file, or a damaged one: not one of ours, then.
		}
		return properties;
	}
}

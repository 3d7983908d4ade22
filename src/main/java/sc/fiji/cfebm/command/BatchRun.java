package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.BatchTable;
import sc.fiji.cfebm.imagej.ContactSheet;
import sc.fiji.cfebm.imagej.ImageFile;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.imagej.ResultFile;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.ui.CommandProgress;

/**
 * Goes from image to image of a folder. What can't be done is said in its row of the table, and the next image follows. A result
 * that is there already and was made in the same way of the same file is not made again. In memory is one image with its results.
 * For one run, on one thread.
 */
final class BatchRun {

	/** Columns of the table; figures of the command follow. */
	private static final String FILE = "File", RESULT = "Result", SAVED = "Saved as", SIZE = "Size", TYPE = "Type", SECONDS = "Seconds",
			FOUND = "Found";
	private static final String TITLE = "CF-EBM Batch", NOT_DONE = "not done: ";

	/** Names of files that are left out, as many as are said. */
	private static final int MOST_NAMES = 5;
	/** Bytes at a file's beginning that tell it from another one of the same name and length. */
	private static final int HEAD = 1 << 20;
	/** The table is saved that often at most: it is written as a whole. */
	private static final long INTERVAL_NANOS = 2_000_000_000;

	private final Path input, output, tableFile;
	private final String suffix;
	private final Supplier<PlaneCommand<?, ?>> commands;
	private final Function<Throwable, String> sentences;
	private final CommandProgress progress;

	private final BatchTable table = new BatchTable(List.of(FILE, RESULT, SAVED, SIZE, TYPE, SECONDS, FOUND));
	private final ContactSheet sheet;
	/** Names of files by their results', in lower case: some disks tell no more. */
	private final Map<String, String> taken = new HashMap<>();
	private final List<String> others = new ArrayList<>();
	private int done, before, failed;
	private String firstFailure;
	private IOException noTable, noSheet;
	private long saved = System.nanoTime();

	/**
	 * @param output made, if it is not there
	 * @param suffix added to an image's name for its main result; table and sheet are called after it
	 * @param commands one for each image, with all inputs but that
	 * @param sentences what went wrong, for the user
	 */
	BatchRun(final Path input, final Path output, final String suffix, final Supplier<PlaneCommand<?, ?>> commands,
		final Function<Throwable, String> sentences, final CommandProgress progress)
	{
		this.input = input;
		this.output = output;
		this.suffix = suffix;
		this.commands = commands;
		this.sentences = sentences;
		this.progress = progress;
		tableFile = output.resolve("cfebm-" + suffix + ".csv");
		sheet = new ContactSheet(output.resolve("cfebm-" + suffix + ".png"));
	}

	/**
	 * Does it.
	 *
	 * @throws IllegalArgumentException with one sentence, if there is no image, or some were not done
	 * @throws IOException with one sentence, if nothing can be written, or the table or the sheet could not be
	 * @throws CancellationException soon after the user asked to stop; the table is there
	 */
	void run() throws IOException {
		try {
			Files.createDirectories(output);
		}
		catch (final IOException e) {
			throw new IOException("The folder “" + output + "” can't be made: choose one on a disk that can be written to.", e);
		}
		AtomicFile.requireWritable("The results", tableFile);
		final List<Path> unreadable = new ArrayList<>();
		final List<Path> files = ImageFolder.files(input, output, unreadable::add, progress);
		files.removeIf(this::isOther);
		unreadable.forEach(path -> addRow(name(path), fail(name(path), "it can't be read")));
		try {
			for (int i = 0; i < files.size(); i++) {
				progress.throwIfCanceled();
				progress.narrow("image", i, files.size());
				progress.update(0, name(files.get(i)));
				work(files.get(i));
				saveTable(false);
			}
		}
		finally {
			if (done + before + failed > 0) {
				saveTable(true);
				table.show(TITLE);
			}
		}
		finish();
	}

	/** Notes, tables and the like; what nobody knows may be an image that a plugin opens. */
	private boolean isOther(final Path path) {
		final File file = path.toFile();
		if (ImageFile.isImage(file) || ImageFile.isUnknown(file)) return false;
		others.add(name(path));
		return true;
	}

	private void finish() throws IOException {
		try {
			sheet.save();
		}
		catch (final IOException e) {
			noSheet = e;
		}
		if (!others.isEmpty()) progress.log(TITLE + ": " + others.stream().limit(MOST_NAMES).map(name -> "“" + name + "”").collect(Collectors
			.joining(", ")) + (others.size() > MOST_NAMES ? " and " + (others.size() - MOST_NAMES) + " more" : "") + (others.size() == 1
				? " is no image and is" : " are no images and are") + " left out.");
		final int all = done + before + failed;
		if (all == 0) throw new IllegalArgumentException("There is no image in “" + input + "” or its subfolders.");
		progress.log(TITLE + ": " + done + " of " + all + (all == 1 ? " image" : " images") + " done" + (before > 0 ? ", " + before +
			" done before" : "") + (failed > 0 ? ", " + failed + " not done" : "") + ", in " + output + ".");
		if (failed > 0) throw new IllegalArgumentException(failed + " of " + all + (all == 1 ? " image" : " images") + " could not be done" +
			(failed > 1 ? ", the first " : ", ") + firstFailure + ": see " + (noTable == null ? tableFile
				: "the log, as there is no room for the table") + ".");
		if (noTable != null || noSheet != null) throw new IOException("All images are done, but the " + (noTable != null ? "table"
			: "contact sheet") + " can't be saved in " + output + ": make room there and call it again.", noTable != null ? noTable : noSheet);
	}

	/** From the input folder, with the same separators everywhere. */
	private String name(final Path file) {
		return input.relativize(file).toString().replace(File.separatorChar, '/');
	}

	private void work(final Path file) {
		final String name = name(file), stem = name.endsWith(".tif") ? name.substring(0, name.length() - ".tif".length()) : name;
		final String result = stem + "-" + suffix + ".tif";
		try {
			final String other = taken.putIfAbsent(result.toLowerCase(Locale.ROOT), name);
			if (other != null) throw new IllegalArgumentException("Its result would be called as that of “" + other +
				"” is: rename one of them.");
			final PlaneCommand<?, ?> command = commands.get();
			final String origin = origin(command.call(), file, name);
			final Map<String, String> facts = ResultFile.find(output.resolve(result), origin);
			if (facts == null) addRow(name, make(file, stem, result, command, origin));
			else {
				before++;
				facts.put(RESULT, "done before");
				addRow(name, facts);
				show(name, file, output.resolve(result));
			}
		}
		catch (final CancellationException e) {
			throw e;
		}
		catch (final IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
			if (e instanceof ImageFile.UnreadableException && !ImageFile.isImage(file.toFile())) others.add(name);
			else addRow(name, fail(name, insideSentence(sentences.apply(e))));
		}
	}

	/** @return the row */
	private Map<String, String> make(final Path file, final String stem, final String result, final PlaneCommand<?, ?> command,
		final String origin) throws IOException
	{
		final long start = System.nanoTime();
		final Path target = output.resolve(result);
		prepare(target);
		final ImagePlus image = ImageFile.open(file.toFile());
		final List<ImagePlus> outputs = new ArrayList<>();
		try {
			image.setTitle(file.getFileName().toString());
			AtomicFile.requireSpace("It", target, (long) image.getSizeInBytes());
			command.image = image;
			command.execute(progress);
			outputs.addAll(command.outputs());
			final Map<String, String> facts = facts(image, command);
			facts.put(SAVED, result);
			facts.put(SECONDS, String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) * 1e-9));
			// The main result is the last: where it is, the others are, too.
			for (final ImagePlus each : outputs) {
				final Path path = output.resolve(stem + addition(each.getTitle(), image.getTitle()) + ".tif");
				ResultFile.find(path, origin);
				ResultFile.save(each, path, origin, facts);
			}
			done++;
			facts.put(RESULT, "done");
			try {
				sheet.add(name(file), image, outputs.get(outputs.size() - 1));
			}
			catch (final IOException e) {
				noSheet = e;
			}
			return facts;
		}
		finally {
			image.flush();
			outputs.forEach(ImagePlus::flush);
		}
	}

	/** A disk that is gone must be found before the work. */
	private void prepare(final Path target) throws IOException {
		// Where a share was mounted there may be an empty folder now: the one on it is not made anew.
		if (!Files.isDirectory(output)) throw new IOException("The folder “" + output + "” is not there any more.");
		Files.createDirectories(target.getParent());
		AtomicFile.requireWritable("It", target);
	}

	private static Map<String, String> facts(final ImagePlus image, final PlaneCommand<?, ?> command) {
		final Map<String, String> facts = new LinkedHashMap<>();
		facts.put(SIZE, image.getWidth() + "x" + image.getHeight() + (image.getStackSize() > 1 ? "x" + image.getStackSize() : ""));
		facts.put(TYPE, image.getBitDepth() == 24 ? "RGB" : image.getBitDepth() + "-bit");
		facts.put(FOUND, command.found().replaceAll("\\s", " "));
		facts.putAll(command.figures());
		return facts;
	}

	/** What a result's title has more than the image's: it stands before the ending. */
	static String addition(final String title, final String image) {
		for (int at = image.length(); at > 0; at--)
			if (title.startsWith(image.substring(0, at)) && title.endsWith(image.substring(at))) return title.substring(at, at + title.length() -
				image.length());
		return title;
	}

	/** What a result is made of and how: equal if, and only if, the same would come out again. */
	private static String origin(final String call, final Path file, final String name) throws IOException {
		final CRC32 sum = new CRC32();
		try (InputStream in = Files.newInputStream(file)) {
			sum.update(in.readNBytes(HEAD));
		}
		catch (final IOException e) {
			throw new IOException("It can't be read.", e);
		}
		return call + " of " + name + ", " + Files.size(file) + " bytes that begin with " + Long.toHexString(sum.getValue());
	}

	/** Shows what was done before. */
	private void show(final String name, final Path file, final Path result) {
		ImagePlus from = null, to = null;
		try {
			to = ImageFile.open(result.toFile());
			from = ImageFile.open(file.toFile());
		}
		catch (final IOException e) {
			// Nothing depends on it.
		}
		try {
			sheet.add(name, from, to);
		}
		catch (final IOException e) {
			noSheet = e;
		}
	}

	private Map<String, String> fail(final String name, final String why) {
		failed++;
		if (firstFailure == null) firstFailure = "“" + name + "” (" + why + ")";
		progress.log(TITLE + ": “" + name + "” is not done: " + why + ".");
		try {
			sheet.addNothing(name, "not done");
		}
		catch (final IOException e) {
			noSheet = e;
		}
		final Map<String, String> row = new LinkedHashMap<>();
		row.put(RESULT, NOT_DONE + why);
		return row;
	}

	private void addRow(final String name, final Map<String, String> row) {
		row.put(FILE, name);
		table.add(row);
	}

	/** A sentence as it stands behind a colon; names and abbreviations keep their capitals. */
	private static String insideSentence(final String sentence) {
		final String inside = sentence.replaceFirst("\\.$", "");
		return inside.matches("\\p{Lu}(?:\\p{Ll}+|) .*") ? inside.substring(0, 1).toLowerCase(Locale.ROOT) + inside.substring(1) : inside;
	}

	/** @param last whether no other follows, so that it matters if it fails */
	private void saveTable(final boolean last) {
		if (!last && System.nanoTime() - saved < INTERVAL_NANOS) return;
		saved = System.nanoTime();
		try {
			AtomicFile.write(tableFile, out -> out.write(table.csv().getBytes(StandardCharsets.UTF_8)));
		}
		catch (final IOException e) {
			if (last) noTable = e;
		}
	}
}

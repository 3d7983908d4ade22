package sc.fiji.cfebm.model;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files that are whole or not there: a temporary file in the same folder, then a move. */
public final class AtomicFile {

	/** Writes a file's content; does not close the stream. */
	@FunctionalInterface
	public interface Content {

		void writeTo(OutputStream out) throws IOException;
	}

	/** Makes a file; the disk need not have it yet. */
	@FunctionalInterface
	public interface Maker {

		void make(Path file) throws IOException;
	}

	/** Of the names of temporary files; between them this computer's name, this program's number there, and a random one. */
	private static final String BEGIN = ".cfebm-", END = ".tmp";
	private static final Pattern OWNED = Pattern.compile(Pattern.quote(BEGIN) + "([a-z0-9]+)-(\\d{1,18})-.*");
	private static final String UNNAMED = "0";
	private static final String COMPUTER = computer();
	/** Nobody writes a file that was not touched for so long. */
	private static final Duration OLD = Duration.ofDays(1);

	private AtomicFile() {}

	/**
	 * Checks that a file can be written, before the work for it; sweeps its folder.
	 *
	 * @param what is to be written, as the beginning of a sentence
	 * @throws IOException with one sentence naming the file
	 */
	public static void requireWritable(final String what, final Path file) throws IOException {
		final String cannot = what + " cannot be written to " + file + ": ";
		final Path target = file.toAbsolutePath(), folder = target.getParent();
		if (Files.isDirectory(target)) throw new IOException(cannot + "it is a folder; name a file in it.");
		if (folder == null || !Files.isDirectory(folder)) throw new IOException(cannot + "there is no folder " + folder + ".");
		// What a killed program has left is gone before there is more of it.
		sweep(folder);
		try {
			// Permissions alone do not tell: a file system may be read-only or full.
			Files.delete(Files.createFile(temporary(target)));
		}
		catch (final IOException e) {
			throw new IOException(cannot + "files cannot be made in the folder " + folder + ".", e);
		}
		if (Files.exists(target) && !Files.isWritable(target)) throw new IOException(cannot + "the file there is read-only.");
	}

	/**
	 * Checks that a folder has room for a file, before the work for it.
	 *
	 * @param what is to be written, as the beginning of a sentence
	 * @param bytes that it takes at least
	 * @throws IOException with one sentence naming the file
	 */
	public static void requireSpace(final String what, final Path file, final long bytes) throws IOException {
		final FileStore store = Files.getFileStore(file.toAbsolutePath().getParent());
		// Some network drives say 0 for all they are asked.
		final long free = store.getUsableSpace();
		if (store.getTotalSpace() > 0 && free < bytes) throw new IOException(what + " cannot be written to " + file + ": it takes " + kilobytes(
			bytes) + ", and " + kilobytes(free) + " are free there.");
	}

	private static String kilobytes(final long bytes) {
		return String.format(Locale.ROOT, "%,d kB", bytes / 1000);
	}

	/**
	 * Writes a file, or leaves what was there as it was.
	 *
	 * @throws IOException if the folder cannot be written to, or the disk is full
	 */
	public static void write(final Path path, final Content content) throws IOException {
		make(path, temporary -> {
			// Not a channel, which an interrupt of the thread would close.
			try (FileOutputStream file = new FileOutputStream(temporary.toFile())) {
				final OutputStream out = new BufferedOutputStream(file, 1 << 16);
				content.writeTo(out);
				out.flush();
			}
		});
	}

	/**
	 * Lets a file be made under another name in the same folder, then gives it its own; or leaves what was there as it was.
	 *
	 * @throws IOException if the maker throws it, the folder cannot be written to, or the disk is full
	 */
	public static void make(final Path path, final Maker maker) throws IOException {
		final Path target = path.toAbsolutePath(), temporary = temporary(target);
		try {
			maker.make(temporary);
			// A machine that loses power must not find a name without its content.
			try (RandomAccessFile file = new RandomAccessFile(temporary.toFile(), "rw")) {
				file.getFD().sync();
			}
			move(temporary, target);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	/**
	 * A name beside a file's that says whose it is. Not createTempFile's: its file, and so the target, would be readable by its owner alone,
	 * and nobody would know whether its program lives.
	 */
	private static Path temporary(final Path target) {
		return target.resolveSibling(BEGIN + COMPUTER + "-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID() + END);
	}

	/** Whether a file of this name is one that is being written. */
	public static boolean isTemporary(final String name) {
		return name.startsWith(BEGIN) && name.endsWith(END);
	}

	/**
	 * Deletes temporary files that killed programs have left in a folder: those of programs of this computer that do not run any more, and
	 * whoever's that are a day old. Another computer's, which may share the disk, are left alone until then.
	 */
	public static void sweep(final Path folder) {
		final File[] files = folder.toFile().listFiles((parent, name) -> isTemporary(name));
		if (files == null) return;
		final long old = System.currentTimeMillis() - OLD.toMillis();
		for (final File file : files)
			if (file.lastModified() < old || isDead(file.getName())) file.delete();
	}

	/** Whether a temporary file's program ran on this computer and does not any more. */
	private static boolean isDead(final String name) {
		final Matcher owner = OWNED.matcher(name);
		return owner.matches() && !COMPUTER.equals(UNNAMED) && owner.group(1).equals(COMPUTER) && ProcessHandle.of(Long.parseLong(owner.group(
			2))).isEmpty();
	}

	/**
	 * A name of this computer, or of this container, whose numbers of programs are its own. Not asked of the network, which may take its
	 * time.
	 */
	private static String computer() {
		final StringBuilder name = new StringBuilder();
		for (final Path file : List.of(Path.of("/proc/sys/kernel/random/boot_id"), Path.of("/proc/self/ns/pid")))
			try {
				name.append(Files.isSymbolicLink(file) ? Files.readSymbolicLink(file) : Files.readString(file));
			}
			catch (final IOException | SecurityException e) {
				// Windows and macOS say neither: there age alone counts.
				return UNNAMED;
			}
		return UUID.nameUUIDFromBytes(name.toString().getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
	}

	/**
	 * Writes a zip, as {@link #write}.
	 *
	 * @param entries contents by name, in their order
	 */
	public static void writeZip(final Path file, final Map<String, byte[]> entries) throws IOException {
		write(file, out -> {
			final ZipOutputStream zip = new ZipOutputStream(out);
			for (final Map.Entry<String, byte[]> entry : entries.entrySet())
				put(zip, entry.getKey(), entry.getValue());
			zip.finish();
		});
	}

	/** Adds an entry to a zip; without the time, so that the same content gives the same file. */
	public static void put(final ZipOutputStream zip, final String name, final byte[] content) throws IOException {
		final ZipEntry entry = new ZipEntry(name);
		entry.setTime(0);
		zip.putNextEntry(entry);
		zip.write(content);
		zip.closeEntry();
	}

	private static void move(final Path temporary, final Path target) throws IOException {
		try {
			Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (final AtomicMoveNotSupportedException e) {
			// Some network drives; the file is whole by now.
			Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
		}
	}
}

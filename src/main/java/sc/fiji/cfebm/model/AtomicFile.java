package sc.fiji.cfebm.model;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files that are whole or not there: a temporary file in the same folder, then a move. */
public final class AtomicFile {

	/** Writes a file's content; does not close the stream. */
	@FunctionalInterface
	public interface Content {

		void writeTo(OutputStream out) throws IOException;
	}

	private AtomicFile() {}

	/**
	 * Checks that a file can be written, before the work for it.
	 *
	 * @param what is to be written, as the beginning of a sentence
	 * @throws IOException with one sentence naming the file
	 */
	public static void requireWritable(final String what, final Path file) throws IOException {
		final String cannot = what + " cannot be written to " + file + ": ";
		final Path target = file.toAbsolutePath(), folder = target.getParent();
		if (Files.isDirectory(target)) throw new IOException(cannot + "it is a folder; name a file in it.");
		if (folder == null || !Files.isDirectory(folder)) throw new IOException(cannot + "there is no folder " + folder + ".");
		try {
			// Permissions alone do not tell: a file system may be read-only or full.
			Files.delete(Files.createTempFile(folder, ".cfebm", ".tmp"));
		}
		catch (final IOException e) {
			throw new IOException(cannot + "files cannot be made in the folder " + folder + ".", e);
		}
		if (Files.exists(target) && !Files.isWritable(target)) throw new IOException(cannot + "the file there is read-only.");
	}

	/**
	 * Writes a file, or leaves what was there as it was.
	 *
	 * @throws IOException if the folder cannot be written to, or the disk is full
	 */
	public static void write(final Path path, final Content content) throws IOException {
		final Path target = path.toAbsolutePath();
		// Not createTempFile: its file, and so the target, would be readable by its owner alone.
		final Path temporary = target.resolveSibling(".cfebm-" + UUID.randomUUID() + ".tmp");
		try {
			// Not a channel, which an interrupt of the thread would close.
			try (FileOutputStream file = new FileOutputStream(temporary.toFile())) {
				final OutputStream out = new BufferedOutputStream(file, 1 << 16);
				content.writeTo(out);
				out.flush();
				// A machine that loses power must not find a name without its content.
				file.getFD().sync();
			}
			move(temporary, target);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
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

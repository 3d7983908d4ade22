package sc.fiji.cfebm.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes files that are whole or not there: a temporary file in the same folder, then a move. */
public final class AtomicFile {

	/** Writes a file's content; does not close the stream. */
	@FunctionalInterface
	public interface Content {

		void writeTo(OutputStream out) throws IOException;
	}

	private AtomicFile() {}

	/**
	 * Writes a file, or leaves what was there as it was.
	 *
	 * @throws IOException if the folder cannot be written to, or the disk is full
	 */
	public static void write(final Path file, final Content content) throws IOException {
		final Path target = file.toAbsolutePath();
		// Not createTempFile: its file, and so the target, would be readable by its owner alone.
		final Path temporary = target.resolveSibling(".cfebm-" + UUID.randomUUID() + ".tmp");
		try {
			try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
				final OutputStream out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
				content.writeTo(out);
				out.flush();
				// A machine that loses power must not find a name without its content.
				channel.force(true);
			}
			move(temporary, target);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
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

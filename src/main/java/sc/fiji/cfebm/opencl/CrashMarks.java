package sc.fiji.cfebm.opencl;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells the next process that a driver has ended this one: a mark, an empty file, is there while a driver is asked. Its name says the
 * computer and the process. A mark counts if it is this computer's and its process has gone: homes are shared by computers with
 * other drivers, and by processes that are just asking. A process holds a lock on its mark, which the system takes away with the
 * process; so numbers of processes that are given again, or that another container knows, do no harm. Processes that end in order, by a
 * signal too, take their marks away. Thread-safe.
 */
final class CrashMarks {

	private static final String BEGIN = "opencl-", END = ".mark";
	private static final Pattern NAME = Pattern.compile(BEGIN + "(.*)-(\\d{1,18})-[0-9a-f]+" + Pattern.quote(END));
	/** A mark's time is that of the disk's computer, which may be another one. */
	private static final Duration TOLERANCE = Duration.ofMinutes(2);

	private final Path folder;
	private final String computer;
	/** Those of this process: to open and close such a file would take its lock away. */
	private final Set<Path> own = ConcurrentHashMap.newKeySet();

	CrashMarks(final Path folder, final String computer) {
		this.folder = folder;
		this.computer = computer;
	}

	/** Those in the user's home. */
	static CrashMarks ofUser() {
		return new CrashMarks(Path.of(System.getProperty("user.home", "."), ".cfebm"), computer());
	}

	/** Not asked of the network, which may take its time. Macs say it to nobody else; there the lock alone must do. */
	private static String computer() {
		String name = System.getenv("COMPUTERNAME");
		try {
			if (name == null) name = Files.readString(Path.of("/proc/sys/kernel/hostname"));
		}
		catch (final IOException | RuntimeException e) {
			name = "this";
		}
		return name.replaceAll("[^A-Za-z0-9.-]", "");
	}

	/** Asks a driver. Where no mark can be left, without one. */
	<T> T during(final Supplier<T> question) {
		final Path mark = folder.resolve(BEGIN + computer + "-" + ProcessHandle.current().pid() + "-" + Long.toHexString(UUID.randomUUID()
			.getMostSignificantBits()) + END);
		own.add(mark);
		final FileChannel locked = leave(mark);
		try {
			return question.get();
		}
		finally {
			// In this order: a mark without a lock would be a dead process's.
			delete(mark);
			close(locked);
			own.remove(mark);
		}
	}

	/** @return what holds the lock; null if there is no mark */
	private FileChannel leave(final Path mark) {
		final Path unlocked = mark.resolveSibling(mark.getFileName() + ".new");
		FileChannel channel = null;
		try {
			Files.createDirectories(folder);
			channel = FileChannel.open(unlocked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
			lock(channel);
			mark.toFile().deleteOnExit();
			// Nobody sees it before it is locked.
			Files.move(unlocked, mark, StandardCopyOption.ATOMIC_MOVE);
			return channel;
		}
		catch (final IOException | RuntimeException e) {
			delete(unlocked);
			close(channel);
			return null;
		}
	}

	private static void close(final FileChannel channel) {
		try {
			if (channel != null) channel.close();
		}
		catch (final IOException e) {
			// It was open for its lock alone.
		}
	}

	private static void delete(final Path mark) {
		try {
			Files.deleteIfExists(mark);
		}
		catch (final IOException | RuntimeException e) {
			// It stays, and the next process asks no driver: better than one driver too many.
		}
	}

	private static void lock(final FileChannel channel) {
		try {
			channel.tryLock();
		}
		catch (final IOException e) {
			// This disk knows no locks: the number of the process must do.
		}
	}

	/** Whether a process ended on this computer while it asked a driver. */
	boolean found() {
		return !ofTheDead().isEmpty();
	}

	/** Takes away what {@link #found} has found. */
	void forget() {
		ofTheDead().forEach(CrashMarks::delete);
	}

	private List<Path> ofTheDead() {
		final List<Path> dead = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, BEGIN + "*" + END)) {
			for (final Path mark : files)
				if (!own.contains(mark) && isDead(mark)) dead.add(mark);
		}
		catch (final IOException | RuntimeException e) {
			// There is no such folder, or it can't be read.
		}
		return dead;
	}

	private boolean isDead(final Path mark) throws IOException {
		final Matcher name = NAME.matcher(mark.getFileName().toString());
		if (!name.matches() || !name.group(1).equals(computer) || isRunning(Long.parseLong(name.group(2)), mark)) return false;
		// Shared, so that those who look at the same moment do not take each other for its process.
		try (FileChannel channel = FileChannel.open(mark, StandardOpenOption.READ)) {
			return channel.tryLock(0, Long.MAX_VALUE, true) != null;
		}
		catch (final IOException | RuntimeException e) {
			// Taken away meanwhile; or there are no locks on this disk, and the process has gone.
			return Files.exists(mark);
		}
	}

	/** Whether a process that may have left the mark is running; another one that got its number later does not count, nor does this. */
	private static boolean isRunning(final long pid, final Path mark) throws IOException {
		if (pid == ProcessHandle.current().pid()) return false;
		final Instant left = Files.getLastModifiedTime(mark).toInstant();
		final Optional<ProcessHandle> process = ProcessHandle.of(pid);
		return process.isPresent() && process.get().info().startInstant().map(start -> start.isBefore(left.plus(TOLERANCE))).orElse(true);
	}
}

package sc.fiji.cfebm.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.command.Jvm;

/** Drivers that end the process, in processes of their own, which share a home. */
class CrashMarksTest {

	/** What a process does that has a home and a driver. */
	static final class Program {

		public static void main(final String[] args) throws Exception {
			final CrashMarks marks = CrashMarks.ofUser();
			switch (args[0]) {
				case "crash":
					// Nothing of Java's runs any more, as after an error of native code.
					marks.during(() -> {
						Runtime.getRuntime().halt(9);
						return 0;
					});
					break;
				case "wait":
					marks.during(() -> {
						System.out.println("asking");
						try {
							Thread.sleep(300_000);
						}
						catch (final InterruptedException e) {
							throw new IllegalStateException(e);
						}
						return 0;
					});
					break;
				default:
					System.out.println("avoided: " + Devices.avoided() + ", devices: " + Devices.here().list().size() + ", " + Devices.here()
						.remarks());
					Devices.askAgain();
					System.out.println("again: " + !Devices.avoided());
			}
		}
	}

	@TempDir
	private Path home;
	private final List<Process> processes = new ArrayList<>();

	@AfterEach
	void endProcesses() throws InterruptedException {
		for (final Process process : processes)
			process.destroyForcibly().waitFor();
	}

	private List<String> call(final String does) {
		return List.of("-Duser.home=" + home, "-cp", Jvm.classPath(), Program.class.getName(), does);
	}

	private Jvm.Outcome run(final String does) throws Exception {
		return Jvm.run(home, home.resolve("log.txt"), 5, call(does));
	}

	private Process waiting() throws Exception {
		final List<String> command = new ArrayList<>(call("wait"));
		command.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
		final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		processes.add(process);
		assertEquals("asking", process.inputReader().readLine());
		return process;
	}

	private CrashMarks marks() throws IOException {
		final String before = System.getProperty("user.home");
		System.setProperty("user.home", home.toString());
		try {
			return CrashMarks.ofUser();
		}
		finally {
			System.setProperty("user.home", before);
		}
	}

	private List<Path> files() throws IOException {
		final Path folder = home.resolve(".cfebm");
		if (!Files.exists(folder)) return List.of();
		try (Stream<Path> files = Files.list(folder)) {
			return files.toList();
		}
	}

	@Test
	void aDriverThatEndsTheProcessIsNotAskedTwice() throws Exception {
		assertEquals(9, run("crash").status());
		assertEquals(1, files().size());
		final String said = run("list").output();
		assertTrue(said.startsWith("avoided: true, devices: 0, [OpenCL's drivers are not asked for devices, as a program ended while it asked them: "),
			said);
		assertTrue(said.contains("CF-EBM Options") && said.contains("again: true"), said);
		assertEquals(List.of(), files());
		assertTrue(run("list").output().startsWith("avoided: false, "));
		assertEquals(List.of(), files());
	}

	@Test
	void thoseWhoAreJustAskingDoNotCount() throws Exception {
		final Process one = waiting(), two = waiting();
		assertEquals(2, files().size());
		assertFalse(marks().found());
		assertTrue(run("list").output().startsWith("avoided: false, "));
		one.destroyForcibly();
		assertTrue(one.waitFor(1, TimeUnit.MINUTES));
		assertTrue(marks().found());
		// The other one's mark stays.
		marks().forget();
		assertFalse(marks().found());
		assertEquals(1, files().size());
		if (OS.WINDOWS.isCurrentOs()) return;
		// A signal is an orderly end.
		two.destroy();
		assertTrue(two.waitFor(1, TimeUnit.MINUTES));
		assertEquals(List.of(), files());
	}

	/** The lock says that a process lives, where its number says nothing: in another container, say. */
	@Test
	void aProcessOfAnotherContainerDoesNotCount() throws Exception {
		final Process process = waiting();
		final Path mark = files().get(0), renamed = mark.resolveSibling(mark.getFileName().toString().replace("-" + process.pid() + "-", "-" +
			Integer.MAX_VALUE + "-"));
		Files.move(mark, renamed);
		assertFalse(marks().found());
		process.destroyForcibly();
		assertTrue(process.waitFor(1, TimeUnit.MINUTES));
		assertTrue(marks().found());
	}

	@Test
	void marksOfOtherComputersAndOfNumbersThatAreGivenAgain() throws Exception {
		final CrashMarks here = new CrashMarks(home, "node-1");
		assertFalse(here.found());
		final Path other = Files.createFile(home.resolve("opencl-node-2-" + Integer.MAX_VALUE + "-ab.mark"));
		Files.createFile(home.resolve("opencl-node-1-x-ab.mark"));
		Files.createFile(home.resolve("opencl-node-1-" + Integer.MAX_VALUE + "-ab.mark.new"));
		assertFalse(here.found());
		// A program that has run since before the mark may have left it, one that came later has only got its number.
		final long parent = ProcessHandle.current().parent().orElseThrow().pid();
		final Path reused = Files.createFile(home.resolve("opencl-node-1-" + parent + "-ab.mark"));
		assertFalse(here.found());
		Files.setLastModifiedTime(reused, FileTime.from(Instant.now().minus(3650, ChronoUnit.DAYS)));
		assertTrue(here.found());
		here.forget();
		assertFalse(here.found());
		assertTrue(Files.exists(other));
		// This process has made none: one with its number is of a process before, which had it in its container.
		Files.createFile(home.resolve("opencl-node-1-" + ProcessHandle.current().pid() + "-ab.mark"));
		assertTrue(here.found());
	}

	@Test
	void whatFailsInOrderLeavesNothing() throws IOException {
		final CrashMarks here = new CrashMarks(home.resolve("new/folder"), "node");
		assertEquals(1, here.<Integer>during(() -> {
			assertFalse(here.found());
			assertTrue(home.resolve("new/folder").toFile().list().length == 1);
			return 1;
		}));
		assertThrows(DeviceException.class, () -> here.during(() -> {
			throw new DeviceException("It fails.");
		}));
		assertEquals(0, home.resolve("new/folder").toFile().list().length);
		// Where nothing can be written, the driver is asked all the same.
		final Path file = Files.createFile(home.resolve("file"));
		final CrashMarks nowhere = new CrashMarks(file, "node");
		assertEquals(2, nowhere.<Integer>during(() -> 2));
		assertFalse(nowhere.found());
	}
}

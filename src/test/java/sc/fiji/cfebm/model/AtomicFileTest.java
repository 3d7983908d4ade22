package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

	@TempDir
	private Path folder;

	@Test
	void aFileThatFailsLeavesWhatWasThere() throws IOException {
		final Path file = folder.resolve("file");
		AtomicFile.write(file, out -> out.write(1));
		assertEquals("It fails.", assertThrows(IOException.class, () -> AtomicFile.write(file, out -> {
			out.write(new byte[100_000]);
			throw new IOException("It fails.");
		})).getMessage());
		assertEquals(1, Files.size(file));
		assertEquals(Set.of("file"), names());
	}

	/** Their programs may run on another computer, or in another container. */
	@Test
	void filesOfOthersAreSweptWhenTheyAreOld() throws IOException {
		final Path fresh = Files.createFile(folder.resolve(".cfebm-another-99999999-1.tmp")), old = Files.createFile(folder.resolve(
			".cfebm-another-99999999-2.tmp")), other = Files.createFile(folder.resolve("mine.tmp"));
		final FileTime before = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
		Files.setLastModifiedTime(old, before);
		Files.setLastModifiedTime(other, before);
		AtomicFile.sweep(folder);
		assertEquals(Set.of(fresh.getFileName().toString(), "mine.tmp"), names());
		AtomicFile.sweep(folder.resolve("none"));
	}

	@Test
	void whoAsksWhetherAFileCanBeWrittenSweepsItsFolder() throws IOException {
		final Path old = Files.createFile(folder.resolve(".cfebm-another-99999999-2.tmp"));
		Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
		AtomicFile.requireWritable("It", folder.resolve("file"));
		assertEquals(Set.of(), names());
	}

	/** Elsewhere it can't be told whose they are. */
	@Test
	@EnabledOnOs(OS.LINUX)
	void filesOfDeadProgramsAreSweptAtOnce() throws Exception {
		final Process dead = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
			.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
		dead.waitFor();
		AtomicFile.make(folder.resolve("file"), temporary -> {
			Files.createFile(temporary);
			final String name = temporary.getFileName().toString(), pid = "-" + ProcessHandle.current().pid() + "-";
			assertTrue(AtomicFile.isTemporary(name) && name.contains(pid), name);
			final Path left = Files.createFile(folder.resolve(name.replace(pid, "-" + dead.pid() + "-")));
			AtomicFile.sweep(folder);
			assertTrue(Files.exists(temporary));
			assertFalse(Files.exists(left));
		});
		assertEquals(Set.of("file"), names());
	}

	private Set<String> names() throws IOException {
		try (Stream<Path> files = Files.list(folder)) {
			return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
		}
	}
}

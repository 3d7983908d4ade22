package sc.fiji.cfebm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import sc.fiji.cfebm.command.Jvm;
import sc.fiji.cfebm.job.TestVolumes;

/** The command line. */
class MainTest {

	@TempDir
	private Path folder;

	private record Outcome(int code, String out, String err) {}

	@BeforeAll
	static void home() {
		System.setProperty(Volumes.HOME, Path.of("").toAbsolutePath().toString());
	}

	@AfterAll
	static void noHome() {
		System.clearProperty(Volumes.HOME);
	}

	private static Outcome run(final Object... args) {
		final StringWriter out = new StringWriter(), err = new StringWriter();
		final int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), Stream.of(args).map(Object::toString).toArray(
			String[]::new));
		return new Outcome(code, out.toString(), err.toString());
	}

	@Test
	void aVolumeIsDenoisedInOneCallAsInMany() throws Exception {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 100, 70, 4), once = folder.resolve("once.zarr"), parts = folder
			.resolve("parts.zarr"), plan = folder.resolve("plan.json");
		final Outcome denoised = run("denoise", input, once, "--model=nuclei", "--threads=1");
		assertEquals(0, denoised.code, denoised.err);
		assertEquals("4 of 4 tasks done; the result is whole: " + once + System.lineSeparator(), denoised.out);
		assertTrue(denoised.err.contains("noise: white, sigma ") && denoised.err.contains("100 %: 4 of 4"), denoised.err);
		final Outcome again = run("denoise", input, once, "--model=nuclei", "--threads=1", "--quiet", "--json");
		assertEquals("", again.err);
		final JsonObject json = JsonParser.parseString(again.out).getAsJsonObject();
		assertEquals(0, json.get("done").getAsInt());
		assertEquals(4, json.get("before").getAsInt());
		assertEquals(0, json.get("failed").getAsJsonArray().size());

		assertEquals(plan + ": 4 tasks" + System.lineSeparator(), run("plan", input, parts, "--model", TestVolumes.MODEL, "-o", plan).out);
		assertEquals(Main.LEFT, run("status", plan).code);
		assertFalse(Files.exists(parts));
		final Outcome second = run("run", plan, "--part=2/2", "--quiet");
		assertEquals(Main.LEFT, second.code);
		assertEquals("2 of 4 tasks done; 2 are left" + System.lineSeparator(), second.out);
		assertEquals("2 of 4 tasks are done" + System.lineSeparator(), run("status", plan).out);
		assertEquals(0, run("run", plan, "--part=1/2").code);
		assertEquals(0, run("status", plan).code);
		assertEquals(TestVolumes.files(once), TestVolumes.files(parts));
	}

	/** Killed where it hurts, again and again. */
	@Test
	void aProgramThatIsKilledLosesNothing() throws Exception {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 4, "xyz", 230, 200, 8), once = folder.resolve("once.zarr"), killed = folder
			.resolve("killed.zarr"), plan = folder.resolve("plan.json");
		assertEquals(0, run("denoise", input, once, "--model=nuclei", "--piece=128", "--threads=2", "--quiet").code);
		assertEquals(0, run("plan", input, killed, "--model=nuclei", "--piece=128", "-o", plan).code);
		int kills = 0;
		for (int limit = 1; limit < 12; limit += 5) {
			final Process process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
				"-XX:TieredStopAtLevel=1", "-cp", Jvm.classPath(), Main.class.getName(), "run", plan.toString(), "--threads=2")).redirectErrorStream(
					true).redirectOutput(folder.resolve("log.txt").toFile()).start();
			while (process.isAlive() && chunks(killed) < limit)
				Thread.sleep(5);
			if (process.isAlive()) kills++;
			// On Unix that is kill -9.
			process.destroyForcibly();
			assertTrue(process.waitFor(5, TimeUnit.MINUTES));
		}
		assertTrue(kills > 0, Files.readString(folder.resolve("log.txt")));
		final Outcome rest = run("run", plan, "--threads=1", "--quiet");
		assertEquals(0, rest.code, rest.err);
		assertFalse(rest.out.startsWith("32 of 32 tasks done;"), rest.out);
		assertEquals(TestVolumes.files(once), TestVolumes.files(killed));
	}

	private static long chunks(final Path zarr) throws IOException {
		final Path array = zarr.resolve("0");
		if (!Files.isDirectory(array)) return 0;
		try (Stream<Path> files = Files.walk(array)) {
			return files.filter(f -> f.getFileName().toString().matches("\\d+") && Files.isRegularFile(f)).count();
		}
		catch (final java.io.UncheckedIOException e) {
			// A temporary file that was moved meanwhile.
			return 0;
		}
	}

	@Test
	void infoSaysWhatThereIs() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 4, "xyc", 100, 70, 2);
		assertEquals(String.join(System.lineSeparator(), "100×70×2 xyc uint16, zarr version 2, 1 level", "x: 0.5 micrometer",
			"y: 0.5 micrometer", "c: 1.0", ""), run("info", input).out);
		final JsonObject json = JsonParser.parseString(run("info", input, "--json").out).getAsJsonObject();
		assertEquals("uint16", json.get("type").getAsString());
		assertEquals(100, json.getAsJsonArray("dimensions").get(0).getAsInt());
		assertTrue(run("info", "nuclei").out.contains("32"));
		assertTrue(JsonParser.parseString(run("info", TestVolumes.MODEL, "--json").out).getAsJsonObject().has("model"));
	}

	@Test
	void helpSaysWhatThereIs() {
		final Outcome help = run();
		assertEquals(0, help.code);
		for (final String command : List.of("denoise", "info", "plan", "run", "status")) {
			assertTrue(help.out.contains(command), help.out);
			final Outcome one = run(command, "--help");
			assertEquals(0, one.code);
			assertTrue(one.out.startsWith("Usage: cfebm " + command), one.out);
		}
		assertTrue(run("--version").out.startsWith("cfebm "));
	}

	@Test
	void aWrongCallIsOneSentence() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xy", 80, 70), out = folder.resolve("out.zarr"), text = folder.resolve(
			"notes.txt");
		Files.writeString(text, "notes");
		final List<Object> good = List.of("denoise", input, out, "--model=nuclei", "--quiet");
		says(2, "--piece must be a multiple of 64 from 64 to 2048, not 100. See cfebm denoise --help.", good, "--piece=100");
		says(2, "--ome must be 0.4 or 0.5, not 0.6. See cfebm denoise --help.", good, "--ome=0.6");
		says(2, "--threads must be at least 1, not 0. See cfebm denoise --help.", good, "--threads=0");
		says(2, "A part is i/n with i from 1 to n, not 3/2. See cfebm denoise --help.", good, "--part=3/2");
		says(2, "Both sigma and a gain are given: give sigma for white noise, a gain for shot noise. See cfebm denoise --help.", good,
			"--sigma=3", "--gain=2");
		says(2, "Unknown option: '--sgima=3'. See cfebm denoise --help.", good, "--sgima=3");
		says(2, "The result's name must end with .zarr, and " + text + " does not. See cfebm denoise --help.", List.of("denoise", input, text,
			"--model=nuclei"));
		says(2, "Missing required option: '--model=MODEL'. See cfebm denoise --help.", List.of("denoise", input, out));
		says(1, "There is no model file other, and no model of that name comes with the plugin (microscopy, nuclei, photo, photo-color).", List
			.of("denoise", input, out, "--model=other"));
		says(1, "There is no file or folder " + folder.resolve("none.zarr") + ".", List.of("denoise", folder.resolve("none.zarr"), out,
			"--model=nuclei"));
		says(1, text + " is no volume that is read here: an OME-Zarr is.", List.of("denoise", text, out, "--model=nuclei"));
		says(1, "There is no plan " + folder.resolve("plan.json") + ": make one by cfebm plan.", List.of("run", folder.resolve("plan.json")));
		assertFalse(Files.exists(out));
	}

	private static void says(final int code, final String sentence, final List<Object> call, final Object... more) {
		final List<Object> all = new ArrayList<>(call);
		all.addAll(List.of(more));
		final Outcome outcome = run(all.toArray());
		assertEquals(sentence + System.lineSeparator(), outcome.err);
		assertEquals(code, outcome.code);
		assertEquals("", outcome.out);
	}
}

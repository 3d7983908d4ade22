package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs in a JVM of their own, for what can be done once in a process: patching ImageJ, starting it, loading a package. */
public final class Jvm {

	/**
	 * How a program ended.
	 *
	 * @param status of its exit
	 * @param output all that it printed
	 */
	public record Outcome(int status, String output) {}

	private Jvm() {}

	/** That of the tests. */
	public static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	/**
	 * Runs a program; fails if it does not end in time.
	 *
	 * @param folder that it runs in
	 * @param output file that takes what it prints
	 * @param arguments of java, the class and its arguments among them
	 */
	public static Outcome run(final Path folder, final Path output, final int minutes, final List<String> arguments) throws IOException,
		InterruptedException
	{
		// Most of a second or two of work would otherwise go into compiling it well.
		final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
			"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED"));
		command.addAll(arguments);
		final Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile())
			.start();
		final boolean ended = process.waitFor(minutes, TimeUnit.MINUTES);
		if (!ended) process.destroyForcibly();
		final String printed = Files.readString(output, StandardCharsets.UTF_8);
		assertTrue(ended, () -> "It did not end in " + minutes + " minutes: " + printed);
		return new Outcome(process.exitValue(), printed);
	}

	/** What was printed, without the line that each command leaves in the log. */
	static String withoutLog(final String output) {
		return output.replaceAll("(?m)^CF-EBM [A-Za-z ]+, “.*\\R", "");
	}
}

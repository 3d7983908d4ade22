package sc.fiji.cfebm.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import sc.fiji.cfebm.command.Jvm;

/** Runs programs that know nothing of this plugin: its classes, but for those of the tests, are not on their class path. */
final class Stranger {

	private Stranger() {}

	/** The lines that a program printed, which must end well. */
	static List<String> run(final Class<?> program, final Path output, final List<String> more) throws Exception {
		final String own = Path.of(Dl4jExport.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
		final String classPath = Arrays.stream(Jvm.classPath().split(File.pathSeparator)).filter(entry -> !Path.of(entry).toString().equals(
			own)).collect(Collectors.joining(File.pathSeparator));
		final List<String> arguments = new ArrayList<>(List.of("-Xmx500m", "-classpath", classPath, program.getName()));
		arguments.addAll(more);
		final Jvm.Outcome outcome = Jvm.run(Path.of("").toAbsolutePath(), output, 2, arguments);
		final List<String> lines = outcome.output().lines().toList();
		assertEquals(0, outcome.status(), lines.toString());
		return lines;
	}

	/** To be asked by such a program first. */
	static void check() {
		if (Stranger.class.getResource("Dl4jExport.class") != null) throw new IllegalStateException("The plugin is there.");
	}
}

package sc.fiji.cfebm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The drawing in docs/architecture.md, and what is said beside it, against the sources. */
class ArchitectureTest {

	private static final Path SOURCES = Path.of("src", "main", "java", "sc", "fiji", "cfebm");
	private static final Pattern USED = Pattern.compile("\\bsc\\.fiji\\.cfebm\\.([a-z]+(?:\\.[a-z]+)*)\\.[A-Z]");
	private static final Pattern ARROW = Pattern.compile("^ {4}([a-z.]+) --> ([a-z.]+)$", Pattern.MULTILINE);

	/** What each package uses of the others, by the sources without their comments. */
	private static final Map<String, Set<String>> used = new TreeMap<>();
	private static final Map<String, Set<String>> drawn = new TreeMap<>();
	private static final Map<Path, String> code = new TreeMap<>();

	@BeforeAll
	static void read() throws IOException {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			for (final Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".java"))::iterator)
				code.put(SOURCES.relativize(file), Files.readString(file).replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//[^\n]*", "")
					.replaceFirst("package [^;]+;", ""));
		}
		code.forEach((file, text) -> {
			final Set<String> others = used.computeIfAbsent(name(file), n -> new TreeSet<>());
			for (final Matcher m = USED.matcher(text); m.find();)
				if (!m.group(1).equals(name(file))) others.add(m.group(1));
		});
		for (final Matcher m = ARROW.matcher(Files.readString(Path.of("docs", "architecture.md"))); m.find();)
			drawn.computeIfAbsent(m.group(1), n -> new TreeSet<>()).add(m.group(2));
	}

	/** A package's name below the project's, such as {@code training.data}. */
	private static String name(final Path file) {
		return file.getParent().toString().replace(file.getFileSystem().getSeparator(), ".");
	}

	/** The part of it before the first dot: a room, with what belongs to it. */
	private static String room(final Path file) {
		return file.getName(0).toString();
	}

	@Test
	void theDrawingShowsAllPackages() {
		final Set<String> names = new TreeSet<>(drawn.keySet());
		drawn.values().forEach(names::addAll);
		assertEquals(used.keySet(), names);
	}

	@Test
	void everyArrowIsThere() {
		drawn.forEach((from, targets) -> targets.forEach(to -> assertTrue(used.get(from).contains(to), from + " does not use " + to)));
	}

	@Test
	void nothingIsUsedButAlongTheArrows() {
		used.forEach((from, targets) -> targets.forEach(to -> assertTrue(reachable(from).contains(to), from + " uses " + to)));
	}

	@Test
	void noArrowsLeadBack() {
		for (final String name : drawn.keySet())
			assertTrue(!reachable(name).contains(name), name);
	}

	@Test
	void everyPackageKeepsToItsLibraries() {
		code.forEach((file, text) -> {
			final String name = room(file);
			for (final String library : List.of("ij\\.", "java\\.awt\\.", "javax\\.swing\\.", "org\\.scijava\\."))
				assertUses(file, text, library, Set.of("command", "ui", "imagej").contains(name));
			assertUses(file, text, "org\\.nd4j\\.", Set.of("tensor", "platform", "export").contains(name));
			assertUses(file, text, "org\\.bytedeco\\.", Set.of("tensor", "platform").contains(name));
			assertUses(file, text, "org\\.jocl\\.", "opencl".equals(name));
			assertUses(file, text, "org\\.deeplearning4j\\.", "export".equals(name));
		});
	}

	private static void assertUses(final Path file, final String text, final String library, final boolean may) {
		assertTrue(may || !Pattern.compile("(?<![\\w.\"])" + library).matcher(text).find(), file + " uses " + library);
	}

	private static Set<String> reachable(final String from) {
		final Set<String> all = new TreeSet<>();
		collect(from, all);
		return all;
	}

	private static void collect(final String from, final Set<String> all) {
		for (final String to : drawn.getOrDefault(from, Set.of()))
			if (all.add(to)) collect(to, all);
	}
}

package sc.fiji.cfebm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.release.DocsSite;

/** The documentation leads nowhere that is not there. */
class DocumentationTest {

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	@Test
	void everyLinkLeadsSomewhere() throws IOException {
		final List<String> broken = new ArrayList<>();
		int links = 0;
		for (final Path page : pages())
			for (final Matcher m = LINK.matcher(Files.readString(page)); m.find(); links++)
				if (!m.group(1).matches("[a-z]+:.*") && !leadsSomewhere(page, m.group(1))) broken.add(page + ": " + m.group(1));
		assertEquals(List.of(), broken);
		assertFalse(links < 50, links + " links");
	}

	@Test
	void macrosThatAreNamedAreThere() throws IOException {
		final List<String> missing = new ArrayList<>();
		for (final Path page : pages())
			for (final Matcher m = Pattern.compile("\\b((?:macros|plugins)/\\w+(?:-\\w+)?\\.ijm)").matcher(Files.readString(page)); m.find();)
				if (!Files.exists(Path.of(m.group(1)))) missing.add(page + ": " + m.group(1));
		assertEquals(List.of(), missing);
	}

	private static List<Path> pages() throws IOException {
		try (Stream<Path> here = Files.list(Path.of(".")); Stream<Path> docs = Files.walk(Path.of("docs"))) {
			return Stream.concat(here, docs).filter(file -> file.toString().endsWith(".md")).sorted().toList();
		}
	}

	private static boolean leadsSomewhere(final Path page, final String link) throws IOException {
		final int hash = link.indexOf('#');
		final String file = hash < 0 ? link : link.substring(0, hash);
		final Path target = file.isEmpty() ? page : page.resolveSibling(file);
		return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
	}

	/** Of the headings of a page. */
	private static List<String> anchors(final Path page) throws IOException {
		return Files.readAllLines(page).stream().filter(line -> line.matches("#+ .*")).map(line -> DocsSite.anchor(line.replaceFirst("#+ ",
			""))).toList();
	}
}

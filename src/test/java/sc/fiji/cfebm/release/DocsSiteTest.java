package sc.fiji.cfebm.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The web site of the documentation: nothing leads nowhere, and nothing comes from elsewhere. */
class DocsSiteTest {

	private static final Pattern NAMED = Pattern.compile("(?:href|src)=\"([^\"]*)\""), ID = Pattern.compile("id=\"([^\"]*)\"");

	@TempDir
	static Path site;

	@BeforeAll
	static void make() throws IOException {
		DocsSite.write(Path.of("").toAbsolutePath(), site);
	}

	@Test
	void everyPageIsThereAndInTheMenu() throws IOException {
		final Set<String> expected = new TreeSet<>(Set.of("index.html"));
		try (Stream<Path> pages = Files.list(Path.of("docs"))) {
			pages.map(page -> page.getFileName().toString()).filter(name -> name.endsWith(".md")).forEach(name -> expected.add("docs/" + name
				.replace(".md", ".html")));
		}
		assertEquals(expected, files(".html"));
		final String first = Files.readString(site.resolve("index.html")), menu = first.substring(0, first.indexOf("</nav>"));
		for (final String page : expected)
			assertTrue(menu.contains("href=\"" + page + "\""), page);
		assertEquals(expected.size(), menu.split("<a ").length - 1);
	}

	@Test
	void everyLinkAndPictureIsThere() throws IOException {
		final List<String> broken = new ArrayList<>();
		int own = 0, pictures = 0;
		for (final String page : files(".html")) {
			final String html = Files.readString(site.resolve(page));
			for (final Matcher m = NAMED.matcher(html); m.find();) {
				final String link = m.group(1);
				if (link.matches("[a-z]+:.*")) {
					// Pictures and styles are the site's own.
					if (m.group().startsWith("src") || link.endsWith(".css")) broken.add(page + " loads " + link);
					continue;
				}
				own++;
				if (m.group().startsWith("src")) pictures++;
				final String[] parts = link.split("#", 2);
				final Path to = parts[0].isEmpty() ? site.resolve(page) : site.resolve(page).resolveSibling(parts[0]).normalize();
				if (!to.startsWith(site) || !Files.isRegularFile(to)) broken.add(page + ": " + link);
				else if (parts.length > 1 && !ids(to).contains(parts[1])) broken.add(page + ": " + link);
			}
		}
		assertEquals(List.of(), broken);
		assertTrue(own > 500 && pictures > 5, own + " links, " + pictures + " pictures");
	}

	/** What is no page of the site leads to the project's home, where there must be such a file. */
	@Test
	void linksToSourcesLeadToTheProject() throws IOException {
		final Pattern home = Pattern.compile("href=\"https://github.com/cfebm/cfebm-fiji/blob/main/([^\"#]*)");
		int found = 0;
		for (final String page : files(".html"))
			for (final Matcher m = home.matcher(Files.readString(site.resolve(page))); m.find(); found++)
				assertTrue(Files.exists(Path.of(m.group(1))), page + ": " + m.group(1));
		assertTrue(found > 3, found + " links");
	}

	@Test
	void headingsAreCalledAsOnGitHub() {
		assertEquals("bundled-the-models-that-come-with-the-plugin", DocsSite.anchor("bundled: the models that come with the plugin"));
		assertEquals("σ-and-e", DocsSite.anchor("σ and ∇E"));
	}

	private static Set<String> ids(final Path page) throws IOException {
		return ID.matcher(Files.readString(page)).results().map(m -> m.group(1)).collect(Collectors.toSet());
	}

	private static Set<String> files(final String ending) throws IOException {
		try (Stream<Path> files = Files.walk(site)) {
			return files.map(file -> site.relativize(file).toString().replace('\\', '/')).filter(name -> name.endsWith(ending)).collect(Collectors
				.toCollection(TreeSet::new));
		}
	}
}

package sc.fiji.cfebm.ui;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

class HelpPageTest {

	@Test
	void allPagesAreInTheJar() throws Exception {
		try (Stream<Path> pages = Files.list(Path.of("docs"))) {
			for (final Path page : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
				final String html = HelpPage.html(page.toString());
				assertTrue(html.contains("<h1>") && html.contains("<p>"), page.toString());
				assertFalse(html.contains("<img"), page.toString());
			}
		}
		assertTrue(HelpPage.html("docs/using.md").contains("<table>"));
	}

	/** As it is now, where there is one. */
	@Test
	void helpSaysTheCallOfTheCommandLine() {
		final DialogLayout layout = new DialogLayout("Denoise", "docs/denoising.md", List.of(), null);
		assertFalse(HelpPage.html(layout).contains("Command line"));
		layout.commandLine(() -> "cfebm denoise <a> & b");
		assertTrue(HelpPage.html(layout).contains("<b>Command line</b>: <code>cfebm denoise &lt;a&gt; &amp; b</code>"));
	}

	@Test
	void whatIsNoPageIsNone() {
		assertNull(HelpPage.html("docs/nothing.md"));
	}

	@Test
	void theAddressIsTheProjects() throws Exception {
		assertTrue(Files.readString(Path.of("pom.xml")).contains("<url>" + HelpPage.PROJECT + "</url>"));
	}
}

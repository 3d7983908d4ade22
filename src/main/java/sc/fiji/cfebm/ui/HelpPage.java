package sc.fiji.cfebm.ui;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Image;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** The documentation's pages, which are in the jar: they can be read without a network. */
final class HelpPage {

	/** The project's home; the pom names it, too. */
	static final String PROJECT = "https://github.com/cfebm/cfebm-fiji";

	private static final List<TablesExtension> TABLES = List.of((TablesExtension) TablesExtension.create());

	private HelpPage() {}

	/**
	 * A page without its pictures.
	 *
	 * @param page its file in the project's folder, such as {@code docs/denoising.md}
	 * @return HTML; null if there is no such page in the jar
	 */
	static String html(final String page) {
		final String name = "/sc/fiji/cfebm/help/" + page.replaceFirst(".*/", "");
		try (InputStream in = HelpPage.class.getResourceAsStream(name)) {
			if (in == null) return null;
			final Node document = Parser.builder().extensions(TABLES).build().parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
			document.accept(new AbstractVisitor() {

				@Override
				public void visit(final Image image) {
					image.unlink();
				}
			});
			return HtmlRenderer.builder().extensions(TABLES).build().render(document);
		}
		catch (final IOException e) {
			return null;
		}
	}

	/** What the inputs of a dialog mean, the call of the command line that does the same, and the command's page. */
	static String html(final DialogLayout layout) {
		final StringBuilder help = new StringBuilder("<h2>" + layout.title() + "</h2>");
		layout.fields().forEach(field -> explain(field.label(), field.input().getDescription(), help));
		layout.buttons().forEach(button -> explain(button.label(), button.description(), help));
		final String call = layout.commandLine();
		if (call != null) explain("Command line", "<code>" + call.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") +
			"</code> does the same to files, without Fiji: <a href=\"scale.md\">more</a>.", help);
		final String page = html(layout.page());
		return help.append("<hr>").append(page == null ? "" : page).toString();
	}

	private static void explain(final String label, final String description, final StringBuilder help) {
		help.append("<p><b>").append(label).append("</b>: ").append(description).append("</p>");
	}
}

package sc.fiji.cfebm.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Makes a web site of README.md and the pages in {@code docs}: plain files that need no server and load nothing from elsewhere. What a page
 * links to that is not a page leads to the project's home.
 */
public final class DocsSite {

	private static final String PROJECT = "https://github.com/cfebm/cfebm-fiji/blob/main/";
	/** The order of the menu; pages that are not named come last. */
	private static final List<String> ORDER = List.of("README.md", "docs/install.md", "docs/tutorial.md", "docs/gallery.md", "docs/samples.md",
		"docs/using.md", "docs/denoising.md", "docs/deconvolution.md", "docs/inpainting.md", "docs/anomaly.md", "docs/style.md",
		"docs/sampling.md", "docs/training.md", "docs/trust.md", "docs/scale.md", "docs/scripting.md", "docs/api.md", "docs/exchange.md",
		"docs/benchmarks.md");
	private static final List<TablesExtension> TABLES = List.of((TablesExtension) TablesExtension.create());
	private static final Parser PARSER = Parser.builder().extensions(TABLES).build();

	private static final String STYLE = """
		:root { color-scheme: light dark; --line: #8884; --link: #0a58b0; }
		@media (prefers-color-scheme: dark) { :root { --link: #7ab7ff; } }
		body { font: 16px/1.5 system-ui, sans-serif; margin: 0; display: flex; flex-wrap: wrap; }
		nav { flex: 1 0 12rem; max-width: 16rem; padding: 1rem; box-sizing: border-box; }
		nav a { display: block; padding: .15rem 0; }
		nav a[aria-current] { font-weight: bold; }
		main { flex: 1 1 24rem; min-width: 0; max-width: 60rem; padding: 1rem; box-sizing: border-box; overflow-wrap: break-word; }
		a { color: var(--link); }
		img { max-width: 100%; height: auto; }
		pre, table { overflow-x: auto; }
		pre { border: 1px solid var(--line); padding: .6rem; }
		table { display: block; border-collapse: collapse; }
		th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }
		@media (max-width: 44rem) {
			body { display: block; }
			nav { max-width: none; border-bottom: 1px solid var(--line); }
			nav a { display: inline-block; margin-right: .8rem; }
		}
		""";

	private final Path project, target;
	/** Pages by their paths in the project, in the menu's order. */
	private final Map<String, Node> pages = new LinkedHashMap<>();

	private DocsSite(final Path project, final Path target) {
		this.project = project;
		this.target = target;
	}

	/** @param args the project's folder, and the site's, which need not exist */
	public static void main(final String[] args) throws IOException {
		write(Path.of(args[0]), Path.of(args[1]));
	}

	/** @param target what it has of an earlier site is overwritten */
	static void write(final Path project, final Path target) throws IOException {
		final DocsSite site = new DocsSite(project, target);
		site.read();
		for (final String page : site.pages.keySet())
			site.write(page);
		Files.writeString(target.resolve("style.css"), STYLE);
	}

	private void read() throws IOException {
		final List<String> names = new ArrayList<>(ORDER);
		try (Stream<Path> files = Files.list(project.resolve("docs"))) {
			files.map(file -> "docs/" + file.getFileName()).filter(name -> name.endsWith(".md") && !names.contains(name)).sorted().forEach(
				names::add);
		}
		for (final String name : names)
			pages.put(name, PARSER.parse(Files.readString(project.resolve(name))));
	}

	private void write(final String page) throws IOException {
		final Node document = pages.get(page);
		final List<String> images = new ArrayList<>();
		document.accept(new AbstractVisitor() {

			@Override
			public void visit(final Link link) {
				// A picture that is linked is on the site, too.
				if (!isElsewhere(link.getDestination()) && link.getDestination().endsWith(".png")) images.add(resolved(page, link.getDestination()));
				else link.setDestination(target(page, link.getDestination()));
				visitChildren(link);
			}

			@Override
			public void visit(final Image image) {
				if (!isElsewhere(image.getDestination())) images.add(resolved(page, image.getDestination()));
				visitChildren(image);
			}
		});
		final String up = page.contains("/") ? "../" : "";
		final StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" +
			"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>").append(escaped(title(page))).append(
				"</title>\n<link rel=\"stylesheet\" href=\"").append(up).append("style.css\">\n</head>\n<body>\n<nav>\n");
		for (final String other : pages.keySet())
			html.append("<a href=\"").append(up).append(file(other)).append(other.equals(page) ? "\" aria-current=\"page" : "").append("\">").append(
				escaped(title(other))).append("</a>\n");
		html.append("</nav>\n<main>\n").append(renderer().render(document)).append("</main>\n</body>\n</html>\n");
		final Path to = target.resolve(file(page));
		Files.createDirectories(to.getParent());
		Files.writeString(to, html);
		for (final String image : images) {
			Files.createDirectories(target.resolve(image).getParent());
			Files.write(target.resolve(image), Files.readAllBytes(project.resolve(image)));
		}
	}

	private static HtmlRenderer renderer() {
		return HtmlRenderer.builder().extensions(TABLES).attributeProviderFactory(context -> (node, tag, attributes) -> {
			if (node instanceof Heading) attributes.put("id", anchor(text(node)));
		}).build();
	}

	private String title(final String page) {
		if (page.equals("README.md")) return "CF-EBM for Fiji";
		for (Node node = pages.get(page).getFirstChild(); node != null; node = node.getNext())
			if (node instanceof Heading heading && heading.getLevel() == 1) return text(heading);
		return page;
	}

	/** Where a link of a page leads on the site. */
	private String target(final String page, final String link) {
		if (isElsewhere(link) || link.startsWith("#")) return link;
		final String[] parts = link.split("#", 2);
		final String file = resolved(page, parts[0]), hash = parts.length > 1 ? "#" + parts[1] : "";
		return pages.containsKey(file) ? (page.contains("/") ? "../" : "") + file(file) + hash : PROJECT + file + hash;
	}

	/** The path in the project of what a page names. */
	private String resolved(final String page, final String link) {
		return project.relativize(project.resolve(page).resolveSibling(link).normalize()).toString().replace('\\', '/');
	}

	private static boolean isElsewhere(final String link) {
		return link.matches("[a-z]+:.*");
	}

	private static String file(final String page) {
		return page.equals("README.md") ? "index.html" : page.replaceFirst("\\.md$", ".html");
	}

	/** As GitHub calls headings. */
	public static String anchor(final String heading) {
		return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
	}

	private static String text(final Node node) {
		final StringBuilder text = new StringBuilder();
		node.accept(new AbstractVisitor() {

			@Override
			public void visit(final Text part) {
				text.append(part.getLiteral());
			}

			@Override
			public void visit(final Code code) {
				text.append(code.getLiteral());
			}
		});
		return text.toString();
	}

	private static String escaped(final String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}
}

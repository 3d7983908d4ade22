package sc.fiji.cfebm.ui;

import ij.gui.HTMLDialog;

/** Explains the fields of a dialog. */
final class HelpWindow {

	/** The project's home; the pom names it, too. */
	static final String PROJECT = "https://github.com/cfebm/cfebm-fiji";

	private HelpWindow() {}

	static void show(final DialogLayout layout) {
		new HTMLDialog(layout.title(), "<html>" + explained(layout), false);
	}

	/** What the inputs mean. */
	static String explained(final DialogLayout layout) {
		final String page = PROJECT + "/blob/main/" + layout.page();
		final StringBuilder help = new StringBuilder("<h3>" + layout.title() + "</h3><p><a href=\"" + page + "\">" + page + "</a></p>");
		layout.fields().forEach(field -> explain(field.label(), field.input().getDescription(), help));
		layout.buttons().forEach(button -> explain(button.label(), button.description(), help));
		return help.toString();
	}

	private static void explain(final String label, final String description, final StringBuilder help) {
		help.append("<p><b>").append(label).append("</b>: ").append(description).append("</p>");
	}
}

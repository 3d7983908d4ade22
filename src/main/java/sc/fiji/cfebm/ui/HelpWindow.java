package sc.fiji.cfebm.ui;

import java.awt.Dimension;
import java.awt.event.KeyEvent;

import javax.swing.JComponent;
import javax.swing.JEditorPane;
import javax.swing.JFrame;
import javax.swing.JScrollPane;
import javax.swing.KeyStroke;
import javax.swing.WindowConstants;
import javax.swing.event.HyperlinkEvent;

import ij.IJ;
import ij.WindowManager;

/**
 * A window with the documentation. Links to other pages open there, all others in the web browser. Belongs to the event dispatch
 * thread.
 */
final class HelpWindow {

	private static final Dimension SIZE = new Dimension(760, 640);

	private final JEditorPane text = new JEditorPane();

	private HelpWindow(final DialogLayout layout) {
		text.setContentType("text/html");
		text.setEditable(false);
		text.addHyperlinkListener(this::follow);
		text.setPreferredSize(SIZE);
		final JFrame frame = new JFrame("Help: " + layout.title());
		frame.setDefaultCloseOperation(WindowConstants.DISPOSE_ON_CLOSE);
		frame.add(new JScrollPane(text));
		frame.getRootPane().registerKeyboardAction(event -> frame.dispose(), KeyStroke.getKeyStroke(KeyEvent.VK_ESCAPE, 0),
			JComponent.WHEN_IN_FOCUSED_WINDOW);
		show(HelpPage.html(layout));
		frame.pack();
		WindowManager.addWindow(frame);
		frame.setVisible(true);
	}

	/** Opens the window. */
	static void show(final DialogLayout layout) {
		new HelpWindow(layout);
	}

	private void show(final String html) {
		text.setText("<html><body style=\"margin: 8px\">" + html);
		text.setCaretPosition(0);
	}

	private void follow(final HyperlinkEvent event) {
		if (event.getEventType() != HyperlinkEvent.EventType.ACTIVATED) return;
		final String link = event.getDescription();
		if (link.startsWith("#")) return;
		final String page = link.matches("[a-z]+:.*") ? null : HelpPage.html(link.replaceFirst("#.*", ""));
		if (page != null) show(page);
		else IJ.runPlugIn("ij.plugin.BrowserLauncher", link.matches("[a-z]+:.*") ? link : HelpPage.PROJECT + "/blob/main/docs/" + link);
	}
}

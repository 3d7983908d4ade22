package sc.fiji.cfebm.ui;

import java.awt.BorderLayout;
import java.awt.Font;
import java.awt.event.KeyAdapter;
import java.awt.event.KeyEvent;
import java.awt.event.KeyListener;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import javax.swing.JButton;
import javax.swing.JComboBox;
import javax.swing.JFileChooser;
import javax.swing.JPanel;
import javax.swing.event.DocumentEvent;
import javax.swing.event.DocumentListener;
import javax.swing.filechooser.FileNameExtensionFilter;
import javax.swing.text.JTextComponent;

import ij.io.OpenDialog;

/**
 * Asks for a model: a list of those that come with the plugin and of those made or looked for in this session, a button to look
 * for a file, and a text that is edited freely (several models with semicolons between them, say). Belongs to the event
 * dispatch thread.
 */
public final class ModelField extends JPanel {

	private static final long serialVersionUID = 1L;
	private static final int COLUMNS = 18;

	/** Models made or looked for in this session, newest first. */
	private static final List<String> KNOWN = new ArrayList<>();

	private final JComboBox<String> list;
	private final JTextComponent text;

	/**
	 * @param bundled names of the models that come with the plugin
	 * @param value what is shown at first
	 * @param changed told of every change
	 */
	ModelField(final List<String> bundled, final String value, final Runnable changed) {
		super(new BorderLayout(4, 0));
		setOpaque(false);
		list = new JComboBox<>(offered(bundled));
		list.setEditable(true);
		// Heavy, or the list would open behind the fields of an AWT dialog.
		list.setLightWeightPopupEnabled(false);
		list.setPrototypeDisplayValue("m".repeat(COLUMNS));
		text = (JTextComponent) list.getEditor().getEditorComponent();
		final JButton browse = new JButton("Browse...");
		browse.addActionListener(event -> browse());
		browse.setFont(browse.getFont().deriveFont(Font.PLAIN));
		browse.setToolTipText("Choose a .cfebm file.");
		add(list, BorderLayout.CENTER);
		add(browse, BorderLayout.EAST);
		setText(value);
		text.getDocument().addDocumentListener(new DocumentListener() {

			@Override
			public void insertUpdate(final DocumentEvent e) {
				changed.run();
			}

			@Override
			public void removeUpdate(final DocumentEvent e) {
				changed.run();
			}

			@Override
			public void changedUpdate(final DocumentEvent e) {
				changed.run();
			}
		});
	}

	/** First those that come with the plugin. */
	private static String[] offered(final List<String> bundled) {
		final Set<String> names = new LinkedHashSet<>(bundled);
		synchronized (KNOWN) {
			names.addAll(KNOWN);
		}
		return names.toArray(String[]::new);
	}

	/** A path, the name of a model that comes with the plugin, or several with semicolons between them. */
	String text() {
		return text.getText().trim();
	}

	void setText(final String model) {
		list.setSelectedItem(model);
	}

	/** Offers a model file that was made or looked for, first of all, until ImageJ is closed. May be called on any thread. */
	public static void remember(final File model) {
		synchronized (KNOWN) {
			KNOWN.remove(model.getPath());
			KNOWN.add(0, model.getPath());
		}
	}

	/** Lets a dialog see Esc and Enter, but for those that close the list. */
	void addTypedKeys(final KeyListener dialog) {
		text.addKeyListener(new KeyAdapter() {

			@Override
			public void keyPressed(final KeyEvent event) {
				if ((event.getKeyCode() == KeyEvent.VK_ESCAPE || event.getKeyCode() == KeyEvent.VK_ENTER) && !list.isPopupVisible()) dialog.keyPressed(
					event);
			}
		});
	}

	private void browse() {
		// Not ImageJ's dialog: that would record the path as one more command.
		final File given = new File(text());
		final JFileChooser chooser = new JFileChooser(given.getParent() != null ? given.getParent() : OpenDialog
			.getDefaultDirectory());
		chooser.setFileFilter(new FileNameExtensionFilter("CF-EBM models (*.cfebm)", "cfebm"));
		chooser.setDialogTitle("Choose a Model");
		if (chooser.showOpenDialog(this) == JFileChooser.APPROVE_OPTION) {
			remember(chooser.getSelectedFile());
			setText(chooser.getSelectedFile().getPath());
		}
	}
}

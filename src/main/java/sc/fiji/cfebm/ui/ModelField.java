package sc.fiji.cfebm.ui;

import java.awt.BorderLayout;
import java.awt.Font;
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

import org.scijava.module.ModuleItem;

import ij.io.OpenDialog;

/**
 * Asks for a model: a list of those that come with the plugin and of those made or looked for in this session, a button to look
 * for a file, and a text that is edited freely (several models with semicolons between them, say). Belongs to the event
 * dispatch thread.
 */
public final class ModelField extends JPanel {

	private static final long serialVersionUID = 1L;
	private static final String MODELS = "cfebm.models";
	private static final int COLUMNS = 18;

	/** Newest first. */
	private static final List<String> KNOWN = new ArrayList<>();
	/** What such a field held last. */
	private static String last = "";

	private final JComboBox<String> list;
	private final JTextComponent text;

	/** Makes dialogs ask for a file input with such a field. */
	public static void offer(final ModuleItem<File> input, final List<String> bundled) {
		input.set(MODELS, String.join(";", bundled));
	}

	static boolean isFor(final ModuleItem<?> input) {
		return input.is(MODELS);
	}

	/**
	 * @param input see {@link #offer}
	 * @param value what is shown at first; empty: what such a field held last
	 * @param changed told of every change
	 */
	ModelField(final ModuleItem<?> input, final String value, final Runnable changed) {
		super(new BorderLayout(4, 0));
		setOpaque(false);
		list = new JComboBox<>(offered(input.get(MODELS)));
		list.setEditable(true);
		// Heavy, or the list would open behind the fields of an AWT dialog.
		list.setLightWeightPopupEnabled(false);
		list.setPrototypeDisplayValue("m".repeat(COLUMNS));
		text = (JTextComponent) list.getEditor().getEditorComponent();
		final JButton browse = new JButton("Browse...");
		browse.addActionListener(event -> browse());
		list.setToolTipText(input.getDescription());
		text.setToolTipText(input.getDescription());
		browse.setFont(browse.getFont().deriveFont(Font.PLAIN));
		browse.setToolTipText("Choose a .cfebm file.");
		add(list, BorderLayout.CENTER);
		add(browse, BorderLayout.EAST);
		setText(value.isEmpty() ? last : value);
		text.getDocument().addDocumentListener(new DocumentListener() {

			@Override
			public void insertUpdate(final DocumentEvent e) {
				last = text();
				changed.run();
			}

			@Override
			public void removeUpdate(final DocumentEvent e) {
				insertUpdate(e);
			}

			@Override
			public void changedUpdate(final DocumentEvent e) {
				insertUpdate(e);
			}
		});
	}

	/** First those that come with the plugin. */
	private static String[] offered(final String bundled) {
		final Set<String> names = new LinkedHashSet<>();
		if (!bundled.isEmpty()) names.addAll(List.of(bundled.split(";")));
		names.addAll(KNOWN);
		return names.toArray(String[]::new);
	}

	/** A path, the name of a model that comes with the plugin, or several with semicolons between them. */
	String text() {
		return text.getText().trim();
	}

	void setText(final String model) {
		list.setSelectedItem(model);
	}

	/** Offers a model file that was made or looked for, first of all, until ImageJ is closed. */
	public static void remember(final File model) {
		last = model.getPath();
		KNOWN.remove(last);
		KNOWN.add(0, last);
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
			setText(last);
		}
	}
}

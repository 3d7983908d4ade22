package sc.fiji.cfebm.ui;

import java.awt.Button;
import java.awt.Checkbox;
import java.awt.Component;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.TextField;
import java.awt.event.ActionEvent;
import java.awt.event.ItemEvent;
import java.awt.event.KeyEvent;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.widget.NumberWidget;
import org.scijava.widget.WidgetStyle;

import ij.gui.NonBlockingGenericDialog;
import ij.plugin.frame.Recorder;

/**
 * The dialog that asks for a command's inputs, the same in plain ImageJ and in Fiji. Images can be looked at and slices changed
 * meanwhile. OK with a mistake in a field says what is wrong and leaves the dialog open.
 */
public final class InputDialog extends NonBlockingGenericDialog {

	private static final long serialVersionUID = 1L;
	private static final int PATH_COLUMNS = 28, TEXT_COLUMNS = 16;

	private final transient Module module;
	private final transient DialogLayout layout;
	private final transient Check check;

	/** Looks at the inputs once they are set, when OK is pressed: quickly, as the dialog waits. */
	@FunctionalInterface
	public interface Check {

		/**
		 * @throws IllegalArgumentException with one sentence
		 * @throws IOException with one sentence
		 */
		void run() throws IOException;
	}

	/** A dialog that shows the values a module has; it is not open yet. */
	public InputDialog(final Module module, final DialogLayout layout, final Check check) {
		super(layout.title());
		this.module = module;
		this.layout = layout;
		this.check = check;
		if (layout.heading() != null) addMessage(layout.heading());
		final List<Component> folded = new ArrayList<>();
		for (final DialogLayout.Field field : layout.fields()) {
			if (field.folded() && folded.isEmpty()) addFold(folded);
			final int before = getComponentCount();
			add(field, module.getInput(field.name()));
			if (field.folded()) folded.addAll(List.of(getComponents()).subList(before, getComponentCount()));
		}
		folded.forEach(component -> component.setVisible(false));
		addHelp(layout.page());
		for (final DialogLayout.Button button : layout.buttons())
			addButton(button.label(), event -> press(button));
	}

	/**
	 * Shows the dialog, waits until it is closed and sets the module's inputs.
	 *
	 * @return false if the user canceled
	 */
	public boolean ask() {
		showDialog();
		return !wasCanceled();
	}

	/** Here the dialog would record its labels' first words; the caller records the inputs' names. While it is open, others record. */
	@Override
	public void dispose() {
		final boolean recording = Recorder.record;
		Recorder.record = false;
		try {
			super.dispose();
		}
		finally {
			Recorder.record = recording;
		}
	}

	@Override
	public synchronized void actionPerformed(final ActionEvent event) {
		final String label = event.getSource() instanceof Button ? ((Button) event.getSource()).getLabel().strip() : "";
		if (label.equals("Help")) help();
		else if (!label.equals("OK") || isRight()) super.actionPerformed(event);
	}

	@Override
	public synchronized void keyPressed(final KeyEvent event) {
		if (event.getKeyCode() != KeyEvent.VK_ENTER || isRight()) super.keyPressed(event);
	}

	/** Sets the module's inputs; says what is wrong with them, if anything. */
	private boolean isRight() {
		try {
			read();
			check.run();
			return true;
		}
		catch (final IllegalArgumentException | IOException e) {
			ErrorDialog.show(e.getMessage());
			return false;
		}
	}

	/** Says what is typed so far as a call of the command line, too. */
	private void help() {
		try {
			read();
		}
		catch (final IllegalArgumentException e) {
			// Who looks for help may have typed what is no number: the call has then what was there before.
		}
		HelpWindow.show(layout);
	}

	/** Lets a button see what has been typed so far. */
	private void press(final DialogLayout.Button button) {
		try {
			read();
			button.action().run();
		}
		catch (final IllegalArgumentException e) {
			ErrorDialog.show(e.getMessage());
		}
	}

	/** The checkbox that shows and hides what comes after it. */
	private void addFold(final List<Component> folded) {
		addCheckbox(DialogLayout.MORE, false);
		((Checkbox) getCheckboxes().lastElement()).addItemListener(event -> {
			folded.forEach(component -> component.setVisible(event.getStateChange() == ItemEvent.SELECTED));
			pack();
		});
	}

	private void read() {
		resetCounters();
		boolean fold = true;
		for (final DialogLayout.Field field : layout.fields()) {
			// Checkboxes are read in order, that of the fold too.
			if (field.folded() && fold) {
				getNextBoolean();
				fold = false;
			}
			module.setInput(field.name(), next(field));
		}
	}

	private void add(final DialogLayout.Field field, final Object value) {
		final ModuleItem<?> input = field.input();
		final String label = field.label(), text = value == null ? "" : value.toString();
		final Class<?> type = input.getType();
		if (type == boolean.class) addCheckbox(label, (Boolean) value);
		else if (field.models() != null) addModel(field, text);
		else if (type == File.class && "directory".equals(input.getWidgetStyle())) addDirectoryField(label, text, PATH_COLUMNS);
		else if (type == File.class) addFileField(label, text, PATH_COLUMNS);
		else if (type == String.class && !field.choices().isEmpty()) addChoice(label, field.choices().toArray(String[]::new), text);
		else if (type == String.class) addStringField(label, text, TEXT_COLUMNS);
		else addNumber(input, label, ((Number) value).doubleValue());
	}

	private void addNumber(final ModuleItem<?> input, final String label, final double value) {
		final String style = input.getWidgetStyle();
		if (style != null && WidgetStyle.isStyle(style, NumberWidget.SLIDER_STYLE)) addSlider(label, number(input.getMinimumValue()), number(
			input.getMaximumValue()), value, input.getStepSize().doubleValue());
		else addNumericField(label, value, value == Math.rint(value) ? 0 : Math.max(2, BigDecimal.valueOf(value).scale()));
	}

	private static double number(final Object limit) {
		return Double.parseDouble(limit.toString());
	}

	/** In the place of a text field, which goes on holding the value for {@code getNextString}. */
	private void addModel(final DialogLayout.Field field, final String value) {
		addStringField(field.label(), value, PATH_COLUMNS);
		final TextField text = (TextField) getStringFields().lastElement();
		final ModelField[] model = new ModelField[1];
		model[0] = new ModelField(field.models(), value.isEmpty() ? field.preselected() : value, () -> text.setText(model[0].text()));
		text.setText(model[0].text());
		model[0].addTypedKeys(this);
		final GridBagLayout grid = (GridBagLayout) getLayout();
		final GridBagConstraints place = grid.getConstraints(text);
		remove(text);
		add(model[0], place);
	}

	private Object next(final DialogLayout.Field field) {
		final Class<?> type = field.input().getType();
		if (type == boolean.class) return getNextBoolean();
		if (type == File.class) return new File(getNextString());
		if (type == String.class) return field.choices().isEmpty() ? getNextString() : getNextChoice();
		final double number = getNextNumber();
		if (invalidNumber()) throw new IllegalArgumentException(field.label() + ": a number is needed.");
		requireInside(field, number);
		if (type == double.class) return number;
		if (number != Math.rint(number)) throw new IllegalArgumentException(field.label() + " is " + number +
			": it must be a whole number.");
		return type == int.class ? (Object) (int) number : (Object) (long) number;
	}

	private static void requireInside(final DialogLayout.Field field, final double number) {
		final Object min = field.input().getMinimumValue(), max = field.input().getMaximumValue();
		if (min != null && number < number(min) || max != null && number > number(max)) throw new IllegalArgumentException(field.label() +
			" is " + number + ": it must be " + (max == null ? "at least " + min : min == null ? "at most " + max : "from " + min + " to " +
				max) + ".");
	}
}

package sc.fiji.cfebm.ui;

import java.awt.Checkbox;
import java.awt.Component;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.TextField;
import java.awt.event.ItemEvent;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

import org.scijava.Context;
import org.scijava.ItemVisibility;
import org.scijava.module.MethodCallException;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.service.Service;
import org.scijava.widget.Button;
import org.scijava.widget.NumberWidget;
import org.scijava.widget.WidgetStyle;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.GUI;
import ij.gui.GenericDialog;
import ij.plugin.frame.Recorder;

/** A dialog of plain ImageJ for the inputs of a SciJava module. */
public final class InputDialog {

	/** Attribute of a button that opens a page of the documentation: the page's address. */
	public static final String PAGE = "cfebm.page";

	private static final int PATH_COLUMNS = 28, TEXT_COLUMNS = 16;

	private InputDialog() {}

	/** A module's inputs without the services and the context that SciJava fills in, without buttons and what is no input. */
	public static List<ModuleItem<?>> inputs(final Module module) {
		final List<ModuleItem<?>> inputs = new ArrayList<>();
		for (final ModuleItem<?> input : module.getInfo().inputs())
			if (input.getType() != Context.class && !Service.class.isAssignableFrom(input.getType()) && input
				.getType() != Button.class && input.getVisibility() != ItemVisibility.INVISIBLE) inputs.add(input);
		return inputs;
	}

	private static List<ModuleItem<?>> asked(final Module module) {
		return inputs(module).stream().filter(input -> input.getType() != ImagePlus.class && !module.isInputResolved(input
			.getName())).toList();
	}

	/**
	 * Asks for all inputs but images and those that are resolved, starting from the values they have, and sets them. Images
	 * can be looked at and slices changed meanwhile.
	 *
	 * @return false if the user canceled
	 * @throws IllegalArgumentException with one sentence, if what was typed is not a number
	 */
	public static boolean fill(final Module module) {
		final GenericDialog dialog = of(module);
		// The dialog would record its labels' first words; the caller records the inputs' names.
		final boolean recording = Recorder.record;
		Recorder.record = false;
		try {
			dialog.showDialog();
			if (dialog.wasCanceled()) return false;
			read(dialog, module);
			return true;
		}
		finally {
			Recorder.record = recording;
		}
	}

	/** The dialog that {@link #fill} shows. */
	public static GenericDialog of(final Module module) {
		final GenericDialog dialog = GUI.newNonBlockingDialog(module.getInfo().getTitle().replace("...", ""));
		final List<Component> folded = new ArrayList<>();
		for (final ModuleItem<?> input : asked(module)) {
			if (AdvancedOptions.contains(input) && folded.isEmpty()) addFold(dialog, module, folded);
			final int before = dialog.getComponentCount();
			add(dialog, input, module.getInput(input.getName()));
			if (AdvancedOptions.contains(input)) folded.addAll(List.of(dialog.getComponents()).subList(before, dialog.getComponentCount()));
		}
		folded.forEach(component -> component.setVisible(false));
		for (final ModuleItem<?> input : module.getInfo().inputs())
			if (input.is(PAGE)) dialog.addHelp(help(dialog.getTitle(), module, input.get(PAGE)));
			else if (input.getType() == Button.class) dialog.addButton(input.getLabel(), event -> press(input, dialog, module));
		return dialog;
	}

	/** The checkbox that shows and hides what comes after it. */
	private static void addFold(final GenericDialog dialog, final Module module, final List<Component> folded) {
		for (final ModuleItem<?> input : module.getInfo().inputs())
			if (AdvancedOptions.isCheckbox(input)) {
				dialog.addCheckbox(input.getLabel(), false);
				((Checkbox) dialog.getCheckboxes().lastElement()).addItemListener(event -> {
					folded.forEach(component -> component.setVisible(event.getStateChange() == ItemEvent.SELECTED));
					dialog.pack();
				});
			}
	}

	/** What the inputs mean; plain ImageJ has no tooltips. */
	private static String help(final String title, final Module module, final String page) {
		final StringBuilder help = new StringBuilder("<html><h3>" + title + "</h3><p><a href=\"" + page + "\">" + page +
			"</a></p>");
		for (final ModuleItem<?> input : module.getInfo().inputs())
			if (asked(module).contains(input) || input.getType() == Button.class && !input.is(PAGE)) explain(input, help);
		return help.toString();
	}

	private static void explain(final ModuleItem<?> input, final StringBuilder help) {
		help.append("<p><b>").append(input.getLabel()).append("</b>: ").append(input.getDescription()).append("</p>");
	}

	private static void read(final GenericDialog dialog, final Module module) {
		boolean fold = true;
		for (final ModuleItem<?> input : asked(module)) {
			// Checkboxes are read in order, that of the fold too.
			if (AdvancedOptions.contains(input) && fold) {
				dialog.getNextBoolean();
				fold = false;
			}
			module.setInput(input.getName(), next(dialog, input));
		}
	}

	/** Lets a button see what has been typed so far. */
	private static void press(final ModuleItem<?> button, final GenericDialog dialog, final Module module) {
		try {
			dialog.resetCounters();
			read(dialog, module);
			button.callback(module);
		}
		catch (final IllegalArgumentException | MethodCallException e) {
			IJ.error("CF-EBM", e.getMessage());
		}
	}

	private static void add(final GenericDialog dialog, final ModuleItem<?> input, final Object value) {
		final String label = input.getLabel(), text = value == null ? "" : value.toString();
		final Class<?> type = input.getType();
		final List<?> choices = input.getChoices();
		if (type == boolean.class) dialog.addCheckbox(label, (Boolean) value);
		else if (type == File.class && ModelField.isFor(input)) addModel(dialog, input, text);
		else if (type == File.class && "directory".equals(input.getWidgetStyle())) //
			dialog.addDirectoryField(label, text, PATH_COLUMNS);
		else if (type == File.class) dialog.addFileField(label, text, PATH_COLUMNS);
		else if (type == String.class && choices != null && !choices.isEmpty()) //
			dialog.addChoice(label, choices.stream().map(Object::toString).toArray(String[]::new), text);
		else if (type == String.class) dialog.addStringField(label, text, TEXT_COLUMNS);
		else addNumber(dialog, input, ((Number) value).doubleValue());
	}

	private static void addNumber(final GenericDialog dialog, final ModuleItem<?> input, final double value) {
		final String style = input.getWidgetStyle();
		if (style != null && WidgetStyle.isStyle(style, NumberWidget.SLIDER_STYLE)) dialog.addSlider(input.getLabel(), number(input
			.getMinimumValue()), number(input.getMaximumValue()), value, input.getStepSize().doubleValue());
		else dialog.addNumericField(input.getLabel(), value, value == Math.rint(value) ? 0 : 2);
	}

	private static double number(final Object limit) {
		return Double.parseDouble(limit.toString());
	}

	/** In the place of a text field, which goes on holding the value for {@code getNextString}. */
	private static void addModel(final GenericDialog dialog, final ModuleItem<?> input, final String value) {
		dialog.addStringField(input.getLabel(), value, PATH_COLUMNS);
		final TextField text = (TextField) dialog.getStringFields().lastElement();
		final ModelField[] field = new ModelField[1];
		field[0] = new ModelField(input, value, () -> text.setText(field[0].text()));
		text.setText(field[0].text());
		final GridBagLayout layout = (GridBagLayout) dialog.getLayout();
		final GridBagConstraints place = layout.getConstraints(text);
		dialog.remove(text);
		dialog.add(field[0], place);
	}

	private static Object next(final GenericDialog dialog, final ModuleItem<?> input) {
		final Class<?> type = input.getType();
		if (type == boolean.class) return dialog.getNextBoolean();
		if (type == File.class) return new File(dialog.getNextString());
		if (type == String.class) return input.getChoices() == null || input.getChoices().isEmpty() ? //
			dialog.getNextString() : dialog.getNextChoice();
		final double number = dialog.getNextNumber();
		if (dialog.invalidNumber()) throw new IllegalArgumentException(input.getLabel() + ": a number is needed.");
		if (type == double.class) return number;
		if (number != Math.rint(number)) throw new IllegalArgumentException(input.getLabel() + " is " + number +
			": it must be a whole number.");
		return type == int.class ? (Object) (int) number : (Object) (long) number;
	}
}

package sc.fiji.cfebm.ui;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

import org.scijava.Context;
import org.scijava.module.MethodCallException;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.service.Service;
import org.scijava.widget.Button;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.GUI;
import ij.gui.GenericDialog;
import ij.plugin.frame.Recorder;

/** A dialog of plain ImageJ for the inputs of a SciJava module. */
public final class InputDialog {

	private static final int PATH_COLUMNS = 28, TEXT_COLUMNS = 16;

	private InputDialog() {}

	/** A module's inputs without the services and the context that SciJava fills in, and without buttons. */
	public static List<ModuleItem<?>> inputs(final Module module) {
		final List<ModuleItem<?>> inputs = new ArrayList<>();
		for (final ModuleItem<?> input : module.getInfo().inputs())
			if (input.getType() != Context.class && !Service.class.isAssignableFrom(input.getType()) && input
				.getType() != Button.class) inputs.add(input);
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
		final GenericDialog dialog = GUI.newNonBlockingDialog(module.getInfo().getTitle().replace("...", ""));
		final StringBuilder help = new StringBuilder("<html><h3>" + dialog.getTitle() + "</h3>");
		for (final ModuleItem<?> input : asked(module)) {
			add(dialog, input, module.getInput(input.getName()));
			explain(input, help);
		}
		for (final ModuleItem<?> input : module.getInfo().inputs())
			if (input.getType() == Button.class) {
				dialog.addButton(input.getLabel(), event -> press(input, dialog, module));
				explain(input, help);
			}
		dialog.addHelp(help.toString());
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

	private static void explain(final ModuleItem<?> input, final StringBuilder help) {
		help.append("<p><b>").append(input.getLabel()).append("</b>: ").append(input.getDescription()).append("</p>");
	}

	private static void read(final GenericDialog dialog, final Module module) {
		for (final ModuleItem<?> input : asked(module))
			module.setInput(input.getName(), next(dialog, input));
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
		else if (type == File.class && "directory".equals(input.getWidgetStyle())) //
			dialog.addDirectoryField(label, text, PATH_COLUMNS);
		else if (type == File.class) dialog.addFileField(label, text, PATH_COLUMNS);
		else if (type == String.class && choices != null && !choices.isEmpty()) //
			dialog.addChoice(label, choices.stream().map(Object::toString).toArray(String[]::new), text);
		else if (type == String.class) dialog.addStringField(label, text, TEXT_COLUMNS);
		else dialog.addNumericField(label, ((Number) value).doubleValue(), type == double.class ? 2 : 0);
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

package sc.fiji.cfebm.ui;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

import org.scijava.Context;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.service.Service;

import ij.ImagePlus;
import ij.gui.GenericDialog;
import ij.plugin.frame.Recorder;

/** A dialog of plain ImageJ for the inputs of a SciJava module. */
public final class InputDialog {

	private static final int PATH_COLUMNS = 28, TEXT_COLUMNS = 16;

	private InputDialog() {}

	/** A module's inputs without the services and the context that SciJava fills in. */
	public static List<ModuleItem<?>> inputs(final Module module) {
		final List<ModuleItem<?>> inputs = new ArrayList<>();
		for (final ModuleItem<?> input : module.getInfo().inputs())
			if (input.getType() != Context.class && !Service.class.isAssignableFrom(input.getType())) inputs.add(input);
		return inputs;
	}

	/**
	 * Asks for all inputs but images, starting from the values they have, and sets them.
	 *
	 * @return false if the user canceled
	 * @throws IllegalArgumentException with one sentence, if what was typed is not a number
	 */
	public static boolean fill(final Module module) {
		final GenericDialog dialog = new GenericDialog(module.getInfo().getTitle().replace("...", ""));
		final StringBuilder help = new StringBuilder("<html><h3>" + dialog.getTitle() + "</h3>");
		for (final ModuleItem<?> input : inputs(module)) {
			if (input.getType() != ImagePlus.class) add(dialog, input, module.getInput(input.getName()));
			help.append("<p><b>").append(input.getLabel()).append("</b>: ").append(input.getDescription()).append("</p>");
		}
		dialog.addHelp(help.toString());
		// The dialog would record its labels' first words; the caller records the inputs' names.
		final boolean recording = Recorder.record;
		Recorder.record = false;
		try {
			dialog.showDialog();
			if (dialog.wasCanceled()) return false;
			for (final ModuleItem<?> input : inputs(module))
				if (input.getType() != ImagePlus.class) module.setInput(input.getName(), next(dialog, input));
			return true;
		}
		finally {
			Recorder.record = recording;
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

package sc.fiji.cfebm.ui;

import org.scijava.module.ModuleItem;

/**
 * Options that most people leave as they are: a dialog shows them when a checkbox is ticked. They are inputs like all others,
 * recorded and accepted in macros, shown or not.
 */
public final class AdvancedOptions {

	private static final String CHECKBOX = "cfebm.fold", FOLDED = "cfebm.folded";

	private AdvancedOptions() {}

	/** Makes an input the checkbox of its dialog. */
	public static void mark(final ModuleItem<?> checkbox) {
		checkbox.set(CHECKBOX, "true");
	}

	/** Folds an input away. */
	public static void add(final ModuleItem<?> input) {
		input.set(FOLDED, "true");
	}

	/** Whether an input is folded away. */
	public static boolean contains(final ModuleItem<?> input) {
		return input.is(FOLDED);
	}

	static boolean isCheckbox(final ModuleItem<?> input) {
		return input.is(CHECKBOX);
	}
}

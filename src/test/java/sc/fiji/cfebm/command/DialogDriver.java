package sc.fiji.cfebm.command;

import java.awt.AWTEvent;
import java.awt.Button;
import java.awt.Checkbox;
import java.awt.Choice;
import java.awt.Component;
import java.awt.Container;
import java.awt.EventQueue;
import java.awt.Label;
import java.awt.TextField;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.event.ActionEvent;
import java.awt.event.ItemEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import javax.swing.JComboBox;

import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ij.WindowManager;
import ij.gui.GenericDialog;
import sc.fiji.cfebm.ui.DialogLayout;

/** Does in a dialog of plain ImageJ what a user does. */
final class DialogDriver {

	private DialogDriver() {}

	/**
	 * Waits for a dialog, fills it in and presses OK.
	 *
	 * @param type name of the command's class
	 * @param inputs by name
	 */
	static void fill(final String title, final String type, final Map<String, String> inputs) throws Exception {
		final GenericDialog dialog = await(title);
		try (Context context = new Context(CommandService.class, ModuleService.class)) {
			final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(
				type));
			if (module.getInfo().getInput("image") != null) module.setInput("image", WindowManager.getCurrentImage());
			final DialogLayout layout = ((CfebmCommand) module.getDelegateObject()).layout();
			EventQueue.invokeAndWait(() -> inputs.forEach((key, value) -> set(dialog, layout.fields().stream().filter(field -> field.name()
				.equals(key)).findFirst().orElseThrow().label(), value)));
		}
		press(dialog, "OK");
	}

	static GenericDialog await(final String title) throws InterruptedException {
		for (int i = 0; i < 1200; i++) {
			for (final Window window : Window.getWindows())
				if (window.isShowing() && window instanceof GenericDialog && ((GenericDialog) window).getTitle().equals(title)) return (GenericDialog) window;
			Thread.sleep(100);
		}
		throw new AssertionError("The dialog " + title + " did not open.");
	}

	static void press(final Container in, final String button) {
		for (final Component component : in.getComponents())
			if (component instanceof Button && ((Button) component).getLabel().trim().equals(button)) post(new ActionEvent(component,
				ActionEvent.ACTION_PERFORMED, button));
			else if (component instanceof Container) press((Container) component, button);
	}

	static void tick(final Checkbox box, final boolean state) {
		box.setState(state);
		post(new ItemEvent(box, ItemEvent.ITEM_STATE_CHANGED, box.getLabel(), state ? ItemEvent.SELECTED : ItemEvent.DESELECTED));
	}

	private static void post(final AWTEvent event) {
		Toolkit.getDefaultToolkit().getSystemEventQueue().postEvent(event);
	}

	/** What an input's label stands in front of; a checkbox has it in itself. */
	static Component field(final GenericDialog dialog, final String label) {
		final List<Component> all = Arrays.asList(dialog.getComponents());
		for (final Component component : all) {
			if (component instanceof Checkbox && ((Checkbox) component).getLabel().equals(label)) return component;
			if (component instanceof Label && ((Label) component).getText().equals(label)) return all.get(all.indexOf(component) + 1);
		}
		throw new AssertionError("The dialog " + dialog.getTitle() + " has no “" + label + "”.");
	}

	static void set(final GenericDialog dialog, final String label, final String value) {
		set(field(dialog, label), value);
	}

	private static void set(final Component field, final String value) {
		if (field instanceof Checkbox) tick((Checkbox) field, value.equals("true"));
		else if (field instanceof Choice) {
			((Choice) field).select(value);
			post(new ItemEvent((Choice) field, ItemEvent.ITEM_STATE_CHANGED, value, ItemEvent.SELECTED));
		}
		else if (field instanceof TextField) ((TextField) field).setText(value);
		else if (field instanceof JComboBox) ((JComboBox<?>) field).setSelectedItem(value);
		else set(first((Container) field), value);
	}

	/** The part of a composed field that holds the value. */
	private static Component first(final Container field) {
		for (final Component component : field.getComponents())
			if (component instanceof TextField || component instanceof JComboBox) return component;
		throw new AssertionError("Nothing to fill in: " + field);
	}
}

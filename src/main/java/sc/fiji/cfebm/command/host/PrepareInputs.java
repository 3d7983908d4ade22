package sc.fiji.cfebm.command.host;

import java.awt.GraphicsEnvironment;
import java.io.File;
import java.util.List;

import org.scijava.Priority;
import org.scijava.module.Module;
import org.scijava.module.ModuleException;
import org.scijava.module.ModuleItem;
import org.scijava.module.process.AbstractPreprocessorPlugin;
import org.scijava.module.process.PreprocessorPlugin;
import org.scijava.plugin.Plugin;
import org.scijava.ui.UIService;
import org.scijava.ui.headless.HeadlessUI;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import sc.fiji.cfebm.ui.DialogLayout;
import sc.fiji.cfebm.ui.InputDialog;

/**
 * Fills in the inputs of our commands where SciJava runs them. In a macro all comes from its options, and what they leave out has
 * its default; with a user interface a dialog asks for what a script did not give; without one that has its default, too.
 * Afterwards all inputs are resolved: no other dialog asks.
 */
// After Fiji has set the macro's values and the image in front, before anything asks in a dialog or loads what was typed last.
@Plugin(type = PreprocessorPlugin.class, priority = Priority.HIGH - 1)
public final class PrepareInputs extends AbstractPreprocessorPlugin {

	@Override
	public void process(final Module module) {
		if (!(module.getDelegateObject() instanceof HostedCommand)) return;
		final HostedCommand command = (HostedCommand) module.getDelegateObject();
		if (command.leavesMacroToCaller()) return;
		final boolean macro = IJ.isMacro();
		try {
			if (macro) readMacro(module, command, Macro.getOptions());
			else setImages(module, command);
			final String obstacle = command.obstacle();
			if (obstacle != null) throw new IllegalArgumentException(obstacle);
			if (!macro && canAsk() && isToBeAsked(module, command) && !ask(module, command)) {
				Recording.forget(module.getInfo().getTitle());
				cancel(null);
			}
		}
		catch (final IllegalArgumentException e) {
			command.refuse(e.getMessage());
		}
		for (final ModuleItem<?> input : command.inputs())
			module.resolveInput(input.getName());
	}

	private static void setImages(final Module module, final HostedCommand command) {
		for (final ModuleItem<?> input : command.inputs())
			if (input.getType() == ImagePlus.class && !module.isInputResolved(input.getName()) && module.getInput(input.getName()) == null) //
				module.setInput(input.getName(), WindowManager.getCurrentImage());
	}

	private boolean canAsk() {
		final UIService ui = getContext().getService(UIService.class);
		if (ui == null || ui.isHeadless() || GraphicsEnvironment.isHeadless()) return false;
		// SciJava's own, which shows nothing, is there where no other is.
		return ui.getDefaultUI() != null && !(ui.getDefaultUI() instanceof HeadlessUI);
	}

	/** What is folded away in dialogs nobody has to give. */
	private static boolean isToBeAsked(final Module module, final HostedCommand command) {
		return command.layout().fields().stream().anyMatch(field -> !field.folded() && !module.isInputResolved(field.name()));
	}

	/**
	 * Asks for all inputs that are not resolved, and sets them.
	 *
	 * @return false if the user canceled
	 */
	static boolean ask(final Module module, final HostedCommand command) {
		final DialogLayout layout = command.layout();
		layout.keep(field -> !module.isInputResolved(field.name()));
		if (layout.fields().isEmpty()) return true;
		if (!new InputDialog(module, layout, command::check).ask()) return false;
		for (final DialogLayout.Field field : layout.fields())
			if (field.models() != null) LastModels.used(module.getInfo(), (File) module.getInput(field.name()));
		return true;
	}

	/**
	 * Sets what a macro's options give in plain ImageJ; what they leave out keeps its default, and the image is the one in front.
	 *
	 * @throws IllegalArgumentException with one sentence, for a key that is no input's name or a value that doesn't fit
	 */
	static void setInputs(final Module module, final List<ModuleItem<?>> inputs, final String macroOptions) {
		final MacroOptions options = new MacroOptions(macroOptions);
		options.requireKnown(inputs);
		for (final ModuleItem<?> input : inputs) {
			final Object value = options.value(input);
			if (value != null) module.setInput(input.getName(), value);
			else if (input.getType() == ImagePlus.class) module.setInput(input.getName(), WindowManager.getCurrentImage());
			module.resolveInput(input.getName());
		}
	}

	/**
	 * Fiji has set inputs from the options, but it takes what is no number for 0 and what is inside brackets for keys, knows no key
	 * without a value and no wrong one, and makes an empty image of what is no title. So all are set anew.
	 */
	private void readMacro(final Module module, final HostedCommand command, final String text) {
		final boolean called = isCalled(module, command, text);
		final MacroOptions options = new MacroOptions(called ? null : text);
		options.requireKnown(command.inputs());
		final Module fresh = fresh(module);
		for (final ModuleItem<?> input : command.inputs())
			if (input.getType() == ImagePlus.class) mendImage(module, input, options);
			else if (!called) {
				final Object value = options.value(input);
				module.setInput(input.getName(), value != null ? value : fresh.getInput(input.getName()));
			}
	}

	/** Whether a script that a macro runs has given inputs: then the options are not this command's. */
	private static boolean isCalled(final Module module, final HostedCommand command, final String text) {
		return command.inputs().stream().anyMatch(input -> input.getType() != ImagePlus.class && module.isInputResolved(input.getName()) &&
			(text == null || Macro.getValue(text, input.getName(), null) == null));
	}

	private static Module fresh(final Module module) {
		try {
			return module.getInfo().createModule();
		}
		catch (final ModuleException e) {
			throw new IllegalStateException(e);
		}
	}

	/** Without a title Fiji takes the image in front, and not the one that {@code IJ.run(image, ...)} gives. */
	private void mendImage(final Module module, final ModuleItem<?> input, final MacroOptions options) {
		final ImagePlus given = (ImagePlus) module.getInput(input.getName());
		final boolean empty = given == null || given.getWidth() < 1, named = options.names(input.getName());
		Object image = null;
		// One that Fiji has found is not looked for, or opened, again.
		if (named && empty) image = options.value(input);
		if (!named && (empty || given == WindowManager.getCurrentImage())) image = Callers.image(getContext());
		if (image != null) module.setInput(input.getName(), image);
	}
}

package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.concurrent.CancellationException;

import org.scijava.command.DynamicCommand;
import org.scijava.log.LogService;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Parameter;

import ij.IJ;
import ij.Macro;
import sc.fiji.cfebm.ui.CommandProgress;

/**
 * What the commands have in common: what a macro leaves out has its default, an error is one sentence and stops a
 * running macro, Cancel and Esc work. {@link ShowOutputs} knows the commands whose outputs it shows by this class.
 */
public abstract class CfebmCommand extends DynamicCommand {

	@Parameter(required = false)
	private LogService log;

	/**
	 * Initializer of all commands. In a macro it resolves what the macro left out, so that it has the field's initial
	 * value; SciJava would ask for it in a dialog, or skip the command.
	 */
	protected void init() {
		if (IJ.isMacro()) for (final ModuleItem<?> input : getInfo().inputs())
			resolveInput(input.getName());
	}

	@Override
	public final void run() {
		try (CommandProgress progress = new CommandProgress(context(), getInfo().getTitle(), this::isCanceled)) {
			execute(progress);
		}
		catch (final CancellationException e) {
			if (IJ.isMacro()) Macro.abort();
			cancel(null);
		}
		catch (final NoSuchFileException e) {
			fail("The file “" + e.getFile() + "” does not exist.");
		}
		catch (final IllegalArgumentException | IOException e) {
			fail(e.getMessage());
		}
		catch (final OutOfMemoryError e) {
			fail("There is not enough memory: close images, or give ImageJ more in Edit > Options > Memory & Threads.");
		}
		catch (final RuntimeException e) {
			if (log != null) log.debug(e);
			fail("Something went wrong in the plugin itself (" + e + "): please report it.");
		}
	}

	/**
	 * The command's work, after validation of all parameters: a macro can pass anything.
	 *
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws IOException with one sentence for the user
	 * @throws CancellationException if the user canceled
	 */
	protected abstract void execute(CommandProgress progress) throws IOException;

	/** Throwing or canceling would let a macro go on with the wrong image; only {@code IJ.error} stops it. */
	private void fail(final String sentence) {
		if (IJ.isMacro()) {
			IJ.error("CF-EBM", sentence);
			cancel(null);
		}
		else cancel(sentence);
	}

	/** @throws IllegalArgumentException if the number is below {@code min} or not finite */
	static void checkAtLeast(final String name, final double value, final double min) {
		if (!(value >= min) || Double.isInfinite(value)) throw new IllegalArgumentException(name + " is " + trim(value) +
			": it must be a number of at least " + trim(min) + ".");
	}

	/** @throws IllegalArgumentException if the value is none of the choices, upper and lower case aside */
	static int indexOf(final String name, final String value, final String... choices) {
		for (int i = 0; i < choices.length; i++)
			if (choices[i].equalsIgnoreCase(value)) return i;
		throw new IllegalArgumentException(name + " is “" + value + "”: it must be one of " + String.join(", ", Arrays
			.asList(choices)) + ".");
	}

	/** Whether a file parameter was left out. */
	static boolean isBlank(final File file) {
		return file == null || file.getPath().isBlank();
	}

	private static String trim(final double value) {
		return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : Double.toString(value);
	}
}

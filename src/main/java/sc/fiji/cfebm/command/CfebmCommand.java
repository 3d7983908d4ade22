package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.scijava.ItemVisibility;
import org.scijava.command.DynamicCommand;
import org.scijava.log.LogService;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Parameter;
import org.scijava.widget.Button;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import sc.fiji.cfebm.command.host.BundledModels;
import sc.fiji.cfebm.command.host.Callers;
import sc.fiji.cfebm.command.host.HostedCommand;
import sc.fiji.cfebm.command.host.MacroErrors;
import sc.fiji.cfebm.command.host.MacroOptions;
import sc.fiji.cfebm.command.host.ShowOutputs;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.platform.NativeLibraryError;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.AdvancedOptions;
import sc.fiji.cfebm.ui.InputDialog;
import sc.fiji.cfebm.ui.ModelField;

/**
 * What the commands have in common: what a macro leaves out has its default, an error is one sentence and stops a
 * running macro, Cancel and Esc work. {@link ShowOutputs} knows the commands whose outputs it shows by {@link HostedCommand}.
 */
public abstract class CfebmCommand extends DynamicCommand implements HostedCommand {

	/** Style of inputs that may have decimals: SciJava's dialogs would round what they show to steps of 1. */
	static final String NUMBER = "format:0.####";

	/** The project's home; the pom names it, too. */
	static final String PROJECT = "https://github.com/cfebm/cfebm-fiji";

	/** A stage's name beside the side of its tile. */
	static final String FINEST = "Finest";

	private boolean callerStopsMacro;
	/** What is wrong with the macro's options, in one sentence; null if nothing is. */
	private String wrongOption;

	@Parameter(required = false)
	private LogService log;

	// Invisible to recorders: it has no part in what is done.
	@Parameter(label = "More options", required = false, persist = false, visibility = ItemVisibility.INVISIBLE,
		description = "Shows the options that usually stay as they are.")
	private boolean more = false;

	@Parameter(label = "Help", required = false, persist = false, callback = "showHelp",
		description = "Opens the documentation of this command in the web browser.")
	private Button help;

	/**
	 * Initializer of all commands. In a macro it resolves what the macro left out, so that it has the field's initial
	 * value; SciJava would ask for it in a dialog, or skip the command. For dialogs it puts the inputs in order.
	 */
	protected void init() {
		if (IJ.isMacro()) {
			mendOptions(Macro.getOptions());
			for (final ModuleItem<?> input : getInfo().inputs())
				resolveInput(input.getName());
		}
		getInfo().getMutableInput("help", Button.class).set(InputDialog.PAGE, PROJECT + "/blob/main/" + page());
		arrange();
	}

	/** Fiji takes what is no number for 0, knows no key without a value, and makes an empty image of what is no title. */
	private void mendOptions(final String options) {
		if (callerStopsMacro) return;
		try {
			for (final ModuleItem<?> input : InputDialog.inputs(this))
				if (input.getType() == ImagePlus.class) mendImage(input, options);
				else if (options != null) {
					final Object value = MacroOptions.value(input, options);
					if (value != null && !isInputResolved(input.getName())) setInput(input.getName(), value);
				}
		}
		catch (final IllegalArgumentException e) {
			wrongOption = e.getMessage();
		}
	}

	/** Without a title Fiji takes the image in front, and not the one that {@code IJ.run(image, ...)} gives. */
	private void mendImage(final ModuleItem<?> input, final String options) {
		final ImagePlus given = (ImagePlus) input.getValue(this);
		final boolean empty = given == null || given.getWidth() < 1;
		final boolean named = options != null && Macro.getValue(options, input.getName(), null) != null;
		Object image = null;
		// One that Fiji has found is not looked for, or opened, again.
		if (named && empty) image = MacroOptions.value(input, options);
		if (!named && (empty || given == WindowManager.getCurrentImage())) image = Callers.image(context());
		if (image != null) setInput(input.getName(), image);
	}

	/**
	 * What a dialog asks for, in its order. All other inputs are folded away behind the checkbox “More options”.
	 *
	 * @return names of inputs; null for all of them, as declared
	 */
	List<String> asked() {
		return null;
	}

	/** The page of the documentation about this command, from the project's folder. */
	String page() {
		return "README.md";
	}

	private void arrange() {
		// A dialog with nothing but Help would be one too many.
		if (InputDialog.inputs(this).isEmpty()) resolveInput("help");
		final List<String> asked = asked();
		final List<ModuleItem<?>> inputs = new ArrayList<>();
		getInfo().inputs().forEach(inputs::add);
		if (asked == null) resolveInput("more");
		else for (final ModuleItem<?> input : InputDialog.inputs(this))
			if (input.getType() != ImagePlus.class && !asked.contains(input.getName())) AdvancedOptions.add(input);
		AdvancedOptions.mark(getInfo().getInput("more"));
		inputs.sort(Comparator.comparingInt(input -> rank(input, asked)));
		inputs.forEach(getInfo()::removeInput);
		inputs.forEach(getInfo()::addInput);
	}

	/** First services and images, last buttons. */
	private int rank(final ModuleItem<?> input, final List<String> asked) {
		final int last = Integer.MAX_VALUE;
		if (input.getType() == Button.class) return input.getName().equals("help") ? last : last - 1;
		if (input.getName().equals("more")) return last - 4;
		if (AdvancedOptions.contains(input)) return input.getName().equals("seed") ? last - 2 : last - 3;
		return asked == null ? 0 : asked.indexOf(input.getName());
	}

	/** Lets dialogs offer the models that come with the plugin for an input. */
	final void offerModels(final String input) {
		ModelField.offer(getInfo().getMutableInput(input, File.class), BundledModels.installed().names());
	}

	/** SciJava calls it when the button is pressed. */
	void showHelp() {
		IJ.runPlugIn("ij.plugin.BrowserLauncher", getInfo().getInput("help").get(InputDialog.PAGE));
	}

	@Override
	public final void run() {
		if (wrongOption != null) fail(wrongOption);
		else try (CommandProgress progress = new CommandProgress(context(), getInfo().getTitle(), this::isCanceled)) {
			execute(progress);
		}
		catch (final CancellationException e) {
			if (IJ.isMacro()) {
				MacroErrors.cancelMacro(getInfo().getTitle() + " was canceled.");
			}
			else if (hasOutput()) {
				uncancel();
				return;
			}
			cancel(null);
		}
		catch (final IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
			// What was done until then is shown beside the sentence.
			if (!IJ.isMacro() && hasOutput()) IJ.error("CF-EBM", sentence(e));
			else fail(sentence(e));
		}
	}

	private boolean hasOutput() {
		for (final ModuleItem<?> output : getInfo().outputs())
			if (output.getValue(this) != null) return true;
		return false;
	}

	/** What went wrong in one sentence for the user; what is no fault of theirs is logged with all that is known. */
	final String sentence(final Throwable e) {
		if (e instanceof IllegalArgumentException || e instanceof IOException) return e.getMessage();
		if (e instanceof OutOfMemoryError) return "There is not enough memory: close images and other programs, or give ImageJ " +
			"more in Edit > Options > Memory & Threads.";
		if (log != null) log.error(e);
		if (e instanceof NativeLibraryError) return e.getMessage();
		return e instanceof LinkageError ? "A part of the plugin or of Fiji is missing or too old (" + rootCause(e) +
			"): run Help > Update..., then install CF-EBM anew." : "Something went wrong in the plugin itself (" + e + "): please report it.";
	}

	private static Throwable rootCause(final Throwable e) {
		return e.getCause() == null ? e : rootCause(e.getCause());
	}

	/**
	 * The command's work, after validation of all parameters: a macro can pass anything.
	 *
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws IOException with one sentence for the user
	 * @throws CancellationException if the user canceled; outputs that are set then are what was done and are shown, but in a
	 *           macro, which ends
	 */
	protected abstract void execute(CommandProgress progress) throws IOException;

	/** What was asked for, as the options of a macro: to be read years later. */
	final String options(final Predicate<ModuleItem<?>> which) {
		return InputDialog.inputs(this).stream().filter(which).map(input -> {
			final String value = String.valueOf(input.getValue(this));
			return input.getName() + "=" + (value.contains(" ") ? "[" + value + "]" : value);
		}).collect(Collectors.joining(" "));
	}

	@Override
	public final void leaveMacroToCaller() {
		callerStopsMacro = true;
	}

	private void fail(final String sentence) {
		if (IJ.isMacro() && !callerStopsMacro) {
			try {
				Callers.dropOptions(context());
				MacroErrors.stopMacro(sentence);
			}
			catch (final RuntimeException e) {
				// The macro has ended by now. ImageJ throws this for its thread, and this is another one: SciJava would write it to the console.
				if (!Macro.MACRO_CANCELED.equals(e.getMessage())) throw e;
			}
			cancel(null);
		}
		else cancel(sentence);
	}

	/** @throws IllegalArgumentException if the number is below {@code min} or not finite */
	static void checkAtLeast(final String name, final double value, final double min) {
		if (!(value >= min) || Double.isInfinite(value)) throw new IllegalArgumentException(name + " is " + trim(value) +
			": it must be a number of at least " + trim(min) + ".");
	}

	/**
	 * @param choices in dialogs and macros each is called by its {@code toString}
	 * @throws IllegalArgumentException if the value names none of the choices, upper and lower case aside
	 */
	@SafeVarargs
	static <T> T choose(final String name, final String value, final T... choices) {
		for (final T choice : choices)
			if (choice.toString().equalsIgnoreCase(value)) return choice;
		throw new IllegalArgumentException(name + " is “" + value + "”: it must be one of " + Arrays.stream(choices).map(
			T::toString).collect(Collectors.joining(", ")) + ".");
	}

	/** @throws IOException with one sentence, if there is no such model */
	static Model readModel(final File file) throws IOException {
		if (isBlank(file)) throw new IllegalArgumentException(
			"No model file is given: choose a .cfebm file written by CF-EBM Train, or write nuclei or photo for those that come with the plugin.");
		return Model.read(BundledModels.installed().find(file));
	}

	/**
	 * The stage that is meant: {@link #FINEST}, or the side of its tile in pixels.
	 *
	 * @throws IllegalArgumentException with one sentence, if there is none
	 */
	static int stage(final Model model, final String stage) {
		if (FINEST.equalsIgnoreCase(stage)) return model.pyramid().stages() - 1;
		try {
			return model.pyramid().stageOf(Integer.parseInt(stage));
		}
		catch (final NumberFormatException e) {
			throw new IllegalArgumentException("The stage is “" + stage + "”: it must be " + FINEST +
				" or the side of its tile in pixels, such as 16.");
		}
	}

	/** Whether a file parameter was left out. */
	static boolean isBlank(final File file) {
		return file == null || file.getPath().isBlank();
	}

	/** One path, or several with semicolons between them; that of a file or folder that exists is never divided. */
	static List<File> split(final File paths) {
		if (paths.exists()) return List.of(paths);
		return Arrays.stream(paths.getPath().split(";")).map(String::trim).filter(path -> !path.isEmpty()).map(File::new)
			.toList();
	}

	static String trim(final double value) {
		return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : Double.toString(value);
	}
}

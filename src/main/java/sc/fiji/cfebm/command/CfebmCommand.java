package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.scijava.AbstractContextual;
import org.scijava.Context;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandModuleItem;
import org.scijava.command.CommandService;
import org.scijava.log.LogService;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.Parameter;
import org.scijava.service.Service;
import org.scijava.util.ClassUtils;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import sc.fiji.cfebm.command.host.BundledModels;
import sc.fiji.cfebm.command.host.Callers;
import sc.fiji.cfebm.command.host.DevicePreference;
import sc.fiji.cfebm.command.host.ErrorSentence;
import sc.fiji.cfebm.command.host.HostedCommand;
import sc.fiji.cfebm.command.host.LastModels;
import sc.fiji.cfebm.command.host.MacroErrors;
import sc.fiji.cfebm.command.host.PrepareInputs;
import sc.fiji.cfebm.command.host.Recording;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.DialogLayout;
import sc.fiji.cfebm.ui.ErrorDialog;

/**
 * What the commands have in common: an error is one sentence and stops a running macro, Cancel and Esc work.
 * {@link PrepareInputs} fills in the inputs.
 * <p>
 * A command is deliberately no SciJava module: {@code CommandService.run} gives nothing for those that are.
 */
public abstract class CfebmCommand extends AbstractContextual implements HostedCommand {

	/** Style of inputs that may have decimals. */
	static final String NUMBER = "format:0.####";

	@Parameter(required = false)
	private LogService log;

	private boolean callerStopsMacro;
	/** Why the command is not to run, in one sentence; null: it is. */
	private String refusal;
	/** Null if not canceled; empty for a cancellation without a reason. */
	private volatile String cancelReason;

	/**
	 * What a dialog asks for, in its order. All other inputs are folded away behind the checkbox “More options”.
	 *
	 * @return names of inputs; null for all of them, as declared
	 */
	List<String> asked() {
		return null;
	}

	/** The page of the documentation about this command, from the project's folder. */
	abstract String page();

	/** Adapts the dialog to the images that are open. */
	void arrange(final DialogLayout layout) {}

	/**
	 * Lets a dialog offer models for an input: those that come with the plugin, and first the one that was last used for this task.
	 */
	final void offerModels(final DialogLayout layout, final String input) {
		final List<String> bundled = BundledModels.installed().names();
		final String last = LastModels.of(getInfo());
		layout.models(input, bundled, isThere(last, bundled) ? last : bundled.stream().filter(this::isSuitable).findFirst().orElse(""));
	}

	private static boolean isThere(final String models, final List<String> bundled) {
		return !models.isEmpty() && Stream.of(models.split(";")).allMatch(model -> bundled.contains(model.strip()) || Files.isRegularFile(new File(
			model.strip()).toPath()));
	}

	private boolean isSuitable(final String bundled) {
		try {
			return suits(Inputs.readModel(new File(bundled)));
		}
		catch (final IOException | RuntimeException e) {
			return false;
		}
	}

	/** Whether a model that comes with the plugin may be chosen beforehand. */
	boolean suits(final Model bundled) {
		return true;
	}

	@Override
	public final List<ModuleItem<?>> inputs() {
		final List<ModuleItem<?>> inputs = new ArrayList<>();
		for (final ModuleItem<?> input : getInfo().inputs())
			// SciJava fills these in.
			if (input.getType() != Context.class && !Service.class.isAssignableFrom(input.getType())) inputs.add(input);
		return DialogLayout.order(inputs, asked());
	}

	@Override
	public final DialogLayout layout() {
		final DialogLayout layout = new DialogLayout(getInfo().getTitle().replace("...", ""), page(), inputs(), asked());
		for (final ModuleItem<?> input : inputs())
			if (value(input) instanceof ImagePlus) layout.heading("Image: " + ((ImagePlus) value(input)).getTitle());
		layout.commandLine(() -> FileCommands.call(this));
		arrange(layout);
		return layout;
	}

	@Override
	public String obstacle() {
		return null;
	}

	@Override
	public void check() throws IOException {
		for (final DialogLayout.Field field : layout().fields())
			if (field.models() != null) Inputs.requireModels((File) value(field.input()));
	}

	@Override
	public final void refuse(final String sentence) {
		refusal = sentence;
	}

	@Override
	public final void run() {
		if (refusal != null) fail(refusal);
		else try (CommandProgress progress = new CommandProgress(context(), getInfo().getTitle(), this::isCanceled)) {
			DevicePreference.apply();
			execute(progress);
		}
		catch (final CancellationException e) {
			if (IJ.isMacro()) MacroErrors.cancelMacro(getInfo().getTitle() + " was canceled.");
			else if (!outputs().isEmpty()) {
				cancelReason = null;
				Recording.forget(getInfo().getTitle());
				return;
			}
			cancel(null);
		}
		catch (final IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
			// What was done until then is shown beside the sentence.
			if (!IJ.isMacro() && !outputs().isEmpty()) ErrorDialog.show(sentence(e));
			else fail(sentence(e));
		}
		if (isCanceled()) Recording.forget(getInfo().getTitle());
	}

	/** What went wrong in one sentence for the user; what is no fault of theirs is logged with all that is known. */
	final String sentence(final Throwable e) {
		return ErrorSentence.of(e, log);
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

	/** The command's description: its title, inputs and outputs. */
	final CommandInfo getInfo() {
		return context().service(CommandService.class).getCommand(getClass());
	}

	/** The value that an input or output has. */
	final Object value(final ModuleItem<?> item) {
		return ClassUtils.getValue(((CommandModuleItem<?>) item).getField(), this);
	}

	/** Images that came out, so far. */
	final List<ImagePlus> outputs() {
		final List<ImagePlus> images = new ArrayList<>();
		for (final ModuleItem<?> output : getInfo().outputs())
			if (value(output) instanceof ImagePlus) images.add((ImagePlus) value(output));
		return images;
	}

	/** What was asked for, as the options of a macro: to be read years later. */
	final String options(final Predicate<ModuleItem<?>> which) {
		return inputs().stream().filter(which).map(input -> {
			final String value = String.valueOf(value(input));
			return input.getName() + "=" + (value.contains(" ") ? "[" + value + "]" : value);
		}).collect(Collectors.joining(" "));
	}

	@Override
	public boolean isCanceled() {
		return cancelReason != null;
	}

	/** May be called on any thread. */
	@Override
	public void cancel(final String reason) {
		cancelReason = reason == null ? "" : reason;
	}

	@Override
	public String getCancelReason() {
		return cancelReason;
	}

	@Override
	public final void leaveMacroToCaller() {
		callerStopsMacro = true;
	}

	@Override
	public final boolean leavesMacroToCaller() {
		return callerStopsMacro;
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
}

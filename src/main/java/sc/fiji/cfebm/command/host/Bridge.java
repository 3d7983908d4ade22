package sc.fiji.cfebm.command.host;

import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.app.event.StatusEvent;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.event.EventHandler;
import org.scijava.event.EventService;
import org.scijava.log.LogService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.task.TaskService;
import org.scijava.thread.ThreadService;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.plugin.PlugIn;
import ij.plugin.frame.Recorder;

/**
 * Runs a SciJava command in plain ImageJ, which knows nothing of SciJava: the command's inputs come from a macro's
 * options or a dialog, and its outputs are shown. In Fiji the command itself takes this plugin's place in the menu.
 */
public final class Bridge implements PlugIn {

	private static Bridge instance;

	private Context context;

	/** @param commandClass name of the command's class; in {@code plugins.config} it is the argument */
	@Override
	public void run(final String commandClass) {
		final Context scijava = instance().context;
		final CommandInfo info = scijava.service(CommandService.class).getCommand(commandClass);
		final ModuleService modules = scijava.service(ModuleService.class);
		final Module module = modules.createModule(info);
		final HostedCommand command = (HostedCommand) module.getDelegateObject();
		command.leaveMacroToCaller();
		try {
			if (IJ.isMacro()) setInputs(module, Macro.getOptions());
			else if (!ask(module, command)) {
				// Takes a preview away.
				command.cancel(null);
				Recording.forget(info.getTitle());
				return;
			}
		}
		catch (final IllegalArgumentException e) {
			MacroErrors.stopMacro(e.getMessage());
			return;
		}
		modules.waitFor(modules.run(module, true));
		if (command.isCanceled()) {
			final String reason = command.getCancelReason();
			if (reason != null && !reason.isEmpty()) MacroErrors.stopMacro(reason);
			return;
		}
		for (final ModuleItem<?> output : info.outputs())
			if (!module.isOutputResolved(output.getName()) && module.getOutput(output.getName()) instanceof ImagePlus) //
				((ImagePlus) module.getOutput(output.getName())).show();
	}

	/**
	 * Sets what a macro's {@link MacroOptions} give; what is left out keeps its default.
	 *
	 * @param module of a {@link HostedCommand}
	 * @throws IllegalArgumentException with one sentence, for a key that is no input's name or a value that doesn't fit
	 */
	public static void setInputs(final Module module, final String macroOptions) {
		PrepareInputs.setInputs(module, ((HostedCommand) module.getDelegateObject()).inputs(), macroOptions);
	}

	private static boolean ask(final Module module, final HostedCommand command) {
		for (final ModuleItem<?> input : command.inputs())
			if (input.getType() == ImagePlus.class) module.setInput(input.getName(), WindowManager.getCurrentImage());
		final String obstacle = command.obstacle();
		if (obstacle != null) throw new IllegalArgumentException(obstacle);
		if (!PrepareInputs.ask(module, command)) return false;
		for (final ModuleItem<?> input : command.inputs()) {
			module.resolveInput(input.getName());
			final Object value = module.getInput(input.getName());
			// Under the field's name, as Fiji does: the same macro runs in both. The image is the current one.
			if (Recorder.record && value != null && !(value instanceof ImagePlus) && !value.toString().isBlank()) //
				Recorder.recordOption(input.getName(), value.toString().replace('\\', '/'));
		}
		return true;
	}

	private static synchronized Bridge instance() {
		if (instance != null) return instance;
		final Thread thread = Thread.currentThread();
		final ClassLoader before = thread.getContextClassLoader();
		// SciJava looks for commands with this loader; the thread's may not see the plugins folder.
		thread.setContextClassLoader(Bridge.class.getClassLoader());
		try {
			final Bridge bridge = new Bridge();
			bridge.context = new Context(CommandService.class, ModuleService.class, ThreadService.class,
				StatusService.class, TaskService.class, LogService.class, ClearCanceledStatus.class);
			bridge.context.service(EventService.class).subscribe(bridge);
			instance = bridge;
		}
		finally {
			thread.setContextClassLoader(before);
		}
		return instance;
	}

	/** Shows in ImageJ's status bar what the commands tell SciJava's. */
	@EventHandler
	private void onStatus(final StatusEvent event) {
		final int value = event.getProgressValue(), max = event.getProgressMaximum();
		if (event.isWarning()) return;
		IJ.showStatus(event.getStatusMessage() == null ? "" : event.getStatusMessage());
		IJ.showProgress(max > 0 ? (double) value / max : 1);
	}
}

package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.choose;
import static sc.fiji.cfebm.command.Inputs.isBlank;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.scijava.command.Command;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import sc.fiji.cfebm.command.host.Bridge;
import sc.fiji.cfebm.command.host.MacroOptions;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.DialogLayout;

/**
 * Does one of the other commands to all images of a folder and its subfolders, and saves what comes out. The other command does
 * the work, with its own defaults; {@link BatchRun} goes from file to file.
 */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Batch...", headless = true)
public class BatchCommand extends CfebmCommand {

	/** What can be done to a folder. */
	enum Task {

		DENOISE("Denoise", DenoiseCommand.class, "denoised"), INPAINT("Inpaint", InpaintCommand.class, "inpainted"), //
		ANOMALY_MAP("Anomaly Map", AnomalyCommand.class, "anomalies"), DECONVOLVE("Deconvolve", DeconvolveCommand.class, "deconvolved");

		private final String label, suffix;
		private final Class<? extends PlaneCommand<?, ?>> type;

		Task(final String label, final Class<? extends PlaneCommand<?, ?>> type, final String suffix) {
			this.label = label;
			this.type = type;
			this.suffix = suffix;
		}

		/** What is added to an image's name for its main result. */
		String suffix() {
			return suffix;
		}

		@Override
		public String toString() {
			return label;
		}
	}

	@Parameter(label = "Task", persist = false, choices = { "Denoise", "Inpaint", "Anomaly Map", "Deconvolve" },
		description = "What is done to each image: the command of that name.")
	private String task = "Denoise";

	@Parameter(label = "Images in", required = false, persist = false, style = "directory",
		description = "All images in this folder and its subfolders that ImageJ opens, and in Fiji Bio-Formats.")
	private File input;

	@Parameter(label = "Save results in", required = false, persist = false, style = "directory",
		description = "Another folder, which is made if it is not there. No file in it is overwritten; what this call has done before is not done again.")
	private File output;

	@Parameter(label = "Model", required = false, persist = false, style = "open",
		description = "The name of a model that comes with the plugin, or a .cfebm file written by CF-EBM Train.")
	private File model;

	@Parameter(label = "Options of the task", required = false, persist = false,
		description = "As in a macro, such as sigma=10 method=Posterior: the keys of the task's command. What is left out has its default.")
	private String options = "";

	@Override
	String page() {
		return "docs/using.md";
	}

	@Override
	void arrange(final DialogLayout layout) {
		offerModels(layout, "model");
	}

	@Override
	public void check() throws IOException {
		super.check();
		requireFolders();
		command();
	}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		requireFolders();
		command();
		// Once: what it has wrong is not to be said of every image.
		for (final File each : isBlank(model) ? List.of(new File("")) : Inputs.split(model))
			Inputs.readModel(each);
		new BatchRun(input.toPath(), output.toPath(), task().suffix(), this::command, this::sentence, progress).run();
	}

	private Task task() {
		return choose("The task", task, Task.values());
	}

	/** @throws IllegalArgumentException with one sentence */
	private void requireFolders() throws IOException {
		if (isBlank(input)) throw new IllegalArgumentException("No folder of images is given: choose the one with the images.");
		ImageFolder.requireFolders(List.of(input));
		if (isBlank(output)) throw new IllegalArgumentException("No folder is given to save results in: choose one.");
		if (output.exists() && !output.isDirectory()) throw new IllegalArgumentException("“" + output +
			"” is not a folder: give one to save results in.");
		final Path target = output.toPath();
		if (Files.exists(target) && Files.isSameFile(input.toPath(), target)) throw new IllegalArgumentException("“" + output +
			"” is the folder of the images: the results need one of their own.");
	}

	/**
	 * The task's command, new, for one image.
	 *
	 * @throws IllegalArgumentException with one sentence, for an option that is none
	 */
	private PlaneCommand<?, ?> command() {
		final Module module = context().service(ModuleService.class).createModule(context().service(CommandService.class).getCommand(
			task().type));
		final PlaneCommand<?, ?> command = (PlaneCommand<?, ?>) module.getDelegateObject();
		final String given = options == null ? "" : options;
		final List<ModuleItem<?>> known = new ArrayList<>(command.inputs());
		known.removeIf(item -> List.of("image", "model").contains(item.getName()));
		new MacroOptions(given).requireKnown(known);
		Bridge.setInputs(module, given);
		command.model = model;
		return command;
	}
}

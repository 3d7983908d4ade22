package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.choose;
import static sc.fiji.cfebm.command.Inputs.isBlank;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

import org.scijava.plugin.Parameter;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import sc.fiji.cfebm.command.host.DevicePreference;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.PlaneSink;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.DialogLayout;
import sc.fiji.cfebm.ui.ErrorDialog;
import sc.fiji.cfebm.ui.PreviewWindow;

/**
 * What all commands ask for that work on an image with a model. They make a task of their inputs, {@link PlaneRunner} does it to
 * the planes that are chosen, and they take their outputs from its sink. The preview is the same with the plane that is shown
 * alone.
 *
 * @param <R> what comes out of one plane
 * @param <S> what takes the planes that come out
 */
public abstract class PlaneCommand<R, S extends PlaneSink<R>> extends CfebmCommand {

	static final String WHOLE = "Whole stack", CHOSEN = "Chosen planes";

	private static final String WHICH = "all, current (the one that is shown), or numbers such as 1-3,5.";

	// Not required, so that our own sentence says what is wrong if there is none.
	@Parameter(label = "Image", required = false, persist = false, description = "The image to work on; a stack goes slice by slice.")
	ImagePlus image;

	@Parameter(label = "Model", required = false, persist = false, style = "open",
		description = "The name of a model that comes with the plugin, or a .cfebm file written by CF-EBM Train. Choose one that was trained on images like this one. For an image of several channels also one for each, with semicolons between them.")
	File model;

	@Parameter(label = "Channels", required = false, persist = false, description = "Which channels to work on: " + WHICH)
	String channels = PlaneSelection.ALL;

	@Parameter(label = "Slices", required = false, persist = false, description = "Which slices to work on: " + WHICH)
	String slices = PlaneSelection.ALL;

	@Parameter(label = "Frames", required = false, persist = false, description = "Which frames to work on: " + WHICH)
	String frames = PlaneSelection.ALL;

	@Parameter(label = "Output", persist = false, choices = { WHOLE, CHOSEN },
		description = "Which planes the result has, if not all are worked on. Whole stack: all of them, the others as they are. Chosen planes: only those that are worked on; nothing else is read, and the memory is enough for stacks of any size.")
	String output = WHOLE;

	private final PreviewWindow window = new PreviewWindow();
	private RunReport report;
	private String found = "";

	/**
	 * Checks the inputs and makes a task of them as they are now.
	 *
	 * @param chosen the planes that will be worked on
	 * @throws IllegalArgumentException with one sentence for the user
	 */
	abstract PlaneTask<R, S> task(Planes planes, PlaneSelection chosen);

	/** Sets the command's outputs. */
	abstract void give(S all);

	@Override
	public String obstacle() {
		return image == null ? "There is no image open: open one first." : null;
	}

	@Override
	void arrange(final DialogLayout layout) {
		final ImagePlus shown = shown();
		final int count = shown == null ? 1 : shown.getNChannels();
		offerModels(layout, "model");
		if (count > 1) layout.label("model", "Model (or one per channel: a;b)");
		label(layout, "channels", "Channels", count);
		label(layout, "slices", "Slices", shown == null ? 1 : shown.getNSlices());
		label(layout, "frames", "Frames", shown == null ? 1 : shown.getNFrames());
		if (shown == null || shown.getStackSize() == 1) layout.leaveOut("output");
		layout.button("Preview", "Shows in a window what becomes of the slice that is shown, with these settings. No other slice is read: what " +
			"the run finds in all of them, such as shot noise, is found in this one. Press it again after a change.", this::showPreview);
	}

	@Override
	boolean suits(final Model bundled) {
		return shown() == null || bundled.channels() == (shown().getType() == ImagePlus.COLOR_RGB && !new Planes(shown()).read(shown()
			.getCurrentSlice()).isGray() ? 3 : 1);
	}

	/** The image to work on; before it is set, the one that it is going to be; null if there is none. */
	final ImagePlus shown() {
		return image != null ? image : WindowManager.getCurrentImage();
	}

	/** Says how many there are; a dialog does not ask where there is no choice. */
	private static void label(final DialogLayout layout, final String input, final String label, final int count) {
		if (count == 1) layout.leaveOut(input);
		else layout.label(input, label + " (1 to " + count + ")");
	}

	@Override
	public void check() throws IOException {
		super.check();
		final PlaneSelection chosen = chosen();
		models(chosen);
		task(new Planes(image), chosen);
	}

	@Override
	protected final void execute(final CommandProgress progress) throws IOException {
		window.close();
		final PlaneSelection chosen = chosen(), kept = WHOLE.equals(choose("The output", output, WHOLE, CHOSEN)) ? PlaneSelection.all(
			image) : chosen;
		final PlaneRunner runner = new PlaneRunner(image, chosen, kept, models(chosen), isRangeOwn());
		report = new RunReport();
		final PlaneTask<R, S> task = task(runner.planes(), chosen);
		final String inside = task.selected() == null ? null : runner.planes().selection();
		runner.run(task, report, progress, (sink, complete) -> {
			// A macro ends and leaves nothing.
			if (!complete && IJ.isMacro()) return;
			give(sink);
			describe(chosen, inside);
			found = report.said(chosen.kind(), chosen.size());
			progress.log(name() + " with " + modelNames() + ", “" + image.getTitle() + "”" + (inside == null ? "" : " (inside the selection)") +
				": " + found + ".");
		});
	}

	/** What was found in the last run, as the log says it. */
	final String found() {
		return found;
	}

	/** Figures of the last run, of all its planes the largest, by their names. */
	final Map<String, String> figures() {
		return report.largest();
	}

	/** The command with its inputs as a macro gives them, but for the image. */
	final String call() {
		return getInfo().getTitle() + " " + options(input -> input.getType() != ImagePlus.class);
	}

	/** As a user calls them. */
	private String modelNames() {
		return Inputs.split(model).stream().map(file -> Model.withoutEnding(file.toPath())).collect(Collectors.joining(" and "));
	}

	private String name() {
		return getInfo().getTitle().replace("...", "");
	}

	/**
	 * Whether the gray values that become the model's darkest and brightest are the image's own, of each channel over all planes to be
	 * worked on, and not the training images'.
	 *
	 * @throws IllegalArgumentException with one sentence for the user
	 */
	boolean isRangeOwn() {
		return true;
	}

	private PlaneSelection chosen() {
		// There is none, or it has no pixels.
		new Planes(image);
		return new PlaneSelection(image, channels, slices, frames);
	}

	/** Shows what becomes of the plane that is shown. The button calls it on the event thread. */
	void showPreview() {
		final String name = "Preview of " + (image == null ? "" : image.getTitle());
		try {
			final Preview preview = preparePreview();
			window.show(context(), name, progress -> {
				try {
					DevicePreference.apply();
					final ImagePlus shown = preview.make(progress);
					shown.setTitle(name);
					return shown;
				}
				catch (final IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
					if (!(e instanceof CancellationException)) ErrorDialog.show(sentence(e));
					return null;
				}
			});
		}
		catch (final IllegalArgumentException e) {
			ErrorDialog.show(e.getMessage());
		}
	}

	/** A preview that is ready to be made, on another thread. */
	interface Preview {

		ImagePlus make(CommandProgress progress) throws IOException;
	}

	/**
	 * The plane that is shown, worked on as it will be with all the others, with the inputs as they are now. No other plane is read:
	 * where range or noise are those of many planes together (the image's own range; shot noise), they are taken from this one, and
	 * the whole run may differ a little. Called on the thread that changes the inputs.
	 */
	Preview preparePreview() {
		final PlaneSelection chosen = chosen(), current = PlaneSelection.current(image);
		final int slice = image.getCurrentSlice();
		if (!chosen.contains(slice)) throw new IllegalArgumentException("The plane that is shown, " + new Planes(
			image).name(slice) + ", is not chosen: show one that is.");
		final PlaneRunner runner = new PlaneRunner(image, current, current, models(chosen), isRangeOwn());
		final PlaneTask<R, S> task = task(runner.planes(), current);
		return progress -> {
			final ImagePlus[] shown = new ImagePlus[1];
			runner.run(task, new RunReport(), progress, (sink, complete) -> shown[0] = sink.image());
			shown[0].changes = false;
			return shown[0];
		};
	}

	@Override
	public void cancel(final String reason) {
		window.stop();
		super.cancel(reason);
	}

	/**
	 * Says in the images that came out what was done to which planes.
	 *
	 * @param inside where in them; null: everywhere
	 */
	private void describe(final PlaneSelection chosen, final String inside) {
		final List<String> lines = new ArrayList<>();
		lines.add(call());
		lines.add("Worked on: " + (image.getStackSize() == 1 ? "" : chosen + " of ") + "“" + image.getTitle() + "”" + (inside == null ? "" : ", inside the selection alone (" +
			inside + ")"));
		lines.addAll(report.details());
		for (final ImagePlus imp : outputs()) {
			final String info = imp.getInfoProperty();
			// ImageJ appends to it as it is: it ends its last line.
			imp.setProperty("Info", (info == null ? "" : info.endsWith("\n") ? info : info + "\n") + String.join("\n", lines) + "\n");
			imp.changes = true;
		}
	}

	/**
	 * The model of each chosen channel.
	 *
	 * @throws IllegalArgumentException with one sentence, if there is neither one for all nor one for each
	 */
	private Map<Integer, File> models(final PlaneSelection chosen) {
		final List<File> files = isBlank(model) ? List.of(new File("")) : Inputs.split(model);
		final List<Integer> channels = chosen.channels();
		if (files.size() != 1 && files.size() != channels.size()) throw new IllegalArgumentException(files.size() +
			" models are given for " + channels.size() + (channels.size() == 1 ? " channel" : " channels") + " of “" +
			image.getTitle() + "”: give one for all, or one for each with semicolons between them.");
		final Map<Integer, File> models = new HashMap<>();
		for (int i = 0; i < channels.size(); i++)
			models.put(channels.get(i), files.get(files.size() == 1 ? 0 : i));
		return models;
	}
}

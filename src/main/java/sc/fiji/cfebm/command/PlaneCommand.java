package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

import org.scijava.module.ModuleItem;
import org.scijava.module.MutableModuleItem;
import org.scijava.plugin.Parameter;
import org.scijava.widget.Button;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.PreviewWindow;

/**
 * What working on an image with a model takes, whatever is done: its planes are chosen, worked on one by one (see
 * {@link PlaneWork}), and what comes out is put together. A command says what is done to one plane.
 *
 * @param <E> what works on planes with one model
 * @param <R> what comes out of one plane
 */
public abstract class PlaneCommand<E extends AutoCloseable, R> extends CfebmCommand {

	static final String IMAGE = "Image", TRAINING = "Training";

	private static final String WHICH = "all, current (the one that is shown), or numbers such as 1-3,5. The others stay as they are.";

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

	@Parameter(label = "Range of gray values", persist = false, choices = { IMAGE, TRAINING },
		description = "How the image's brightness is fitted to the model. Image: by the darkest and brightest pixels of each channel (0.1 and 99.9 percentiles; RGB: 0 to 255). Training: as it is, in the training images' gray values. In denoising, models for shot noise count photons instead.")
	String range = IMAGE;

	@Parameter(label = "Preview", required = false, persist = false, callback = "showPreview",
		description = "Shows in a window what becomes of the slice that is shown, with these settings. Press it again after a change.")
	private Button preview;

	private final PreviewWindow window = new PreviewWindow();
	/** What reports have to mention, see {@link #note}. */
	private final List<String> notes = new ArrayList<>();

	/**
	 * A plane to be worked on.
	 *
	 * @param planes the image's planes
	 * @param slice its index in the stack, from 1
	 * @param channel from 1
	 * @param where [H,W], pixels that matter, at least one; null: all of them
	 * @param model to work with
	 * @param range the gray values that become -1 and 1
	 */
	record Plane(Planes planes, int slice, int channel, boolean[] where, Model model, Normalization range) {

		/** As messages name it. */
		String name() {
			return planes.name(slice);
		}
	}

	/** Checks the command's own inputs and what of the image they are about. Called once, before anything else. */
	abstract void prepare(Planes planes, PlaneSelection chosen);

	/** Whether a model is for images of this kind. */
	boolean takes(final Model loaded, final Planes planes) {
		return loaded.channels() == planes.channels();
	}

	/** Begins to work with a model; closed when all is done. */
	abstract E open(Model loaded);

	/** Values of a plane that its range is taken from, every one a finite number. Called before any plane is worked on. */
	abstract Raster known(Planes planes, int slice);

	/** Takes note of a channel's known values, plane by plane, before any plane is worked on. */
	void look(final Model loaded, final int channel, final Raster known, final int planesOfChannel) {}

	/** What of the known values the image's own range is taken from. */
	Raster view(final Raster known) {
		return known;
	}

	/** Pixels that matter in a plane; null: all of them. Where none is marked nothing is done to the plane. */
	abstract boolean[] where(int slice);

	/** @return null if nothing is to be done to the plane */
	abstract R work(E engine, Plane plane, Progress progress);

	/** Makes room for what comes out. Then planes are told of one by one, in the order of the stack. */
	abstract void begin(Planes planes);

	/** Nothing is done to the next plane. */
	abstract void keep();

	/** What came out of the next plane. */
	abstract void add(R result, boolean[] where);

	/** Sets the command's outputs, from the planes there have been so far. */
	abstract void give();

	/** One plane as the command will show it; to show, not to keep. */
	abstract ImagePlus shown(Planes planes, String name, int slice, R result);

	@Override
	protected void init() {
		super.init();
		final ImagePlus shown = shown();
		if (shown == null && !isInputResolved("image")) cancel("There is no image open: open one first.");
		final int count = shown == null ? 1 : shown.getNChannels();
		offerModels("model");
		if (count > 1) getInfo().getMutableInput("model", File.class).setLabel("Model (or one per channel: a;b)");
		label("channels", count);
		label("slices", shown == null ? 1 : shown.getNSlices());
		label("frames", shown == null ? 1 : shown.getNFrames());
	}

	/** The image to work on; before it is set, the one that it is going to be; null if there is none. */
	final ImagePlus shown() {
		return image != null ? image : WindowManager.getCurrentImage();
	}

	/** Says how many there are; a dialog does not ask where there is no choice. */
	private void label(final String input, final int count) {
		final MutableModuleItem<String> item = getInfo().getMutableInput(input, String.class);
		item.setLabel(item.getLabel() + " (1 to " + count + ")");
		if (count == 1) resolveInput(input);
	}

	@Override
	protected final void execute(final CommandProgress progress) throws IOException {
		window.close();
		notes.clear();
		try (PlaneWork<E, R> work = new PlaneWork<>(this, progress)) {
			begin(work.planes());
			try {
				work.run(progress);
			}
			catch (final RuntimeException | OutOfMemoryError e) {
				// A macro ends and leaves nothing.
				if (!IJ.isMacro() && work.hasAny()) finish();
				throw e;
			}
			finish();
		}
	}

	/** Shows what becomes of the plane that is shown. SciJava calls it when the button is pressed. */
	void showPreview() {
		final String name = "Preview of " + (image == null ? "" : image.getTitle());
		window.show(context(), name, progress -> {
			try {
				return previewed(name, progress);
			}
			catch (final IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
				if (!(e instanceof CancellationException)) IJ.error("CF-EBM", sentence(e));
				return null;
			}
		});
	}

	/** The plane that is shown, worked on just as it will be with all the others. */
	ImagePlus previewed(final String name, final CommandProgress progress) throws IOException {
		try (PlaneWork<E, R> work = new PlaneWork<>(this, progress)) {
			final int slice = image.getCurrentSlice();
			return shown(work.planes(), name, slice, work.on(slice, progress));
		}
	}

	@Override
	public void cancel(final String reason) {
		window.stop();
		super.cancel(reason);
	}

	private void finish() {
		give();
		for (final ModuleItem<?> output : getInfo().outputs())
			if (output.getValue(this) instanceof ImagePlus) {
				final ImagePlus imp = (ImagePlus) output.getValue(this);
				final String info = imp.getInfoProperty();
				imp.setProperty("Info", (info == null ? "" : info + "\n") + getInfo().getTitle() + " " + options(input -> input.getType() != ImagePlus.class) + notes.stream()
					.map(note -> "\n" + note).collect(Collectors.joining()));
			}
	}

	/** Logs what a report has to mention and keeps it in the results' info. */
	final void note(final Plane plane, final String what, final Progress progress) {
		progress.log(what);
		notes.add((plane.planes().count() > 1 ? plane.name() + ": " : "") + what);
	}

	/** The models' files, one or several. */
	final List<File> models() {
		return isBlank(model) ? List.of(new File("")) : split(model);
	}
}

package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.checkAtLeast;
import static sc.fiji.cfebm.command.Inputs.choose;
import static sc.fiji.cfebm.command.Inputs.isBlank;

import java.io.File;
import java.io.IOException;

import org.scijava.plugin.Parameter;

import sc.fiji.cfebm.command.host.BundledModels;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.training.Recipe;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.TrainingImages;
import sc.fiji.cfebm.ui.CommandProgress;

/** A command that trains a model: what all of them ask for, and the training itself. */
abstract class TrainingCommand extends CfebmCommand {

	private static final String[] SIZES = { "8", "16", "32", "64", "128" };
	private static final String AUTOMATIC = "Automatic", NONE = "None";
	/** Bundled models of gray and of RGB images to start from. */
	private static final String GRAY = "microscopy", COLOR = "photo-color";
	/** The usual base width. */
	private static final int WIDTH = 8;

	@Parameter(label = "Save the model as", required = false, persist = false, style = "save",
		description = "The file that the model is written into, such as nuclei.cfebm.")
	private File model;

	@Parameter(label = "Tile size (pixels)", persist = false, choices = { "8", "16", "32", "64", "128" },
		description = "Side of the largest patches that the model learns: it sees nothing larger as one thing. Larger takes longer.")
	private String size = "32";

	@Parameter(label = "Base width (channels, 0: the usual)", persist = false, min = "0",
		description = "Number of the network's channels: how much it can hold; twice as many take four times as long. 0: that of the model the training starts from, or else 8.")
	private int width = 0;

	@Parameter(label = "Start from a model (None: from scratch)", required = false, persist = false,
		description = "A model to go on from: microscopy, photo, or a .cfebm file. Size and base width are then the model's. Automatic: microscopy for gray images and photo-color for RGB ones, unless another size or width is given. None: from scratch.")
	private String start = AUTOMATIC;

	@Parameter(label = "Time (minutes)", persist = false, style = NUMBER,
		description = "For the whole training. Ten is a good start; more helps slowly.")
	private double minutes = 10;

	@Parameter(label = "Iterations (empty: by the time)", required = false, persist = false,
		description = "Of each stage, coarse to fine, such as 4000,2500,1200, instead of a time: so a training can be repeated exactly.")
	private String iterations = "";

	@Parameter(label = "Batch size (0: the usual)", persist = false, min = "0",
		description = "Number of patches that each iteration learns from. 0: as many as suit the kind of training.")
	private int batch = 0;

	@Parameter(label = "Flip patches", persist = false,
		description = "Learn from mirror images, too. Off: for images in which left and right, or top and bottom, differ.")
	private boolean flips = true;

	@Parameter(label = "Rotate patches by 90°", persist = false,
		description = "Learn from patches rotated by 90, 180 and 270 degrees, too. Off: for images in which directions differ.")
	private boolean rotations = true;

	@Parameter(label = "Random seed", persist = false,
		description = "Start of the random numbers, a whole number: the same seed and iterations give the same model.")
	private long seed = Defaults.SEED;

	@Parameter(label = "Continue an unfinished training", persist = false,
		description = "Goes on where a training of this model file was interrupted. Off: begins anew.")
	private boolean resume = true;

	@Override
	public void check() throws IOException {
		super.check();
		TrainingRun.requireWritable(target());
	}

	/** The file that is given for the model, with its ending; a folder, which can't be one, as it is. */
	final File model() {
		return isBlank(model) || model.isDirectory() ? model : Model.withEnding(model.toPath()).toFile();
	}

	/** The file that the model is written into. */
	File target() {
		return model();
	}

	/** Whether a base width is this one, or none is asked for. */
	private boolean isOfWidth(final int other) {
		return width == 0 || width == other;
	}

	final long seed() {
		return seed;
	}

	private boolean isAutomatic() {
		return start == null || start.isBlank() || AUTOMATIC.equalsIgnoreCase(start.strip());
	}

	/** The model to go on from; null: none that is named. */
	final Model start() throws IOException {
		return isAutomatic() || NONE.equalsIgnoreCase(start.strip()) ? null : Inputs.readAnyModel(new File(start.strip()));
	}

	/** The bundled model that suits the images and what is asked for; null: there is none. */
	private Model suitable(final int channels, final TrainingSettings asked, final Progress progress) {
		final String name = channels == 1 ? GRAY : COLOR;
		if (asked.recipe().unet() == null || channels != 1 && channels != 3 || !BundledModels.installed().names().contains(name)) return null;
		try {
			final Model stacks = asked.planes() > 1 ? Inputs.readModelOfPlanes(new File(name)) : null;
			// A model of single planes learns to look at others.
			final Model model = stacks == null ? Inputs.readModel(new File(name)) : stacks;
			if (model.channels() != channels || model.size() != asked.size() || !isOfWidth(asked.from(model).baseWidth())) return null;
			progress.log("Starts from the model “" + name + "”" + (model.planes() > 1 ? " for stacks" : "") + " (start=None: from scratch).");
			return model;
		}
		catch (final IOException e) {
			progress.log(e.getMessage() + " The training starts from scratch.");
			return null;
		}
	}

	/**
	 * The model that the training goes on from; null: none, from scratch.
	 *
	 * @param named the one that the user names, or null
	 * @param channels of the training images
	 * @param asked the settings that the user asks for
	 * @throws IllegalArgumentException with one sentence, if the named one is for other images
	 */
	final Model beginning(final Model named, final int channels, final TrainingSettings asked, final Progress progress) {
		if (named == null) return isAutomatic() ? suitable(channels, asked, progress) : null;
		if (named.channels() != channels) throw new IllegalArgumentException("The model “" + start + "” has " + named.channels() +
			" and the images have " + channels + (channels == 1 ? " channel" : " channels") + ": start from another model, or from None.");
		progress.log("Starts from the model “" + start + "”, whose size and width it keeps.");
		return named;
	}

	/**
	 * The settings, checked; what only a parameter can have wrong, the engine doesn't see, the rest it checks itself.
	 *
	 * @param images whose noise is learnt from; null: they are clean, or not read yet
	 * @throws IllegalArgumentException with one sentence for the user
	 */
	final TrainingSettings settings(final Recipe recipe, final TrainingImages images) {
		checkAtLeast("The base width", width, 0);
		return new TrainingSettings(recipe, Integer.parseInt(choose("The size", size, SIZES)), width == 0 ? WIDTH : width, minutes, TrainingRun.iterations(
			iterations), batch, flips, rotations, seed, images == null ? null : images.shot(), images == null ? 0 : images.noise(), images == null
				? Correlation.NONE : images.correlation());
	}

	/**
	 * Trains and writes the model.
	 *
	 * @param preset as the window names it
	 * @param images what is trained on, in words, for the model file
	 * @throws IOException with one sentence, if the model's file cannot be written, or the training not be resumed
	 */
	final Model train(final TrainingRun.DataSource source, final String preset, final String images,
		final CommandProgress progress) throws IOException
	{
		TrainingRun.requireWritable(target());
		return TrainingRun.run(source, target(), preset, this, images, resume, progress);
	}
}

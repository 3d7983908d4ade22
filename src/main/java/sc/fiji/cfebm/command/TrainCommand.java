package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.image.ImageFolder;
import sc.fiji.cfebm.image.Planes;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.tile.ImageSource;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Ranges;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Split;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingLog;
import sc.fiji.cfebm.training.TrainingMonitor;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.TrainingWindow;

/** Trains a model on an image, a stack or a folder of images and writes it into a file. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Train...", headless = true, initializer = "init")
public class TrainCommand extends CfebmCommand {

	private static final String[] SIZES = { "8", "16", "32", "64", "128" };

	private static final double CHECKPOINT_SECONDS = 120;

	@Parameter(label = "Image", required = false, description = "Trained on, all its slices, if no folder is given.")
	private ImagePlus image;

	@Parameter(label = "Image folder (empty: the open image)", required = false, persist = false, style = "directory",
		description = "Trained on if given: all tif, png, jpg, gif and bmp images in it and its subfolders, all gray or all RGB. Several folders: with semicolons between them.")
	private File folder;

	@Parameter(label = "Model file", required = false, persist = false, style = "save",
		description = "Where the model is written; usually it ends in .cfebm.")
	private File model;

	@Parameter(label = "Kind of training", persist = false, choices = { "Robust", "Score matching", "Denoising", "Paper" },
		description = "Robust suits all tasks. Score matching is its first part alone. Denoising is the best for that task, and for no other. Paper is the training of the CF-EBM paper.")
	private String preset = "Robust";

	@Parameter(label = "Tile size (pixels)", persist = false, choices = { "8", "16", "32", "64", "128" },
		description = "Side of the largest patches the model learns; larger takes longer.")
	private String size = "32";

	@Parameter(label = "Base width", persist = false, min = "1", description = "Channels of the network; 8 suits a CPU.")
	private int width = 8;

	@Parameter(label = "Minutes", persist = false, description = "Time for the whole training.")
	private double minutes = 10;

	@Parameter(label = "Iterations (empty: by minutes)", required = false, persist = false,
		description = "Of every stage, coarse to fine, such as 4000,2500,1200, instead of a time: repeats a training exactly.")
	private String iterations = "";

	@Parameter(label = "Batch (0: the usual)", persist = false, min = "0", description = "Patches per step; 0 is the kind's own.")
	private int batch = 0;

	@Parameter(label = "Flip patches", persist = false, description = "Also learn from mirror images.")
	private boolean flips = true;

	@Parameter(label = "Turn patches", persist = false, description = "Also learn from quarter turns.")
	private boolean turns = true;

	@Parameter(label = "Random seed", persist = false, description = "The same seed and iterations, the same model.")
	private long seed = 1;

	@Parameter(label = "Continue an unfinished training", persist = false,
		description = "Go on where a training of this model file was interrupted. Off: begin anew.")
	private boolean resume = true;

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final var settings = settings();
		if (isBlank(model)) throw new IllegalArgumentException(
			"No model file is given: choose where to write the model, such as nuclei.cfebm.");
		// Not after an hour of training.
		Model.requireWritable(model.toPath());
		final Data data = data(settings.size(), progress);
		final Path file = model.toPath(), checkpoint = file.resolveSibling(model.getName() + ".checkpoint");
		try (TrainingWindow window = TrainingWindow.open("Training " + model.getName() + " (" + preset + ")");
				TrainingLog course = new TrainingLog(TrainingLog.beside(file), progress::log))
		{
			final TrainingMonitor monitor = TrainingMonitor.of(progress, window, course);
			final Model trained = Trainer.train(data.split, data.range, settings, new Trainer.Checkpoints(checkpoint, CHECKPOINT_SECONDS,
				resume), monitor);
			write(trained, file);
			final boolean unfinished = Trainer.canContinue(trained);
			monitor.log("The model is in " + model + (unfinished ? "; the same command continues its training." : "."));
			if (!unfinished) delete(checkpoint, monitor);
		}
	}

	private record Data(Split split, Normalization range) {}

	/** In a method of its own: the images must not stay in memory beside their parts while the training goes on. */
	private Data data(final int side, final CommandProgress progress) {
		final List<ImageSource> sources = isBlank(folder) ? List.of(new Planes(image).source()) : ImageFolder.read(split(
			folder), progress);
		final List<Raster> planes = ImageSource.planes(sources);
		return new Data(Split.of(sources, side, seed), planes.get(0).channels() == 3 ? RGB : Ranges.ofPercentiles(planes));
	}

	private static void delete(final Path checkpoint, final TrainingMonitor monitor) {
		try {
			Files.deleteIfExists(checkpoint);
		}
		catch (final IOException e) {
			// Some other program holds it; the model is written all the same.
			monitor.log("The checkpoint " + checkpoint + " cannot be deleted: delete it before this model is trained anew.");
		}
	}

	private static void write(final Model trained, final Path file) throws IOException {
		try {
			trained.write(file);
		}
		catch (final IOException e) {
			// The disk filled up meanwhile, say: hours of training must not be lost for that.
			final Path rescue = Path.of(System.getProperty("user.home"), "rescued-" + System.currentTimeMillis() + ".cfebm");
			try {
				trained.write(rescue);
			}
			catch (final IOException again) {
				throw new IOException(e.getMessage() + " Nor could it be written to the home folder: " + again.getMessage(), e);
			}
			throw new IOException(e.getMessage() + " The model was written to " + rescue + " instead.", e);
		}
	}

	/** What only a parameter can have wrong, the engine doesn't see; the rest it checks itself. */
	private Trainer.Settings settings() {
		checkAtLeast("The base width", width, 1);
		return new Trainer.Settings(choose("The preset", preset, Preset.values()).recipe(), Integer.parseInt(choose("The size",
			size, SIZES)), width, minutes, numbers(), batch, flips, turns, seed);
	}

	private List<Integer> numbers() {
		final List<Integer> numbers = new ArrayList<>();
		for (final String part : iterations == null || iterations.isBlank() ? new String[0] : iterations.split("[,\\s]+"))
			try {
				numbers.add(Integer.parseInt(part.strip()));
			}
			catch (final NumberFormatException e) {
				throw new IllegalArgumentException("The iterations are “" + iterations +
					"”: they must be whole numbers with commas between, one for each stage, such as 4000,2500,1200.", e);
			}
		return numbers;
	}
}

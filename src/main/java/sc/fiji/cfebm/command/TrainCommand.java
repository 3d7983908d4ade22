package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
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
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.ui.CommandProgress;

/** Trains a model on an image, a stack or a folder of images and writes it into a file. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Train...", headless = true, initializer = "init")
public class TrainCommand extends CfebmCommand {

	private static final String[] SIZES = { "8", "16", "32", "64", "128" };

	@Parameter(label = "Image", required = false, description = "Trained on, all its slices, if no folder is given.")
	private ImagePlus image;

	@Parameter(label = "Image folder (empty: the open image)", required = false, persist = false, style = "directory",
		description = "Trained on if given: all tif, png, jpg, gif and bmp images in it and its subfolders, all gray or all RGB. Several folders: with semicolons between them.")
	private File folder;

	@Parameter(label = "Model file", required = false, persist = false, style = "save",
		description = "Where the model is written; usually it ends in .cfebm.")
	private File model;

	@Parameter(label = "Kind of training", persist = false, choices = { "Score matching", "Paper" },
		description = "Score matching is fast and denoises well. Paper is the contrastive training of the CF-EBM paper.")
	private String preset = "Score matching";

	@Parameter(label = "Tile size (pixels)", persist = false, choices = { "8", "16", "32", "64", "128" },
		description = "Side of the largest patches the model learns; larger takes longer.")
	private String size = "32";

	@Parameter(label = "Base width", persist = false, min = "1", description = "Channels of the network; 8 suits a CPU.")
	private int width = 8;

	@Parameter(label = "Minutes", persist = false, description = "Time for the whole training.")
	private double minutes = 10;

	@Parameter(label = "Images per stage (0: by minutes)", persist = false, min = "0",
		description = "Patches seen at each resolution, instead of a time; 0 goes by the minutes.")
	private long images = 0;

	@Parameter(label = "Batch (0: the usual)", persist = false, min = "0", description = "Patches per step; 0 is the kind's own.")
	private int batch = 0;

	@Parameter(label = "Flip patches", persist = false, description = "Also learn from mirror images.")
	private boolean flips = true;

	@Parameter(label = "Turn patches", persist = false, description = "Also learn from quarter turns.")
	private boolean turns = true;

	@Parameter(label = "Random seed", persist = false, description = "The same seed and images per stage, the same model.")
	private long seed = 1;

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final var settings = settings();
		if (isBlank(model)) throw new IllegalArgumentException(
			"No model file is given: choose where to write the model, such as nuclei.cfebm.");
		// Not after an hour of training.
		Model.requireWritable(model.toPath());
		final List<ImageSource> sources = isBlank(folder) ? List.of(new Planes(image).source()) : ImageFolder.read(
			ImageFolder.parse(folder), progress);
		final List<Raster> planes = ImageSource.planes(sources);
		final Normalization range = planes.get(0).channels() == 3 ? RGB : Ranges.ofPercentiles(planes);
		final Model trained = Trainer.train(planes, range, settings, progress);
		try {
			trained.write(model.toPath());
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
		progress.log("The model is in " + model + ".");
	}

	/** What only a parameter can have wrong, the engine doesn't see; the rest it checks itself. */
	private Trainer.Settings settings() {
		checkAtLeast("The base width", width, 1);
		return new Trainer.Settings(choose("The preset", preset, Preset.values()), Integer.parseInt(choose("The size", size,
			SIZES)), width, minutes, images, batch, flips, turns, seed);
	}
}

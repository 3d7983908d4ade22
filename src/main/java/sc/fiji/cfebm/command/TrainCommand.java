package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.util.List;

import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.image.ImageFolder;
import sc.fiji.cfebm.image.Planes;
import sc.fiji.cfebm.task.NoiseSettings;
import sc.fiji.cfebm.task.TrainingImages;
import sc.fiji.cfebm.tile.Anscombe;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Split;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.ui.CommandProgress;

/** Trains a model on an image, a stack or a folder of images and writes it into a file. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Train...", headless = true, initializer = "init")
public class TrainCommand extends CfebmCommand {

	static final String[] SIZES = { "8", "16", "32", "64", "128" };

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

	@Parameter(label = "Noise in the images", persist = false, choices = { "None", "None, for shot noise", "White noise", "Shot noise" },
		description = "None: they are clean. None, for shot noise: clean, for denoising images of a camera whose gain is given. White or Shot noise: no clean images are needed, the model learns from the noisy ones.")
	private String noise = "None";

	@Parameter(label = "Sigma of white noise (gray values, 0: estimate)", persist = false, min = "0",
		description = "Standard deviation of the white noise in the training images; 0 estimates it.")
	private double sigma = 0;

	@Parameter(label = "Gain (gray values per photon, 0: estimate)", persist = false, min = "0",
		description = "Of shot noise: by how much the gray value grows with each photon; 0 estimates gain, offset and read noise, image by image.")
	private double gain = 0;

	@Parameter(label = "Offset (gray value without light)", persist = false,
		description = "Goes with a gain that is given: the camera's gray value in the dark.")
	private double offset = 0;

	@Parameter(label = "Read noise (gray values)", persist = false, min = "0",
		description = "Goes with a gain that is given: standard deviation of the camera's gray values in the dark.")
	private double read = 0;

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
		final TrainingImages.Noise kind = choose("The noise", noise, TrainingImages.Noise.values());
		final NoiseSettings given = new NoiseSettings(sigma, gain, offset, read);
		settings(0, null, 0);
		TrainingRun.requireWritable(model);
		TrainingRun.run(() -> data(kind, given, progress), model, preset, this, isBlank(folder) ? image == null ? "" : "the image “" + image
			.getTitle() + "”" : TrainingRun.folders(folder), resume, progress);
	}

	/** In a method of its own: the images must not stay in memory beside their parts while the training goes on. */
	private TrainingRun.Data data(final TrainingImages.Noise kind, final NoiseSettings given, final CommandProgress progress) {
		final TrainingImages images = TrainingImages.of(isBlank(folder) ? List.of(new Planes(image).source()) : ImageFolder.read(
			split(folder), progress), kind, given, progress);
		final Trainer.Settings settings = settings(images.level(), images.shot(), images.noise());
		return new TrainingRun.Data(Split.of(images.sources(), settings.size(), seed), null, images.range(), settings);
	}

	/** What only a parameter can have wrong, the engine doesn't see; the rest it checks itself. */
	private Trainer.Settings settings(final double level, final Anscombe shot, final double imageNoise) {
		checkAtLeast("The base width", width, 1);
		final Preset kind = choose("The preset", preset, Preset.values());
		return new Trainer.Settings(level > 0 ? kind.recipe(level) : kind.recipe(), Integer.parseInt(choose("The size", size,
			SIZES)), width, minutes, TrainingRun.iterations(iterations), batch, flips, turns, seed, shot, imageNoise);
	}
}

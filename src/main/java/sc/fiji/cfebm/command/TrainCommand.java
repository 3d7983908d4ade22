package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.util.List;

import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.data.TrainingImages;
import sc.fiji.cfebm.ui.CommandProgress;

/** Trains a model on an image, a stack or a folder of images and writes it into a file. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Train...", headless = true, initializer = "init")
public class TrainCommand extends CfebmCommand {

	static final String[] SIZES = { "8", "16", "32", "64", "128" };

	@Parameter(label = "Image", required = false, persist = false, description = "Trained on, all its slices, if no folder is given.")
	private ImagePlus image;

	@Parameter(label = "Folder of images (empty: the open image)", required = false, persist = false, style = "directory",
		description = "Learns from all tif, png, jpg, gif and bmp images in this folder and its subfolders, all gray or all RGB. Several folders: with semicolons between them. Empty: from the open image, all its slices.")
	private File folder;

	@Parameter(label = "Save the model as", required = false, persist = false, style = "save",
		description = "The file that the model is written into, such as nuclei.cfebm.")
	private File model;

	@Parameter(label = "Kind of training", persist = false, choices = { "Robust", "Score matching", "Denoising", "Paper" },
		description = "Robust: suits all tasks. Score matching: its first part alone, faster. Denoising: the best for that task, and for no other. Paper: the training of the CF-EBM paper, for comparison.")
	private String preset = "Robust";

	@Parameter(label = "Noise in the images", persist = false, choices = { "None", "None, for shot noise", "White noise", "Shot noise" },
		description = "None: they are clean. None, for shot noise: clean, for denoising images of a camera whose gain is given. White or Shot noise: there are no clean ones, the model learns from noisy ones.")
	private String noise = "None";

	@Parameter(label = "White noise: sigma (gray values, 0: estimate)", persist = false, style = NUMBER, min = "0",
		description = "Standard deviation of the white noise in the training images. 0: it is estimated.")
	private double sigma = 0;

	@Parameter(label = "Shot noise: gain (gray values per photon, 0: estimate)", persist = false, style = NUMBER, min = "0",
		description = "By how much the gray value grows with each photon. 0: gain, offset and read noise are estimated, image by image.")
	private double gain = 0;

	@Parameter(label = "Shot noise: offset (gray value without light)", persist = false, style = NUMBER,
		description = "Goes with a gain that is given: the camera's gray value in the dark.")
	private double offset = 0;

	@Parameter(label = "Shot noise: read noise (gray values)", persist = false, style = NUMBER, min = "0",
		description = "Goes with a gain that is given: standard deviation of the camera's gray values in the dark.")
	private double read = 0;

	@Parameter(label = "Tile size (pixels)", persist = false, choices = { "8", "16", "32", "64", "128" },
		description = "Side of the largest patches that the model learns: it sees nothing larger as one thing. Larger takes longer.")
	private String size = "32";

	@Parameter(label = "Width of the network (channels)", persist = false, min = "1", description = "How much the network can hold. 8 suits a CPU; twice as many take four times as long.")
	private int width = 8;

	@Parameter(label = "Time (minutes)", persist = false, style = NUMBER, description = "For the whole training. Ten is a good start; more helps slowly.")
	private double minutes = 10;

	@Parameter(label = "Iterations (empty: by the time)", required = false, persist = false,
		description = "Of each stage, coarse to fine, such as 4000,2500,1200, instead of a time: so a training can be repeated exactly.")
	private String iterations = "";

	@Parameter(label = "Patches per step (0: the usual)", persist = false, min = "0", description = "How many patches each step learns from. 0: as many as suit the kind of training.")
	private int batch = 0;

	@Parameter(label = "Flip patches", persist = false, description = "Learn from mirror images, too. Off: for images in which left and right, or top and bottom, differ.")
	private boolean flips = true;

	@Parameter(label = "Turn patches", persist = false, description = "Learn from quarter turns, too. Off: for images in which directions differ.")
	private boolean turns = true;

	@Parameter(label = "Random seed", persist = false, description = "Start of the random numbers, a whole number: the same seed and iterations give the same model.")
	private long seed = 1;

	@Parameter(label = "Continue an unfinished training", persist = false,
		description = "Goes on where a training of this model file was interrupted. Off: begins anew.")
	private boolean resume = true;

	@Override
	List<String> asked() {
		return List.of("folder", "model", "preset", "size", "minutes", "noise");
	}

	@Override
	String page() {
		return "docs/training.md";
	}

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

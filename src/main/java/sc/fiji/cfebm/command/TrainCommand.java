package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.choose;
import static sc.fiji.cfebm.command.Inputs.isBlank;
import static sc.fiji.cfebm.command.Inputs.split;

import java.io.File;
import java.io.IOException;
import java.util.List;

import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Recipe;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.Pairs;
import sc.fiji.cfebm.training.data.Slabs;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.data.TrainingImages;
import sc.fiji.cfebm.ui.CommandProgress;

/** Trains a model on an image, a stack or a folder of images and writes it into a file. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Train...", headless = true)
public class TrainCommand extends TrainingCommand {

	private static final String[] PLANES = { "1", "3", "5" };

	@Parameter(label = "Image", required = false, persist = false, description = "Trained on, all its slices, if no folder is given.")
	private ImagePlus image;

	@Parameter(label = "Folder of images (empty: the open image)", required = false, persist = false, style = "directory",
		description = "Learns from all tif, png, jpg, gif and bmp images in this folder and its subfolders, all gray or all RGB. Several folders: with semicolons between them. Empty: from the open image, all its slices.")
	private File folder;

	@Parameter(label = "Folder of the same images without noise", required = false, persist = false, style = "directory",
		description = "Pairs: for each image of the folder above one of the same name and size that shows the same without noise, such as the mean of many frames. Empty: there are none.")
	private File clean;

	@Parameter(label = "Kind of training", persist = false, choices = { "Score matching", "Robust", "Denoising", "Paper" },
		description = "Score matching: suits all tasks. Robust: with contrastive iterations after it, for comparison. Denoising: for restoring images alone. Paper: the training of the CF-EBM paper, for comparison.")
	private String preset = "Score matching";

	@Parameter(label = "Noise in the images", persist = false, choices = { "Estimate", "None", "White noise", "Shot noise" },
		description = "Estimate: whether they are clean, and if not, which noise they have, is found from the images. None: they are clean. White or Shot noise: there are no clean ones, the model learns from noisy ones.")
	private String noise = "Estimate";

	@Parameter(label = "Neighbouring planes to look at", persist = false, choices = { "1", "3", "5" },
		description = "How many slices or frames the model sees together. 3 or 5: a model for stacks, which goes with that of single planes: it is written into NAME-stack.cfebm. Learns from gray stacks, and from clean single images, of which neighbours are made.")
	private String planes = "1";

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

	@Override
	List<String> asked() {
		return List.of("folder", "model", "preset", "start", "minutes");
	}

	@Override
	String page() {
		return "docs/training.md";
	}

	@Override
	public void check() throws IOException {
		super.check();
		if (isBlank(folder)) new Planes(open());
		else ImageFolder.requireFolders(split(folder));
		if (!isBlank(clean)) ImageFolder.requireFolders(split(clean));
		given();
	}

	/** A model of neighbouring planes goes beside that of single ones. */
	@Override
	File target() {
		return isOfStacks() && !isBlank(model()) && !Model.isOfPlanes(model().toPath()) ? Model.ofPlanes(model().toPath()).toFile() : model();
	}

	private boolean isOfStacks() {
		return !"1".equals(planes);
	}

	/** The image to train on, where there is no folder. */
	private ImagePlus open() {
		if (image == null) throw new IllegalArgumentException(
			"There is no image open and no folder is given: give a folder of images, or open an image first.");
		return image;
	}

	/** What is wrong with the settings must be said before images are read. */
	private NoiseSettings given() throws IOException {
		if (!isBlank(clean) && isBlank(folder)) throw new IllegalArgumentException(
			"A folder of images without noise is given, but none of those with noise: give both, with files of equal names.");
		final TrainingSettings settings = settings(null);
		final Model from = start();
		if (from != null) settings.from(from);
		return new NoiseSettings(sigma, gain, offset, read);
	}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final TrainingImages.Noise said = choose("The noise", noise, TrainingImages.Noise.values());
		// The paper's training knows nothing of noise.
		final TrainingImages.Noise kind = said == TrainingImages.Noise.ESTIMATE && choose("The preset", preset, Preset.values()) == Preset.PAPER
			? TrainingImages.Noise.CLEAN : said;
		final NoiseSettings given = given();
		final Model from = start();
		if (isOfStacks() && !recipe().name().equals(choose("The preset", preset, Preset.values()).recipe().name())) progress.log("A model of " + planes +
			" neighbouring planes is for denoising: the kind of training is Denoising.");
		train(() -> data(kind, given, from, progress), recipe().name(), isBlank(folder) ? image == null ? "" : "the image “" + image.getTitle() + "”"
			: TrainingRun.folders(folder), progress);
		if (isOfStacks()) progress.log("It is used for stacks by CF-EBM Denoise and others with the model " + single() + (single().exists() ? "." :
			", which is not there yet: train that with planes=1."));
	}

	/** The model of single planes that this one goes with. */
	private File single() {
		return Model.ofSinglePlanes(target().toPath()).toFile();
	}

	/** Neighbouring planes are looked at for denoising alone. */
	private Recipe recipe() {
		final Preset chosen = choose("The preset", preset, Preset.values());
		return (isOfStacks() && chosen.recipe().unet() != null ? Preset.DENOISING : chosen).recipe();
	}

	/** In a method of its own: the images must not stay in memory beside their parts while the training goes on. */
	private TrainingRun.Data data(final TrainingImages.Noise kind, final NoiseSettings given, final Model named,
		final CommandProgress progress)
	{
		final List<ImageSource> sources = isBlank(folder) ? List.of(opened(progress)) : ImageFolder.read(split(folder), progress);
		final Pairs pairs = isBlank(clean) ? null : Pairs.of(sources, ImageFolder.read(split(clean), progress), progress);
		final TrainingImages images = pairs == null ? TrainingImages.of(sources, kind, given, progress) : TrainingImages.of(pairs, progress);
		final TrainingSettings asked = settings(images);
		final int channels = images.sources().get(0).planes().get(0).channels();
		final Model from = beginning(named, channels, asked, progress);
		final TrainingSettings settings = from == null ? asked : asked.from(from);
		final int together = settings.planes();
		if (together > 1 && pairs != null) throw new IllegalArgumentException(
			"A model of neighbouring planes does not learn from pairs: leave the folder of clean images empty, or train on single planes (planes=1).");
		final List<ImageSource> ready = together > 1 ? Slabs.of(images.sources(), together, images.noise() > 0) : images.sources();
		return new TrainingRun.Data(pairs == null ? Split.of(ready, settings.size(), seed()) : pairs.split(settings.size(), seed()), null, from, images.range(), null, settings);
	}

	private ImageSource opened(final Progress progress) {
		try (ImageLock lock = new ImageLock(open())) {
			return new Planes(image).source(progress);
		}
	}

	/** @param images null: they are not read yet */
	private TrainingSettings settings(final TrainingImages images) {
		return settings(recipe(), images).withPlanes(Integer.parseInt(choose("The neighbouring planes", planes, PLANES)));
	}
}

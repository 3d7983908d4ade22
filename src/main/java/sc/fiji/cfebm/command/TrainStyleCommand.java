package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.choose;
import static sc.fiji.cfebm.command.Inputs.isBlank;
import static sc.fiji.cfebm.command.Inputs.split;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.imagej.Gallery;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.StyleTranslator.Matching;
import sc.fiji.cfebm.task.StyleTranslator;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.ChainStarts;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.data.TrainingImages;
import sc.fiji.cfebm.ui.CommandProgress;

/** Trains a model of a style, the target images', for images of another one, the source images'. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Train Style...", headless = true)
public class TrainStyleCommand extends TrainingCommand {

	private static final double[] CHECKED = { 0.25, 0.5, 0.75 };

	@Parameter(label = "Folder of images to translate", required = false, persist = false, style = "directory",
		description = "Images like those to be translated, or these themselves, all gray or all RGB: the model learns their colors. The first one shows afterwards what the model does with it.")
	private File sources;

	@Parameter(label = "Folder of images in the other style", required = false, persist = false, style = "directory",
		description = "Images of the style to translate to, all gray or all RGB (gray ones only for gray sources). No pairs are needed.")
	private File targets;

	@Parameter(label = "Kind of training", persist = false, choices = { "Score matching", "Robust", "Paper" },
		description = "Score matching: the usual. Robust: with contrastive iterations after it, for comparison. Paper: the style translation of the CF-EBM paper, for comparison.")
	private String preset = "Score matching";

	/** The first source image, and what the model makes of it at three strengths; of Paper, fully. */
	@Parameter(type = ItemIO.OUTPUT, label = "Check")
	private ImagePlus check;

	/** For the check. */
	private ChainStarts starts;

	@Override
	List<String> asked() {
		return List.of("sources", "targets", "model", "preset", "start", "minutes");
	}

	@Override
	String page() {
		return "docs/style.md";
	}

	@Override
	public void check() throws IOException {
		super.check();
		given();
		ImageFolder.requireFolders(split(sources));
		ImageFolder.requireFolders(split(targets));
	}

	/** The settings; what is wrong with them must be said before images are read. */
	private TrainingSettings given() throws IOException {
		final TrainingSettings settings = settings(choose("The preset", preset, Preset.SCORE_MATCHING, Preset.ROBUST, Preset.PAPER)
			.styleRecipe(), null);
		final Model from = start();
		if (from != null) settings.from(from);
		for (final File folder : new File[] { sources, targets })
			if (isBlank(folder)) throw new IllegalArgumentException("No folder of " + (folder == sources ? "source" : "target") +
				" images is given: choose one with images of the style to translate " + (folder == sources ? "from." : "to."));
		return settings;
	}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final TrainingSettings settings = given();
		final Model from = start(), trained = train(() -> data(settings, from, progress), preset, TrainingRun.folders(targets) +
			", for the translation of " + TrainingRun.folders(sources), progress);
		progress.update(1, "Translating the first source image");
		check = check(trained, progress);
	}

	private TrainingRun.Data data(final TrainingSettings asked, final Model named, final CommandProgress progress) {
		final NoiseSettings none = new NoiseSettings(0, 0, 0, 0);
		final TrainingImages from = TrainingImages.of(ImageFolder.read(split(sources), progress), TrainingImages.Noise.CLEAN, none,
			progress), to = TrainingImages.of(ImageFolder.read(split(targets), progress), TrainingImages.Noise.CLEAN, none, progress);
		final List<Raster> images = ImageSource.planes(from.sources());
		final int channels = to.sources().get(0).planes().get(0).channels();
		if (images.get(0).channels() > channels) throw new IllegalArgumentException(
			"The source images are RGB but the target images are gray: convert the source images (Image > Type).");
		final Model begin = beginning(named, channels, asked, progress);
		final TrainingSettings settings = begin == null ? asked : asked.from(begin);
		starts = new ChainStarts(images.stream().map(image -> image.replicated(channels)).toList(), from.range());
		final boolean chains = settings.recipe().kind() == Kind.CONTRASTIVE;
		final Palette colors = channels > Palette.MOST_CHANNELS ? null : Palette.of(starts.images());
		if (colors != null) from.range().toModel(colors.colors());
		return new TrainingRun.Data(Split.of(to.sources(), settings.size(), seed()), chains ? starts : null, begin, to.range(), colors, settings);
	}

	private ImagePlus check(final Model trained, final CommandProgress progress) {
		final Raster source = starts.images().get(0);
		final Normalization from = starts.range(), to = trained.range();
		final List<Raster> shown = new ArrayList<>(List.of(to.toGray(from.toModel(source))));
		try (StyleTranslator translator = new StyleTranslator(trained)) {
			for (final double strength : trained.kind() == Kind.CONTRASTIVE ? new double[] { 1 } : CHECKED)
				shown.add(translator.translate(source, from, to, new StyleTranslator.Settings(strength,
					StyleTranslator.Settings.CONTENT, trained.kind() == Kind.SCORE_MATCHING ? Matching.STYLE : Matching.NONE, 0, 0, seed()), progress).image());
		}
		final ImagePlus imp = Gallery.of("check of " + model().getName(), List.of(shown), to);
		imp.setProperty("Info", TranslateStyleCommand.WARNING);
		return imp;
	}
}

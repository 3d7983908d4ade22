package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.checkAtLeast;
import static sc.fiji.cfebm.command.Inputs.choose;

import java.util.List;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Translated;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.StyleTranslator.Matching;
import sc.fiji.cfebm.task.StyleTranslator.Settings;
import sc.fiji.cfebm.task.StyleTranslator;

/** Makes an image or a stack look like those a model was trained on; inside the selection, if there is one. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Translate Style...", headless = true)
public class TranslateStyleCommand extends SeededPlaneCommand<Translated.Plane, Translated> {

	/** In the result's info, to be read years later. */
	static final String WARNING = "GENERATED: its style, and what belongs to it, was invented by a model. Do not measure in this image.";

	@Parameter(label = "Range of gray values", persist = false, choices = { Inputs.IMAGE, Inputs.TRAINING },
		description = "How the image's brightness is fitted to the model. Image: by the darkest and brightest pixels of each channel (0.1 and 99.9 percentiles; RGB: 0 to 255). Training: as it is, in the training images' gray values.")
	private String range = Inputs.IMAGE;

	@Parameter(label = "Strength", persist = false, min = "0", max = "1", stepSize = "0.05", style = "slider,format:0.00",
		description = "From 0, hardly changed, to 1, fully the model's style and little of the image. Begin with 0.5 and look at the preview.")
	private double strength = Defaults.STRENGTH;

	@Parameter(label = "Match colors first", persist = false, choices = { "As trained", "Each image", "None" },
		description = "Gives images the style's colors before the model changes anything, more of them the stronger. As trained: all images by the same map, from the colors of the source images of the training. Each image: from its own colors, also where they are unlike the sources'. None: for images whose colors are to stay.")
	private String colors = "As trained";

	@Parameter(label = "Steps (0: the usual)", persist = false, min = "0",
		description = "Langevin steps. 0: as many as suit the model.")
	private int steps = 0;

	@Parameter(label = "Add a heat map of the changes", persist = false,
		description = "One more image, 32-bit: how far the translation moved each pixel, in gray values.")
	private boolean saliency = false;

	@Parameter(label = "Add the intermediate steps: every n-th (0: none)", persist = false, min = "0",
		description = "One more image whose frames show how the first plane is translated.")
	private int trajectory = 0;

	@Parameter(type = ItemIO.OUTPUT, label = "Trajectory")
	private ImagePlus states;

	@Parameter(type = ItemIO.OUTPUT, label = "Saliency")
	private ImagePlus saliencyMap;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Translated")
	private ImagePlus translated;

	@Override
	List<String> asked() {
		return List.of("model", "strength", "saliency", "channels", "slices", "frames", "output");
	}

	@Override
	boolean isRangeOwn() {
		return Inputs.isRangeOwn(range);
	}

	@Override
	String page() {
		return "docs/style.md";
	}

	@Override
	PlaneTask<Translated.Plane, Translated> task(final Planes planes, final PlaneSelection chosen) {
		checkAtLeast("The number of steps", steps, 0);
		checkAtLeast("The trajectory's number of steps", trajectory, 0);
		return new Task(new Settings(strength, Settings.CONTENT, choose("The way to match colors", colors, Matching.values()), steps, trajectory, seed), saliency, planes.selected());
	}

	@Override
	void give(final Translated all) {
		states = all.trajectory();
		saliencyMap = all.saliency();
		translated = all.image();
		for (final ImagePlus generated : new ImagePlus[] { states, translated })
			if (generated != null) generated.setProperty("Info", WARNING + (generated.getInfoProperty() == null ? "" : "\n" +
				generated.getInfoProperty()));
	}

	private static final class Task implements PlaneTask<Translated.Plane, Translated> {

		private final Settings settings;
		private final boolean saliency;
		/** [H,W], the pixels to translate; null: all. */
		private final boolean[] selected;
		/** Whether one of the models is for RGB images. */
		private boolean color;
		/** Whether a plane was translated, with its trajectory if there is to be one. */
		private boolean begun;

		Task(final Settings settings, final boolean saliency, final boolean[] selected) {
			this.settings = settings;
			this.saliency = saliency;
			this.selected = selected;
		}

		/** Gray images can become RGB ones. */
		@Override
		public boolean takes(final Model model, final int channels) {
			return model.channels() == channels || channels == 1 || model.channels() == 1;
		}

		@Override
		public PlaneProcessor<Translated.Plane> open(final Model model) {
			color |= model.channels() == 3;
			return new Processor(this, model, new StyleTranslator(model));
		}

		@Override
		public Translated.Plane joined(final PlaneParts parts, final List<Translated.Plane> results) {
			final Translated.Plane first = results.get(0);
			if (results.size() == 1) return first.image().channels() == parts.whole().channels() || first.image().channels() == 3 ? first : first.with(
				parts.joined(List.of(first.image())), first.saliency());
			return first.with(parts.joined(results.stream().map(Translated.Plane::image).toList()), Raster.of(results.stream().map(
				Translated.Plane::saliency).toList()).mean());
		}

		@Override
		public Translated sink(final Planes planes, final PlaneSelection kept, final boolean fine) {
			return new Translated(planes, kept, color ? 3 : planes.channels(), saliency);
		}
	}

	private record Processor(Task task, Model model, StyleTranslator translator) implements PlaneProcessor<Translated.Plane> {

		@Override
		public Translated.Plane process(final Plane plane, final Normalization range, final RunReport report, final Progress progress) {
			final Raster image = plane.read();
			final boolean[] missing = Missing.in(image), selected = Missing.without(task.selected, missing);
			if (missing != null && Missing.isAll(missing)) {
				report.keep(plane, "None of its pixels is a finite number.");
				return null;
			}
			if (missing != null) report.remark("pixels that are no finite number stay as they are");
			if (model.info().sources() == null) report.remark("this model is none of CF-EBM Train Style: it gives the image the look of all that it was trained on");
			final Window part = Window.around(task.selected, image, model.size());
			final Normalization to = model.channels() == image.channels() ? range : Normalization.RGB;
			final Settings all = task.settings;
			final StyleTranslator.Result result = translator.translate(part.cut(image), range, to, new Settings(all.strength(), all
				.content(), all.colors(), all.steps(), task.begun ? 0 : all.every(), seed(all.seed(), plane)), progress);
			task.begun = true;
			return new Translated.Plane(part.embed(result.image(), image), part.embed(result.saliency(), image), selected, result
				.trajectory(), to);
		}

		@Override
		public void close() {
			translator.close();
		}
	}
}

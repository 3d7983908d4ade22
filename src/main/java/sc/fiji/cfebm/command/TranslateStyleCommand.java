package sc.fiji.cfebm.command;

import java.util.List;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Gallery;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Translated;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.task.StyleTranslator.Settings;
import sc.fiji.cfebm.task.StyleTranslator;

/** Makes an image or a stack look like those a model was trained on; inside the selection, if there is one. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Translate Style...", headless = true, initializer = "init")
public class TranslateStyleCommand extends PlaneCommand<StyleTranslator, StyleTranslator.Result> {

	/** In the result's info, to be read years later. */
	static final String WARNING = "GENERATED: its style, and what belongs to it, was invented by a model. Do not measure in this image.";

	@Parameter(label = "Strength", persist = false, min = "0", max = "1", stepSize = "0.05", style = "slider,format:0.00",
		description = "From 0, hardly changed, to 1, fully the model's style and little of the image. Begin with 0.5 and look at the preview.")
	private double strength = 0.5;

	@Parameter(label = "Match colors first", persist = false,
		description = "Gives the image the colors of the model's training images before the model changes anything, more of them the stronger. Off: for images whose colors are to stay.")
	private boolean colors = true;

	@Parameter(label = "Steps (0: the usual)", persist = false, min = "0",
		description = "Langevin steps. 0: as many as suit the model.")
	private int steps = 0;

	@Parameter(label = "Add a heat map of the changes", persist = false,
		description = "One more image, 32-bit: how far the translation moved each pixel, in gray values.")
	private boolean saliency = false;

	@Parameter(label = "Add the steps in between: every n-th (0: none)", persist = false, min = "0",
		description = "One more image whose frames show how the first plane is translated.")
	private int trajectory = 0;

	@Parameter(label = "Random seed", persist = false, description = "Start of the random numbers, a whole number: the same seed gives the same result.")
	private long seed = 1;

	@Parameter(type = ItemIO.OUTPUT, label = "Trajectory")
	private ImagePlus states;

	@Parameter(type = ItemIO.OUTPUT, label = "Saliency")
	private ImagePlus saliencyMap;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Translated")
	private ImagePlus translated;

	private Settings settings;
	private boolean[] selected;
	private int made;
	private Translated all;
	private List<Raster> course;
	private Normalization shown;

	@Override
	List<String> asked() {
		return List.of("model", "strength", "saliency", "channels", "slices", "frames");
	}

	@Override
	String page() {
		return "docs/style.md";
	}

	@Override
	void prepare(final Planes planes, final PlaneSelection chosen) {
		checkAtLeast("The number of steps", steps, 0);
		checkAtLeast("The trajectory's number of steps", trajectory, 0);
		settings = new Settings(strength, Settings.CONTENT, colors, steps, trajectory, seed);
		selected = planes.selected();
		made = planes.channels();
		course = null;
	}

	@Override
	boolean takes(final Model loaded, final Planes planes) {
		made = loaded.channels();
		return super.takes(loaded, planes) || planes.channels() == 1;
	}

	@Override
	StyleTranslator open(final Model loaded) {
		return new StyleTranslator(loaded);
	}

	@Override
	Raster known(final Planes planes, final int slice) {
		return planes.readFinite(slice);
	}

	@Override
	boolean[] where(final int slice) {
		return selected;
	}

	@Override
	StyleTranslator.Result work(final StyleTranslator translator, final Plane plane, final Progress progress) {
		final Raster image = plane.planes().read(plane.slice());
		final Window part = Window.around(plane.where(), image, plane.model().size());
		final boolean alike = plane.model().channels() == image.channels();
		final Normalization to = alike ? plane.range() : Normalization.RGB;
		final StyleTranslator.Result result = translator.translate(part.cut(image), plane.range(), to, settings.forPlane(plane
			.slice()), progress);
		if (course == null) {
			course = result.trajectory();
			shown = to;
		}
		return new StyleTranslator.Result(part.uncut(result.image(), image), part.uncut(result.saliency(), image), List.of());
	}

	@Override
	void begin(final Planes planes) {
		all = new Translated(planes, made, saliency);
	}

	@Override
	void keep() {
		all.keep();
	}

	@Override
	void add(final StyleTranslator.Result result, final boolean[] where) {
		all.add(result.image(), result.saliency(), where);
	}

	@Override
	void give() {
		if (all.isEmpty()) return;
		if (course != null && !course.isEmpty()) states = Gallery.of("trajectory of " + image.getTitle(), course.stream().map(
			List::of).toList(), shown);
		saliencyMap = all.saliency();
		translated = all.image();
		for (final ImagePlus generated : new ImagePlus[] { states, translated })
			if (generated != null) generated.setProperty("Info", WARNING + (generated.getInfoProperty() == null ? "" : "\n" +
				generated.getInfoProperty()));
	}

	@Override
	ImagePlus shown(final Planes planes, final String name, final int slice, final StyleTranslator.Result result) {
		return Translated.preview(planes, name, slice, result == null ? null : result.image(), where(slice));
	}
}

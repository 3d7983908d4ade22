package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;

import org.scijava.plugin.Parameter;

import ij.ImagePlus;
import ij.WindowManager;
import sc.fiji.cfebm.image.Planes;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Ranges;
import sc.fiji.cfebm.tile.Raster;

/** What restoring an image with a model takes, whatever is restored. */
public abstract class RestorationCommand extends CfebmCommand {

	static final String IMAGE = "Image", TRAINING = "Training";

	// Not required, so that our own sentence says what is wrong if there is none.
	@Parameter(label = "Image", required = false, description = "The image to restore; its stack slice by slice.")
	ImagePlus image;

	@Parameter(label = "Model file", required = false, persist = false, style = "open",
		description = "A .cfebm file written by CF-EBM Train, or the name of a model that comes with the plugin.")
	File model;

	@Parameter(label = "Gray value range", persist = false, choices = { IMAGE, TRAINING },
		description = "Image: scale by the image's own 0.1 and 99.9 percentiles (RGB by 0 to 255). Training: by the training images' range.")
	String range = IMAGE;

	@Parameter(label = "Random seed", persist = false, description = "The same seed gives the same result.")
	long seed = 1;

	@Override
	protected void init() {
		super.init();
		getInfo().getMutableInput("model", File.class).setLabel(BundledModels.installed().label());
		if (image == null && !isInputResolved("image") && WindowManager.getCurrentImage() == null) //
			cancel("There is no image open: open one first.");
	}

	/** The image's planes, once image and range have been looked at. */
	Planes planes() {
		choose("The gray value range", range, IMAGE, TRAINING);
		return new Planes(image);
	}

	/** @throws IllegalArgumentException with one sentence, if the model is for another kind of image */
	Model readModel(final Planes planes) throws IOException {
		final Model read = readModel(model);
		if (read.channels() != planes.channels()) throw new IllegalArgumentException("The model “" + model.getName() +
			"” is for " + kind(read.channels()) + " images but “" + image.getTitle() + "” is " + kind(planes.channels()) +
			": convert the image (Image > Type), or use a model of its kind.");
		return read;
	}

	/**
	 * The range to work in. All planes are read here, whatever the range is taken from: a value that is not finite must be
	 * found before hours of work, not in the last slice.
	 *
	 * @param gray the planes that the image's own range is taken from
	 * @param view what of a plane its range is taken from
	 */
	Normalization range(final Model read, final int channels, final Iterable<Raster> gray,
		final UnaryOperator<Raster> view)
	{
		if (IMAGE.equalsIgnoreCase(range) && channels != 3) return Ranges.ofPercentiles(() -> StreamSupport.stream(gray
			.spliterator(), false).map(view).iterator());
		gray.forEach(plane -> {});
		return IMAGE.equalsIgnoreCase(range) ? RGB : read.range();
	}

	/** Runs the engine on one slice; what it says about it names the slice. */
	static <R> R restore(final Planes planes, final int slice, final Supplier<R> engine) {
		try {
			return engine.get();
		}
		catch (final IllegalArgumentException e) {
			if (planes.count() == 1) throw e;
			throw new IllegalArgumentException("In " + planes.name(slice) + ": " + e.getMessage(), e);
		}
	}

	private static String kind(final int channels) {
		return channels == 1 ? "gray" : channels == 3 ? "RGB" : channels + "-channel";
	}
}

package sc.fiji.cfebm.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import ij.IJ;
import ij.ImagePlus;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.raster.Raster;

/** The photographs among scikit-image's sample images ({@code open/skimage_samples/test} below the data folder), gray. */
final class Photographs {

	/** Those under CC0, as their documentation in scikit-image says. */
	static final String[] CC0 = { "brick", "camera", "cell", "coffee", "grass", "gravel", "retina" };

	/** Dead-leaves images that models of photographs are trained on as well. */
	static final int LEAVES = 320;

	static final String DATA = "CC0 sample images of scikit-image (" + String.join(", ", CC0) +
		"), gray, at full, half and third size; " + LEAVES + " dead-leaves images of 192 px made by the project (DeadLeaves, seed 1)";

	private Photographs() {}

	/** Each at full, half and third size, since photographs are as often as not shown smaller than they were taken. */
	static List<Raster> read(final Path data, final String... names) {
		final List<Raster> images = new ArrayList<>();
		for (final String name : names) {
			final String file = data.resolve("open").resolve("skimage_samples").resolve("test").resolve(name + ".png")
				.toString();
			final ImagePlus image = IJ.openImage(file);
			if (image == null) throw new IllegalArgumentException("There is no image " + file + ".");
			final FloatProcessor gray = gray(image.getProcessor()).convertToFloatProcessor();
			for (int factor = 1; factor <= 3; factor++) {
				final ImageProcessor small = factor == 1 ? gray : gray.bin(factor);
				images.add(new Raster(small.getWidth(), small.getHeight(), 1, (float[]) small.getPixels()));
			}
		}
		return images;
	}

	private static ImageProcessor gray(final ImageProcessor processor) {
		if (processor instanceof ColorProcessor) ((ColorProcessor) processor).setRGBWeights(0.299, 0.587, 0.114);
		return processor.convertToByteProcessor(false);
	}
}

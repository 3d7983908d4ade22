package sc.fiji.cfebm.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import sc.fiji.cfebm.benchmark.Benchmark.Options;
import ij.IJ;
import ij.ImagePlus;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

/**
 * Images whose samples are measured, in gray values.
 *
 * @param name of the set, in files and keys
 * @param training what models may see
 * @param reference what they are measured against; no model has seen them
 * @param range the gray values that become -1 and 1
 * @param turns whether patches may be turned by quarters; they are always flipped
 */
record SampleSet(String name, List<Raster> training, List<Raster> reference, Normalization range, boolean turns) {

	private static final Normalization EIGHT_BITS = new Normalization(0, 255);
	private static final int FLOOR_DRAWS = 3;

	/** The nuclei of {@code test-images}, three of the eight training images withheld. */
	static SampleSet testImages(final Report report) {
		final List<Raster> all = read(Path.of("test-images", "nuclei", "train"), report);
		final List<Raster> training = all.subList(0, all.size() - 3);
		return new SampleSet("test_images", training, all.subList(all.size() - 3, all.size()), Ranges.ofPercentiles(training),
			true);
	}

	/** Real nuclei, {@code open/dsb2018_fluo256}. */
	static SampleSet nuclei(final Options options, final Report report) {
		final Path folder = options.data().resolve("open").resolve("dsb2018_fluo256");
		final List<Raster> training = read(folder.resolve("train").resolve("images"), report);
		return new SampleSet("nuclei", training, read(folder.resolve("test").resolve("images"), report), Ranges.ofPercentiles(
			training), true);
	}

	/**
	 * {@code evaluation-only/cifar10}: the last of the five training files is withheld and joins the test images, because
	 * with the 417 test images alone chance would be most of the floor and would flatter every method.
	 */
	static SampleSet cifar10(final Options options, final Report report) {
		final Path folder = options.data().resolve("evaluation-only").resolve("cifar10");
		final List<Raster> all = read(folder.resolve("train"), report), reference = new ArrayList<>(read(folder.resolve("test"),
			report));
		// Files are read by name: the last 1017 images are those of the fifth.
		final int training = all.size() - 1017;
		reference.addAll(all.subList(training, all.size()));
		return new SampleSet("cifar10", all.subList(0, training), reference, EIGHT_BITS, false);
	}

	/** Gray photographs, {@code evaluation-only/bsd_gray}. */
	static SampleSet bsd(final Options options, final Report report) {
		final Path folder = options.data().resolve("evaluation-only").resolve("bsd_gray");
		return new SampleSet("photographs", read(folder.resolve("train"), report), read(folder.resolve("test"), report),
			EIGHT_BITS, true);
	}

	/** The middle of RGB images of {@code open/skimage_samples}, of at most so many pixels a side. */
	static List<Raster> colors(final Path data, final int side) {
		return Stream.of("astronaut", "coffee", "ihc", "retina").map(name -> {
			final ImagePlus imp = IJ.openImage(data.resolve("open/skimage_samples/test/" + name + ".png").toString());
			final int width = Math.min(side, imp.getWidth()), height = Math.min(side, imp.getHeight());
			imp.setRoi((imp.getWidth() - width) / 2, (imp.getHeight() - height) / 2, width, height);
			return new Planes(imp.crop()).source(Progress.NONE).planes().get(0);
		}).toList();
	}

	/** All images of a folder. */
	static List<Raster> read(final Path folder, final Report report) {
		return ImageSource.planes(ImageFolder.read(List.of(folder.toFile()), Benchmark.monitor(report)));
	}

	int channels() {
		return training.get(0).channels();
	}

	/** Patches of these images as training would draw them. */
	Patches patches(final List<Raster> images, final int side) {
		return new Patches(images, range, side, true, turns);
	}

	/** Measures against {@code count} patches of some of the reference images. */
	SampleQuality quality(final List<Raster> images, final int side, final int count, final long seed) {
		return SampleQuality.of(patches(images, side).draw(count, seed), patches(training, side).draw(FLOOR_DRAWS * count, seed +
			1), side, channels());
	}

	/** A square of so many pixels from the middle of a gray image. */
	static Raster middle(final Raster image, final int side) {
		return middle(image, side, side);
	}

	/** What is in the middle of a gray image. */
	static Raster middle(final Raster image, final int width, final int height) {
		final Raster out = new Raster(width, height, 1);
		final int left = (image.width() - width) / 2, top = (image.height() - height) / 2;
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] = image.get(left + i % width, top + i / width, 0);
		return out;
	}
}

package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.commons.math3.ml.clustering.CentroidCluster;
import org.apache.commons.math3.ml.clustering.DoublePoint;
import org.apache.commons.math3.ml.clustering.KMeansPlusPlusClusterer;
import org.apache.commons.math3.ml.distance.EuclideanDistance;
import org.apache.commons.math3.random.JDKRandomGenerator;

import sc.fiji.cfebm.benchmark.Benchmark.Options;
import sc.fiji.cfebm.color.Colors;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.raster.Raster;

/**
 * Images to be translated, and the images they shall look like, in gray values.
 *
 * @param name of the set, in files and keys
 * @param sources to be translated; no model has seen them
 * @param from the sources' gray values that become -1 and 1
 * @param training the model's
 * @param reference target images that no model has seen
 * @param to the targets' gray values that become -1 and 1
 * @param truths by source, what it shall become; null where nobody knows
 * @param turns whether patches may be turned by quarters; they are always flipped
 */
record StyleSet(String name, List<Raster> sources, Normalization from, List<Raster> training, List<Raster> reference,
	Normalization to, List<Raster> truths, boolean turns)
{

	private static final Normalization EIGHT_BITS = new Normalization(0, 255);
	/** Sources are cut to so many pixels a side, and so many taken. */
	private static final int SIDE = 128, SOURCES = 8, GROUPS = 3, CATS = 48;
	private static final int CAT = 3, DOG = 5;

	int channels() {
		return training.get(0).channels();
	}

	/** Tissue sections of {@code test-images}, hematoxylin and eosin to antibody: the model sees one of the two targets. */
	static StyleSet testImages(final Report report) {
		final List<Raster> all = SampleSet.read(Path.of("test-images", "style"), report);
		return new StyleSet("test_images", all.subList(0, 2), EIGHT_BITS, all.subList(2, 3), all.subList(3, 4), EIGHT_BITS, null,
			true);
	}

	/** Fluorescent nuclei, inverted, to stained tissue. */
	static StyleSet fluorescence(final Options options, final Report report) {
		final Path open = options.data().resolve("open");
		final List<Raster> sources = cut(SampleSet.read(open.resolve("dsb2018_fluo256").resolve("test").resolve("images"), report));
		final Normalization range = Ranges.ofPercentiles(sources);
		// The same for all methods: where a nucleus is bright in one kind it is dark in the other.
		return new StyleSet("fluorescence_to_stained", sources.stream().map(image -> inverted(image, range)).toList(), range, tissue(
			open, "train", report), tissue(open, "test", report), EIGHT_BITS, null, true);
	}

	/** Stained tissue from the group of the darkest mean color to that of the brightest (k-means, 3 groups, seed 1). */
	static StyleSet stains(final Options options, final Report report) {
		final Path open = options.data().resolve("open");
		final List<Raster> all = new ArrayList<>(tissue(open, "train", report));
		all.addAll(tissue(open, "test", report));
		final JDKRandomGenerator random = new JDKRandomGenerator();
		random.setSeed(1);
		final List<DoublePoint> colors = all.stream().map(image -> new DoublePoint(Colors.of(image, 8).mean())).toList();
		final List<CentroidCluster<DoublePoint>> groups = new KMeansPlusPlusClusterer<DoublePoint>(GROUPS, 1000,
			new EuclideanDistance(), random).cluster(colors);
		groups.sort(Comparator.comparingDouble(group -> sum(group.getCenter().getPoint())));
		for (final CentroidCluster<DoublePoint> group : groups)
			report.text("Group of " + group.getPoints().size() + " images, mean color " + Arrays.stream(group.getCenter()
				.getPoint()).mapToObj(Report::cell).collect(Collectors.joining(", ")) + ".");
		final List<Raster> sources = members(groups.get(0), colors, all), targets = members(groups.get(GROUPS - 1), colors, all);
		final int held = Math.max(1, targets.size() / 3);
		return new StyleSet("stain_to_stain", cut(sources), EIGHT_BITS, targets.subList(held, targets.size()), targets.subList(0,
			held), EIGHT_BITS, null, true);
	}

	/** Two channels of the same cells, means of 400 frames. */
	static StyleSet channels(final Options options, final Report report) {
		final Path folder = options.data().resolve("evaluation-only").resolve("w2s");
		final List<Raster> training = SampleSet.read(folder.resolve("train").resolve("clean_avg400"), report), test = SampleSet
			.read(folder.resolve("test").resolve("clean_avg400"), report);
		final List<Raster> targets = channel(training, 1), truths = quarters(channel(test, 1));
		return new StyleSet("channel_to_channel", quarters(channel(test, 0)), Ranges.ofPercentiles(channel(training, 0)), targets, truths, Ranges
			.ofPercentiles(targets), truths, true);
	}

	/** CIFAR-10: the last of the five training files is withheld and joins the test images. */
	static StyleSet pets(final Options options, final Report report) throws IOException {
		final SampleSet cifar = SampleSet.cifar10(options, report);
		final Path folder = options.data().resolve("evaluation-only").resolve("cifar10");
		final List<Integer> labels = new ArrayList<>(), held = labels(folder.resolve("test").resolve("labels_dev.txt"));
		for (int batch = 1; batch < 5; batch++)
			labels.addAll(labels(folder.resolve("train").resolve("labels_b" + batch + ".txt")));
		held.addAll(labels(folder.resolve("train").resolve("labels_b5.txt")));
		return new StyleSet("cat_to_dog", ofClass(CAT, cifar.reference(), held).subList(0, CATS), EIGHT_BITS, ofClass(DOG, cifar.training(), labels), ofClass(
			DOG, cifar.reference(), held), EIGHT_BITS, null, false);
	}

	private static List<Integer> labels(final Path file) throws IOException {
		return Files.readAllLines(file).stream().filter(line -> !line.isBlank()).map(line -> Integer.parseInt(line.strip()))
			.collect(Collectors.toCollection(ArrayList::new));
	}

	private static List<Raster> ofClass(final int label, final List<Raster> images, final List<Integer> labels) {
		if (labels.size() != images.size()) throw new IllegalArgumentException("There are " + images.size() + " images of CIFAR-10, but " +
			labels.size() + " labels.");
		final List<Raster> out = new ArrayList<>();
		for (int i = 0; i < images.size(); i++)
			if (labels.get(i) == label) out.add(images.get(i));
		return out;
	}

	private static List<Raster> tissue(final Path open, final String part, final Report report) {
		return SampleSet.read(open.resolve("dsb2018_he").resolve(part).resolve("images"), report);
	}

	private static List<Raster> members(final CentroidCluster<DoublePoint> group, final List<DoublePoint> points,
		final List<Raster> images)
	{
		final List<Raster> members = new ArrayList<>();
		for (int i = 0; i < images.size(); i++)
			if (group.getPoints().contains(points.get(i))) members.add(images.get(i));
		return members;
	}

	private static double sum(final double[] values) {
		return Arrays.stream(values).sum();
	}

	/** Files are read by name: three channels of a field follow each other. */
	private static List<Raster> channel(final List<Raster> images, final int channel) {
		final List<Raster> out = new ArrayList<>();
		for (int i = channel; i < images.size(); i += 3)
			out.add(images.get(i));
		return out;
	}

	private static Raster inverted(final Raster image, final Normalization range) {
		final Raster out = image.copy();
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] = (float) (range.low() + range.high() - out.values()[i]);
		return out;
	}

	/** The part of each image with the most contrast, of nine that overlap: where there is nothing there is no structure to keep. */
	private static List<Raster> cut(final List<Raster> images) {
		return images.stream().limit(SOURCES).map(image -> IntStream.range(0, 9).mapToObj(k -> part(image, k % 3 *
			(image.width() - SIDE) / 2, k / 3 * (image.height() - SIDE) / 2)).max(Comparator.comparingDouble(StyleSet::contrast))
			.orElseThrow()).toList();
	}

	private static double contrast(final Raster image) {
		double contrast = 0;
		for (int c = 0; c < image.channels(); c++)
			contrast += Colors.of(image, 4).covariance()[c][c];
		return contrast;
	}

	/** Three parts of each image, along its diagonal. */
	private static List<Raster> quarters(final List<Raster> images) {
		return images.stream().flatMap(image -> IntStream.range(0, 3).mapToObj(k -> part(image, SIDE * k +
			SIDE / 2, SIDE * k + SIDE / 2))).toList();
	}

	private static Raster part(final Raster image, final int left, final int top) {
		final Raster out = new Raster(SIDE, SIDE, image.channels());
		for (int y = 0; y < SIDE; y++)
			System.arraycopy(image.values(), image.index(left, top + y, 0), out.values(), out.index(0, y, 0), SIDE * image
				.channels());
		return out;
	}
}

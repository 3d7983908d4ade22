package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import ij.plugin.filter.GaussianBlur;
import ij.process.FloatProcessor;
import sc.fiji.cfebm.benchmark.NearestNeighbours.Neighbour;
import sc.fiji.cfebm.benchmark.SampleQuality.Figures;
import sc.fiji.cfebm.image.ImageFolder;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.tile.ImageSource;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Ranges;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingMonitor;

/**
 * How near samples are to real images: models of every preset, trained for the same time, beside a Gaussian fitted to
 * the patches, all against patches of images that none of them has seen, and against the floor (see
 * {@link SampleQuality}); and whether they copy training images.
 * <p>
 * The sets: the nuclei of {@code test-images}, where three of the eight training images are withheld as reference; real
 * nuclei, {@code open/dsb2018_fluo256} below the data folder; {@code evaluation-only/cifar10}, where the last of the
 * five training files is withheld and joins the test images as reference, because with the 417 test images alone chance
 * would be most of the floor and would flatter every method. All values are rounded and clamped as an 8-bit image holds
 * them.
 */
final class SamplingBenchmark implements Benchmark {

	private static final int COUNT = 2000, FLOOR_DRAWS = 3, GROUPS = 4, FITTED = 5000, QUERIES = 100, SHOWN =
		24, SIDE = 32, WIDTH = 8;

	/**
	 * Images in gray values.
	 *
	 * @param name of the set, in files and keys
	 * @param training what models may see
	 * @param reference what they are measured against
	 * @param range the gray values that become -1 and 1
	 * @param turns whether patches may be turned by quarters; they are always flipped
	 */
	private record Images(String name, List<Raster> training, List<Raster> reference, Normalization range,
		boolean turns)
	{

		int channels() {
			return training.get(0).channels();
		}

		int size() {
			return SIDE * SIDE * channels();
		}

		Patches patches(final List<Raster> of) {
			return new Patches(of, range, SIDE, true, turns);
		}
	}

	@Override
	public String name() {
		return "sampling";
	}

	@Override
	public List<String> keys() {
		return List.of(key("test_images"), key("nuclei"), key("cifar10"));
	}

	private static String key(final String set) {
		return set + "_swd_ratio_to_floor";
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		SampleQuality.check();
		NearestNeighbours.check();
		report.text("Per set: " + COUNT + " patches of " + SIDE + " px a side, seed 1; models of base width " + WIDTH +
			". SWD: sliced Wasserstein distance per level of the pyramid, in thousandths of the reference's standard deviation. " +
			"Ratios are to the floor; ± is their standard error over the reference's images (jackknife, at " +
			"most " + GROUPS + " groups); most of it is the floor's and common to all rows, so that rows compare more surely than it says.");
		if (options.wants(key("test_images"))) measure(testImages(report), options, report);
		if (options.wants(key("nuclei"))) measure(nuclei(options, report), options, report);
		if (options.wants(key("cifar10"))) measure(cifar10(options, report), options, report);
	}

	private static Images testImages(final Report report) {
		final List<Raster> all = read(Path.of("test-images", "nuclei", "train"), report);
		final List<Raster> training = all.subList(0, all.size() - 3);
		return new Images("test_images", training, all.subList(all.size() - 3, all.size()), Ranges.ofPercentiles(training),
			true);
	}

	private static Images nuclei(final Options options, final Report report) {
		final Path folder = options.data().resolve("open").resolve("dsb2018_fluo256");
		final List<Raster> training = read(folder.resolve("train").resolve("images"), report);
		return new Images("nuclei", training, read(folder.resolve("test").resolve("images"), report), Ranges
			.ofPercentiles(training), true);
	}

	private static Images cifar10(final Options options, final Report report) {
		final Path folder = options.data().resolve("evaluation-only").resolve("cifar10");
		final List<Raster> all = read(folder.resolve("train"), report), reference = new ArrayList<>(read(folder.resolve(
			"test"), report));
		// Files are read by name: the last 1017 images are those of the fifth.
		final int training = all.size() - 1017;
		reference.addAll(all.subList(training, all.size()));
		return new Images("cifar10", all.subList(0, training), reference, new Normalization(0, 255), false);
	}

	private static List<Raster> read(final Path folder, final Report report) {
		return ImageSource.planes(ImageFolder.read(List.of(folder.toFile()), monitor(report)));
	}

	private static TrainingMonitor monitor(final Report report) {
		return new TrainingMonitor() {

			@Override
			public void log(final String line) {
				report.progress(line);
			}
		};
	}

	private static void measure(final Images images, final Options options, final Report report) throws IOException {
		report.heading(images.name.replace('_', ' '));
		report.text(images.training.size() + " training images, " + images.reference.size() + " withheld as reference.");
		final Patches training = images.patches(images.training);
		final float[] real = training.draw(COUNT, 2);
		final Map<String, float[]> methods = new LinkedHashMap<>();
		final Map<String, Double> seconds = new LinkedHashMap<>();
		methods.put("blurred, 1 px", blurred(real, images));
		methods.put("noise, 0.05", noisy(real));
		methods.put("fitted Gaussian", training.stored(FittedGaussian.draw(training.draw(FITTED, 3), images.size(),
			COUNT, 1)));
		for (final Preset preset : Preset.values()) {
			final Model model = model(images, preset, options, report);
			final long start = System.nanoTime();
			try (Sampler sampler = new Sampler(model)) {
				methods.put(preset.toString(), training.stored(sampler.tiles(COUNT, sampler.finest(), sampler.usualSteps(), 1,
					Progress.NONE)));
			}
			seconds.put(preset.toString(), (System.nanoTime() - start) * 1e-9 / COUNT);
		}
		distances(images, methods, seconds, report);
		final List<float[]> picture = new ArrayList<>(List.of(images.patches(images.reference).draw(COUNT, 1)));
		picture.addAll(methods.values());
		Pictures.write(file(images, "patches"), picture, SIDE, images.channels());
		report.text("The rows of " + file(images, "patches") + ".png: withheld patches, " + String.join(", ", methods
			.keySet()) + ".");
		memorisation(images, methods, report);
	}

	private static Model model(final Images images, final Preset preset, final Options options, final Report report)
		throws IOException
	{
		final Path file = options.models().resolve("sampling-" + images.name + "-" + preset.toString().toLowerCase(
			Locale.ROOT).replace(' ', '-') + ".cfebm");
		if (!Files.exists(file)) {
			Files.createDirectories(options.models());
			Trainer.train(images.training, images.range, new Trainer.Settings(preset.recipe(), SIDE, WIDTH, options.minutes(),
				List.of(), 0, true, images.turns, 1), monitor(report)).write(file);
		}
		final Model model = Model.read(file);
		report.text(preset + ": " + model.info().training());
		return model;
	}

	private static void distances(final Images images, final Map<String, float[]> methods,
		final Map<String, Double> seconds, final Report report)
	{
		final SampleQuality all = quality(images, images.reference);
		final Map<String, List<Figures>> partial = new LinkedHashMap<>();
		final int groups = Math.min(GROUPS, images.reference.size());
		for (int g = 0; g < groups; g++) {
			final int group = g;
			final SampleQuality rest = quality(images, IntStream.range(0, images.reference.size()).filter(i -> i % groups !=
				group).mapToObj(images.reference::get).toList());
			methods.forEach((name, patches) -> partial.computeIfAbsent(name, n -> new ArrayList<>()).add(rest.measure(
				patches)));
		}
		final List<List<Object>> rows = new ArrayList<>();
		rows.add(row("floor: training patches", all.floor(), "", "", Double.NaN));
		methods.forEach((name, patches) -> {
			final Figures figures = all.measure(patches);
			rows.add(row(name, figures, error(partial.get(name).stream().mapToDouble(Figures::swdRatio).toArray()), error(
				partial.get(name).stream().mapToDouble(Figures::frechetRatio).toArray()), seconds.getOrDefault(name,
					Double.NaN)));
			if (name.equals(Preset.values()[0].toString())) report.result(key(images.name), figures.swdRatio(), "");
		});
		final List<String> columns = new ArrayList<>(List.of("patches"));
		Arrays.stream(all.levels()).forEach(side -> columns.add("SWD " + side + " px"));
		columns.addAll(List.of("mean", "ratio", "±", "Fréchet", "ratio", "±", "s per sample"));
		report.table(columns, rows);
	}

	private static SampleQuality quality(final Images images, final List<Raster> reference) {
		return SampleQuality.of(images.patches(reference).draw(COUNT, 1), images.patches(images.training).draw(FLOOR_DRAWS *
			COUNT, 2), SIDE, images.channels());
	}

	/** Standard error by the jackknife that leaves out a group of images at a time. */
	private static String error(final double[] withoutGroup) {
		final double mean = Arrays.stream(withoutGroup).average().orElseThrow();
		return Report.cell(Math.sqrt((withoutGroup.length - 1.0) / withoutGroup.length * Arrays.stream(withoutGroup).map(v -> (v - mean) * (v - mean))
			.sum()));
	}

	private static List<Object> row(final String name, final Figures f, final String swdError, final String frechetError,
		final double seconds)
	{
		final List<Object> row = new ArrayList<>(List.of(name));
		Arrays.stream(f.levels()).forEach(row::add);
		row.addAll(List.of(f.swd(), f.swdRatio(), swdError, f.frechet(), f.frechetRatio(), frechetError, seconds));
		return row;
	}

	private static void memorisation(final Images images, final Map<String, float[]> methods, final Report report) {
		final float[] reference = images.patches(images.reference).draw(COUNT, 1);
		final double contrast = deviations(reference, images).sorted().skip(COUNT / 2).findFirst().orElseThrow();
		final NearestNeighbours neighbours = new NearestNeighbours(images.training.stream().map(images.range::toModel)
			.toList(), SIDE, images.turns ? 8 : 2);
		final double[] heldOut = nearest("withheld patches", reference, contrast, neighbours, images);
		final Map<String, float[]> sets = new LinkedHashMap<>();
		sets.put("training patches", images.patches(images.training).draw(COUNT, 2));
		for (final Preset preset : Preset.values())
			sets.put(preset.toString(), methods.get(preset.toString()));
		final List<List<Object>> rows = new ArrayList<>();
		sets.forEach((name, patches) -> {
			final double[] distances = nearest(name, patches, contrast, neighbours, images);
			rows.add(distances.length == 0 ? List.of(name, Double.NaN, Double.NaN, Double.NaN) : List.of(name,
				distances[distances.length / 2], distances[distances.length / 2] / heldOut[heldOut.length / 2], Arrays.stream(
					distances).filter(d -> d < heldOut[heldOut.length / 20]).count() / (double) distances.length));
		});
		report.text("Distance of " + QUERIES + " patches to the most similar place in the training images, in units of the " +
			"patch's standard deviation; patches of more contrast than half of the withheld ones. For withheld patches the " +
			"median is " + Report.cell(heldOut[heldOut.length / 2]) + ". Training patches show what copies would look like. The " +
			"pictures " + file(images, "nearest-…") + ".png show patches above their three nearest.");
		report.table(List.of("patches", "median distance", "to withheld's", "share nearer than 5 % of withheld"), rows);
	}

	/** Sorted relative distances to the nearest place; a picture shows some of them. */
	private static double[] nearest(final String name, final float[] patches, final double contrast,
		final NearestNeighbours neighbours, final Images images)
	{
		final int size = images.size();
		final float[][] queries = IntStream.range(0, patches.length / size).mapToObj(n -> Arrays.copyOfRange(patches, n *
			size, (n + 1) * size)).filter(p -> NearestNeighbours.deviation(p) > contrast).limit(QUERIES).toArray(float[][]::new);
		final double[] distances = new double[queries.length];
		final float[][] rows = new float[4][Math.min(SHOWN, queries.length) * size];
		for (int n = 0; n < queries.length; n++) {
			final List<Neighbour> found = neighbours.of(queries[n]);
			distances[n] = found.get(0).distance() / NearestNeighbours.deviation(queries[n]);
			if (n < SHOWN) for (int k = 0; k < rows.length; k++)
				System.arraycopy(k == 0 ? queries[n] : neighbours.crop(found.get(k - 1)), 0, rows[k], n * size, size);
		}
		Pictures.write(file(images, "nearest-" + name), List.of(rows), SIDE, images.channels());
		Arrays.sort(distances);
		return distances;
	}

	private static DoubleStream deviations(final float[] patches, final Images images) {
		return IntStream.range(0, patches.length / images.size()).mapToDouble(n -> NearestNeighbours.deviation(Arrays
			.copyOfRange(patches, n * images.size(), (n + 1) * images.size())));
	}

	private static String file(final Images images, final String what) {
		return "sampling-" + images.name + "-" + what.toLowerCase(Locale.ROOT).replace(' ', '-');
	}

	private static float[] blurred(final float[] patches, final Images images) {
		final int c = images.channels();
		final float[] out = new float[patches.length], plane = new float[SIDE * SIDE];
		for (int first = 0; first < patches.length; first += images.size())
			for (int k = 0; k < c; k++) {
				for (int i = 0; i < plane.length; i++)
					plane[i] = patches[first + i * c + k];
				new GaussianBlur().blurGaussian(new FloatProcessor(SIDE, SIDE, plane), 1, 1, 0.002);
				for (int i = 0; i < plane.length; i++)
					out[first + i * c + k] = plane[i];
			}
		return out;
	}

	private static float[] noisy(final float[] patches) {
		final SplittableRandom rng = new SplittableRandom(1);
		final float[] out = patches.clone();
		for (int i = 0; i < out.length; i++)
			out[i] += (float) (0.05 * rng.nextGaussian());
		return out;
	}
}

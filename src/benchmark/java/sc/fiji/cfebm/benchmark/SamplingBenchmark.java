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
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.training.Preset;

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

	/** Those whose models can invent images; the default first. */
	private static final List<Preset> PRESETS = List.of(Preset.SCORE_MATCHING, Preset.ROBUST, Preset.PAPER);
	private static final int COUNT = 2000, GROUPS = 4, FITTED = 5000, QUERIES = 100, SHOWN =
		24, SIDE = 32, WIDTH = 8;

	/** Of models that were trained for longer and longer: their names are those of the minutes. */
	private static final String LONGER = "cifar10_swd_ratio_after_64_minutes";
	private static final int[] MINUTES = { 1, 4, 16, 64 };

	/** The model that comes with the plugin for the set's images, and its key. */
	private static final Path BUNDLED = Path.of("plugins", "CF-EBM", "models", "nuclei.cfebm");
	private static final String BUNDLED_NAME = "bundled nuclei", BUNDLED_KEY = "bundled_nuclei_swd_ratio_to_floor";

	@Override
	public String name() {
		return "sampling";
	}

	@Override
	public List<String> keys() {
		return List.of(key("test_images"), key("nuclei"), BUNDLED_KEY, key("cifar10"), LONGER);
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
		if (options.wants(key("test_images"))) measure(SampleSet.testImages(report), options, report);
		if (options.wants(key("nuclei"), BUNDLED_KEY)) measure(SampleSet.nuclei(options, report), options, report);
		if (options.wants(key("cifar10"))) measure(SampleSet.cifar10(options, report), options, report);
		if (options.wants(LONGER)) longer(SampleSet.cifar10(options, report), options, report);
	}

	/** What longer trainings of the first preset bring. */
	private static void longer(final SampleSet images, final Options options, final Report report) throws IOException {
		report.heading(images.name() + ", trained for longer");
		final Patches training = images.patches(images.training(), SIDE);
		final Map<String, float[]> methods = new LinkedHashMap<>();
		final Map<String, Double> seconds = new LinkedHashMap<>();
		for (final int minutes : MINUTES) {
			final Model model = model(images, PRESETS.get(0), "-" + minutes + "-minutes", new Options(options.data(), options.models(), minutes, options
				.only()), report);
			sample(model, minutes + " minutes", training, methods, seconds);
		}
		final Map<String, Figures> figures = distances(images, methods, seconds, report);
		report.result(LONGER, figures.get(MINUTES[MINUTES.length - 1] + " minutes").swdRatio(), "");
		picture(images, "longer", methods, report);
	}

	/** @throws IllegalStateException if its samples can't be compared with the set's patches */
	private static Model bundled(final SampleSet images) throws IOException {
		final Model model = Model.read(BUNDLED);
		if (!model.range().equals(images.range()) || NetworkSpec.resolution(model.pyramid().stages() - 1) != SIDE) throw new IllegalStateException(
			BUNDLED + " has another range of gray values or another tile than the set.");
		return model;
	}

	private static void sample(final Model model, final String name, final Patches training, final Map<String, float[]> methods,
		final Map<String, Double> seconds)
	{
		final long start = System.nanoTime();
		try (Sampler sampler = new Sampler(model)) {
			methods.put(name, training.stored(sampler.tiles(COUNT, sampler.finest(), sampler.usualSteps(), 1, Progress.NONE)));
		}
		seconds.put(name, (System.nanoTime() - start) * 1e-9 / COUNT);
	}

	private static void picture(final SampleSet images, final String name, final Map<String, float[]> methods, final Report report) {
		final List<float[]> picture = new ArrayList<>(List.of(images.patches(images.reference(), SIDE).draw(COUNT, 1)));
		picture.addAll(methods.values());
		Pictures.write(file(images, name), picture, SIDE, images.channels());
		report.text("The rows of " + file(images, name) + ".png: withheld patches, " + String.join(", ", methods.keySet()) + ".");
	}

	private static void measure(final SampleSet images, final Options options, final Report report) throws IOException {
		report.heading(images.name().replace('_', ' '));
		report.text(images.training().size() + " training images, " + images.reference().size() + " withheld as reference.");
		final Patches training = images.patches(images.training(), SIDE);
		final float[] real = training.draw(COUNT, 2);
		final Map<String, float[]> methods = new LinkedHashMap<>();
		final Map<String, Double> seconds = new LinkedHashMap<>();
		methods.put("blurred, 1 px", blurred(real, images));
		methods.put("noise, 0.05", noisy(real));
		methods.put("fitted Gaussian", training.stored(FittedGaussian.draw(training.draw(FITTED, 3), size(images),
			COUNT, 1)));
		for (final Preset preset : PRESETS)
			sample(model(images, preset, "", options, report), preset.toString(), training, methods, seconds);
		final boolean bundled = images.name().equals("nuclei") && Files.exists(BUNDLED);
		if (bundled) sample(bundled(images), BUNDLED_NAME, training, methods, seconds);
		final Map<String, Figures> figures = distances(images, methods, seconds, report);
		report.result(key(images.name()), figures.get(PRESETS.get(0).toString()).swdRatio(), "");
		if (bundled) report.result(BUNDLED_KEY, figures.get(BUNDLED_NAME).swdRatio(), "");
		picture(images, "patches", methods, report);
		memorisation(images, methods, report);
	}

	private static Model model(final SampleSet images, final Preset preset, final String ending, final Options options, final Report report)
		throws IOException
	{
		final Model model = Benchmark.model("sampling-" + images.name() + "-" + preset.toString().toLowerCase(Locale.ROOT).replace(
			' ', '-') + ending, images.training(), images.range(), new Training(preset, SIDE, WIDTH, images.turns()), options, report);
		report.text(preset + ": " + model.info().training());
		return model;
	}

	private static Map<String, Figures> distances(final SampleSet images, final Map<String, float[]> methods,
		final Map<String, Double> seconds, final Report report)
	{
		final SampleQuality all = images.quality(images.reference(), SIDE, COUNT, 1);
		final Map<String, List<Figures>> partial = new LinkedHashMap<>();
		final int groups = Math.min(GROUPS, images.reference().size());
		for (int g = 0; g < groups; g++) {
			final int group = g;
			final SampleQuality rest = images.quality(IntStream.range(0, images.reference().size()).filter(i -> i % groups !=
				group).mapToObj(images.reference()::get).toList(), SIDE, COUNT, 1);
			methods.forEach((name, patches) -> partial.computeIfAbsent(name, n -> new ArrayList<>()).add(rest.measure(
				patches)));
		}
		final Map<String, Figures> measured = new LinkedHashMap<>();
		final List<List<Object>> rows = new ArrayList<>();
		rows.add(row("floor: training patches", all.floor(), "", "", Double.NaN));
		methods.forEach((name, patches) -> {
			final Figures figures = all.measure(patches);
			rows.add(row(name, figures, error(partial.get(name).stream().mapToDouble(Figures::swdRatio).toArray()), error(
				partial.get(name).stream().mapToDouble(Figures::frechetRatio).toArray()), seconds.getOrDefault(name,
					Double.NaN)));
			measured.put(name, figures);
		});
		final List<String> columns = new ArrayList<>(List.of("patches"));
		Arrays.stream(all.levels()).forEach(side -> columns.add("SWD " + side + " px"));
		columns.addAll(List.of("mean", "ratio", "±", "Fréchet", "ratio", "±", "s per sample"));
		report.table(columns, rows);
		return measured;
	}

	/** Values of one patch. */
	private static int size(final SampleSet images) {
		return SIDE * SIDE * images.channels();
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

	private static void memorisation(final SampleSet images, final Map<String, float[]> methods, final Report report) {
		final float[] reference = images.patches(images.reference(), SIDE).draw(COUNT, 1);
		final double contrast = deviations(reference, images).sorted().skip(COUNT / 2).findFirst().orElseThrow();
		final NearestNeighbours neighbours = new NearestNeighbours(images.training().stream().map(images.range()::toModel)
			.toList(), SIDE, images.turns() ? 8 : 2);
		final double[] heldOut = nearest("withheld patches", reference, contrast, neighbours, images);
		final Map<String, float[]> sets = new LinkedHashMap<>();
		sets.put("training patches", images.patches(images.training(), SIDE).draw(COUNT, 2));
		for (final Preset preset : PRESETS)
			sets.put(preset.toString(), methods.get(preset.toString()));
		if (methods.containsKey(BUNDLED_NAME)) sets.put(BUNDLED_NAME, methods.get(BUNDLED_NAME));
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
		final NearestNeighbours neighbours, final SampleSet images)
	{
		final int size = size(images);
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

	private static DoubleStream deviations(final float[] patches, final SampleSet images) {
		return IntStream.range(0, patches.length / size(images)).mapToDouble(n -> NearestNeighbours.deviation(Arrays
			.copyOfRange(patches, n * size(images), (n + 1) * size(images))));
	}

	private static String file(final SampleSet images, final String what) {
		return "sampling-" + images.name() + "-" + what.toLowerCase(Locale.ROOT).replace(' ', '-');
	}

	private static float[] blurred(final float[] patches, final SampleSet images) {
		final int c = images.channels();
		final float[] out = new float[patches.length], plane = new float[SIDE * SIDE];
		for (int first = 0; first < patches.length; first += size(images))
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

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
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import sc.fiji.cfebm.benchmark.Detection.Interval;
import sc.fiji.cfebm.benchmark.Pictures.Shown;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Anomaly;
import sc.fiji.cfebm.task.AnomalyDetector;
import sc.fiji.cfebm.training.calibration.NominalCalibrator;
import sc.fiji.cfebm.training.data.Split;

/**
 * Anomalies: whole images (CIFAR-10 against five other sets), pixels (textures, magnetic tiles, nuclei with painted defects), and
 * whether the rate of false alarms is the one asked for. Models see normal training images alone; scores were chosen on painted defects and on parts of the training images.
 */
final class AnomalyBenchmark implements Benchmark {

	private static final String FALSE_ALARMS = "false_alarm_rate_at_1_percent", TEXTURES = "texture_pixel_auroc", TILES = "magnetic_tile_pixel_auroc",
		NUCLEI = "painted_nuclei_pixel_auroc", WHOLE_TILES = "magnetic_tile_image_auroc", TIME = "seconds_per_megapixel";
	private static final String MAP = "**map**", SCORE = "**score**";
	private static final List<String> TEXTURE_NAMES = List.of("brick", "grass", "gravel");
	private static final Path BUNDLED = Path.of("plugins", "CF-EBM", "models");
	private static final double[] RATES = { 0.05, 0.01 };

	/** A set of images beside CIFAR-10, with published figures of models trained on its 50 000 training images. */
	private record Others(String key, String title, String folder, String file, String published) {

		String result() {
			return "cifar10_vs_" + key + "_auroc";
		}
	}

	private static final List<Others> OTHERS = List.of(new Others("svhn", "SVHN", "evaluation-only/svhn/test", "", "IGEBM .63, JEM .67, Improved CD .91"), new Others("interpolation",
		"interpolations", "evaluation-only/ood_cifar10_interp/test", "", "IGEBM .70, JEM .65, Improved CD .65"), new Others("cifar100", "CIFAR-100", "evaluation-only/cifar100/test",
			"", "IGEBM .50, JEM .67, Improved CD .83"), new Others("uniform", "uniform noise", "open/ood_synthetic/test", "uniform", ""), new Others("constant", "constant",
				"open/ood_synthetic/test", "constant", ""));

	@Override
	public String name() {
		return "anomaly";
	}

	@Override
	public List<String> keys() {
		final List<String> keys = new ArrayList<>(OTHERS.stream().map(Others::result).toList());
		keys.addAll(List.of(TEXTURES, TILES, WHOLE_TILES, NUCLEI, FALSE_ALARMS, TIME));
		return keys;
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		if (options.wants(OTHERS.stream().map(Others::result).toArray(String[]::new))) wholeImages(options, report);
		if (options.wants(TEXTURES)) textures(options, report);
		if (options.wants(TILES, WHOLE_TILES)) magneticTiles(options, report);
		if (options.wants(FALSE_ALARMS, NUCLEI, TIME)) nuclei(options, report);
	}

	/** The model of this name, which knows what is nominal; if there is none, trained as the command does with its defaults, for the minutes asked for. */
	private static Model model(final String name, final List<Raster> images, final Options options, final Report report) throws IOException {
		final Path file = options.models().resolve("anomaly-" + name + ".cfebm");
		if (!Files.exists(file)) {
			Files.createDirectories(options.models());
			final Model start = Model.read(BUNDLED.resolve(images.get(0).channels() == 1 ? "microscopy.cfebm" : "photo-color.cfebm"));
			AsUsed.trained(images, start, options.minutes(), Benchmark.monitor(report)).write(file);
		}
		return knowing(Model.read(file), images, file, report);
	}

	/** A model that knows what is nominal: what an earlier version of CF-EBM measured is measured anew and written. */
	private static Model knowing(final Model model, final List<Raster> images, final Path file, final Report report) throws IOException {
		if (AnomalyDetector.knowsNominal(model)) return model;
		report.progress("Measuring what is nominal for " + file);
		final Model renewed = NominalCalibrator.calibrate(model, Split.ofImages(images, model.size(), SEED), SEED, Progress.NONE);
		renewed.write(file);
		return renewed;
	}

	/** Scores of whole images, by name. */
	private static Map<String, double[]> scores(final AnomalyDetector detector, final Normalization range,
		final List<Raster> images, final Report report)
	{
		final Map<String, double[]> scores = new LinkedHashMap<>();
		for (int i = 0; i < images.size(); i++) {
			final Map<String, Double> of = scores(detector.detect(images.get(i), range, Progress.NONE));
			final int at = i;
			of.forEach((name, value) -> scores.computeIfAbsent(name, n -> new double[images.size()])[at] = value);
			if (i % 100 == 99) report.progress((i + 1) + " of " + images.size() + " images");
		}
		return scores;
	}

	private static Map<String, Double> scores(final Anomaly anomaly) {
		final Map<String, Double> scores = new LinkedHashMap<>();
		scores.put(SCORE, anomaly.score());
		scores.put("largest of the map", mean(anomaly.map(), true));
		scores.put("mean of the map", mean(anomaly.map(), false));
		// Channels of one feature together.
		anomaly.parts().forEach((name, part) -> scores.merge(name.split(", channel")[0], Math.abs(mean(part, false)), Math::hypot));
		return scores;
	}

	private static double mean(final Raster map, final boolean largest) {
		double sum = 0, top = Double.NEGATIVE_INFINITY;
		for (final float v : map.values()) {
			sum += v;
			top = Math.max(top, v);
		}
		return largest ? top : sum / map.values().length;
	}

	private static void wholeImages(final Options options, final Report report) throws IOException {
		final SampleSet set = SampleSet.cifar10(options, report);
		final Model model = model("cifar10", set.training(), options, report);
		final List<Raster> normal = SampleSet.read(options.data().resolve("evaluation-only/cifar10/test"), report);
		final var rivals = ImageRivals.learn(set.training());
		final Map<String, List<Object>> rows = new LinkedHashMap<>();
		final List<String> columns = new ArrayList<>(List.of("score"));
		final List<Object> published = new ArrayList<>(List.of("*published, trained on 50 000 images*"));
		try (AnomalyDetector detector = new AnomalyDetector(model)) {
			final Map<String, double[]> ofNormal = scores(detector, set.range(), normal, report);
			for (final Others others : OTHERS) {
				if (!options.wants(others.result())) continue;
				report.progress(others.title);
				final List<Raster> images = ImageSource.planes(ImageFolder.read(List.of(options.data().resolve(others.folder).toFile()), Benchmark
					.monitor(report)).stream().filter(s -> s.name().contains(others.file)).toList());
				final Map<String, double[]> ofOthers = scores(detector, set.range(), images, report);
				rivals.forEach((name, rival) -> {
					ofNormal.computeIfAbsent(name, n -> normal.stream().mapToDouble(rival).toArray());
					ofOthers.put(name, images.stream().mapToDouble(rival).toArray());
				});
				columns.add(others.title + " (" + images.size() + ")");
				published.add(others.published);
				ofOthers.forEach((name, values) -> rows.computeIfAbsent(name, n -> new ArrayList<>(List.of(n))).add(Detection
					.aurocInterval(ofNormal.get(name), values)));
				report.result(others.result(), Detection.auroc(ofNormal.get(SCORE), ofOthers.get(SCORE)), "");
			}
		}
		rows.put("published", published);
		report.heading("Whole images: CIFAR-10 against other sets, AUROC");
		report.text("Model: " + model.info().training() + "; " + normal.size() + " normal test images. 95 % intervals by bootstrap.");
		report.table(columns, List.copyOf(rows.values()));
	}

	/** Test images and where their defects are. */
	private record Marked(List<Raster> images, List<boolean[]> masks) {

		/** Images of a folder whose names begin so. */
		static Marked read(final Path folder, final String beginning, final Report report) {
			final List<ImageSource> images = sources(folder.resolve("images"), beginning, report), masks = sources(folder.resolve("masks"),
				beginning, report);
			return new Marked(ImageSource.planes(images), ImageSource.planes(masks).stream().map(Marked::marked).toList());
		}

		private static List<ImageSource> sources(final Path folder, final String beginning, final Report report) {
			return ImageFolder.read(List.of(folder.toFile()), Benchmark.monitor(report)).stream().filter(s -> s.name().startsWith(
				beginning)).toList();
		}

		private static boolean[] marked(final Raster mask) {
			final boolean[] marked = new boolean[mask.values().length];
			for (int p = 0; p < marked.length; p++)
				marked[p] = mask.values()[p] > 0;
			return marked;
		}

		boolean hasDefect(final int image) {
			return any(masks.get(image));
		}
	}

	private static boolean any(final boolean[] mask) {
		for (final boolean m : mask)
			if (m) return true;
		return false;
	}

	/** Maps of images by many methods, measured together. */
	private static final class Maps {

		private final Map<String, List<Raster>> maps = new LinkedHashMap<>();
		private final List<boolean[]> masks = new ArrayList<>();
		private final List<Double> scores = new ArrayList<>();
		private double seconds, pixels;

		void add(final Model model, final List<Raster> normal, final Marked test, final String picture) {
			final Map<String, UnaryOperator<Raster>> rivals = PixelRivals.learn(normal);
			final List<Shown> shown = new ArrayList<>();
			try (AnomalyDetector detector = new AnomalyDetector(model)) {
				for (int i = 0; i < test.images.size(); i++) {
					final Raster image = test.images.get(i);
					final long start = System.nanoTime();
					final Anomaly anomaly = detector.detect(image, model.range(), Progress.NONE);
					seconds += (System.nanoTime() - start) * 1e-9;
					pixels += image.width() * image.height();
					put(MAP, anomaly.map());
					scores.add(anomaly.score());
					rivals.forEach((name, rival) -> put(name, rival.apply(image)));
					masks.add(test.masks.get(i));
					if (shown.size() < 30 && test.hasDefect(i)) {
						shown.add(new Shown(image, model.range().low(), model.range().high()));
						shown.add(new Shown(mask(test.masks.get(i), image), 0, 1));
						shown.add(new Shown(anomaly.map(), 0, 5));
					}
				}
			}
			Pictures.write(picture, shown);
		}

		private void put(final String name, final Raster map) {
			maps.computeIfAbsent(name, n -> new ArrayList<>()).add(map);
		}

		private static Raster mask(final boolean[] mask, final Raster image) {
			final Raster raster = new Raster(image.width(), image.height(), 1);
			for (int p = 0; p < mask.length; p++)
				raster.values()[p] = mask[p] ? 1 : 0;
			return raster;
		}

		/** Reports the figures of all methods. @return the map's pixel AUROC */
		double report(final Report report) {
			final List<List<Object>> rows = new ArrayList<>();
			double auroc = 0;
			for (final var entry : maps.entrySet()) {
				final PixelDetection detection = new PixelDetection(entry.getValue(), masks);
				final Interval pixel = detection.auroc();
				rows.add(List.of(entry.getKey(), pixel, detection.averagePrecision(), detection.regionOverlap(), detection.imageAuroc()));
				if (entry.getKey().equals(MAP)) auroc = pixel.value();
			}
			report.table(List.of("map", "pixel AUROC", "average precision", "AUPRO (to 0.3)", "image AUROC, of the largest value"), rows);
			report.text(String.format(Locale.ROOT, "%.1f seconds per megapixel; image AUROC of the score: %s.", perMegapixel(), imageAuroc()));
			return auroc;
		}

		double perMegapixel() {
			return seconds / pixels * 1e6;
		}

		/** Of the scores that the command gives. */
		Interval imageAuroc() {
			return Detection.aurocInterval(scores(false), scores(true));
		}

		private double[] scores(final boolean defect) {
			return IntStream.range(0, scores.size()).filter(i -> defect == any(masks.get(i))).mapToDouble(scores::get).toArray();
		}
	}

	private static void textures(final Options options, final Report report) throws IOException {
		final Path folder = options.data().resolve("open/texture_synth_anomaly");
		final List<Raster> training = SampleSet.read(folder.resolve("train"), report);
		final Map<String, Double> aurocs = new LinkedHashMap<>();
		for (final String name : TEXTURE_NAMES) {
			final List<Raster> normal = List.of(training.get(TEXTURE_NAMES.indexOf(name)));
			final Model model = model(name, normal, options, report);
			final Maps maps = new Maps();
			maps.add(model, normal, Marked.read(folder.resolve("test"), name, report), "anomaly-" + name);
			report.heading("Texture with painted defects: " + name);
			report.text("Model: " + model.info().training());
			aurocs.put(name, maps.report(report));
		}
		report.text("Pixel AUROC: " + aurocs);
		report.result(TEXTURES, aurocs.values().stream().mapToDouble(v -> v).average().orElseThrow(), "");
	}

	private static void magneticTiles(final Options options, final Report report) throws IOException {
		final Path folder = options.data().resolve("evaluation-only/magnetic_tile");
		final List<Raster> normal = SampleSet.read(folder.resolve("train/images"), report);
		final Model model = model("tiles", normal, options, report);
		final Marked test = Marked.read(folder.resolve("test"), "", report);
		final Maps maps = new Maps();
		maps.add(model, normal, test, "anomaly-tiles");
		report.heading("Magnetic tiles with defects");
		report.text("Model: " + model.info().training());
		report.result(TILES, maps.report(report), "");
		report.result(WHOLE_TILES, maps.imageAuroc().value(), "");
		final List<Raster> free = new ArrayList<>();
		for (int i = 0; i < test.images.size(); i++)
			if (!test.hasDefect(i)) free.add(test.images.get(i));
		report.text("False alarms in tiles without defects:");
		falseAlarms(model, free, report);
	}

	private static void nuclei(final Options options, final Report report) throws IOException {
		final Model model = Model.read(BUNDLED.resolve("nuclei.cfebm"));
		final SampleSet set = SampleSet.nuclei(options, report);
		report.heading("False alarms: nuclei, the bundled model");
		report.result(FALSE_ALARMS, falseAlarms(model, set.reference(), report), "");
		report.heading("Nuclei with painted defects, the bundled model");
		final Maps all = new Maps();
		for (final PaintedDefect.Kind kind : PaintedDefect.Kind.values()) {
			final List<PaintedDefect> painted = new ArrayList<>();
			for (int i = kind.ordinal(); i < set.reference().size(); i += PaintedDefect.Kind.values().length)
				painted.add(PaintedDefect.in(set.reference().get(i), kind, i));
			final String title = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
			all.add(model, set.training(), new Marked(painted.stream().map(PaintedDefect::image).toList(), painted.stream().map(
				PaintedDefect::mask).toList()), "anomaly-nuclei-" + title.replace(' ', '-'));
		}
		report.result(NUCLEI, all.report(report), "");
		report.result(TIME, all.perMegapixel(), "s");
	}

	/** @return the share of pixels above the threshold for the lowest rate */
	private static double falseAlarms(final Model model, final List<Raster> normal, final Report report) {
		final List<List<Object>> rows = new ArrayList<>();
		final double[][] shares = new double[RATES.length][normal.size()];
		final double[] areas = new double[normal.size()];
		try (AnomalyDetector detector = new AnomalyDetector(model)) {
			for (int i = 0; i < areas.length; i++) {
				final float[] map = detector.detect(normal.get(i), model.range(), Progress.NONE).map().values();
				areas[i] = map.length;
				for (int r = 0; r < RATES.length; r++) {
					final double threshold = detector.threshold(RATES[r]);
					for (final float v : map)
						if (v >= threshold) shares[r][i]++;
				}
			}
		}
		double last = 0;
		for (int r = 0; r < RATES.length; r++) {
			final double[] above = shares[r];
			final Interval rate = Detection.bootstrap(areas.length, chosen -> Arrays.stream(chosen).mapToDouble(i -> above[i]).sum() / Arrays.stream(
				chosen).mapToDouble(i -> areas[i]).sum());
			last = rate.value();
			rows.add(List.of(String.format(Locale.ROOT, "%.0f %%", 100 * RATES[r]), String.format(Locale.ROOT, "%.2f %% (%.2f–%.2f %%)", 100 *
				rate.value(), 100 * rate.low(), 100 * rate.high()), Arrays.stream(above).filter(v -> v == 0).count() + " of " + areas.length));
		}
		report.table(List.of("rate asked for", "share of pixels above the threshold", "images without any"), rows);
		return last;
	}
}

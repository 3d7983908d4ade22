package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import com.sun.management.OperatingSystemMXBean;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.StyleTranslator;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.ChainStarts;
import sc.fiji.cfebm.training.data.Split;

/**
 * Styles translated: how near the results come to images of the target style that no model has seen, against how much
 * structure of the sources they keep; beside it histogram matching, Reinhard's color transfer and doing nothing.
 */
final class StyleBenchmark implements Benchmark {

	private static final String AHEAD = "sets_ahead_of_both_rivals", PAIRED = "channel_to_channel_psnr_gain", HISTOGRAM = "histogram matching", REINHARD = "Reinhard",
			NOTHING = "nothing";
	private static final double[] STRENGTHS = { 0, 0.1, 0.2, 0.35, 0.5, 0.75, 1 };
	private static final int SIDE = 32, PATCHES = 1000;
	/** Of each stage, so that every machine trains the same models; translation uses the finest alone. */
	private static final List<Integer> ITERATIONS = List.of(1, 1, 200);
	/** The models that the command starts from by itself, of gray and of RGB images. */
	private static final Path BUNDLED = Path.of("plugins", "CF-EBM", "models"), GRAY = BUNDLED.resolve("microscopy.cfebm"), COLOR = BUNDLED.resolve(
		"photo-color.cfebm");
	/** The paper's training takes hours; this is a glance at it, on one set. */
	private static final String PAPER_SET = "test_images", PAPER = "preset Paper";
	private static final int PAPER_ITERATIONS = 100, PAPER_BATCH = 16;

	private interface Sets {

		StyleSet read(Options options, Report report) throws IOException;
	}

	private static final Map<String, Sets> SETS = new LinkedHashMap<>();
	static {
		SETS.put("test_images", (options, report) -> StyleSet.testImages(report));
		SETS.put("fluorescence_to_stained", StyleSet::fluorescence);
		SETS.put("stain_to_stain", StyleSet::stains);
		SETS.put("channel_to_channel", StyleSet::channels);
		SETS.put("cat_to_dog", StyleSet::pets);
	}

	/** What a method makes of a set's sources. */
	private record Outcome(double distance, double swd, double gradients, double correlation, double psnr, double ssim) {}

	@Override
	public String name() {
		return "style";
	}

	@Override
	public List<String> keys() {
		final List<String> keys = new ArrayList<>(List.of(AHEAD));
		SETS.keySet().forEach(set -> keys.add(set + "_distance_ratio"));
		keys.add(PAIRED);
		return keys;
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		int ahead = 0;
		for (final String name : SETS.keySet())
			if (options.wants(AHEAD, name + "_distance_ratio", PAIRED.startsWith(name) ? PAIRED : AHEAD) && isAhead(SETS.get(name).read(options, report), options, report)) ahead++;
		if (options.wants(AHEAD)) report.result(AHEAD, ahead, "of " + SETS.size());
	}

	private static boolean isAhead(final StyleSet set, final Options options, final Report report) throws IOException {
		final Model model = model(set, options, report);
		report.heading(set.name());
		report.text("Model: " + model.info().training() + "; " + set.sources().size() + " sources of " + set.sources().get(0)
			.width() + " px, " + set.reference().size() + " reference images, seed 1.");
		final SampleQuality quality = SampleQuality.of(patches(set, set.reference()), patches(set, set.training()), SIDE, set
			.channels());
		final float[][] histogram = StyleRivals.sorted(set.training());
		final double[][] moments = StyleRivals.moments(set.training());
		final List<Raster> sources = set.sources().stream().map(image -> image.replicated(set.channels())).toList();
		final Map<String, List<Raster>> results = new LinkedHashMap<>();
		results.put(NOTHING, sources);
		results.put(HISTOGRAM, each(sources, image -> StyleRivals.histogramMatched(image, histogram)));
		results.put(REINHARD, each(sources, image -> StyleRivals.reinhard(image, moments)));
		double seconds = 0;
		try (StyleTranslator translator = new StyleTranslator(model)) {
			for (final double strength : STRENGTHS) {
				report.progress(set.name() + ": strength " + strength);
				final StyleTranslator.Settings settings = new StyleTranslator.Settings(strength, StyleTranslator.Settings.CONTENT, StyleTranslator.Matching.STYLE, 0, 0,
					1);
				final long start = processorTime();
				results.put(name(strength), each(set.sources(), image -> clamped(translator.translate(image, set.from(), set
					.to(), settings, Progress.NONE).image())));
				if (strength > 0) seconds += (processorTime() - start) * 1e-9;
			}
		}
		if (set.name().equals(PAPER_SET)) try (StyleTranslator translator = new StyleTranslator(paper(set, options, report))) {
			final StyleTranslator.Settings fully = new StyleTranslator.Settings(1, 0, StyleTranslator.Matching.NONE, 0, 0, 1);
			results.put(PAPER, each(set.sources(), image -> clamped(translator.translate(image, set.from(), set.to(), fully, Progress.NONE)
				.image())));
		}
		final Map<String, Outcome> outcomes = new LinkedHashMap<>();
		results.forEach((method, images) -> outcomes.put(method, outcome(set, sources, images, quality)));
		table(set, outcomes, quality, report);
		final double megapixels = sources.stream().mapToDouble(image -> 1e-6 * image.width() * image.height()).sum();
		report.text(String.format(java.util.Locale.ROOT, "Time: %.0f s of processor time per megapixel and translation.", seconds / (STRENGTHS.length - 1) /
			megapixels));
		Pictures.rows("style-" + set.name(), List.of(results.get(NOTHING), results.get(HISTOGRAM), results.get(REINHARD), results.get(
			name(0)), results.get(name(0.2)), results.get(name(0.5)), results.get(name(1)), set.reference()), set.to());
		final List<Outcome> curve = new ArrayList<>(List.of(outcomes.get(NOTHING)));
		Arrays.stream(STRENGTHS).mapToObj(strength -> outcomes.get(name(strength))).forEach(curve::add);
		final double ratio = Math.max(ratio(curve, outcomes.get(HISTOGRAM)), ratio(curve, outcomes.get(REINHARD)));
		report.result(set.name() + "_distance_ratio", ratio, "of the better rival's");
		if (set.truths() != null) report.result(PAIRED, outcomes.get(name(Defaults.STRENGTH)).psnr - outcomes.get(NOTHING).psnr,
			"dB against doing nothing, with the default strength");
		return ratio < 1;
	}

	/** The set's model, trained as the command does: from a bundled one, and shown the images that it is to translate. */
	private static Model model(final StyleSet set, final Options options, final Report report) throws IOException {
		final Path file = options.models().resolve("style-" + set.name() + ".cfebm");
		if (!Files.exists(file)) {
			Files.createDirectories(options.models());
			final Model from = Model.read(set.channels() == 1 ? GRAY : COLOR);
			final Palette sources = Palette.of(set.sources().stream().map(image -> image.replicated(set.channels())).toList());
			set.from().toModel(sources.colors());
			Trainer.train(Split.ofImages(set.training(), SIDE, SEED), null, from, set.to(), new TrainingSettings(Preset.SCORE_MATCHING.styleRecipe(), SIDE, 8, 0,
				ITERATIONS, 0, true, set.turns(), SEED).from(from), null, Benchmark.monitor(report)).withSources(sources).write(file);
		}
		return Model.read(file);
	}

	/** The model of the preset Paper in the folder of models; trained if there is none. */
	private static Model paper(final StyleSet set, final Options options, final Report report) throws IOException {
		final Path file = options.models().resolve("style-paper-" + set.name() + ".cfebm");
		if (!Files.exists(file)) Trainer.train(Split.ofImages(set.training(), SIDE, SEED), new ChainStarts(set.sources(), set.from()), null, set.to(),
			new TrainingSettings(Preset.PAPER.styleRecipe(), SIDE, 8, 0, List.of(1, 1, PAPER_ITERATIONS), PAPER_BATCH, true, set.turns(), SEED),
			null, Benchmark.monitor(report)).write(file);
		return Model.read(file);
	}

	/**
	 * The least distance of results that keep exactly as much structure as a rival's, divided by the rival's. Between two strengths distance
	 * and structure are taken to lie on the straight line between theirs. Where all keep more, it is that of the result that keeps least.
	 *
	 * @param curve results of rising strength; the first keeps all structure
	 */
	private static double ratio(final List<Outcome> curve, final Outcome rival) {
		double least = Double.POSITIVE_INFINITY;
		for (int i = 1; i < curve.size(); i++) {
			final Outcome at = curve.get(i), before = curve.get(i - 1);
			if (before.gradients >= rival.gradients == at.gradients >= rival.gradients) continue;
			final double share = (rival.gradients - before.gradients) / (at.gradients - before.gradients);
			least = Math.min(least, before.distance + share * (at.distance - before.distance));
		}
		if (Double.isInfinite(least)) least = curve.stream().min(Comparator.comparingDouble(Outcome::gradients)).orElseThrow().distance;
		return least / rival.distance;
	}

	/** Of the whole process, in nanoseconds: what else the machine does counts little. */
	private static long processorTime() {
		return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
	}

	private static String name(final double strength) {
		return "strength " + strength;
	}

	private static void table(final StyleSet set, final Map<String, Outcome> outcomes, final SampleQuality quality,
		final Report report)
	{
		final List<String> columns = new ArrayList<>(List.of("method", "Fréchet distance", "sliced Wasserstein", "SSIM of gradients",
			"correlation"));
		if (set.truths() != null) columns.addAll(List.of("PSNR", "SSIM"));
		final List<List<Object>> rows = new ArrayList<>();
		outcomes.forEach((method, o) -> {
			final List<Object> row = new ArrayList<>(List.of(method, o.distance, o.swd, o.gradients, o.correlation));
			if (set.truths() != null) row.addAll(List.of(Report.decibels(o.psnr), o.ssim));
			rows.add(row);
		});
		final List<Object> floor = new ArrayList<>(List.of("training images", quality.floor().frechet(), quality.floor().swd()));
		while (floor.size() < columns.size())
			floor.add("");
		rows.add(floor);
		report.table(columns, rows);
	}

	private static Outcome outcome(final StyleSet set, final List<Raster> sources, final List<Raster> results,
		final SampleQuality quality)
	{
		final SampleQuality.Figures figures = quality.measure(patches(set, results));
		double gradients = 0, correlation = 0, psnr = 0, ssim = 0;
		for (int i = 0; i < sources.size(); i++) {
			gradients += Structure.gradients(sources.get(i), results.get(i)) / sources.size();
			correlation += Structure.correlation(sources.get(i), results.get(i)) / sources.size();
			if (set.truths() == null) continue;
			psnr += Quality.psnr(results.get(i), set.truths().get(i)) / sources.size();
			ssim += Quality.ssim(results.get(i), set.truths().get(i)) / sources.size();
		}
		return new Outcome(figures.frechet(), figures.swd(), gradients, correlation, psnr, ssim);
	}

	private static float[] patches(final StyleSet set, final List<Raster> images) {
		return new Patches(images, set.to(), SIDE, true, set.turns()).draw(PATCHES, 1);
	}

	private static List<Raster> each(final List<Raster> images, final UnaryOperator<Raster> method) {
		return images.stream().map(method).collect(Collectors.toList());
	}

	/** As an 8-bit image would hold it. */
	private static Raster clamped(final Raster image) {
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) Math.rint(Math.max(0, Math.min(255, image.values()[i])));
		return image;
	}
}

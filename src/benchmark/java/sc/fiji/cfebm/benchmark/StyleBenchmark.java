package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.StyleTranslator;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.training.Preset;

/**
 * Styles translated: how near the results come to images of the target style that no model has seen, against how much
 * structure of the sources they keep; beside it histogram matching, Reinhard's color transfer and doing nothing.
 */
final class StyleBenchmark implements Benchmark {

	private static final String AHEAD = "sets_ahead_of_both_rivals", HISTOGRAM = "histogram matching", REINHARD = "Reinhard",
			NOTHING = "nothing";
	private static final double[] STRENGTHS = { 0, 0.3, 0.5, 0.7, 1 };
	/** Results keep as much structure as a rival's if their SSIM of gradients is no more than this below. */
	private static final double EQUAL = 0.05;
	private static final int SIDE = 32, PATCHES = 1000;
	private static final Training TRAINING = new Training(Preset.SCORE_MATCHING, SIDE, 8, true), UPRIGHT = new Training(Preset.SCORE_MATCHING,
		SIDE, 8, false);

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
		return keys;
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		int ahead = 0;
		for (final String name : SETS.keySet())
			if (options.wants(AHEAD, name + "_distance_ratio") && isAhead(SETS.get(name).read(options, report), options, report)) ahead++;
		if (options.wants(AHEAD)) report.result(AHEAD, ahead, "of " + SETS.size());
	}

	private static boolean isAhead(final StyleSet set, final Options options, final Report report) throws IOException {
		final Model model = Benchmark.model("style-" + set.name(), set.training(), set.to(), set.turns() ? TRAINING : UPRIGHT, options,
			report);
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
				final StyleTranslator.Settings settings = new StyleTranslator.Settings(strength, StyleTranslator.Settings.CONTENT, true, 0, 0,
					1);
				final long start = System.nanoTime();
				results.put("strength " + strength, each(set.sources(), image -> clamped(translator.translate(image, set.from(), set
					.to(), settings, Progress.NONE).image())));
				seconds += (System.nanoTime() - start) * 1e-9;
			}
		}
		final Map<String, Outcome> outcomes = new LinkedHashMap<>();
		results.forEach((method, images) -> outcomes.put(method, outcome(set, sources, images, quality)));
		table(set, outcomes, quality, report);
		final double megapixels = sources.stream().mapToDouble(image -> 1e-6 * image.width() * image.height()).sum();
		report.text(String.format(java.util.Locale.ROOT, "Time: %.0f s per megapixel and translation.", seconds / STRENGTHS.length /
			megapixels));
		Pictures.rows("style-" + set.name(), List.of(results.get(NOTHING), results.get(HISTOGRAM), results.get(REINHARD), results.get(
			"strength 0.3"), results.get("strength 0.5"), results.get("strength 0.7"), results.get("strength 1.0"), set.reference()), set.to());
		final double ratio = Math.max(ratio(outcomes, HISTOGRAM), ratio(outcomes, REINHARD));
		report.result(set.name() + "_distance_ratio", ratio, "of the better rival's");
		return ratio < 1;
	}

	/** The least distance of results that keep as much structure as a rival's, divided by the rival's. */
	private static double ratio(final Map<String, Outcome> outcomes, final String rival) {
		final Outcome other = outcomes.get(rival);
		return outcomes.entrySet().stream().filter(entry -> entry.getKey().startsWith("strength") && entry.getValue().gradients >= other.gradients -
			EQUAL).mapToDouble(entry -> entry.getValue().distance).min().orElse(Double.POSITIVE_INFINITY) / other.distance;
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

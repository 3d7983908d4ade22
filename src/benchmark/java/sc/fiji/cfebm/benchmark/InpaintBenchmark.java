package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import sc.fiji.cfebm.benchmark.Pictures.Shown;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.inpaint.Inpainter.Method;
import sc.fiji.cfebm.task.inpaint.Inpainter;
import sc.fiji.cfebm.task.SmoothFill;

/**
 * Holes of many kinds filled in by the models that come with the plugin, in images these have not seen: fluorescence
 * nuclei ({@code open/dsb2018_fluo256/test} below the data folder) and gray photographs ({@code
 * evaluation-only/bsd_gray/test}). Beside it mean, harmonic and biharmonic fill. Figures are means over images, in
 * decibels for a peak of 255, inside the hole.
 */
final class InpaintBenchmark implements Benchmark {

	private static final List<String> RIVALS = List.of("mean", "harmonic", "biharmonic");
	private static final String CONSERVATIVE = "conservative", GENERATIVE = "generative";
	/** The image that pictures show. */
	private static final int SHOWN = 3;

	/** Whether a pixel is to be filled in. */
	private interface Hole {

		boolean isIn(int x, int y);
	}

	/** Damages an image; its number in the set is the seed. */
	private interface Damage {

		Hole to(Raster image, int seed);
	}

	/**
	 * A kind of hole.
	 *
	 * @param key part of its results' keys; null if it has none
	 */
	private record Kind(String name, String key, Damage damage) {

		/** Of its results for a set, one for each rival. */
		List<String> keys(final String set) {
			return key == null ? List.of() : RIVALS.stream().map(rival -> set + "_" + key + "_psnr_gain_over_" + rival).toList();
		}

		boolean[] in(final Raster image, final int seed) {
			final boolean[] marked = new boolean[image.width() * image.height()];
			final Hole hole = damage.to(image, seed);
			for (int p = 0; p < marked.length; p++)
				marked[p] = hole.isIn(p % image.width(), p / image.width());
			return marked;
		}
	}

	private static final List<Kind> KINDS = List.of(new Kind("centre, 25 % of the area", "center25", (image, seed) -> (x,
		y) -> inside(x, image.width(), image.width() / 2.0) && inside(y, image.height(), image.height() / 2.0)), //
		new Kind("random 25 % of the pixels", "random25", (image, seed) -> (x, y) -> new SplittableRandom((long) seed << 40 |
			(long) y << 20 | x).nextDouble() < 0.25), //
		new Kind("centre square of 24 px", "hole24", (image, seed) -> (x, y) -> inside(x, image.width(), 24) && inside(y, image
			.height(), 24)), //
		new Kind("dead lines, 1 of 32 rows", null, (image, seed) -> (x, y) -> y % 32 == 15), //
		new Kind("dead lines, 2 of 32 columns", null, (image, seed) -> (x, y) -> x % 32 / 2 == 7), //
		new Kind("dead lines, 3 of 32 rows", "lines", (image, seed) -> (x, y) -> y % 32 >= 14 && y % 32 < 17), //
		new Kind("two scratches 3 px wide", "scratches", (image, seed) -> (x, y) -> Math.abs(0.6 * (x - 25) - 0.8 * (y -
			25)) < 1.5 || Math.abs(0.8 * (x - 230) + 0.6 * (y - 25)) < 1.5), //
		new Kind("brightest 0.5 %, as if saturated", null, (image, seed) -> brightest(image)));

	/** Images, and the model for them. */
	private record Set(String name, String model, List<Raster> images) {}

	@Override
	public String name() {
		return "inpaint";
	}

	@Override
	public List<String> keys() {
		final List<String> keys = new ArrayList<>();
		for (final String set : List.of("nuclei", "photographs"))
			for (final Kind kind : KINDS)
				keys.addAll(kind.keys(set));
		return keys;
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		final Path nuclei = options.data().resolve("open").resolve("dsb2018_fluo256").resolve("test").resolve("images");
		final Path photographs = options.data().resolve("evaluation-only").resolve("bsd_gray").resolve("test");
		if (wants(options, "nuclei")) run(new Set("nuclei", "nuclei", SampleSet.read(nuclei, report).subList(0, 20)), options,
			report);
		if (wants(options, "photographs")) run(new Set("photographs", "photo", SampleSet.read(photographs, report).subList(0,
			10)), options, report);
	}

	private boolean wants(final Options options, final String set) {
		return options.wants(keys().stream().filter(key -> key.startsWith(set)).toArray(String[]::new));
	}

	private static void run(final Set set, final Options options, final Report report) throws IOException {
		final Path file = options.models().resolve(set.model + ".cfebm");
		if (!Files.exists(file)) throw new IllegalArgumentException("There is no model " + file +
			"; those of the plugin are in plugins/CF-EBM/models: -Dmodels=DIR.");
		final Model model = Model.read(file);
		report.heading(set.name + ", PSNR inside the hole");
		report.text("Model: " + model.info().training() + "; " + set.images.size() + " images. Settings: the command's defaults (" +
			"the image's own range, " + Defaults.COMPLETIONS + " completions, seed " + Defaults.SEED + "); results count the conservative " +
			"filling.");
		final List<List<Object>> rows = new ArrayList<>();
		try (Inpainter inpainter = new Inpainter(model)) {
			for (final Kind kind : KINDS) {
				final List<String> keys = kind.keys(set.name);
				if (!options.only().isEmpty() && Collections.disjoint(options.only(), keys)) continue;
				report.progress(set.name + ": " + kind.name);
				final Fills fills = new Fills(set, kind, inpainter);
				rows.add(fills.row());
				for (int r = 0; r < keys.size(); r++)
					report.result(keys.get(r), fills.psnr(CONSERVATIVE) - fills.psnr(RIVALS.get(r)), "dB");
			}
		}
		report.table(List.of("hole", "mean fill", "harmonic", "biharmonic", "smooth", "conservative", "generative", "within 1 sd, %",
			"within 2 sd, %", "seconds", "with sd"), rows);
		report.text("Share of true pixels within 1 and 2 standard deviations of the conservative filling (68 and 95 % if errors were " +
			"normal), and seconds per image without and with the standard deviation.");
	}

	/** One kind of hole, filled in all images of a set in every way. */
	private static final class Fills {

		private final Kind kind;
		private final int images;
		/** By method, its mean PSNR. */
		private final Map<String, Double> psnr = new LinkedHashMap<>();
		private double seconds, secondsOfAll, within1, within2;

		Fills(final Set set, final Kind kind, final Inpainter inpainter) {
			this.kind = kind;
			images = set.images.size();
			for (int i = 0; i < images; i++) {
				final Raster clean = set.images.get(i), damaged = clean.copy();
				final boolean[] hole = kind.in(clean, i);
				for (int p = 0; p < hole.length; p++)
					if (hole[p]) damaged.values()[p] = 0;
				final Normalization range = AsUsed.ofKnown(damaged, hole);
				final Map<String, Raster> filled = new LinkedHashMap<>();
				filled.put("mean", filledWithMean(damaged, hole));
				filled.put("harmonic", SmoothFill.HARMONIC.fill(damaged, hole, Progress.NONE));
				filled.put("biharmonic", SmoothFill.BIHARMONIC.fill(damaged, hole, Progress.NONE));
				filled.put("smooth", SmoothFill.TENSION.fill(damaged, hole, Progress.NONE));
				long start = System.nanoTime();
				inpainter.inpaint(damaged, hole, range, new Inpainter.Settings(Method.CONSERVATIVE, 1, 0, Defaults.FEATHER, Defaults.SEED),
					Progress.NONE);
				seconds += (System.nanoTime() - start) * 1e-9 / images;
				start = System.nanoTime();
				final Inpainter.Result result = inpainter.inpaint(damaged, hole, range, new Inpainter.Settings(Method.CONSERVATIVE,
					Defaults.COMPLETIONS, 0, Defaults.FEATHER, Defaults.SEED), Progress.NONE);
				secondsOfAll += (System.nanoTime() - start) * 1e-9 / images;
				filled.put(CONSERVATIVE, result.filled());
				filled.put(GENERATIVE, inpainter.inpaint(damaged, hole, range, new Inpainter.Settings(Method.GENERATIVE, 1, 0, Defaults.FEATHER,
					Defaults.SEED), Progress.NONE).filled());
				within1 += within(1, result, clean, hole) / images;
				within2 += within(2, result, clean, hole) / images;
				filled.forEach((method, image) -> psnr.merge(method, Quality.psnr(image, clean, hole) / images, Double::sum));
				if (i == SHOWN) show(set, clean, damaged, filled, result.standardDeviation());
			}
		}

		private void show(final Set set, final Raster clean, final Raster damaged, final Map<String, Raster> filled,
			final Raster spread)
		{
			final float[] sorted = clean.values().clone();
			Arrays.sort(sorted);
			final double white = Math.min(255, 1.2 * sorted[sorted.length - sorted.length / 1000 - 1]);
			final List<Shown> shown = new ArrayList<>();
			for (final Raster image : List.of(clean, damaged, filled.get("harmonic"), filled.get(CONSERVATIVE), filled
				.get(GENERATIVE), filled.get("biharmonic")))
				shown.add(new Shown(image, 0, white));
			shown.add(new Shown(spread, 0, white / 4));
			Pictures.write("inpaint-" + set.name + "-" + KINDS.indexOf(kind), shown);
		}

		double psnr(final String method) {
			return psnr.get(method);
		}

		List<Object> row() {
			final List<Object> row = new ArrayList<>(List.of(kind.name));
			psnr.values().forEach(level -> row.add(Report.decibels(level)));
			row.addAll(List.of(100 * within1, 100 * within2, seconds, secondsOfAll));
			return row;
		}
	}

	private static double within(final int deviations, final Inpainter.Result result, final Raster clean,
		final boolean[] hole)
	{
		return IntStream.range(0, hole.length).filter(p -> hole[p]).mapToDouble(p -> Math.abs(result.filled().values()[p] - clean
			.values()[p]) <= deviations * result.standardDeviation().values()[p] ? 1 : 0).average().orElseThrow();
	}

	private static boolean inside(final int position, final int length, final double width) {
		return Math.abs(position + 0.5 - length / 2.0) < width / 2;
	}

	private static Hole brightest(final Raster image) {
		final float[] sorted = image.values().clone();
		Arrays.sort(sorted);
		final float least = sorted[(int) (0.995 * sorted.length)];
		return (x, y) -> image.get(x, y, 0) >= least;
	}

	private static Raster filledWithMean(final Raster image, final boolean[] hole) {
		final float mean = (float) IntStream.range(0, hole.length).filter(p -> !hole[p]).mapToDouble(p -> image.values()[p])
			.average().orElseThrow();
		final Raster out = image.copy();
		for (int p = 0; p < hole.length; p++)
			if (hole[p]) out.values()[p] = mean;
		return out;
	}
}

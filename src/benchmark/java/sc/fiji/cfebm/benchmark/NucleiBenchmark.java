package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;

import ij.plugin.filter.GaussianBlur;
import ij.plugin.filter.RankFilters;
import ij.process.FloatProcessor;
import sc.fiji.cfebm.api.Cfebm;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.task.Denoiser;

/**
 * Denoising real fluorescence images of nuclei ({@code open/dsb2018_fluo256} below the data folder) with the bundled model,
 * which was trained on others of them, beside what people use now. Figures are means over images, in decibels for a peak of 255.
 * Classical filters get their best setting with the truth at hand, BM3D and published networks the noise level.
 */
final class NucleiBenchmark implements Benchmark {

	private static final String DENOISE = "nuclei_sigma25_psnr", DEFAULT = "nuclei_sigma25_psnr_default", OVER_GAUSSIAN =
		"nuclei_sigma25_psnr_gain_over_gaussian", OVER_BM3D = "nuclei_sigma25_psnr_gain_over_bm3d", COVERAGE =
			"nuclei_uncertainty_coverage_1sd_percent", COVERAGE_2 = "nuclei_uncertainty_coverage_2sd_percent";
	private static final String ONE_STEP = "one step, told sigma and the training range", AS_USED =
		"one step, the command's defaults: sigma estimated, the image's own range", POSTERIOR = "posterior, the command's defaults";
	private static final String GAUSSIAN = "best Gaussian", ESTIMATE = "*estimated sigma*";
	private static final int IMAGES = 20;
	private static final List<String> RIVALS = List.of(Baseline.NON_LOCAL_MEANS, Baseline.COSINE, Baseline.BM3D);
	private static final int[] SIGMAS = { 10, 25, 50 };

	@Override
	public String name() {
		return "nuclei";
	}

	@Override
	public List<String> keys() {
		return List.of(DENOISE, DEFAULT, OVER_GAUSSIAN, OVER_BM3D, COVERAGE, COVERAGE_2);
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		final Path folder = options.data().resolve("open").resolve("dsb2018_fluo256");
		final List<Raster> test = images(folder.resolve("test"), report).subList(0, IMAGES);
		final Model model = Model.read(Path.of("plugins", "CF-EBM", "models", "nuclei.cfebm"));
		report.text("Model: " + model.info().training() + "; " + IMAGES + " test images; seed 1.");
		if (options.wants(DENOISE, DEFAULT, OVER_GAUSSIAN, OVER_BM3D)) denoise(model, test, options.data(), report);
		if (options.wants(COVERAGE, COVERAGE_2)) {
			final StandardDeviations.Coverage coverage = StandardDeviations.measure(model, test, "nuclei", report);
			report.result(COVERAGE, coverage.one(), "%");
			report.result(COVERAGE_2, coverage.two(), "%");
		}
	}

	private static List<Raster> images(final Path folder, final Report report) {
		return ImageSource.planes(ImageFolder.read(List.of(folder.resolve("images").toFile()), Benchmark.monitor(report)));
	}

	private static void denoise(final Model model, final List<Raster> test, final Path data, final Report report)
		throws IOException
	{
		report.heading("Denoising, white Gaussian noise");
		final List<Baseline> published = PublishedNetwork.read(data);
		final Map<String, double[]> figures = new LinkedHashMap<>();
		try (Denoiser denoiser = new Denoiser(model); Cfebm cfebm = new Cfebm(model)) {
			for (int k = 0; k < SIGMAS.length; k++) {
				final double sigma = SIGMAS[k];
				final List<Raster> noisy = noisy(test, sigma);
				final Map<String, Double> now = new LinkedHashMap<>();
				report.progress("sigma " + SIGMAS[k]);
				now.put("noisy", mean(noisy, test, y -> y));
				now.put(GAUSSIAN, best(noisy, test, DoubleStream.iterate(0.6, s -> s < 5, s -> s + 0.2).toArray(), s -> y -> filtered(y,
					p -> new GaussianBlur().blurGaussian(p, s, s, 0.002))));
				now.put("best median", best(noisy, test, new double[] { 1, 1.5, 2, 2.5, 3, 4, 5 }, s -> y -> filtered(y,
					p -> new RankFilters().rank(p, s, RankFilters.MEDIAN))));
				for (final Baseline baseline : Baseline.forKnownNoise())
					if (RIVALS.contains(baseline.name())) {
						report.progress("sigma " + SIGMAS[k] + ": " + baseline.name());
						now.put(baseline.name(), baseline.settings().values().stream().mapToDouble(f -> mean(noisy, test, y -> f.denoise(y, sigma)))
							.max().orElseThrow());
					}
				for (final Baseline network : published)
					now.put(network.name(), network.name().equals(PublishedNetwork.DNCNN) && !PublishedNetwork.DNCNN_SIGMAS.contains(SIGMAS[k])
						? Double.NaN : mean(noisy, test, y -> network.settings().get("").denoise(y, sigma)));
				report.progress("sigma " + SIGMAS[k] + ": ours");
				now.put(ONE_STEP, mean(noisy, test, y -> denoiser.denoise(y, model.range(), new Denoiser.Settings(Method.ONE_STEP, sigma, 1,
					1, Defaults.SEED), Progress.NONE).mean()));
				now.put(AS_USED, mean(noisy, test, y -> AsUsed.denoised(cfebm, y, 0)));
				now.put(POSTERIOR, mean(noisy, test, y -> AsUsed.posterior(denoiser, model, y).mean()));
				now.put(ESTIMATE, noisy.stream().mapToDouble(image -> NoiseEstimate.of(image).sigma()).average().orElse(0));
				final int column = k;
				now.forEach((method, figure) -> figures.computeIfAbsent(method, m -> new double[SIGMAS.length])[column] = figure);
				if (SIGMAS[k] != 25) continue;
				report.result(DENOISE, now.get(ONE_STEP), "dB");
				report.result(DEFAULT, now.get(AS_USED), "dB");
				report.result(OVER_GAUSSIAN, now.get(ONE_STEP) - now.get(GAUSSIAN), "dB");
				report.result(OVER_BM3D, now.get(ONE_STEP) - now.get(Baseline.BM3D), "dB");
			}
		}
		final List<String> columns = new ArrayList<>(List.of("method"));
		for (final int sigma : SIGMAS)
			columns.add("sigma " + sigma);
		report.table(columns, figures.entrySet().stream().map(row -> {
			final List<Object> cells = new ArrayList<>(List.of(row.getKey()));
			for (final double figure : row.getValue())
				cells.add(Double.isNaN(figure) ? "" : Report.decibels(figure));
			return cells;
		}).toList());
		report.text("Gaussian, median, " + String.join(" and ", RIVALS.subList(0, 2)) + ": the best setting with the truth at hand. " +
			Baseline.BM3D + " and the published networks are told sigma; DnCNN-S is for noise of " + PublishedNetwork.DNCNN_SIGMAS +
			" alone.");
	}

	/** The images with white Gaussian noise, from seed 1. */
	static List<Raster> noisy(final List<Raster> images, final double sigma) {
		final List<Raster> noisy = new ArrayList<>();
		final SplittableRandom rng = new SplittableRandom(1);
		for (final Raster clean : images) {
			final Raster y = clean.copy();
			for (int i = 0; i < y.values().length; i++)
				y.values()[i] += (float) (sigma * rng.nextGaussian());
			noisy.add(y);
		}
		return noisy;
	}

	/** The best mean over images that a filter reaches with one parameter for all. */
	private static double best(final List<Raster> noisy, final List<Raster> clean, final double[] parameters,
		final DoubleFunction<UnaryOperator<Raster>> filter)
	{
		return Arrays.stream(parameters).map(p -> mean(noisy, clean, filter.apply(p))).max().orElseThrow();
	}

	/** PSNR, as a mean over images, of what a method makes of noisy images. */
	static double mean(final List<Raster> noisy, final List<Raster> clean, final UnaryOperator<Raster> method) {
		double sum = 0;
		for (int i = 0; i < clean.size(); i++)
			sum += Quality.psnr(method.apply(noisy.get(i)), clean.get(i));
		return sum / clean.size();
	}

	/** What a filter of ImageJ makes of a gray image. */
	static Raster filtered(final Raster in, final java.util.function.Consumer<FloatProcessor> filter) {
		final Raster out = in.copy();
		filter.accept(new FloatProcessor(out.width(), out.height(), out.values()));
		return out;
	}
}

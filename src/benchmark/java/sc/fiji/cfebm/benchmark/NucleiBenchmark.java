package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;

import ij.plugin.filter.GaussianBlur;
import ij.plugin.filter.RankFilters;
import ij.process.FloatProcessor;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.task.Denoiser;

/**
 * Denoising real fluorescence images of nuclei ({@code open/dsb2018_fluo256} below the data folder) with
 * the bundled model, which was trained on others of them, beside what ImageJ offers and BM3D. Figures are means over images, in decibels for a peak
 * of 255; ImageJ's filters get their best parameter with the truth at hand, BM3D and ours the noise level.
 */
final class NucleiBenchmark implements Benchmark {

	private static final String DENOISE = "nuclei_sigma25_psnr", OVER_GAUSSIAN =
		"nuclei_sigma25_psnr_gain_over_gaussian", OVER_BM3D = "nuclei_sigma25_psnr_gain_over_bm3d";
	private static final int IMAGES = 20;

	@Override
	public String name() {
		return "nuclei";
	}

	@Override
	public List<String> keys() {
		return List.of(DENOISE, OVER_GAUSSIAN, OVER_BM3D);
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		final Path folder = options.data().resolve("open").resolve("dsb2018_fluo256");
		final List<Raster> test = images(folder.resolve("test"), report).subList(0, IMAGES);
		final Model model = Model.read(Path.of("plugins", "CF-EBM", "models", "nuclei.cfebm"));
		report.text("Model: " + model.info().training() + "; " + IMAGES + " test images; seed 1.");
		denoise(model, test, report);
	}

	private static List<Raster> images(final Path folder, final Report report) {
		return ImageSource.planes(ImageFolder.read(List.of(folder.resolve("images").toFile()), Benchmark.monitor(report)));
	}

	private static void denoise(final Model model, final List<Raster> test, final Report report) {
		report.heading("Denoising, white Gaussian noise");
		final List<List<Object>> rows = new ArrayList<>();
		double seconds = 0;
		for (final double sigma : new double[] { 10, 25, 50 }) {
			final List<Raster> noisy = noisy(test, sigma);
			final double gaussian = best(noisy, test, DoubleStream.iterate(0.6, s -> s < 5, s -> s + 0.2).toArray(), s -> y -> filtered(
				y, p -> new GaussianBlur().blurGaussian(p, s, s, 0.002)));
			final double median = best(noisy, test, new double[] { 1, 1.5, 2, 2.5, 3, 4, 5 }, s -> y -> filtered(y,
				p -> new RankFilters().rank(p, s, RankFilters.MEDIAN)));
			final double bm3d = mean(noisy, test, y -> Bm3d.denoise(y, sigma));
			final double estimate = noisy.stream().mapToDouble(image -> NoiseEstimate.of(image).sigma()).average().orElse(0);
			final double[] ours = new double[2];
			try (Denoiser denoiser = new Denoiser(model)) {
				for (final Method method : new Method[] { Method.ONE_STEP, Method.POSTERIOR }) {
					final long start = System.nanoTime();
					ours[method.ordinal()] = mean(noisy, test, y -> denoiser.denoise(y, model.range(), new Denoiser.Settings(
						method, sigma, 8, 20, 1), Progress.NONE).mean());
					if (method == Method.ONE_STEP) seconds = (System.nanoTime() - start) * 1e-9;
				}
			}
			rows.add(List.of("sigma " + (int) sigma, mean(noisy, test, y -> y), gaussian, median, bm3d, ours[0], ours[1], estimate));
			if (sigma == 25) {
				report.result(DENOISE, ours[0], "dB");
				report.result(OVER_GAUSSIAN, ours[0] - gaussian, "dB");
				report.result(OVER_BM3D, ours[0] - bm3d, "dB");
			}
		}
		report.table(List.of("noise", "noisy", "best Gaussian", "best median", "BM3D", "one step", "posterior, mean of 8",
			"estimated sigma"), rows);
		report.text("One step took " + Report.cell(seconds / IMAGES * 1e6 / (256 * 256)) + " seconds per megapixel.");
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

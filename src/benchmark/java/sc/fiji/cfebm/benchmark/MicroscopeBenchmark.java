package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.regression.SimpleRegression;

import ij.plugin.filter.GaussianBlur;
import ij.plugin.filter.RankFilters;
import sc.fiji.cfebm.api.Cfebm;
import sc.fiji.cfebm.benchmark.Pictures.Shown;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.Residual;
import sc.fiji.cfebm.raster.Raster;

/**
 * What a newcomer meets first: the model {@code microscopy} with the defaults, and nothing said of the noise, on single frames of real
 * microscopes against the mean of 50 (FMD, {@code evaluation-only/fmd} below the data folder: Zhang et al., CVPR 2019), and on nuclei of
 * a microscope that it has not seen. The classical methods are given the noise as our estimate has it; the Gaussian and the median are
 * given the truth.
 */
final class MicroscopeBenchmark implements Benchmark {

	private static final String PSNR = "fmd_psnr", OVER_BM3D = "fmd_psnr_gain_over_vst_bm3d", OVER_GAUSSIAN =
		"fmd_psnr_gain_over_best_gaussian", ABOVE = "fmd_frames_above_best_gaussian", OTHER = "other_nuclei_gain_over_best_gaussian",
			OTHER_ABOVE = "other_nuclei_above_best_gaussian_percent", FOUND = "noise_found_percent",
				PICTURE = "microscopes_alarm_percent_convallaria", FMD_1 = "fmd_coverage_1sd_percent", FMD_2 = "fmd_coverage_2sd_percent",
				W2S_1 = "w2s_coverage_1sd_percent", W2S_2 = "w2s_coverage_2sd_percent";
	private static final String MODEL = "microscopy";
	private static final int OTHER_SIGMA = 15, SHOWN_SIDE = 256;
	/** Kinds of frames that pictures show: the first of each. */
	private static final List<Integer> SHOWN = List.of(0, 6, 16, 18);

	@Override
	public String name() {
		return "microscopes";
	}

	@Override
	public List<String> keys() {
		return List.of(PSNR, OVER_BM3D, OVER_GAUSSIAN, ABOVE, OTHER, OTHER_ABOVE, FOUND, PICTURE, FMD_1, FMD_2, W2S_1, W2S_2);
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		if (options.wants(PSNR, OVER_BM3D, OVER_GAUSSIAN, ABOVE)) frames(options, report);
		if (options.wants(PICTURE)) picture(options, report);
		if (options.wants(OTHER, OTHER_ABOVE)) others(options, report);
		if (options.wants(FOUND)) found(options, report);
		cover("fmd", "raw", "gt", 50, FMD_1, FMD_2, options, report);
		cover("w2s/test", "noisy_avg1", "clean_avg400", 400, W2S_1, W2S_2, options, report);
	}

	/**
	 * Whether standard deviations are right where nobody made the noise. The clean frames are means of 50 (FMD) and 400 (W2S). Frames of W2S
	 * were saved with gray values of their own, up to 2.4 times those of their means, and light bleaches or drifts in FMD: a mean is
	 * first brought to its frame's gray values by a line through all pixels (least squares).
	 */
	private static void cover(final String set, final String noisy, final String clean, final int averaged, final String one, final String two,
		final Options options, final Report report) throws IOException
	{
		if (!options.wants(one, two)) return;
		final Path folder = options.data().resolve("evaluation-only").resolve(set);
		final List<Raster> frames = SampleSet.read(folder.resolve(noisy), report), means = SampleSet.read(folder.resolve(clean), report);
		final List<Raster> truth = IntStream.range(0, frames.size()).mapToObj(i -> onLine(means.get(i), frames.get(i))).toList();
		final StandardDeviations.Coverage coverage = StandardDeviations.measure(model(options), truth, frames, averaged, "The frames' own noise", set.replace(
			'/', '-'), report);
		report.result(one, coverage.one(), "%");
		report.result(two, coverage.two(), "%");
	}

	private static Raster onLine(final Raster mean, final Raster frame) {
		final SimpleRegression line = new SimpleRegression();
		for (int i = 0; i < frame.values().length; i++)
			line.addData(mean.values()[i], frame.values()[i]);
		final Raster scaled = mean.copy();
		for (int i = 0; i < scaled.values().length; i++)
			scaled.values()[i] = (float) line.predict(mean.values()[i]);
		return scaled;
	}

	private static void frames(final Options options, final Report report) throws IOException {
		final Path folder = options.data().resolve("evaluation-only").resolve("fmd");
		final List<Raster> noisy = SampleSet.read(folder.resolve("raw"), report), clean = SampleSet.read(folder.resolve("gt"), report);
		report.heading("Single frames of real microscopes (FMD)");
		final double[] sums = new double[6];
		int above = 0;
		final List<List<Object>> rows = new ArrayList<>();
		try (Cfebm cfebm = new Cfebm(model(options))) {
			for (int i = 0; i < noisy.size(); i++) {
				report.progress("frame " + (i + 1) + " of " + noisy.size());
				final Raster y = noisy.get(i), x = clean.get(i), ours = AsUsed.denoised(cfebm, y, 0);
				final NoiseModel noise = NoiseEstimate.of(y).find();
				final Raster bm3d = stabilised(y, noise, (v, sigma) -> Bm3d.denoise(v, sigma)), nlm = stabilised(y, noise, (v,
					sigma) -> NonLocalMeans.denoise(v, 5, sigma, 0.6 * sigma));
				final double[] psnr = { Quality.psnr(y, x), gaussian(y, x), median(y, x), Quality.psnr(nlm, x), Quality.psnr(bm3d, x), Quality
					.psnr(ours, x) };
				final List<Object> row = new ArrayList<>(List.of(i + 1, noise));
				for (int k = 0; k < psnr.length; k++) {
					sums[k] += psnr[k] / noisy.size();
					row.add(Report.decibels(psnr[k]));
				}
				row.add(100 * Residual.of(y, ours, noise).share());
				if (psnr[5] > psnr[1]) above++;
				rows.add(row);
				if (SHOWN.contains(i)) Pictures.write("microscopes-" + i, List.of(shown(y), shown(bm3d), shown(ours), shown(x)));
			}
		}
		final List<Object> mean = new ArrayList<>(List.of("mean", ""));
		for (final double sum : sums)
			mean.add(Report.decibels(sum));
		mean.add("");
		rows.add(mean);
		report.table(List.of("frame", "noise as the defaults find it", "noisy", "best Gaussian for the frame", "best median", "NLM", "BM3D", "CF-EBM, defaults",
			"alarm (% of blocks)"), rows);
		report.result(PSNR, sums[5], "dB");
		report.result(OVER_BM3D, sums[5] - sums[4], "dB");
		report.result(OVER_GAUSSIAN, sums[5] - sums[1], "dB");
		report.result(ABOVE, above, "frames of " + noisy.size());
	}

	private static Shown shown(final Raster image) {
		return DenoiseBenchmark.gray(image);
	}

	private static Model model(final Options options) throws IOException {
		return Model.read(options.models().resolve(MODEL + ".cfebm"));
	}

	/** A frame that may be shown (CC BY 4.0, Krull et al., 2020): a part of it as it is, and what each method makes of it. */
	private static void picture(final Options options, final Report report) throws IOException {
		final Raster y = SampleSet.read(options.data().resolve("open/convallaria_pn2v/train"), report).get(0), ours;
		final NoiseModel noise = NoiseEstimate.of(y).find();
		try (Cfebm cfebm = new Cfebm(model(options))) {
			ours = AsUsed.denoised(cfebm, y, 0);
		}
		final Raster blurred = NucleiBenchmark.filtered(y, p -> new GaussianBlur().blurGaussian(p, 1)), bm3d = stabilised(y, noise,
			Bm3d::denoise);
		final float[] sorted = SampleSet.middle(ours, SHOWN_SIDE).values().clone();
		java.util.Arrays.sort(sorted);
		final double low = sorted[sorted.length / 200], high = sorted[sorted.length - 1 - sorted.length / 500];
		Pictures.write("microscopes-convallaria", List.of(y, blurred, bm3d, ours).stream().map(image -> {
			final Raster part = SampleSet.middle(image, SHOWN_SIDE);
			for (int i = 0; i < part.values().length; i++)
				part.values()[i] = (float) (255 * (part.values()[i] - low) / (high - low));
			return shown(part);
		}).toList());
		report.heading("A frame without a clean partner");
		report.text("Convallaria, 600×1024 pixels, 16-bit; found: " + noise + ". The picture shows the middle: noisy, Gaussian of 1 px, BM3D, ours.");
		report.result(PICTURE, 100 * Residual.of(y, ours, noise).share(), "%");
	}

	/** A method for white noise, through the Anscombe transform where the noise is that of shots. */
	static Raster stabilised(final Raster y, final NoiseModel noise, final Baseline.Filter filter) {
		if (noise.shot() == null) return filter.denoise(y, noise.sigma());
		// On the scale that the methods' thresholds are for.
		final Anscombe shot = noise.shot();
		final double scale = 255 / shot.forwardMean(255);
		return shot.inverse(times(filter.denoise(times(shot.forward(y), scale), scale), 1 / scale));
	}

	private static Raster times(final Raster image, final double factor) {
		final Raster out = image.copy();
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] *= (float) factor;
		return out;
	}

	/** The best of all widths for this very image, its truth at hand. */
	private static double gaussian(final Raster y, final Raster x) {
		return best(y, x, 0.4, width -> v -> NucleiBenchmark.filtered(v, p -> new GaussianBlur().blurGaussian(p, width)));
	}

	private static double median(final Raster y, final Raster x) {
		return best(y, x, 0.5, radius -> v -> NucleiBenchmark.filtered(v, p -> new RankFilters().rank(p, radius, RankFilters.MEDIAN)));
	}

	private interface Width {

		UnaryOperator<Raster> of(double width);
	}

	private static double best(final Raster y, final Raster x, final double from, final Width filter) {
		double best = 0;
		for (double width = from; width < 5; width *= 1.15)
			best = Math.max(best, Quality.psnr(filter.of(width).apply(y), x));
		return best;
	}

	/** White noise on nuclei of another microscope, and on cells of another laboratory. */
	private static void others(final Options options, final Report report) throws IOException {
		final Path open = options.data().resolve("open");
		final List<Raster> scaled = new ArrayList<>(SampleSet.read(open.resolve("dsb2018_fluo520x696/test/images"), report));
		scaled.addAll(MicroscopeFields.test(options.data(), report));
		final List<Raster> noisy = NucleiBenchmark.noisy(scaled,
			OTHER_SIGMA);
		double gain = 0;
		int above = 0;
		try (Cfebm cfebm = new Cfebm(model(options))) {
			for (int i = 0; i < scaled.size(); i++) {
				final double ours = Quality.psnr(AsUsed.denoised(cfebm, noisy.get(i), 0), scaled.get(i)), rival = gaussian(noisy.get(i), scaled
					.get(i));
				gain += (ours - rival) / scaled.size();
				if (ours > rival) above++;
			}
		}
		report.heading("Microscopes that the model has not seen");
		report.text(scaled.size() + " fields (nuclei of another microscope as they are, others stretched to 0 to 255), white noise of sigma " + OTHER_SIGMA +
			", defaults, beside the best Gaussian for each field.");
		report.result(OTHER, gain, "dB");
		report.result(OTHER_ABOVE, 100.0 * above / scaled.size(), "%");
	}

	/** Noise that is known, and what is found of it. */
	private static void found(final Options options, final Report report) {
		final List<Raster> images = MicroscopeFields.test(options.data(), report);
		final List<List<Object>> rows = new ArrayList<>();
		int right = 0, all = 0;
		for (final KnownNoise kind : KnownNoise.values()) {
			int ofKind = 0;
			final SplittableRandom rng = new SplittableRandom(Benchmark.SEED);
			for (final Raster image : images)
				if (kind.isFound(NoiseEstimate.of(kind.add(image, rng)).find())) ofKind++;
			rows.add(List.of(kind, ofKind + " of " + images.size()));
			right += ofKind;
			all += images.size();
		}
		report.heading("Noise that is known, found");
		report.table(List.of("noise", "found: its kind, and its strength within 20 %"), rows);
		report.result(FOUND, 100.0 * right / all, "%");
	}
}

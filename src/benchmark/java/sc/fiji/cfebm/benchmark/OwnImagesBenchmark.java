package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import ij.plugin.filter.GaussianBlur;
import sc.fiji.cfebm.api.Cfebm;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.raster.Raster;

/**
 * Training on images of one's own with the command's defaults, and denoising others with the defaults: wide-field fluorescence of W2S
 * (Zhou et al., 2020; {@code evaluation-only/w2s} below the data folder), one frame of an EM-CCD against the mean of 400. Both are scaled
 * to 8 bits on their own, so a result is fitted to the clean image by a straight line before it is compared. The Gaussian filter is given the truth; BM3D works on what
 * our estimate of the noise makes even.
 */
final class OwnImagesBenchmark implements Benchmark {

	private static final String GAIN = "w2s_psnr_default_gain_over_vst_bm3d", TUNED = "w2s_psnr_finetuned_2_minutes", SCRATCH =
		"w2s_psnr_scratch_15_minutes", BUNDLED = "w2s_psnr_bundled_microscopy", NOISY = "w2s_psnr_trained_on_noisy_frames_15_minutes";
	private static final String MODEL = "microscopy";
	private static final double LONG = 15, SHORT = 2;
	/** Channels, which alternate. */
	private static final int CHANNELS = 3;
	/** Test pairs that pictures show: each channel once. */
	private static final int[] SHOWN = { 0, 4, 8 };

	/** Frames, and what they would be without noise. */
	private record Pairs(List<Raster> noisy, List<Raster> clean) {

		static Pairs read(final Options options, final String part, final Report report) {
			final Path folder = options.data().resolve("evaluation-only").resolve("w2s").resolve(part);
			return new Pairs(SampleSet.read(folder.resolve("noisy_avg1"), report), SampleSet.read(folder.resolve("clean_avg400"), report));
		}

		/** PSNR of each. */
		double[] psnr(final List<Raster> results) {
			return IntStream.range(0, clean.size()).mapToDouble(i -> Quality.fittedPsnr(results.get(i), clean.get(i))).toArray();
		}
	}

	@Override
	public String name() {
		return "own-images";
	}

	@Override
	public List<String> keys() {
		return List.of(GAIN, TUNED, SCRATCH, BUNDLED, NOISY);
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		final Pairs train = Pairs.read(options, "train", report), test = Pairs.read(options, "test", report);
		final Model bundled = Model.read(options.models().resolve(MODEL + ".cfebm"));
		report.heading("Images of one's own: W2S");
		report.text("One frame against the mean of 400, " + test.clean.size() + " pairs of 512×512; PSNR in dB for a peak of 255 after a fit by a straight line, mean of all and of each channel.");
		final List<List<Object>> rows = new ArrayList<>();
		row(rows, "noisy", test.noisy, test);
		row(rows, "Gaussian, the best width for each frame", IntStream.range(0, test.clean.size()).mapToObj(i -> blurred(test, i)).toList(),
			test);
		report.progress("BM3D");
		final List<Raster> bm3d = each(test, y -> MicroscopeBenchmark.stabilised(y, NoiseEstimate.of(y).find(), Bm3d::denoise));
		final double rival = row(rows, "BM3D through the Anscombe transform", bm3d, test);
		if (options.wants(BUNDLED)) report.result(BUNDLED, ours(rows, "model=microscopy, nothing trained", bundled, test, null), "dB");
		if (options.wants(TUNED)) report.result(TUNED, ours(rows, "trained on the clean frames, 2 minutes", trained("w2s-tuned", train.clean,
			bundled, SHORT, options, report), test, null), "dB");
		if (options.wants(SCRATCH)) report.result(SCRATCH, ours(rows, "the same, start=None, 15 minutes", trained("w2s-scratch", train.clean,
			null, LONG, options, report), test, null), "dB");
		if (options.wants(NOISY)) report.result(NOISY, ours(rows, "trained on the noisy frames alone, 15 minutes", trained("w2s-noisy",
			train.noisy, bundled, LONG, options, report), test, null), "dB");
		if (options.wants(GAIN)) report.result(GAIN, ours(rows, "trained on the clean frames, 15 minutes", trained("w2s-default", train.clean,
			bundled, LONG, options, report), test, bm3d) - rival, "dB");
		report.table(List.of("method", "PSNR", "channel 0", "1", "2"), rows);
		report.text("Ours: preset Score matching, all settings at their defaults but the minutes.");
	}

	/** @param bm3d to be shown beside; null: nothing is shown */
	private static double ours(final List<List<Object>> rows, final String name, final Model model, final Pairs test,
		final List<Raster> bm3d) throws IOException
	{
		final List<Raster> results;
		try (Cfebm cfebm = new Cfebm(model)) {
			results = each(test, y -> AsUsed.denoised(cfebm, y, 0));
		}
		if (bm3d != null) for (final int i : SHOWN)
			Pictures.write("own-images-" + i, List.of(test.noisy, bm3d, results, test.clean).stream().map(images -> DenoiseBenchmark.gray(
				Quality.fitted(images.get(i), test.clean.get(i)))).toList());
		return row(rows, name, results, test);
	}

	/** As the command trains with its defaults; from the folder of models if it is there. */
	private static Model trained(final String name, final List<Raster> images, final Model from, final double minutes,
		final Options options, final Report report) throws IOException
	{
		final Path file = options.models().resolve(name + ".cfebm");
		if (Files.exists(file)) return Model.read(file);
		final Model model = AsUsed.trained(images, from, minutes, Benchmark.monitor(report));
		model.write(file);
		return model;
	}

	private static double row(final List<List<Object>> rows, final String name, final List<Raster> results, final Pairs test) {
		final double[] psnr = test.psnr(results);
		final double mean = DoubleStream.of(psnr).average().orElseThrow();
		final List<Object> row = new ArrayList<>(List.of(name, Report.decibels(mean)));
		for (int c = 0; c < CHANNELS; c++) {
			final int channel = c;
			row.add(Report.decibels(IntStream.range(0, psnr.length).filter(i -> i % CHANNELS == channel).mapToDouble(i -> psnr[i]).average()
				.orElseThrow()));
		}
		rows.add(row);
		return mean;
	}

	private static List<Raster> each(final Pairs test, final UnaryOperator<Raster> filter) {
		return test.noisy.stream().map(filter).toList();
	}

	private static Raster blurred(final Pairs test, final int i) {
		Raster best = test.noisy.get(i);
		for (double width = 0.4; width < 6; width *= 1.15) {
			final double w = width;
			final Raster blurred = NucleiBenchmark.filtered(test.noisy.get(i), p -> new GaussianBlur().blurGaussian(p, w));
			if (Quality.fittedPsnr(blurred, test.clean.get(i)) > Quality.fittedPsnr(best, test.clean.get(i))) best = blurred;
		}
		return best;
	}
}

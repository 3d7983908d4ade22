package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.descriptive.moment.Mean;

import sc.fiji.cfebm.benchmark.Baseline.Filter;
import sc.fiji.cfebm.benchmark.Benchmark.Options;
import sc.fiji.cfebm.benchmark.Pictures.Shown;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser;

/**
 * Real noise: wide-field fluorescence of W2S (Zhou et al., 2020; {@code evaluation-only/w2s} below the data folder), one
 * frame against the mean of 400. Both are scaled to 8 bits on their own, so a result is fitted to the clean image by a
 * straight line before it is compared.
 */
final class RealNoise {

	/** Every so manyth training pair serves to choose settings; the channels, which alternate, come round. */
	private static final int TUNING = 7, CHANNELS = 3;
	/** Side of what is taken from the middle of these pairs. */
	private static final int CROP = 256;
	/** Test pairs that pictures show: each channel once. */
	private static final int[] SHOWN = { 0, 4, 8 };

	private record Pair(Raster noisy, Raster clean) {

		/** The middle of both. */
		Pair crop() {
			return new Pair(SampleSet.middle(noisy, CROP), SampleSet.middle(clean, CROP));
		}
	}

	/** What a method makes of the test pairs. */
	private record Row(String name, String setting, List<Raster> results, List<Pair> pairs) {

		static Row of(final String name, final String setting, final Filter filter, final List<Pair> pairs, final Report report) {
			report.progress("w2s: " + name);
			return new Row(name, setting, pairs.stream().map(p -> apply(filter, p)).toList(), pairs);
		}

		double psnr(final IntStream which) {
			return which.mapToDouble(i -> Quality.fittedPsnr(results.get(i), pairs.get(i).clean)).average().orElseThrow();
		}

		double psnr() {
			return psnr(IntStream.range(0, pairs.size()));
		}

		List<Object> cells() {
			final List<Object> cells = new ArrayList<>(List.of(name, setting, Report.decibels(psnr())));
			for (int c = 0; c < CHANNELS; c++) {
				final int channel = c;
				cells.add(Report.decibels(psnr(IntStream.range(0, pairs.size()).filter(i -> i % CHANNELS == channel))));
			}
			cells.add(IntStream.range(0, pairs.size()).mapToDouble(i -> Quality.ssim(Quality.fitted(results.get(i), pairs.get(
				i).clean), pairs.get(i).clean)).average().orElseThrow());
			return cells;
		}

		Shown shown(final int pair) {
			return DenoiseBenchmark.gray(Quality.fitted(results.get(pair), pairs.get(pair).clean));
		}
	}

	private RealNoise() {}

	/** @return by how many decibels the best of our methods is better than the best classical one */
	static double measure(final Options options, final Report report) throws IOException {
		report.heading("Real noise: W2S");
		final List<Pair> train = pairs(options, "train", report), test = pairs(options, "test", report), tuning = IntStream.range(0,
			train.size()).filter(i -> i % TUNING == 0).mapToObj(i -> train.get(i).crop()).toList();
		final Row noisy = Row.of("noisy", "", (y, sigma) -> y, test, report);
		final List<Row> classical = Baseline.forRealNoise().stream().map(baseline -> {
			report.progress("w2s: best setting of " + baseline.name());
			final var best = baseline.best(f -> tuning.stream().mapToDouble(p -> Quality.fittedPsnr(apply(f, p), p.clean)).average()
				.orElseThrow());
			return Row.of(baseline.name(), best.getKey(), best.getValue(), test, report);
		}).toList();
		final List<Row> ours = ours(options, train, test, report), all = new ArrayList<>(List.of(noisy));
		all.addAll(classical);
		all.addAll(ours);
		report.text("One frame against the mean of 400, " + test.size() + " pairs of 512×512; each result is fitted to the clean " +
			"image by a straight line, then PSNR in dB for a peak of 255 (mean of all, and of each channel), and SSIM. σ: that of " +
			"the noise at each image's mean brightness, as our command estimates it. The classical methods' settings are the best of a grid on the middle " +
			CROP + "×" + CROP + " pixels of " + tuning.size() + " training pairs.");
		report.table(List.of("method", "setting", "PSNR", "channel 0", "1", "2", "SSIM"), all.stream().map(Row::cells).toList());
		final Row rival = best(classical), mine = best(ours);
		for (final int i : SHOWN)
			Pictures.write("denoise-w2s-" + i, List.of(DenoiseBenchmark.gray(test.get(i).clean), noisy.shown(i), classical.get(0)
				.shown(i), rival.shown(i), mine.shown(i), DenoiseBenchmark.removed(test.get(i).noisy, mine.results.get(i))));
		report.text("The pictures denoise-w2s-….png show, row by row: clean, noisy, " + classical.get(0).name + ", " + rival.name +
			", " + mine.name + "; each fitted; and what that took away, noisy less result, from -" + DenoiseBenchmark.REMOVED +
			" (black) to " + DenoiseBenchmark.REMOVED + ".");
		return mine.psnr() - rival.psnr();
	}

	/** Our methods on the test pairs. */
	private static List<Row> ours(final Options options, final List<Pair> train, final List<Pair> test, final Report report)
		throws IOException
	{
		final List<Raster> clean = train.stream().map(Pair::clean).toList(), noisy = train.stream().map(Pair::noisy).toList();
		return List.of(ours("one step, trained on clean frames", WideField.ofClean(clean, noisy, options, report), test, report),
			ours("one step, trained on noisy frames alone", WideField.ofNoisy(noisy, options, report), test, report));
	}

	private static Row ours(final String name, final Model model, final List<Pair> test, final Report report) {
		report.text("Our model of “" + name + "”: " + model.info().training() + ".");
		try (Denoiser denoiser = new Denoiser(model)) {
			return Row.of(name, "", (y, sigma) -> WideField.denoised(denoiser, model, y), test, report);
		}
	}

	private static Row best(final List<Row> rows) {
		return rows.stream().max((a, b) -> Double.compare(a.psnr(), b.psnr())).orElseThrow();
	}

	private static Raster apply(final Filter filter, final Pair pair) {
		return filter.denoise(pair.noisy, NoiseEstimate.of(pair.noisy).shot().sigma(new Mean().evaluate(IntStream.range(0,
			pair.noisy.values().length).mapToDouble(i -> pair.noisy.values()[i]).toArray())));
	}

	private static List<Pair> pairs(final Options options, final String part, final Report report) {
		final Path folder = options.data().resolve("evaluation-only").resolve("w2s").resolve(part);
		final List<Raster> noisy = SampleSet.read(folder.resolve("noisy_avg1"), report), clean = SampleSet.read(folder.resolve(
			"clean_avg400"), report);
		return IntStream.range(0, clean.size()).mapToObj(i -> new Pair(noisy.get(i), clean.get(i))).toList();
	}
}

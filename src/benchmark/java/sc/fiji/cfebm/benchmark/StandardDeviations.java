package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.benchmark.Pictures.Shown;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.Uncertainty;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.task.Denoiser;

/** Whether the standard deviation image of denoising tells how far off a pixel is. */
final class StandardDeviations {

	private static final double SIGMA = 25;
	/** Percentages of a normal distribution within one and two standard deviations. */
	private static final double WITHIN_1 = 68.27, WITHIN_2 = 95.45;
	private static final int GROUPS = 5, SHOWN = 3;
	/** Side of what is taken from the middle of the images: so many chains take their time. */
	private static final int SIDE = 128;

	/**
	 * Pixels of some images.
	 *
	 * @param error how far off each is, in gray values
	 * @param deviation what the standard deviation image says
	 */
	private record Pixels(double[] error, double[] deviation) {

		static Pixels join(final List<Pixels> parts) {
			return new Pixels(parts.stream().flatMapToDouble(p -> Arrays.stream(p.error)).toArray(), parts.stream()
				.flatMapToDouble(p -> Arrays.stream(p.deviation)).toArray());
		}

		/** How many standard deviations each is off. */
		double[] ratios() {
			return IntStream.range(0, error.length).mapToDouble(i -> error[i] / Math.max(1e-6, deviation[i])).toArray();
		}

		/** Percentage of those off by at most so many standard deviations. */
		double within(final double most) {
			return 100.0 * Arrays.stream(ratios()).filter(r -> r <= most).count() / error.length;
		}
	}

	private StandardDeviations() {}

	/**
	 * Compares standard deviations with errors on the test images of a set: as they are, which is right if the model was
	 * calibrated on images held out of its training, and times factors fitted on other images.
	 *
	 * @param others by what they are; the first ones' factor counts if the model is not calibrated
	 * @return percentage of pixels within one standard deviation
	 */
	static double measure(final Model model, final SampleSet set, final Map<String, List<Raster>> others,
		final Report report)
	{
		report.heading("Is the standard deviation right?");
		final Map<String, Double> factors = new LinkedHashMap<>();
		final List<Pixels> tested;
		final boolean calibrated;
		try (Denoiser denoiser = new Denoiser(model)) {
			others.forEach((what, images) -> factors.put(what, new Percentile(WITHIN_1).evaluate(Pixels.join(pixels(denoiser, images,
				set, what, report)).ratios())));
			calibrated = denoiser.isCalibrated();
			tested = pixels(denoiser, set.reference(), set, "the test images", report);
		}
		final Pixels all = Pixels.join(tested);
		report.text("White noise of σ = " + SIGMA + ", " + Uncertainty.SAMPLES + " chains of " + Uncertainty.STEPS +
			" steps; the middle " + SIDE + "×" + SIDE + " pixels of the " + tested.size() + " test images of BSD68. A factor puts " + WITHIN_1 +
			" % of the pixels of other images within one standard deviation.");
		final List<List<Object>> rows = new ArrayList<>(List.of(List.of("a normal distribution's", WITHIN_1, WITHIN_2), List.of(
			calibrated ? "as it is, calibrated in training" : "as it is", all.within(1), all.within(2))));
		factors.forEach((what, factor) -> rows.add(List.of("times " + Report.cell(factor) + ", fitted on " + what, all.within(
			factor), all.within(2 * factor))));
		report.table(List.of("standard deviation", "% within 1", "% within 2"), rows);
		final double factor = calibrated ? 1 : factors.values().iterator().next();
		report.text("Spearman's correlation of standard deviation and absolute error: " + Report.cell(tested.stream().mapToDouble(
			p -> new SpearmansCorrelation().correlation(p.deviation, p.error)).average().orElseThrow()) +
			" (mean over images). Pixels in groups by their standard deviation, times " + Report.cell(factor) + ":");
		report.table(List.of("group", "standard deviation (RMS)", "actual error (RMS)", "% within 1"), groups(all, factor));
		report.text("The picture denoise-uncertainty.png shows, row by row: clean, noisy, the mean, the standard deviation as it " +
			"is (0 to 30), the absolute error (0 to 30), noisy less mean, from -" + DenoiseBenchmark.REMOVED + " (black) to " +
			DenoiseBenchmark.REMOVED + ".");
		return all.within(factor);
	}

	private static List<List<Object>> groups(final Pixels all, final double factor) {
		final double[] limits = new double[GROUPS + 1];
		for (int g = 1; g < GROUPS; g++)
			limits[g] = new Percentile(100.0 * g / GROUPS).evaluate(all.deviation);
		limits[GROUPS] = Double.POSITIVE_INFINITY;
		final List<List<Object>> rows = new ArrayList<>();
		for (int g = 0; g < GROUPS; g++) {
			final double low = limits[g], high = limits[g + 1];
			final int[] members = IntStream.range(0, all.error.length).filter(i -> all.deviation[i] >= low && all.deviation[i] < high)
				.toArray();
			final Pixels group = new Pixels(Arrays.stream(members).mapToDouble(i -> all.error[i]).toArray(), Arrays.stream(members)
				.mapToDouble(i -> all.deviation[i]).toArray());
			rows.add(List.of(String.valueOf(g + 1), factor * rms(group.deviation), rms(group.error), group.within(factor)));
		}
		return rows;
	}

	private static double rms(final double[] values) {
		return Math.sqrt(Arrays.stream(values).map(v -> v * v).average().orElseThrow());
	}

	/** One entry per image. */
	private static List<Pixels> pixels(final Denoiser denoiser, final List<Raster> images, final SampleSet set,
		final String what, final Report report)
	{
		final List<Raster> clean = images.stream().map(image -> SampleSet.middle(image, SIDE)).toList();
		final List<Raster> noisy = NucleiBenchmark.noisy(clean, SIGMA), means = new ArrayList<>();
		final List<Pixels> pixels = new ArrayList<>();
		for (int i = 0; i < clean.size(); i++) {
			report.progress("standard deviation of image " + (i + 1) + " of " + clean.size() + ", " + what);
			final Denoiser.Result result = denoiser.denoise(noisy.get(i), set.range(), new Denoiser.Settings(Method.POSTERIOR,
				SIGMA, Uncertainty.SAMPLES, Uncertainty.STEPS, 1), Progress.NONE);
			final Raster error = clean.get(i).copy();
			for (int p = 0; p < error.values().length; p++)
				error.values()[p] = Math.abs(error.values()[p] - result.mean().values()[p]);
			means.add(result.mean());
			pixels.add(new Pixels(doubles(error), doubles(result.standardDeviation())));
			if (images == set.reference() && i == SHOWN) Pictures.write("denoise-uncertainty", List.of(DenoiseBenchmark.gray(
				clean.get(i)), DenoiseBenchmark.gray(noisy.get(i)), DenoiseBenchmark.gray(result.mean()), new Shown(result
					.standardDeviation(), 0, 30), new Shown(error, 0, 30), DenoiseBenchmark.removed(noisy.get(i), result.mean())));
		}
		report.text("PSNR of the chains' mean on " + what + ": " + Report.decibels(IntStream.range(0, clean.size()).mapToDouble(
			i -> Quality.psnr(means.get(i), clean.get(i))).average().orElseThrow()) + " dB.");
		return pixels;
	}

	private static double[] doubles(final Raster image) {
		return IntStream.range(0, image.values().length).mapToDouble(i -> image.values()[i]).toArray();
	}
}

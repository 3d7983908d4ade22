package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.benchmark.Pictures.Shown;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser;

/** Whether the standard deviation image of denoising, as the command gives it with its defaults, tells how far off a pixel is. */
final class StandardDeviations {

	private static final double SIGMA = 25;
	/** Percentages of a normal distribution within one and two standard deviations. */
	private static final double WITHIN_1 = 68.27, WITHIN_2 = 95.45;
	private static final int GROUPS = 5, SHOWN = 3;
	/** Side of what is taken from the middle of the images: so many chains take their time. */
	private static final int SIDE = 128;

	/** Percentages of pixels within one and two standard deviations. */
	record Coverage(double one, double two) {}

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

		/** Percentage of those off by at most so many standard deviations. */
		double within(final double most) {
			return 100.0 * IntStream.range(0, error.length).filter(i -> error[i] <= most * Math.max(1e-6, deviation[i])).count() /
				error.length;
		}
	}

	private StandardDeviations() {}

	/**
	 * Compares standard deviations with errors on images that the model has not seen.
	 *
	 * @param what these are, for texts and the picture's name
	 */
	static Coverage measure(final Model model, final List<Raster> images, final String what, final Report report) {
		return measure(model, images, null, 0, "White noise of σ = " + SIGMA, what, report);
	}

	/**
	 * As {@link #measure(Model, List, String, Report)}, of frames whose noise is their own. The images are means of many frames, whose
	 * noise is not quite gone: it is added to the standard deviation.
	 *
	 * @param frames noisy ones of the images; null: white noise is added to these
	 * @param averaged number of frames that each image is the mean of
	 * @param noise what it is, for the text
	 */
	static Coverage measure(final Model model, final List<Raster> images, final List<Raster> frames, final int averaged, final String noise, final String what,
		final Report report)
	{
		report.heading("Is the standard deviation right? " + what);
		final List<Raster> clean = middles(images), noisy = frames == null ? NucleiBenchmark.noisy(clean, SIGMA) : middles(frames);
		final List<Pixels> tested = new ArrayList<>();
		double psnr = 0;
		try (Denoiser denoiser = new Denoiser(model)) {
			for (int i = 0; i < clean.size(); i++) {
				report.progress("standard deviation of image " + (i + 1) + " of " + clean.size() + ", " + what);
				final Denoiser.Result result = AsUsed.posterior(denoiser, model, noisy.get(i), frames == null ? noisy.get(i) : frames
					.get(i));
				final Raster error = clean.get(i).copy();
				for (int p = 0; p < error.values().length; p++)
					error.values()[p] = Math.abs(error.values()[p] - result.mean().values()[p]);
				psnr += Quality.psnr(result.mean(), clean.get(i)) / clean.size();
				final Raster deviation = frames == null ? result.standardDeviation() : withOwn(result.standardDeviation(), clean.get(i), NoiseEstimate.of(frames
					.get(i)).find(), averaged);
				tested.add(new Pixels(doubles(error), doubles(deviation)));
				if (i == SHOWN) Pictures.write("denoise-uncertainty-" + what, List.of(DenoiseBenchmark.gray(clean.get(i)), DenoiseBenchmark
					.gray(noisy.get(i)), DenoiseBenchmark.gray(result.mean()), new Shown(result.standardDeviation(), 0, 30), new Shown(error, 0,
						30), DenoiseBenchmark.removed(noisy.get(i), result.mean())));
			}
			report.text(noise + ", which is estimated; method Posterior with the command's defaults (" +
				Defaults.CHAINS + " images, " + Defaults.STEPS + " steps); the middle " + SIDE + "×" + SIDE + " pixels of " + clean.size() +
				" test images. The model " + (denoiser.isCalibrated() ? "was calibrated in its training." : "is not calibrated."));
		}
		final Pixels all = Pixels.join(tested);
		final Coverage coverage = new Coverage(all.within(1), all.within(2));
		report.table(List.of("standard deviation", "% within 1", "% within 2"), List.of(List.of("a normal distribution's", WITHIN_1,
			WITHIN_2), List.of("the command's", coverage.one, coverage.two)));
		report.text("PSNR of the mean: " + Report.decibels(psnr) + " dB. Spearman's correlation of standard deviation and absolute " +
			"error: " + Report.cell(tested.stream().mapToDouble(p -> new SpearmansCorrelation().correlation(p.deviation, p.error))
				.average().orElseThrow()) + " (mean over images). Pixels in groups by their standard deviation:");
		report.table(List.of("group", "standard deviation (RMS)", "actual error (RMS)", "% within 1"), groups(all));
		report.text("The picture denoise-uncertainty-" + what + ".png shows, row by row: clean, noisy, the mean, the standard " +
			"deviation (0 to 30), the absolute error (0 to 30), noisy less mean, from -" + DenoiseBenchmark.REMOVED + " (black) to " +
			DenoiseBenchmark.REMOVED + ".");
		return coverage;
	}

	private static Raster withOwn(final Raster deviation, final Raster mean, final NoiseModel noise, final int averaged) {
		final Raster all = deviation.copy();
		for (int i = 0; i < all.values().length; i++) {
			final double own = noise.sigmaAt(mean.values()[i]);
			// Below a detector's black there is no noise.
			if (own > 0 && Double.isFinite(own)) all.values()[i] = (float) Math.hypot(deviation.values()[i], own / Math.sqrt(averaged));
		}
		return all;
	}

	private static List<Raster> middles(final List<Raster> images) {
		return images.stream().map(image -> SampleSet.middle(image, SIDE)).toList();
	}

	private static List<List<Object>> groups(final Pixels all) {
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
			rows.add(List.of(String.valueOf(g + 1), rms(group.deviation), rms(group.error), group.within(1)));
		}
		return rows;
	}

	private static double rms(final double[] values) {
		return Math.sqrt(Arrays.stream(values).map(v -> v * v).average().orElseThrow());
	}

	private static double[] doubles(final Raster image) {
		return IntStream.range(0, image.values().length).mapToDouble(i -> image.values()[i]).toArray();
	}
}

package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import org.apache.commons.math3.distribution.PoissonDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.benchmark.Benchmark.Options;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.raster.Raster;

/** How far estimates of noise are off, on images whose noise is known because it was added. */
final class EstimatedNoise {

	private static final int IMAGES = 20;
	private static final int[] SIGMAS = { 5, 10, 15, 25, 50 };

	/** Gray values per photon, gray value in the dark, read noise in gray values. */
	private record Camera(double gain, double offset, double read) {

		Raster frame(final Raster clean, final long seed) {
			final Well19937c rng = new Well19937c(seed);
			final Raster frame = clean.copy();
			for (int i = 0; i < frame.values().length; i++)
				frame.values()[i] = (float) (offset + read * rng.nextGaussian() + gain * (clean.values()[i] > 0
					? new PoissonDistribution(rng, clean.values()[i] / gain, 1e-9, 100_000).sample() : 0));
			return frame;
		}
	}

	private static final List<Camera> CAMERAS = List.of(new Camera(1, 100, 2), new Camera(5, 100, 3), new Camera(16, 50, 3));

	private EstimatedNoise() {}

	/** @return mean absolute error of σ of white noise on photographs, in percent */
	static double measure(final Options options, final Report report) {
		final Map<String, List<Raster>> sets = new LinkedHashMap<>();
		sets.put("photographs", SampleSet.bsd(options, report).reference());
		sets.put("nuclei", SampleSet.nuclei(options, report).reference().subList(0, IMAGES));
		sets.put("w2s, clean", SampleSet.read(options.data().resolve("evaluation-only").resolve("w2s").resolve("test").resolve(
			"clean_avg400"), report));
		final double photographs = white(sets, report);
		shot(sets, report);
		return photographs;
	}

	private static double white(final Map<String, List<Raster>> sets, final Report report) {
		report.heading("Estimating σ");
		final List<List<Object>> rows = new ArrayList<>();
		final List<Double> means = new ArrayList<>();
		sets.forEach((name, images) -> {
			for (final int sigma : SIGMAS) {
				final double[] errors = NucleiBenchmark.noisy(images, sigma).stream().mapToDouble(y -> 100 * (NoiseEstimate.of(y)
					.sigma() / sigma - 1)).toArray();
				means.add(magnitude(errors));
				rows.add(List.of(name + ", σ = " + sigma, magnitude(errors), mean(errors), worst(errors)));
			}
		});
		report.text("Percent of σ. The images' own noise and finest texture count as noise, too.");
		report.table(List.of("noise", "mean absolute error", "mean error", "worst"), rows);
		return means.subList(0, SIGMAS.length).stream().mapToDouble(d -> d).average().orElseThrow();
	}

	private static void shot(final Map<String, List<Raster>> sets, final Report report) {
		report.heading("Estimating shot noise");
		final List<List<Object>> rows = new ArrayList<>();
		sets.forEach((name, images) -> {
			for (final Camera camera : CAMERAS) {
				final List<Anscombe> found = IntStream.range(0, images.size()).mapToObj(i -> NoiseEstimate.of(camera.frame(images
					.get(i), i)).shot()).toList();
				final List<Object> row = new ArrayList<>(List.of(name + String.format(java.util.Locale.ROOT, ", gain %.0f, read %.0f",
					camera.gain, camera.read)));
				final double[] gains = found.stream().mapToDouble(f -> 100 * (f.gain() / camera.gain - 1)).toArray();
				row.add(magnitude(gains));
				row.add(mean(gains));
				for (final int percent : new int[] { 5, 50, 95 })
					row.add(magnitude(errors(images, found, camera, image -> percentile(image, percent))));
				rows.add(row);
			}
		});
		report.text("Percent of the gain; and of σ, where the image is as dark as its 5th percentile, its median, its 95th.");
		report.table(List.of("noise", "gain: mean absolute error", "mean error", "σ in the dark", "between", "in the bright"), rows);
	}

	private static double[] errors(final List<Raster> images, final List<Anscombe> found, final Camera camera,
		final ToDoubleFunction<Raster> where)
	{
		final Anscombe truth = Anscombe.of(camera.gain, camera.offset, camera.read);
		return IntStream.range(0, images.size()).mapToDouble(i -> {
			final double value = where.applyAsDouble(images.get(i)) + camera.offset;
			return 100 * (found.get(i).sigma(value) / truth.sigma(value) - 1);
		}).toArray();
	}

	private static double percentile(final Raster image, final int percent) {
		return new Percentile().evaluate(IntStream.range(0, image.values().length).mapToDouble(i -> image.values()[i]).toArray(),
			percent);
	}

	private static double magnitude(final double[] errors) {
		return Arrays.stream(errors).map(Math::abs).average().orElseThrow();
	}

	private static double mean(final double[] errors) {
		return Arrays.stream(errors).average().orElseThrow();
	}

	private static double worst(final double[] errors) {
		return Arrays.stream(errors).boxed().max((a, b) -> Double.compare(Math.abs(a), Math.abs(b))).orElseThrow();
	}
}

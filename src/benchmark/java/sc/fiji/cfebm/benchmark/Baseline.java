package sc.fiji.cfebm.benchmark;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

import ij.plugin.filter.GaussianBlur;
import ij.plugin.filter.RankFilters;
import sc.fiji.cfebm.raster.Raster;

/**
 * A classical way to remove noise, with the settings among which the best is chosen.
 *
 * @param settings filters by the name of their setting
 */
record Baseline(String name, Map<String, Filter> settings) {

	static final String NON_LOCAL_MEANS = "non-local means", COSINE = "sliding DCT", BM3D = "BM3D";

	/** Removes noise of a standard deviation σ in gray values from a gray image. */
	interface Filter {

		Raster denoise(Raster noisy, double sigma);
	}

	/** For white noise of known σ. */
	static List<Baseline> forKnownNoise() {
		return List.of(gaussian(), median(), totalVariation(0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1), nonLocalMeans(0.4, 0.5,
			0.6, 0.7, 0.8, 0.9), cosine(2.2, 2.4, 2.6, 2.8, 3), bm3d(1));
	}

	/** The setting of the highest quality, and its filter. */
	Map.Entry<String, Filter> best(final ToDoubleFunction<Filter> quality) {
		if (settings.size() == 1) return settings.entrySet().iterator().next();
		Map.Entry<String, Filter> best = null;
		double highest = Double.NEGATIVE_INFINITY;
		for (final var setting : settings.entrySet()) {
			final double q = quality.applyAsDouble(setting.getValue());
			if (q <= highest) continue;
			highest = q;
			best = setting;
		}
		return best;
	}

	private static Baseline gaussian() {
		return of("Gaussian filter", "%.1f px", DoubleStream.iterate(0.4, s -> s < 5, s -> s + 0.2).toArray(), s -> (y,
			sigma) -> NucleiBenchmark.filtered(y, p -> new GaussianBlur().blurGaussian(p, s, s, 0.002)));
	}

	private static Baseline median() {
		return of("median filter", "%.1f px", new double[] { 0.5, 1, 1.5, 2, 2.5, 3, 4, 5 }, r -> (y, sigma) -> NucleiBenchmark
			.filtered(y, p -> new RankFilters().rank(p, r, RankFilters.MEDIAN)));
	}

	private static Baseline totalVariation(final double... weights) {
		return of("total variation", "λ = %.1f σ", weights, f -> (y, sigma) -> TotalVariation.denoise(y, f * sigma));
	}

	private static Baseline nonLocalMeans(final double... h) {
		final Map<String, Filter> settings = new LinkedHashMap<>();
		for (final int side : new int[] { 3, 5, 7 })
			settings.putAll(of("", side + " px, h = %.1f σ", h, f -> (y, sigma) -> NonLocalMeans.denoise(y, side, sigma, f *
				sigma)).settings);
		return new Baseline(NON_LOCAL_MEANS, settings);
	}

	private static Baseline cosine(final double... thresholds) {
		return of(COSINE, "%.1f σ", thresholds, f -> (y, sigma) -> SlidingCosine.denoise(y, f * sigma));
	}

	private static Baseline bm3d(final double... factors) {
		return of(BM3D, "σ × %.1f", factors, f -> (y, sigma) -> Bm3d.denoise(y, f * sigma));
	}

	private static Baseline of(final String name, final String format, final double[] values,
		final DoubleFunction<Filter> filter)
	{
		final Map<String, Filter> settings = new LinkedHashMap<>();
		Arrays.stream(values).forEach(v -> settings.put(String.format(Locale.ROOT, format, v), filter.apply(v)));
		return new Baseline(name, settings);
	}
}

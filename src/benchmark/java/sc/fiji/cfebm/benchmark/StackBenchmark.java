package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import sc.fiji.cfebm.benchmark.MadeStacks.Kind;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.StackDenoiser;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/**
 * Stacks denoised plane by plane, and with their neighbours: movies and z-stacks that are made ({@link MadeStacks}), with white noise and
 * shots, and real ones with noise that is added, beside classical methods that are told the noise. Flicker is what neighbouring results differ by, less what the truth's do.
 */
final class StackBenchmark implements Benchmark {

	private static final String SLOW = "stack_psnr_gain_over_plane", MOVING = SLOW + "_moving", FAST = SLOW + "_fast", SLICES = SLOW + "_slices", SHOTS = SLOW + "_shots",
			FLICKER = "stack_flicker_ratio", FLICKER_FAST = FLICKER + "_fast", SECONDS = "stack_seconds_ratio", OVER_RIVAL = "stack_psnr_gain_over_best_rival",
				OVER_RIVAL_FAST = OVER_RIVAL + "_fast", OWN = SLOW + "_trained_on_noisy", FLICKER_OWN = FLICKER + "_trained_on_noisy", MISSING =
				"stack_missing_plane_psnr_gain_over_interpolation", MISSING_CLEAN = MISSING + "_clean", COVERAGE =
				"stack_coverage_1sd_percent", COVERAGE_2 = "stack_coverage_2sd_percent", REAL = SLOW + "_real", REAL_MEDIAN =
				"stack_psnr_gain_over_median_real";
	private static final Normalization RANGE = new Normalization(0, 255);
	private static final int STACKS = 1;
	/** Noisy movies of each kind that are trained on, and iterations of that training. */
	private static final int TRAINED_ON = 4, ITERATIONS = 500;
	private static final double SIGMA = 25, WEAK = 8;
	/** Noise that counts as none. */
	private static final double LEAST = 0.002 * 255;
	/** Gray values of one photon: the brightest pixels have about 25. */
	private static final double GAIN = 10;
	private static final Anscombe PHOTONS = new Anscombe(1, 0);
	private static final String NOISY = "noisy", MEDIAN = "median of 3 planes", MEAN = "mean of 3 planes", NLM = "non-local means of 5 planes", BM3D =
		"BM3D, plane by plane", PLANE = "CF-EBM, plane by plane", STACK = "CF-EBM, with neighbours";

	/** Stacks of one way to move, one of each kind. */
	private record Set(String name, List<Kind> kinds, double speed, boolean shots) {}

	private static final List<Kind> MOVIES = List.of(Kind.NUCLEI, Kind.FILAMENTS, Kind.SPOTS);
	private static final Set SLOW_MOVIES = new Set("slow movies (0.4 px a frame), white noise of 25", MOVIES, 0.4, false), MOVING_MOVIES = new Set(
		"moving movies (1 px a frame), white noise of 25", MOVIES, 1, false), FAST_MOVIES = new Set(
		"fast movies (6 px a frame), white noise of 25", MOVIES, 6, false), Z_STACKS = new Set("z-stacks, white noise of 25", List.of(Kind.SLICES), 2,
			false), QUICKER_MOVIES = new Set("movies (2 px a frame)", MOVIES, 2, false), SHOT_MOVIES = new Set("slow movies, shots of up to 25 photons", MOVIES, 0.4, true);

	@Override
	public String name() {
		return "stack";
	}

	@Override
	public List<String> keys() {
		return List.of(SLOW, MOVING, FAST, SLICES, SHOTS, FLICKER, FLICKER_FAST, SECONDS, OVER_RIVAL, OVER_RIVAL_FAST, OWN, FLICKER_OWN, MISSING, MISSING_CLEAN, COVERAGE, COVERAGE_2, REAL, REAL_MEDIAN);
	}

	/** Means over all stacks of a set. */
	private static final class Figures {

		final Map<String, double[]> sums = new LinkedHashMap<>();
		int stacks;

		void add(final String method, final List<Raster> result, final List<Raster> clean, final double seconds) {
			final double[] sum = sums.computeIfAbsent(method, m -> new double[3]);
			double psnr = 0, flicker = 0;
			for (int t = 0; t < clean.size(); t++) {
				psnr += Quality.psnr(result.get(t), clean.get(t)) / clean.size();
				for (int i = 0; i < clean.get(t).values().length && t > 0; i++) {
					final double d = result.get(t).values()[i] - result.get(t - 1).values()[i] - clean.get(t).values()[i] + clean.get(t - 1)
						.values()[i];
					flicker += d * d / clean.get(t).values().length / (clean.size() - 1);
				}
			}
			sum[0] += psnr;
			sum[1] += Math.sqrt(flicker);
			sum[2] += seconds / clean.size() / (clean.get(0).values().length * 1e-6);
		}

		double psnr(final String method) {
			return sums.get(method)[0] / stacks;
		}

		double flicker(final String method) {
			return sums.get(method)[1] / stacks;
		}

		double bestRival() {
			return sums.keySet().stream().filter(m -> !m.equals(PLANE) && !m.equals(STACK)).mapToDouble(this::psnr).max().orElseThrow();
		}
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		final Path file = options.models().resolve("microscopy.cfebm");
		try (Denoiser plane = new Denoiser(Model.read(file)); StackDenoiser stack = new StackDenoiser(Model.readAny(Model.ofPlanes(file)))) {
			if (options.wants(SLOW, FLICKER, SECONDS, OVER_RIVAL)) {
				final Figures slow = measure(SLOW_MOVIES, plane, stack, report);
				report.result(SLOW, slow.psnr(STACK) - slow.psnr(PLANE), "dB");
				report.result(FLICKER, slow.flicker(STACK) / slow.flicker(PLANE), "of plane by plane's");
				report.result(SECONDS, slow.sums.get(STACK)[2] / slow.sums.get(PLANE)[2], "times plane by plane");
				report.result(OVER_RIVAL, slow.psnr(STACK) - slow.bestRival(), "dB");
			}
			if (options.wants(MOVING)) {
				final Figures moving = measure(MOVING_MOVIES, plane, stack, report);
				report.result(MOVING, moving.psnr(STACK) - moving.psnr(PLANE), "dB");
			}
			if (options.wants(FAST, FLICKER_FAST, OVER_RIVAL_FAST)) {
				final Figures fast = measure(FAST_MOVIES, plane, stack, report);
				report.result(FAST, fast.psnr(STACK) - fast.psnr(PLANE), "dB");
				report.result(FLICKER_FAST, fast.flicker(STACK) / fast.flicker(PLANE), "of plane by plane's");
				report.result(OVER_RIVAL_FAST, fast.psnr(STACK) - fast.bestRival(), "dB");
			}
			if (options.wants(SLICES)) {
				final Figures slices = measure(Z_STACKS, plane, stack, report);
				report.result(SLICES, slices.psnr(STACK) - slices.psnr(PLANE), "dB");
			}
			if (options.wants(OWN, FLICKER_OWN)) own(plane, Model.readAny(Model.ofPlanes(file)), report);
			// By default there is no folder of stacks.
			if (options.wants(REAL, REAL_MEDIAN) && (!options.only().isEmpty() || Files.isDirectory(options.data()))) {
				final Figures real = measure("real stacks, noise of " + SIGMA + " added, and found", real(options, report), (image, rng) -> noisy(image,
					SIGMA, rng), null, true, plane, stack, report);
				report.result(REAL, real.psnr(STACK) - real.psnr(PLANE), "dB");
				report.result(REAL_MEDIAN, real.psnr(STACK) - real.psnr(MEDIAN), "dB");
			}
			if (options.wants(COVERAGE, COVERAGE_2)) coverage(plane, stack, report);
			if (options.wants(MISSING, MISSING_CLEAN)) missing(plane, stack, report);
			if (options.wants(SHOTS)) {
				final Figures shots = measure(SHOT_MOVIES, plane, stack, report);
				report.result(SHOTS, shots.psnr(STACK) - shots.psnr(PLANE), "dB");
			}
		}
	}

	/** A model of stacks that goes on learning from noisy movies alone, of other fields than those it is tried on. */
	private static void own(final Denoiser plane, final Model from, final Report report) throws IOException {
		final SplittableRandom rng = new SplittableRandom(SEED + 1);
		final List<List<Raster>> movies = SLOW_MOVIES.kinds.stream().flatMap(kind -> IntStream.range(0, TRAINED_ON).mapToObj(k -> MadeStacks.of(kind,
			SLOW_MOVIES.speed, SEED + 100 + k).stream().map(image -> noisy(image, false, rng)).toList())).toList();
		report.progress("training on " + movies.size() + " noisy movies");
		final Model model = AsUsed.trainedOnStacks(movies, from, ITERATIONS, TrainingMonitor.NONE);
		report.text("CF-EBM with neighbours in the next table: the bundled model after " + ITERATIONS + " iterations on " + movies.size() +
			" noisy movies (CF-EBM Train, planes=5 iterations=" + ITERATIONS + "), which nobody saw without noise.");
		try (StackDenoiser stack = new StackDenoiser(model)) {
			final Figures own = measure(SLOW_MOVIES, plane, stack, report);
			report.result(OWN, own.psnr(STACK) - own.psnr(PLANE), "dB");
			report.result(FLICKER_OWN, own.flicker(STACK) / own.flicker(PLANE), "of plane by plane's");
		}
	}

	/** How many true pixels of the middle planes lie within one and two standard deviations, as the command tells them by default. */
	private static void coverage(final Denoiser plane, final StackDenoiser stack, final Report report) {
		final List<List<Object>> rows = new ArrayList<>();
		final double[] all = new double[2];
		for (final double sigma : new double[] { SIGMA, WEAK })
			for (final Set set : List.of(SLOW_MOVIES, Z_STACKS))
				for (final Kind kind : set.kinds) {
					report.progress("coverage: " + kind + ", noise " + sigma);
					final SplittableRandom rng = new SplittableRandom(SEED);
					final List<Raster> clean = MadeStacks.of(kind, set.speed, SEED);
					final List<Raster> noisy = clean.stream().map(image -> noisy(image, sigma, rng)).toList();
					final NoiseModel noise = NoiseModel.white(sigma);
					final int middle = clean.size() / 2;
					final Denoiser.Settings settings = new Denoiser.Settings(Denoiser.Method.POSTERIOR, noise, Defaults.CHAINS, Defaults.STEPS, SEED);
					final Denoiser.Result helped = stack.stack(t -> new StackDenoiser.Noisy(noisy.get(t), noise, RANGE), noisy.size(), false).denoised(middle,
						settings, Progress.NONE), alone = plane.denoise(noisy.get(middle), RANGE, settings, Progress.NONE);
					final double[] within = within(helped, clean.get(middle)), single = within(alone, clean.get(middle));
					rows.add(List.of(kind.toString(), sigma, within[0], within[1], single[0], single[1]));
					for (int k = 0; k < 2; k++)
						all[k] += within[k] / 8;
				}
		report.heading("Standard deviations");
		report.table(List.of("stack", "noise", "within 1 sd, %", "within 2 sd, %", "plane by plane: 1 sd, %", "2 sd, %"), rows);
		report.result(COVERAGE, all[0], "%");
		report.result(COVERAGE_2, all[1], "%");
	}

	/** Shares of true pixels within one and two standard deviations, in percent. */
	private static double[] within(final Denoiser.Result result, final Raster truth) {
		final double[] within = new double[2];
		for (int i = 0; i < truth.values().length; i++)
			for (int k = 0; k < 2; k++)
				if (Math.abs(result.mean().values()[i] - truth.values()[i]) <= (k + 1) * result.standardDeviation().values()[i]) within[k] += 100.0 / truth
					.values().length;
		return within;
	}

	/** Of five planes the middle one is missing. With noise, its rivals may interpolate planes that are denoised one by one. */
	private static void missing(final Denoiser plane, final StackDenoiser stack, final Report report) {
		final List<List<Object>> rows = new ArrayList<>();
		final double[] gain = new double[2];
		for (final double sigma : new double[] { SIGMA, 0 })
			for (final Set set : List.of(SLOW_MOVIES, QUICKER_MOVIES, Z_STACKS))
				for (final Kind kind : set.kinds) {
					report.progress("a missing plane: " + kind + ", " + set.speed + " px, noise " + sigma);
					final SplittableRandom rng = new SplittableRandom(SEED);
					final List<Raster> clean = MadeStacks.of(kind, set.speed, SEED).subList(2, 7);
					final NoiseModel noise = NoiseModel.white(sigma > 0 ? sigma : LEAST);
					final List<Raster> seen = sigma > 0 ? clean.stream().map(image -> noisy(image, false, rng)).toList() : clean;
					final List<Raster> alone = sigma > 0 ? seen.stream().map(y -> alone(plane, y, noise)).toList() : seen;
					final Raster truth = clean.get(2), found = stack.stack(t -> t == 2 ? null : new StackDenoiser.Noisy(seen.get(t), noise, RANGE), 5, false)
						.foretold(2, Progress.NONE);
					final List<Object> row = new ArrayList<>(List.of(kind + ", " + set.speed + " px", sigma));
					double best = 0;
					for (final List<Raster> planes : List.of(seen, alone))
						for (final int radius : new int[] { 1, 2 }) {
							final double psnr = Quality.psnr(StackRivals.between(planes, radius), truth);
							best = Math.max(best, psnr);
							row.add(Report.decibels(psnr));
						}
					final double own = found == null ? Double.NaN : Quality.psnr(found, truth);
					row.add(Report.decibels(own));
					rows.add(row);
					gain[sigma > 0 ? 0 : 1] += (own - best) / 7;
				}
		report.heading("A missing plane of five");
		report.table(List.of("PSNR (dB)", "noise", "mean of two", "cubic of four", "mean of two, denoised", "cubic of four, denoised", "CF-EBM"), rows);
		report.result(MISSING, gain[0], "dB");
		report.result(MISSING_CLEAN, gain[1], "dB");
	}

	/** The middle planes of each stack of the folder, in gray values of which the 0.1 and 99.9 percentiles of all are 0 and 255. */
	private static Map<String, List<Raster>> real(final Options options, final Report report) {
		final Map<String, List<Raster>> stacks = new LinkedHashMap<>();
		for (final ImageSource source : ImageFolder.read(List.of(options.data().toFile()), Benchmark.monitor(report))) {
			if (source.stacks().isEmpty()) continue;
			final List<Integer> line = source.stacks().get(0);
			final int count = Math.min(MadeStacks.PLANES, line.size()), first = (line.size() - count) / 2;
			final List<Raster> planes = line.subList(first, first + count).stream().map(source.planes()::get).toList();
			final Normalization range = Ranges.ofPercentiles(planes);
			stacks.put(source.name(), planes.stream().map(image -> {
				final Raster scaled = image.copy();
				for (int i = 0; i < scaled.values().length; i++)
					scaled.values()[i] = (float) (255 * (scaled.values()[i] - range.low()) / (range.high() - range.low()));
				return scaled;
			}).toList());
		}
		if (stacks.isEmpty()) throw new IllegalArgumentException("There is no stack in " + options.data() + ".");
		return stacks;
	}

	private static Figures measure(final Set set, final Denoiser plane, final StackDenoiser stack, final Report report) {
		final Map<String, List<Raster>> stacks = new LinkedHashMap<>();
		for (final Kind kind : set.kinds)
			for (int k = 0; k < STACKS; k++)
				stacks.put(kind.name().toLowerCase(Locale.ROOT) + " " + (k + 1), MadeStacks.of(kind, set.speed, SEED + k));
		return measure(set.name, stacks, (image, rng) -> noisy(image, set.shots, rng), set.shots ? NoiseModel.shot(Anscombe.of(GAIN, 0, 0)) : NoiseModel
			.white(SIGMA), !set.shots, plane, stack, report);
	}

	private interface Noising {

		Raster noisy(Raster image, SplittableRandom rng);
	}

	/**
	 * @param told the noise; null: it is found, as the command does
	 * @param white whether it is white, of {@link #SIGMA}
	 */
	private static Figures measure(final String name, final Map<String, List<Raster>> stacks, final Noising noising, final NoiseModel told,
		final boolean white, final Denoiser plane, final StackDenoiser stack, final Report report)
	{
		final Figures all = new Figures();
		final List<List<Object>> rows = new ArrayList<>();
		final SplittableRandom rng = new SplittableRandom(SEED);
		stacks.forEach((of, clean) -> {
			report.progress(name + ": " + of);
			final List<Raster> noisy = clean.stream().map(image -> noising.noisy(image, rng)).toList();
			final NoiseModel noise = told != null ? told : NoiseEstimate.of(noisy).find();
			if (told == null) report.text(of + ": " + noisy.size() + " planes of " + clean.get(0).width() + "×" + clean.get(0).height() +
				" pixels; found: " + noise + ".");
			final Figures own = new Figures();
			own.stacks = 1;
			for (final Figures figures : List.of(all, own)) {
				figures.add(NOISY, noisy, clean, 0);
				figures.add(MEDIAN, StackRivals.median(noisy, 1), clean, 0);
				figures.add(MEAN, StackRivals.mean(noisy, 1), clean, 0);
			}
			if (white) add(NLM, List.of(all, own), clean, () -> StackRivals.nonLocalMeans(noisy, SIGMA, 0.5));
			add(BM3D, List.of(all, own), clean, () -> noisy.stream().map(y -> MicroscopeBenchmark.stabilised(y, noise, (v, sigma) -> Bm3d
				.denoise(v, sigma))).toList());
			final List<Raster> alone = add(PLANE, List.of(all, own), clean, () -> noisy.stream().map(y -> alone(plane, y, noise)).toList());
			final List<Raster> together = add(STACK, List.of(all, own), clean, () -> {
				final StackDenoiser.Stack s = stack.stack(t -> new StackDenoiser.Noisy(noisy.get(t), noise, RANGE), noisy.size(), false);
				return IntStream.range(0, noisy.size()).mapToObj(t -> {
					final Raster helped = s.denoised(t, Progress.NONE);
					return helped != null ? helped : alone(plane, noisy.get(t), noise);
				}).toList();
			});
			all.stacks++;
			final List<Object> row = new ArrayList<>(List.of(of));
			all.sums.keySet().forEach(m -> row.add(Report.decibels(own.psnr(m))));
			rows.add(row);
			show(name.replaceAll("[ (,].*", "") + (white ? "" : "-shots") + "-" + of.replaceAll("[^A-Za-z0-9]+", "-"), noisy, alone, together, clean);
		});
		final List<Object> mean = new ArrayList<>(List.of("mean")), flicker = new ArrayList<>(List.of("flicker (gray values)")), seconds =
			new ArrayList<>(List.of("seconds per megapixel"));
		all.sums.forEach((m, sum) -> {
			mean.add(Report.decibels(all.psnr(m)));
			flicker.add(all.flicker(m));
			seconds.add(sum[2] == 0 ? "" : sum[2] / all.stacks);
		});
		rows.addAll(List.of(mean, flicker, seconds));
		report.heading("Of " + name);
		final List<String> columns = new ArrayList<>(List.of("PSNR (dB)"));
		columns.addAll(all.sums.keySet());
		report.table(columns, rows);
		return all;
	}

	private static Raster alone(final Denoiser plane, final Raster noisy, final NoiseModel noise) {
		return plane.denoise(noisy, RANGE, new Denoiser.Settings(Denoiser.Method.ONE_STEP, noise, 1, 1, SEED), Progress.NONE).mean();
	}

	private interface Method {

		List<Raster> run();
	}

	private static List<Raster> add(final String name, final List<Figures> to, final List<Raster> clean, final Method method) {
		final long begin = System.nanoTime();
		final List<Raster> result = method.run();
		final double seconds = 1e-9 * (System.nanoTime() - begin);
		to.forEach(figures -> figures.add(name, result, clean, seconds));
		return result;
	}

	private static Raster noisy(final Raster image, final double sigma, final SplittableRandom rng) {
		final Raster noisy = image.copy();
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += (float) (sigma * rng.nextGaussian());
		return noisy;
	}

	private static Raster noisy(final Raster image, final boolean shots, final SplittableRandom rng) {
		if (!shots) return noisy(image, SIGMA, rng);
		final Raster noisy = image.copy();
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] = (float) (GAIN * Anscombe.counted(Anscombe.samplePoisson(PHOTONS.forwardMean(image.values()[i] / GAIN), rng)));
		return noisy;
	}

	/** The middle plane, and below the same row of all planes one above the other: what moves leaves a slanting line, and no ghost beside it. */
	private static void show(final String name, final List<Raster> noisy, final List<Raster> alone, final List<Raster> together,
		final List<Raster> clean)
	{
		Pictures.write("stack-" + name, List.of(noisy, alone, together, clean).stream().map(
			planes -> {
				final Raster middle = planes.get(planes.size() / 2);
				final int w = middle.width(), h = middle.height(), high = 8;
				final Raster shown = new Raster(w, h + high * planes.size(), 1);
				System.arraycopy(middle.values(), 0, shown.values(), 0, w * h);
				for (int t = 0; t < planes.size(); t++)
					for (int y = 0; y < high; y++)
						System.arraycopy(planes.get(t).values(), h / 2 * w, shown.values(), (h + t * high + y) * w, w);
				return DenoiseBenchmark.gray(shown);
			}).toList());
	}
}

package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.benchmark.Baseline.Filter;
import sc.fiji.cfebm.benchmark.Pictures.Shown;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.StackDenoiser;
import sc.fiji.cfebm.task.linear.Blur;
import sc.fiji.cfebm.task.linear.Deconvolver.Settings;
import sc.fiji.cfebm.task.linear.Deconvolver;
import sc.fiji.cfebm.task.linear.PlugAndPlay;
import sc.fiji.cfebm.task.linear.Pooling;
import sc.fiji.cfebm.task.linear.Psf;
import sc.fiji.cfebm.task.linear.Psfs.Optics;
import sc.fiji.cfebm.task.linear.Psfs;

/**
 * Deconvolution beside what people use now: micrographs ({@code open/cc0_microscopy/test}) under three point spread functions with three
 * numbers of photons, photographs ({@code evaluation-only/bsd_gray/test}) under eight, with two strengths of white noise; doubling; point
 * spread functions that are a tenth too wide or too narrow. What is restored was blurred by a sum over the point spread function, and is the
 * middle of a larger image, so that light comes from outside. All methods are told PSF and noise; rivals are stopped where they are best.
 */
final class DeconvolveBenchmark implements Benchmark {

	private static final String OVER_RL = "deconvolve_psnr_gain_over_best_rl", PHOTO = "deblur_photo_psnr", OVER_BM3D =
		"deblur_photo_psnr_gain_over_pnp_bm3d", DOUBLED = "upsample2_psnr_gain_over_bicubic", COVERAGE = "deconvolve_coverage_1sd_percent", SECONDS =
			"deconvolve_seconds_per_megapixel", WRONG = "deconvolve_wrong_psf_loss_less_than_rl", NEIGHBOURS = "deconvolve_psnr_gain_with_neighbours";
	/** Side in pixels of what is restored. */
	private static final int SIDE = 128, TIMED = 512;
	private static final int MICROGRAPHS = Integer.getInteger("micrographs", 6);
	/** Turns of plug and play with BM3D, as DPIR has them (K. Zhang et al., IEEE Transactions on Pattern Analysis and Machine Intelligence 44, 2022). */
	private static final PlugAndPlay.Settings PLUGGED = new PlugAndPlay.Settings(8, 49, 1, 0.23, 20, false);
	/** Those of ours for a range of 255 gray values, with noise, and without. */
	private static final PlugAndPlay.Settings OURS = new PlugAndPlay.Settings(16, 70, 0.7, 0.2, 20, false), OURS_CLEAN = new PlugAndPlay.Settings(16, 70,
		2, 0.2, 20, true);
	/** Noise that ours takes for there where it finds none. */
	private static final NoiseModel HARDLY = NoiseModel.white(0.51);
	/** Photons where a pixel has the value 255. */
	private static final double[] PHOTONS = { 10, 50, 250 };
	private static final double[] SIGMAS = { 2.55, 7.65 };
	private static final double[] VARIATION = { 0.002, 0.01 };
	private static final int SAMPLES = 5;
	private static final int STACK = 5;
	private static final List<MadeStacks.Kind> KINDS = List.of(MadeStacks.Kind.SLICES, MadeStacks.Kind.NUCLEI, MadeStacks.Kind.FILAMENTS);
	private static final double TOO_WIDE = 1.1, TOO_NARROW = 0.9;

	/** A blurred noisy image, and what it was. */
	private record Seen(Raster image, Raster truth, NoiseModel noise) {

		Blur blur(final Psf psf) {
			return new Blur(psf.cut(image.width(), image.height()), image.width(), image.height());
		}

		double psnr(final Raster restored) {
			return Quality.psnr(restored, truth);
		}
	}

	@Override
	public String name() {
		return "deconvolve";
	}

	@Override
	public List<String> keys() {
		return List.of(OVER_RL, PHOTO, OVER_BM3D, DOUBLED, COVERAGE, SECONDS, WRONG, NEIGHBOURS);
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		final Path models = options.models();
		final List<Raster> fields = options.wants(OVER_RL, WRONG, COVERAGE, SECONDS, DOUBLED) ? fields(options, report) : List.of();
		if (options.wants(OVER_RL, WRONG, COVERAGE, SECONDS)) try (Deconvolver deconvolver = new Deconvolver(Model.read(models.resolve("microscopy.cfebm")))) {
			if (options.wants(SECONDS)) time(deconvolver, report);
			if (options.wants(OVER_RL)) micrographs(fields, deconvolver, report);
			if (options.wants(WRONG)) wrong(fields, deconvolver, report);
			if (options.wants(COVERAGE)) cover(fields, deconvolver, report);
		}
		if (options.wants(NEIGHBOURS)) neighbours(models.resolve("microscopy.cfebm"), report);
		if (options.wants(PHOTO, OVER_BM3D, DOUBLED)) try (Deconvolver deconvolver = new Deconvolver(Model.read(models.resolve("photo.cfebm")))) {
			final List<Raster> photographs = SampleSet.read(options.data().resolve("evaluation-only/bsd_gray/test"), report);
			final Filter ffdnet = ffdnet(options);
			if (options.wants(PHOTO, OVER_BM3D)) photographs(photographs, deconvolver, ffdnet, report);
			if (options.wants(DOUBLED)) doubled(photographs, deconvolver, ffdnet, report);
		}
	}

	/** Some of each kind. */
	private static List<Raster> fields(final Options options, final Report report) {
		final List<Raster> all = MicroscopeFields.test(options.data(), report), some = new ArrayList<>();
		for (int i = 0; i < MICROGRAPHS; i++)
			some.add(all.get(i * all.size() / MICROGRAPHS));
		return some;
	}

	/**
	 * A confocal spot, a wide-field lens, and the same under water.
	 *
	 * @param width of all of them, in what it is
	 */
	private static Map<String, Psf> microscopes(final double width) {
		final Map<String, Psf> psfs = new TreeMap<>();
		psfs.put("Gaussian, σ 1.5 px", Psfs.gaussian(1.5 * width));
		psfs.put("lens, NA 0.75, 520 nm, 0.16 µm", Psfs.gibsonLanni(new Optics(0.75, 0.52, 0.16 / width, 1, 1.33, 0)));
		psfs.put("lens, NA 1.2 of oil, 10 µm of water", Psfs.gibsonLanni(new Optics(1.2, 0.52, 0.08 / width, 1.515, 1.33, 10)));
		return psfs;
	}

	/** The middle of an image, blurred by light from around it, too. */
	private static Seen seen(final Raster image, final Psf psf, final int side, final double sigma, final double photons, final long seed) {
		final int w = Math.min(side, image.width() - psf.width() + 1), h = Math.min(side, image.height() - psf.height() + 1);
		final int left = (image.width() - w) / 2, top = (image.height() - h) / 2;
		final Raster seen = new Raster(w, h, 1), truth = new Raster(w, h, 1);
		final SplittableRandom random = new SplittableRandom(seed);
		final double gain = photons > 0 ? 255 / photons : 0;
		for (int i = 0; i < seen.values().length; i++) {
			final int x = left + i % w, y = top + i / w;
			truth.values()[i] = Math.max(0, image.get(x, y, 0));
			double sum = 0;
			for (int k = 0; k < psf.values().length; k++)
				sum += psf.values()[k] * Math.max(0, image.get(x + psf.width() / 2 - k % psf.width(), y + psf.height() / 2 - k / psf.width(), 0));
			seen.values()[i] = (float) (photons > 0 ? gain * shots(sum / gain, random) : sum + sigma * random.nextGaussian());
		}
		return new Seen(seen, truth, photons > 0 ? NoiseModel.shot(Anscombe.of(gain, 0, 0)) : NoiseModel.white(sigma));
	}

	private static double shots(final double mean, final SplittableRandom random) {
		if (mean <= 0) return 0;
		final double t = Anscombe.samplePoisson(new Anscombe(1, 0).forwardMean(mean), random);
		return Math.rint(t * t / 4 - 3.0 / 8);
	}

	private static Raster ours(final Deconvolver deconvolver, final Seen seen, final Psf psf) {
		return deconvolver.deconvolve(seen.image, psf, seen.noise, Settings.USUAL, Progress.NONE).image();
	}

	private static void micrographs(final List<Raster> fields, final Deconvolver deconvolver, final Report report) {
		report.heading("Micrographs, PSNR in decibels");
		report.text("The bundled model microscopy; " + fields.size() + " fields, of each the middle " + SIDE + " px. Photons are those of a pixel of 255.");
		final List<List<Object>> rows = new ArrayList<>();
		double gain = 0;
		int settings = 0;
		for (final Map.Entry<String, Psf> psf : microscopes(1).entrySet())
			for (final double photons : PHOTONS) {
				final double[] psnr = new double[5];
				for (int i = 0; i < fields.size(); i++) {
					final Seen seen = seen(fields.get(i), psf.getValue(), SIDE, 0, photons, i);
					final Blur blur = seen.blur(psf.getValue());
					final Raster wiener = RichardsonLucy.wiener(seen.image, blur, seen::psnr).image(), lucy = lucy(seen, psf.getValue()).image();
					final Raster varied = variation(seen, blur), ours = ours(deconvolver, seen, psf.getValue());
					int n = 0;
					for (final Raster image : List.of(seen.image, wiener, lucy, varied, ours))
						psnr[n++] += seen.psnr(image) / fields.size();
					if (photons == PHOTONS[1]) show("deconvolve-" + settings + "-" + i, seen, wiener, lucy, varied, ours);
				}
				settings++;
				gain += (psnr[4] - Math.max(psnr[2], psnr[3])) / (microscopes(1).size() * PHOTONS.length);
				final List<Object> row = new ArrayList<>(List.of(psf.getKey(), (int) photons));
				for (final double level : psnr)
					row.add(Report.decibels(level));
				rows.add(row);
				report.progress(row.toString());
			}
		report.table(List.of("PSF", "photons", "seen", "Wiener", "Richardson-Lucy", "with total variation", "ours"), rows);
		report.result(OVER_RL, gain, "dB");
	}

	private static Raster variation(final Seen seen, final Blur blur) {
		RichardsonLucy.Best best = null;
		for (final double weight : VARIATION) {
			final RichardsonLucy.Best next = RichardsonLucy.restore(seen.image, blur, weight, seen::psnr);
			if (best == null || next.quality() > best.quality()) best = next;
		}
		return best.image();
	}

	private static void show(final String name, final Seen seen, final Raster wiener, final Raster lucy, final Raster varied, final Raster ours) {
		final List<Shown> shown = new ArrayList<>();
		for (final Raster image : List.of(seen.truth, seen.image, ours, wiener, lucy, varied))
			shown.add(new Shown(image, 0, 255));
		Pictures.write(name, shown);
	}

	/** Stacks that are made, plane by plane and with their neighbours. */
	private static void neighbours(final Path file, final Report report) throws IOException {
		report.heading("Stacks, PSNR in decibels");
		report.text("Made z-stacks and slow movies, " + STACK + " planes of the middle " + SIDE + " px, a Gaussian of σ 1.5 px in each plane.");
		final List<List<Object>> rows = new ArrayList<>();
		final Psf psf = Psfs.gaussian(1.5);
		double gain = 0;
		final Model model = Model.read(file);
		try (Deconvolver deconvolver = new Deconvolver(model, Model.readAny(Model.ofPlanes(file)))) {
			for (final MadeStacks.Kind kind : KINDS)
				for (final double photons : new double[] { PHOTONS[0], PHOTONS[1] }) {
					final List<Raster> clean = MadeStacks.of(kind, kind == MadeStacks.Kind.SLICES ? 2 : 0.4, SEED).subList(0, STACK);
					final List<Seen> seen = new ArrayList<>();
					for (int p = 0; p < STACK; p++)
						seen.add(seen(clean.get(p), psf, SIDE, 0, photons, p));
					double before = 0, alone = 0, helped = 0;
					for (int p = 0; p < STACK; p++) {
						before += seen.get(p).psnr(seen.get(p).image) / STACK;
						alone += seen.get(p).psnr(ours(deconvolver, seen.get(p), psf)) / STACK;
						helped += seen.get(p).psnr(deconvolver.deconvolve(i -> new StackDenoiser.Noisy(seen.get(i).image, seen.get(i).noise, seen.get(i).noise.range(
							model, Normalization.RGB)), STACK, p, psf, Settings.USUAL, Progress.NONE).image()) / STACK;
					}
					gain += (helped - alone) / (KINDS.size() * 2);
					rows.add(List.of(kind.toString().toLowerCase(Locale.ROOT), (int) photons, Report.decibels(before), Report.decibels(alone), Report.decibels(helped)));
					report.progress(rows.get(rows.size() - 1).toString());
				}
		}
		report.table(List.of("stack", "photons", "seen", "plane by plane", "with neighbours"), rows);
		report.result(NEIGHBOURS, gain, "dB");
	}

	/** The loss where all are told a PSF that is a tenth too wide, or too narrow; Richardson and Lucy stop at their best again. */
	private static void wrong(final List<Raster> fields, final Deconvolver deconvolver, final Report report) {
		report.heading("A point spread function that is not the right one, losses in decibels");
		report.text("All are told one that is " + TOO_WIDE + " or " + TOO_NARROW + " times as wide. Richardson and Lucy stop where they are best.");
		final List<List<Object>> rows = new ArrayList<>();
		final List<Map<String, Psf>> wrong = List.of(microscopes(TOO_WIDE), microscopes(TOO_NARROW));
		double less = 0;
		for (final Map.Entry<String, Psf> psf : microscopes(1).entrySet())
			for (final double photons : PHOTONS) {
				final double[] lucy = new double[wrong.size()], ours = new double[wrong.size()];
				for (int i = 0; i < fields.size(); i++) {
					final Seen seen = seen(fields.get(i), psf.getValue(), SIDE, 0, photons, i);
					final double lucyBest = lucy(seen, psf.getValue()).quality(), best = seen.psnr(ours(deconvolver, seen, psf.getValue()));
					for (int k = 0; k < wrong.size(); k++) {
						final Psf told = wrong.get(k).get(psf.getKey());
						lucy[k] += (lucyBest - lucy(seen, told).quality()) / fields.size();
						ours[k] += (best - seen.psnr(ours(deconvolver, seen, told))) / fields.size();
					}
				}
				rows.add(List.of(psf.getKey(), (int) photons, Report.decibels(lucy[0]), Report.decibels(ours[0]), Report.decibels(lucy[1]), Report.decibels(
					ours[1])));
				report.progress(rows.get(rows.size() - 1).toString());
				less += (lucy[0] - ours[0]) / (microscopes(1).size() * PHOTONS.length);
			}
		report.table(List.of("PSF", "photons", "too wide: Richardson-Lucy", "ours", "too narrow: Richardson-Lucy", "ours"), rows);
		report.result(WRONG, less, "dB");
	}

	private static RichardsonLucy.Best lucy(final Seen seen, final Psf psf) {
		return RichardsonLucy.restore(seen.image, seen.blur(psf), 0, seen::psnr);
	}

	private static void cover(final List<Raster> fields, final Deconvolver deconvolver, final Report report) {
		report.heading("The standard deviation");
		final List<List<Object>> rows = new ArrayList<>();
		double mean = 0;
		int settings = 0;
		for (final Map.Entry<String, Psf> psf : microscopes(1).entrySet()) {
			final double photons = PHOTONS[settings % PHOTONS.length];
			settings++;
			double within = 0, twice = 0;
			for (int i = 0; i < fields.size(); i++) {
				final Seen seen = seen(fields.get(i), psf.getValue(), SIDE / 2, 0, photons, i);
				final Deconvolver.Result result = deconvolver.deconvolve(seen.image, psf.getValue(), seen.noise, new Settings(0, SAMPLES, 1), Progress.NONE);
				within += within(1, result, seen) / fields.size();
				twice += within(2, result, seen) / fields.size();
			}
			rows.add(List.of(psf.getKey(), (int) photons, 100 * within, 100 * twice));
			report.progress(rows.get(rows.size() - 1).toString());
			mean += 100 * within / microscopes(1).size();
		}
		report.table(List.of("PSF", "photons", "within 1 sd, %", "within 2 sd, %"), rows);
		report.result(COVERAGE, mean, "%");
	}

	private static double within(final double deviations, final Deconvolver.Result result, final Seen seen) {
		int count = 0;
		for (int i = 0; i < seen.truth.values().length; i++)
			if (Math.abs(result.image().values()[i] - seen.truth.values()[i]) <= deviations * result.standardDeviation().values()[i]) count++;
		return (double) count / seen.truth.values().length;
	}

	private static void time(final Deconvolver deconvolver, final Report report) {
		final Raster image = new Raster(TIMED, TIMED, 1);
		final SplittableRandom random = new SplittableRandom(1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (100 + 60 * Math.sin(i % TIMED / 7.0) * Math.cos(i / TIMED / 9.0) + 8 * random.nextGaussian());
		final Seen seen = new Seen(image, image, NoiseModel.shot(Anscombe.of(0.6, 0, 0)));
		double best = Double.POSITIVE_INFINITY;
		for (int k = 0; k < 2; k++) {
			final long start = System.nanoTime();
			ours(deconvolver, seen, Psfs.gaussian(2));
			best = Math.min(best, (System.nanoTime() - start) * 1e-9 * 1e6 / (TIMED * TIMED));
		}
		report.result(SECONDS, best, "s");
	}

	/** Four motions and four Gaussians, drawn by chance. */
	private static List<Psf> kernels() {
		final SplittableRandom random = new SplittableRandom(Benchmark.SEED);
		final List<Psf> kernels = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			kernels.add(Psfs.motion(5 + 14 * random.nextDouble(), 180 * random.nextDouble()));
			kernels.add(Psfs.gaussian(0.8 + 2 * random.nextDouble()));
		}
		return kernels;
	}

	private static void photographs(final List<Raster> all, final Deconvolver deconvolver, final Filter ffdnet, final Report report) {
		report.heading("Photographs, PSNR in decibels");
		report.text("The bundled model photo; for each kernel the same " + all.size() + " photographs, of each the middle " + SIDE + " px. " +
			PublishedNetwork.FFDNET + " has our solver and settings.");
		final List<List<Object>> rows = new ArrayList<>();
		final List<Psf> kernels = kernels();
		double mean = 0, gain = 0;
		for (final double sigma : SIGMAS)
			for (int i = 0; i < kernels.size(); i++) {
				final Psf psf = kernels.get(i);
				final double[] psnr = new double[5];
				for (int k = 0; k < all.size(); k++) {
					final Seen seen = seen(all.get(k), psf, SIDE, sigma, 0, i * all.size() + k);
					final Blur blur = seen.blur(psf);
					int n = 0;
					for (final Raster image : List.of(seen.image, RichardsonLucy.wiener(seen.image, blur, seen::psnr).image(), plugged(seen, blur, Bm3d::denoise,
						PLUGGED), plugged(seen, blur, ffdnet, OURS), ours(deconvolver, seen, psf)))
						psnr[n++] += seen.psnr(image) / all.size();
				}
				mean += psnr[4] / (SIGMAS.length * kernels.size());
				gain += (psnr[4] - psnr[2]) / (SIGMAS.length * kernels.size());
				final List<Object> row = new ArrayList<>(List.of((i % 2 == 0 ? "motion" : "Gaussian") + ", " + psf.width() + "×" + psf.height() + " px", sigma));
				for (final double level : psnr)
					row.add(Report.decibels(level));
				rows.add(row);
				report.progress(row.toString());
			}
		report.table(List.of("kernel", "σ", "seen", "Wiener", "plug and play, BM3D", "the same, FFDNet", "ours"), rows);
		report.result(PHOTO, mean, "dB");
		report.result(OVER_BM3D, gain, "dB");
	}

	/** Plug and play with another method that takes noise off. */
	private static Raster plugged(final Seen seen, final Blur blur, final Filter removal, final PlugAndPlay.Settings settings) {
		final Raster whole = new PlugAndPlay(seen.image, blur, seen.noise, ofWhite(removal)).restore(settings, Progress.NONE);
		return new Raster(seen.image.width(), seen.image.height(), 1, blur.seen(whole.values()));
	}

	private static PlugAndPlay.NoiseRemoval ofWhite(final Filter removal) {
		return (image, sigma, correlation) -> removal.denoise(image, sigma);
	}

	private static Filter ffdnet(final Options options) throws IOException {
		return PublishedNetwork.read(options.data()).stream().filter(b -> b.name().equals(PublishedNetwork.FFDNET)).findFirst().orElseThrow(
			() -> new IllegalArgumentException("The data folder has no evaluation-only/peers/ffdnet.")).settings().values().iterator().next();
	}

	private static void doubled(final List<Raster> all, final Deconvolver deconvolver, final Filter ffdnet, final Report report) {
		report.heading("Doubling, PSNR in decibels");
		report.text("Means of 2×2 pixels of whole photographs, without noise. " + PublishedNetwork.FFDNET + " has our solver and settings.");
		final List<List<Object>> rows = new ArrayList<>();
		double gain = 0;
		for (int i = 0; i < all.size(); i++) {
			final int w = all.get(i).width() / 2, h = all.get(i).height() / 2;
			final Raster truth = SampleSet.middle(all.get(i), 2 * w, 2 * h), half = new Raster(w, h, 1);
			final Pooling pooling = new Pooling(w, h);
			pooling.apply(truth.values(), half.values());
			final Raster ours = deconvolver.restore(half, pooling, null, Settings.USUAL, Progress.NONE).image();
			final Raster peer = new PlugAndPlay(half, pooling, HARDLY, ofWhite(ffdnet)).restore(OURS_CLEAN, Progress.NONE);
			final double before = Quality.psnr(bicubic(half), truth), after = Quality.psnr(ours, truth);
			gain += (after - before) / all.size();
			rows.add(List.of(i + 1, Report.decibels(before), Report.decibels(Quality.psnr(peer, truth)), Report.decibels(after)));
			report.progress(rows.get(i).toString());
		}
		report.table(List.of("photograph", "bicubic", "FFDNet", "ours"), rows);
		report.result(DOUBLED, gain, "dB");
	}

	/** Bicubic, at the places of the middles of the finer pixels. */
	private static Raster bicubic(final Raster half) {
		final ImageProcessor from = new FloatProcessor(half.width() + 8, half.height() + 8);
		for (int y = 0; y < from.getHeight(); y++)
			for (int x = 0; x < from.getWidth(); x++)
				from.setf(x, y, half.get(Math.max(0, Math.min(half.width() - 1, x - 4)), Math.max(0, Math.min(half.height() - 1, y - 4)), 0));
		final Raster out = new Raster(2 * half.width(), 2 * half.height(), 1);
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] = (float) from.getBicubicInterpolatedPixel(4 + (i % out.width() - 0.5) / 2, 4 + (i / out.width() - 0.5) / 2, from);
		return out;
	}
}

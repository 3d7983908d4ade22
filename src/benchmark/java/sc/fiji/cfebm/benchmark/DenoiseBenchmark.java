package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import sc.fiji.cfebm.api.Cfebm;
import sc.fiji.cfebm.benchmark.Baseline.Filter;
import sc.fiji.cfebm.benchmark.Pictures.Shown;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.training.Preset;

/**
 * Denoising beside what people use now: photographs with white noise,
 * whether the standard deviation image can be believed, how well σ is estimated, time and memory. Classical methods have
 * the setting that is best on training images; ours have the command's defaults and are told σ.
 */
final class DenoiseBenchmark implements Benchmark {

	private static final String PSNR_15 = "bsd68_sigma15_psnr", PSNR = "bsd68_sigma25_psnr", PSNR_50 = "bsd68_sigma50_psnr",
		OVER_FFDNET = "bsd68_sigma25_psnr_gain_over_ffdnet", BUNDLED_PSNR = "bsd68_sigma25_psnr_bundled_photo", GAIN =
		"bsd68_sigma25_psnr_gain_over_nlm", COVERAGE =
			"uncertainty_coverage_1sd_percent", COVERAGE_2 = "uncertainty_coverage_2sd_percent", MICROSCOPY = "_microscopy", SECONDS =
				"seconds_per_megapixel_one_step", ESTIMATE = "sigma_estimate_mean_error_percent", BM3D_CHECK =
				"bm3d_set12_sigma25_psnr_over_published";

	/** PSNR of BM3D on the four images of set12 at σ = 25: table III of Zhang et al., the paper of DnCNN (2017). */
	private static final double[] BM3D_PUBLISHED = { 29.45, 28.56, 28.93, 29.90 };
	private static final List<String> SET12 = List.of("01", "04", "07", "10");

	private static final String OURS = "one step, trained on photographs of the same collection", BUNDLED =
		"one step, the bundled model photo";
	/** Every so manyth training image serves to choose the classical methods' settings. */
	private static final int TUNING = 40;
	/** Sides in pixels: of the image that is timed, of that whose memory is measured, of the photographs in them. */
	private static final int TIMED = 512, LARGE = 2048, TILE = 256;
	private static final int RUNS = 10;
	/** Seconds after which a method is not timed once more. */
	private static final double LONG = 20;
	/** The difference of gray values that {@link #removed} shows white. */
	static final int REMOVED = 75;
	/** Images of the test set that pictures show. */
	private static final int[] SHOWN = { 3, 8 };

	/** Photographs, and those of the models that are needed. */
	private record Photos(SampleSet bsd, List<Raster> set12, Model ours) {

		static Photos read(final Options options, final Report report) throws IOException {
			final SampleSet bsd = SampleSet.bsd(options, report);
			final Model ours = Benchmark.model("bsd", bsd.training(), bsd.range(), new Training(Preset.DENOISING, 32, 16, true, 3000, 5000, 44000),
				options, report);
			report.text("Our model of photographs: " + ours.info().training() + ".");
			return new Photos(bsd, fourOfSet12(options, report), ours);
		}

		List<Raster> test() {
			return bsd.reference();
		}

		/** Training images on which settings are chosen. */
		List<Raster> tuning() {
			return IntStream.range(0, bsd.training().size()).filter(i -> i % TUNING == 0).mapToObj(bsd.training()::get).toList();
		}
	}

	/** Means over images. */
	private record Figures(double psnr, double ssim) {}

	@Override
	public String name() {
		return "denoise";
	}

	@Override
	public List<String> keys() {
		return List.of(PSNR_15, PSNR, PSNR_50, OVER_FFDNET, BUNDLED_PSNR, GAIN, COVERAGE, COVERAGE_2, COVERAGE + MICROSCOPY, COVERAGE_2 + MICROSCOPY,
			SECONDS, ESTIMATE, BM3D_CHECK);
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		// First, since the memory that a process has used at most is what everything before has used, too.
		if (options.wants(SECONDS)) time(options, report);
		final Photos photos = options.wants(PSNR_15, PSNR, PSNR_50, OVER_FFDNET, BUNDLED_PSNR, GAIN) ? Photos.read(options, report)
			: null;
		if (options.wants(BM3D_CHECK)) checkBm3d(fourOfSet12(options, report), report);
		if (options.wants(PSNR_15, PSNR, PSNR_50, OVER_FFDNET, BUNDLED_PSNR, GAIN)) photographs(photos, options.data(), report);
		cover("photo", COVERAGE, COVERAGE_2, options, report);
		cover("microscopy", COVERAGE + MICROSCOPY, COVERAGE_2 + MICROSCOPY, options, report);
		if (options.wants(ESTIMATE)) report.result(ESTIMATE, EstimatedNoise.measure(options, report), "%");
	}

	private static void cover(final String bundled, final String one, final String two, final Options options, final Report report)
		throws IOException
	{
		if (!options.wants(one, two)) return;
		final StandardDeviations.Coverage coverage = StandardDeviations.measure(bundled(bundled), SampleSet.bsd(options, report).reference(), "photographs-" + bundled, report);
		report.result(one, coverage.one(), "%");
		report.result(two, coverage.two(), "%");
	}

	private static Model bundled(final String name) throws IOException {
		return Model.read(Path.of("plugins", "CF-EBM", "models", name + ".cfebm"));
	}

	private static List<Raster> fourOfSet12(final Options options, final Report report) {
		return SampleSet.read(options.data().resolve("evaluation-only").resolve("set12").resolve("test"), report);
	}

	private static void checkBm3d(final List<Raster> images, final Report report) {
		report.heading("BM3D as written here, σ = 25");
		final List<Raster> noisy = NucleiBenchmark.noisy(images, 25);
		final List<List<Object>> rows = new ArrayList<>();
		double difference = 0;
		for (int i = 0; i < images.size(); i++) {
			final double psnr = Quality.psnr(Bm3d.denoise(noisy.get(i), 25), images.get(i));
			difference += (psnr - BM3D_PUBLISHED[i]) / images.size();
			rows.add(List.of("set12, " + SET12.get(i), Report.decibels(psnr), Report.decibels(BM3D_PUBLISHED[i]), Report.decibels(psnr -
				BM3D_PUBLISHED[i])));
		}
		report.table(List.of("image", "PSNR", "published", "difference"), rows);
		report.text("Another draw of the noise moves an image of 256×256 by up to 0.1 dB.");
		report.result(BM3D_CHECK, difference, "dB");
	}

	private static void photographs(final Photos photos, final Path data, final Report report) throws IOException {
		final List<Baseline> published = PublishedNetwork.read(data);
		report.heading("Photographs, white noise");
		final List<Raster> tuning = photos.tuning();
		report.text("PSNR in dB and SSIM, means over " + photos.test().size() + " images of BSD68 and " + photos.set12.size() +
			" of Set12; results clamped to 0 to 255, the noise itself is not. All methods see the same noise (seed 1) and " +
			"are told σ; ours have the command's defaults otherwise. " +
			"The classical methods' settings are the best of a grid on " + tuning.size() + " training images, for each σ.");
		try (Cfebm ours = new Cfebm(photos.ours); Cfebm bundled = Cfebm.read(Path.of("plugins", "CF-EBM", "models", "photo.cfebm"))) {
			for (final int sigma : new int[] { 15, 25, 50 }) {
				final Map<String, Filter> methods = new LinkedHashMap<>();
				final Map<String, String> settings = new LinkedHashMap<>();
				methods.put("noisy", (y, s) -> y);
				final List<Raster> noisyTuning = NucleiBenchmark.noisy(tuning, sigma);
				for (final Baseline baseline : Baseline.forKnownNoise()) {
					report.progress("σ = " + sigma + ": best setting of " + baseline.name());
					final var best = baseline.best(f -> NucleiBenchmark.mean(noisyTuning, tuning, y -> f.denoise(y, sigma)));
					methods.put(baseline.name(), best.getValue());
					settings.put(baseline.name(), best.getKey());
				}
				published.forEach(network -> network.settings().values().forEach(f -> methods.put(network.name(), f)));
				methods.put(BUNDLED, oneStep(bundled));
				methods.put(OURS, oneStep(ours));
				compare(methods, settings, sigma, photos, report);
			}
		}
		report.text("The pictures denoise-photograph-….png (σ = 25) show, row by row: clean, noisy, non-local means, " +
			"BM3D, ours, and what ours took away, noisy less ours, from -" + REMOVED + " (black) to " + REMOVED + ".");
	}

	private static void compare(final Map<String, Filter> methods, final Map<String, String> settings, final int sigma,
		final Photos photos, final Report report)
	{
		final List<List<Object>> rows = new ArrayList<>();
		final Map<String, Double> psnr = new LinkedHashMap<>();
		methods.forEach((name, method) -> {
			report.progress("σ = " + sigma + ": " + name);
			final Figures bsd = figures(photos.test(), sigma, method), set12 = figures(photos.set12, sigma, method);
			psnr.put(name, bsd.psnr);
			rows.add(List.of(name, settings.getOrDefault(name, ""), Report.decibels(bsd.psnr), bsd.ssim, Report
				.decibels(set12.psnr), set12.ssim));
		});
		report.text("**σ = " + sigma + "**");
		report.table(List.of("method", "setting", "BSD68, 20 images", "SSIM", "Set12, 4 images", "SSIM"), rows);
		report.result(sigma == 15 ? PSNR_15 : sigma == 25 ? PSNR : PSNR_50, psnr.get(OURS), "dB");
		if (sigma != 25) return;
		report.result(OVER_FFDNET, psnr.get(OURS) - psnr.get(PublishedNetwork.FFDNET), "dB");
		report.result(BUNDLED_PSNR, psnr.get(BUNDLED), "dB");
		report.result(GAIN, psnr.get(OURS) - psnr.get(Baseline.NON_LOCAL_MEANS), "dB");
		for (final int i : SHOWN) {
			final Raster noisy = NucleiBenchmark.noisy(photos.test(), sigma).get(i), ours = methods.get(OURS).denoise(noisy, sigma);
			Pictures.write("denoise-photograph-" + i, List.of(gray(photos.test().get(i)), gray(noisy), gray(methods.get(
				Baseline.NON_LOCAL_MEANS).denoise(noisy, sigma)), gray(methods.get(Baseline.BM3D).denoise(noisy, sigma)), gray(ours),
				removed(noisy, ours)));
		}
	}

	private static Figures figures(final List<Raster> clean, final double sigma, final Filter method) {
		final List<Raster> noisy = NucleiBenchmark.noisy(clean, sigma);
		double psnr = 0, ssim = 0;
		for (int i = 0; i < clean.size(); i++) {
			final Raster result = method.denoise(noisy.get(i), sigma);
			psnr += Quality.psnr(result, clean.get(i)) / clean.size();
			ssim += Quality.ssim(result, clean.get(i)) / clean.size();
		}
		return new Figures(psnr, ssim);
	}

	/** With the command's defaults, but told σ. */
	private static Filter oneStep(final Cfebm cfebm) {
		return (y, sigma) -> AsUsed.denoised(cfebm, y, sigma);
	}

	/** An 8-bit image as it is. */
	static Shown gray(final Raster image) {
		return new Shown(image, 0, 255);
	}

	/** What a method took away. */
	static Shown removed(final Raster noisy, final Raster result) {
		final Raster out = noisy.copy();
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] -= result.values()[i];
		return new Shown(out, -REMOVED, REMOVED);
	}

	/** How long each method takes for a megapixel, and how much memory ours needs for a large image. */
	private static void time(final Options options, final Report report) throws IOException {
		report.heading("Time and memory");
		final Model model = bundled("photo");
		final List<Raster> photographs = SampleSet.bsd(options, report).reference();
		try (Cfebm cfebm = new Cfebm(model); Denoiser denoiser = new Denoiser(model)) {
			final double sigma = 25;
			final Filter oneStep = oneStep(cfebm);
			final Raster small = NucleiBenchmark.noisy(List.of(mosaic(photographs, TIMED)), sigma).get(0), large = NucleiBenchmark
				.noisy(List.of(mosaic(photographs, LARGE)), sigma).get(0);
			final Map<String, Filter> methods = new LinkedHashMap<>();
			methods.put("one step", oneStep);
			methods.put("posterior, " + Defaults.CHAINS + " chains of " + Defaults.STEPS + " steps", (y, s) -> AsUsed.posterior(denoiser,
				model, y).mean());
			final List<Baseline> published = PublishedNetwork.read(options.data());
			published.forEach(b -> methods.put(b.name(), b.settings().values().iterator().next()));
			Baseline.forKnownNoise().forEach(b -> methods.put(b.name() + ", " + b.settings().keySet().iterator().next(), b.settings()
				.values().iterator().next()));
			final double before = ResidentMemory.megabytes("VmHWM");
			final List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream().filter(p -> p
				.getType() == MemoryType.HEAP).toList();
			System.gc();
			heap.forEach(MemoryPoolMXBean::resetPeakUsage);
			oneStep.denoise(large, sigma);
			report.text(String.format(Locale.ROOT, "One step of %d×%d pixels: the process had at most %.0f MB of memory (%.0f MB " +
				"before), at most %.0f MB of its heap were in use; Java may use up to %.0f MB and takes what it may.", LARGE, LARGE,
				ResidentMemory.megabytes("VmHWM"), before, heap.stream().mapToLong(p -> p.getPeakUsage().getUsed()).sum() / 1e6,
				Runtime.getRuntime().maxMemory() / 1e6));
			final List<List<Object>> rows = new ArrayList<>();
			for (final Map.Entry<String, Filter> method : methods.entrySet()) {
				report.progress("time of " + method.getKey());
				final Seconds taken = secondsPerMegapixel(method.getValue(), small, sigma);
				rows.add(List.of(method.getKey(), taken.seconds, String.format(Locale.ROOT, "%.2f", taken.others)));
				if (method.getValue() == oneStep) report.result(SECONDS, taken.seconds, "s");
			}
			report.table(List.of("method", "seconds per megapixel", "others' load"), rows);
			report.text("Wall time, " + TIMED + "×" + TIMED + " pixels, the fastest of up to " + RUNS + " runs. Ours and the published " +
				"networks have OMP_NUM_THREADS=" + NativeRuntime.threads() + " (the key means 2), the other methods are one thread of plain " +
				"Java. Others' load: how many processors others kept busy during the fastest run; where that is not about 0, the time says " +
				"little.");
		}
	}

	/** @param others processors that other processes kept busy meanwhile */
	private record Seconds(double seconds, double others) {}

	/** Our threads share the picture: what the calling thread has used is no measure. */
	private static Seconds secondsPerMegapixel(final Filter method, final Raster noisy, final double sigma) throws IOException {
		Seconds fastest = null;
		double total = 0;
		for (int run = 0; run < RUNS && total < LONG; run++) {
			final OtherLoad load = new OtherLoad().start();
			final long start = System.nanoTime();
			method.denoise(noisy, sigma);
			final double seconds = (System.nanoTime() - start) * 1e-9;
			total += seconds;
			final double perMegapixel = seconds * 1e6 / noisy.values().length;
			if (fastest == null || perMegapixel < fastest.seconds) fastest = new Seconds(perMegapixel, load.stop());
		}
		return fastest;
	}

	/** A square image of photographs side by side. */
	private static Raster mosaic(final List<Raster> photographs, final int side) {
		final Raster out = new Raster(side, side, 1);
		for (int i = 0; i < out.values().length; i++) {
			final int x = i % side, y = i / side;
			final Raster photograph = photographs.get((x / TILE + y / TILE * (side / TILE)) % photographs.size());
			out.values()[i] = photograph.get(x % TILE, y % TILE, 0);
		}
		return out;
	}
}

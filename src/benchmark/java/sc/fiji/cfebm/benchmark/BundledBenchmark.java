package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.AnomalyDetector;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Recipe;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.calibration.NominalCalibrator;
import sc.fiji.cfebm.training.data.Split;

/**
 * The models that come with the plugin: how well they denoise images that were kept out of their training. Those that the
 * folder of models lacks are trained and written, with half precision and their provenance inside; so this is also the
 * program that makes them: {@code -Dbenchmark=bundled -Donly=KEY -Dmodels=plugins/CF-EBM/models}. Where the model of nuclei does not know
 * what is nominal, that alone is measured and written into it.
 */
final class BundledBenchmark implements Benchmark {

	private static final String FIGURES = "figures", OVER_CHANNELS = "bundled_photo-color_sigma25_psnr_gain_over_channels";
	private static final int IMAGES = 20;
	/** Most pixels of a side of RGB images. */
	private static final int COLORS_SIDE = 384;
	private static final Normalization EIGHT_BITS = new Normalization(0, 255);

	/** Images below the data folder. */
	private interface Images {

		List<Raster> read(Path data, Report report);
	}

	/**
	 * One model.
	 *
	 * @param recipe how it is trained
	 * @param start the bundled model that its training goes on from; null: from scratch
	 * @param iterations of each stage
	 * @param range null for the training images' percentiles
	 * @param data what it was trained on, in words
	 * @param licence of that data
	 * @param heldOut what its figures are from, in words; none of it was trained on
	 */
	private record Bundle(String name, Recipe recipe, String start, List<Integer> iterations, Normalization range, String data, String licence, Images training,
		String heldOut, Images test)
	{

		/** Whether its images are of one kind, so that it can tell what is unusual among them. */
		boolean isOfOneKind() {
			return name.equals("nuclei");
		}

		String key() {
			return "bundled_" + name + "_sigma25_psnr_gain";
		}
	}

	private static final int SIZE = 32, WIDTH = 16;

	private static final String CC0 = "CC0 1.0", COLOR = "photo-color";
	private static final List<Bundle> BUNDLES = List.of(nuclei(), photo(), color(), microscopy());

	private static Bundle nuclei() {
		return new Bundle("nuclei", Preset.SCORE_MATCHING.recipe(), null, List.of(800, 1500, 24000), null,
			"fluorescence nuclei 256x256 of the 2018 Data Science Bowl (BBBC038 stage 1, Carpenter lab)", CC0, folder("dsb2018_fluo256",
				"train/images"), "other images of the same set", folder("dsb2018_fluo256", "test/images"));
	}

	private static Bundle photo() {
		return new Bundle("photo", Preset.SCORE_MATCHING.recipe(), null, List.of(800, 1500, 78000), EIGHT_BITS,
			"200 gray crops of photographs and textures, CC0 or in the public domain", CC0, folder("cc0_photographs", "train"),
			"crops of other photographs of the same kind", folder("cc0_photographs", "test"));
	}

	private static Bundle color() {
		return new Bundle(COLOR, cameras(0.2, 0.1), null, List.of(800, 1500, 26000), EIGHT_BITS,
			"80 RGB crops of photographs and textures, CC0 or in the public domain, and 30 fields of stained tissue of the 2018 Data Science Bowl (BBBC038 stage 1, Carpenter lab)",
			CC0, (data, report) -> {
				final List<Raster> images = new ArrayList<>(folder("cc0_photographs", "color").read(data, report)), tissue = folder("dsb2018_he",
					"train/images").read(data, report);
				for (int i = 0; i < tissue.size(); i += 2)
					images.add(tissue.get(i));
				return images;
			}, "the middle of astronaut, coffee, ihc and retina of scikit-image's samples", (data, report) -> SampleSet.colors(data, COLORS_SIDE));
	}

	private static Bundle microscopy() {
		return new Bundle("microscopy", cameras(0.35, 0.35), "photo", List.of(1, 1, 40000), EIGHT_BITS, MicroscopeFields.DESCRIPTION,
			"CC0 1.0 or in the public domain", MicroscopeFields::training, "fields of other specimens", (data, report) -> MicroscopeFields.test(
				data, report).subList(0, IMAGES - 1));
	}

	/** For restoration alone. @param correlated share of correlated noise @param shots share of shots */
	private static Recipe cameras(final double correlated, final double shots) {
		final Recipe recipe = Preset.DENOISING.recipe();
		return recipe.withUnet(new Recipe.Unet(recipe.unet().estimateShare(), 0, correlated, shots, recipe.unet().patch()));
	}

	@Override
	public String name() {
		return "bundled";
	}

	@Override
	public List<String> keys() {
		return Stream.concat(BUNDLES.stream().map(Bundle::key), Stream.of(OVER_CHANNELS)).toList();
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		for (final Bundle bundle : BUNDLES)
			if (options.wants(bundle.key()) || bundle.name.equals(COLOR) && options.wants(OVER_CHANNELS)) run(bundle, options, report);
	}

	private static void run(final Bundle bundle, final Options options, final Report report) throws IOException {
		final Path file = options.models().resolve(bundle.name + ".cfebm");
		// Read before the training, which would be lost if they were missing.
		final List<Raster> test = bundle.test.read(options.data(), report);
		if (!Files.exists(file)) {
			Files.createDirectories(options.models());
			final List<Raster> images = bundle.training.read(options.data(), report);
			final Normalization range = bundle.range != null ? bundle.range : Ranges.ofPercentiles(images);
			final TrainingSettings settings = new TrainingSettings(bundle.recipe, SIZE, WIDTH, 0, bundle.iterations, 0, true, true,
				Benchmark.SEED);
			final Model from = bundle.start == null ? null : Model.read(options.models().resolve(bundle.start + ".cfebm"));
			final Model trained = Trainer.train(Split.ofImages(images, SIZE, Benchmark.SEED), null, from, range, from == null ? settings : settings.from(from),
				null, Benchmark.monitor(report)).withRecord(provenance(bundle));
			(bundle.isOfOneKind() ? trained : trained.withCalibration(trained.info().calibration().withNominalModel(null))).writeHalf(file);
		}
		if (bundle.isOfOneKind() && !AnomalyDetector.knowsNominal(Model.read(file))) {
			report.progress("Measuring what is nominal for the model " + bundle.name);
			NominalCalibrator.calibrate(Model.read(file), Split.ofImages(bundle.training.read(options.data(), report), SIZE,
				Benchmark.SEED), Benchmark.SEED, Progress.NONE).writeHalf(file);
		}
		// The model as others will get it.
		final Model model = Model.read(file);
		report.heading(bundle.name);
		final List<List<Object>> rows = new ArrayList<>();
		final List<String> figures = new ArrayList<>();
		for (final int sigma : new int[] { 10, 25, 50 }) {
			final List<Raster> noisy = NucleiBenchmark.noisy(test, sigma);
			final double before = NucleiBenchmark.mean(noisy, test, y -> y), after;
			try (Denoiser denoiser = new Denoiser(model)) {
				after = NucleiBenchmark.mean(noisy, test, y -> denoiser.denoise(y, model.range(), new Denoiser.Settings(
					Method.ONE_STEP, sigma, 1, 1, 1), Progress.NONE).mean());
			}
			final List<Object> row = new ArrayList<>(List.of("sigma " + sigma, before, after));
			if (model.channels() > 1) {
				final double gray = byChannel(options, noisy, test, sigma), bm3d = NucleiBenchmark.mean(noisy, test, y -> joined(y, c -> Bm3d
					.denoise(c, sigma)));
				row.addAll(List.of(gray, bm3d));
				if (sigma == 25) report.result(OVER_CHANNELS, after - gray, "dB");
			}
			rows.add(row);
			figures.add(String.format(Locale.ROOT, "sigma %d: %.1f to %.1f dB", sigma, before, after));
			if (sigma == 25) report.result(bundle.key(), after - before, "dB");
		}
		report.table(model.channels() == 1 ? List.of("noise", "noisy", "one step") : List.of("noise", "noisy", "one step",
			"the bundled photo, channel by channel", "BM3D, channel by channel"), rows);
		if (!model.info().training().containsKey(FIGURES)) model.withRecord(Map.of(FIGURES, "PSNR of one-step denoising, white noise, mean of " + test.size() +
			" images (" + bundle.heldOut + "): " + String.join(", ", figures))).writeHalf(file);
		report.text("Held out: " + bundle.heldOut + ". Inside the model file: " + Model.read(file).info().training());
	}

	/** By the bundled model of gray photographs. */
	private static double byChannel(final Options options, final List<Raster> noisy, final List<Raster> test, final int sigma)
		throws IOException
	{
		final Model gray = Model.read(options.models().resolve("photo.cfebm"));
		try (Denoiser denoiser = new Denoiser(gray)) {
			return NucleiBenchmark.mean(noisy, test, y -> joined(y, c -> denoiser.denoise(c, gray.range(), new Denoiser.Settings(
				Method.ONE_STEP, sigma, 1, 1, 1), Progress.NONE).mean()));
		}
	}

	/** An image whose channels were filtered one by one. */
	private static Raster joined(final Raster image, final UnaryOperator<Raster> filter) {
		return Raster.of(IntStream.range(0, image.channels()).mapToObj(image::channel).map(filter).toList());
	}

	private static Map<String, String> provenance(final Bundle bundle) {
		final Map<String, String> record = new LinkedHashMap<>();
		record.put("name", bundle.name);
		record.put("data", bundle.data);
		record.put("licence", bundle.licence);
		record.put("command", "mvn -q -Pbenchmarks test-compile exec:exec@benchmark -Dbenchmark=bundled -Donly=" + bundle
			.key() + " -Dthreads=" + System.getenv("OMP_NUM_THREADS") +
			" -Ddata=DIR -Dmodels=plugins/CF-EBM/models");
		return record;
	}

	/** @param part folder below the set's; of a test set the first images */
	private static Images folder(final String set, final String part) {
		return (data, report) -> {
			final List<Raster> images = ImageSource.planes(ImageFolder.read(List.of(data.resolve("open").resolve(set).resolve(part).toFile()),
				Benchmark.monitor(report)));
			return part.startsWith("test") ? images.subList(0, Math.min(IMAGES, images.size())) : images;
		};
	}
}

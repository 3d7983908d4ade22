package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import sc.fiji.cfebm.image.ImageFolder;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.testimages.DeadLeaves;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Ranges;
import sc.fiji.cfebm.tile.Raster;

/**
 * The models that come with the plugin: how well they denoise images that were kept out of their training. Those that the
 * folder of models lacks are trained and written, with half precision and their provenance inside; so this is also the
 * program that makes them: {@code -Dbenchmark=bundled -Donly=KEY -Dmodels=plugins/CF-EBM/models}.
 */
final class BundledBenchmark implements Benchmark {

	private static final String FIGURES = "figures";
	private static final int IMAGES = 20;
	private static final Normalization EIGHT_BITS = new Normalization(0, 255);

	/** Images below the data folder. */
	private interface Images {

		List<Raster> read(Path data, Report report);
	}

	/**
	 * One model.
	 *
	 * @param size side of its tiles in pixels
	 * @param range null for the training images' percentiles
	 * @param data what it was trained on, in words
	 * @param licence of that data
	 * @param heldOut what its figures are from, in words; none of it was trained on
	 */
	private record Recipe(String name, int size, Normalization range, String data, String licence, Images training,
		String heldOut, Images test)
	{

		String key() {
			return "bundled_" + name + "_sigma25_psnr_gain";
		}
	}

	private static final List<Recipe> RECIPES = List.of(new Recipe("nuclei", 64, null,
		"fluorescence nuclei 256x256 of the 2018 Data Science Bowl (BBBC038 stage 1, Carpenter lab)", "CC0 1.0", folder(
			"dsb2018_fluo256", "train"), "other images of the same set", folder("dsb2018_fluo256", "test")), new Recipe(
				"histology", 32, EIGHT_BITS,
				"stained tissue sections, RGB, 320x256, of the 2018 Data Science Bowl (BBBC038 stage 1, Carpenter lab)", "CC0 1.0",
				folder("dsb2018_he", "train"), "other images of the same set", folder("dsb2018_he", "test")), new Recipe("photo", 32,
					EIGHT_BITS, Photographs.DATA, "CC0 1.0", BundledBenchmark::photographs,
					"the photograph astronaut of scikit-image (public domain), gray, at full, half and third size", (data, report) -> //
					Photographs.read(data, "astronaut")));

	@Override
	public String name() {
		return "bundled";
	}

	@Override
	public List<String> keys() {
		return RECIPES.stream().map(Recipe::key).toList();
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		for (final Recipe recipe : RECIPES)
			if (options.wants(recipe.key())) run(recipe, options, report);
	}

	private static void run(final Recipe recipe, final Options options, final Report report) throws IOException {
		final Path file = options.models().resolve(recipe.name + ".cfebm");
		// Read before the training, which would be lost if they were missing.
		final List<Raster> test = recipe.test.read(options.data(), report);
		if (!Files.exists(file)) {
			Files.createDirectories(options.models());
			final List<Raster> images = recipe.training.read(options.data(), report);
			final Normalization range = recipe.range != null ? recipe.range : Ranges.ofPercentiles(images);
			Benchmark.train(images, range, recipe.size, options, report).withRecord(provenance(recipe, options)).writeHalf(file);
		}
		// The model as others will get it.
		final Model model = Model.read(file);
		report.heading(recipe.name);
		final List<List<Object>> rows = new ArrayList<>();
		final List<String> figures = new ArrayList<>();
		for (final int sigma : new int[] { 10, 25, 50 }) {
			final List<Raster> noisy = NucleiBenchmark.noisy(test, sigma);
			final double before = NucleiBenchmark.mean(noisy, test, y -> y), after;
			try (Denoiser denoiser = new Denoiser(model)) {
				after = NucleiBenchmark.mean(noisy, test, y -> denoiser.denoise(y, model.range(), new Denoiser.Settings(
					Method.ONE_STEP, sigma, 1, 1, 1), Progress.NONE).mean());
			}
			rows.add(List.of("sigma " + sigma, before, after));
			figures.add(String.format(Locale.ROOT, "sigma %d: %.1f to %.1f dB", sigma, before, after));
			if (sigma == 25) report.result(recipe.key(), after - before, "dB");
		}
		report.table(List.of("noise", "noisy", "one step"), rows);
		if (!model.info().training().containsKey(FIGURES)) model.withRecord(Map.of(FIGURES, "PSNR of one-step denoising, white noise, mean of " + test.size() +
			" images (" + recipe.heldOut + "): " + String.join(", ", figures))).writeHalf(file);
		report.text("Held out: " + recipe.heldOut + ". Inside the model file: " + Model.read(file).info().training());
	}

	private static Map<String, String> provenance(final Recipe recipe, final Options options) {
		final Map<String, String> record = new LinkedHashMap<>();
		record.put("name", recipe.name);
		record.put("data", recipe.data);
		record.put("licence", recipe.licence);
		record.put("minutes", Double.toString(options.minutes()));
		record.put("command", "mvn -q -Pbenchmarks test-compile exec:exec@benchmark -Dbenchmark=bundled -Donly=" + recipe
			.key() + " -Dminutes=" + options.minutes() + " -Dthreads=" + System.getenv("OMP_NUM_THREADS") +
			" -Ddata=DIR -Dmodels=plugins/CF-EBM/models");
		return record;
	}

	private static Images folder(final String set, final String part) {
		return (data, report) -> {
			final List<Raster> images = ImageFolder.read(data.resolve("open").resolve(set).resolve(part).resolve("images")
				.toFile(), report::progress);
			return part.equals("test") ? images.subList(0, Math.min(IMAGES, images.size())) : images;
		};
	}

	private static List<Raster> photographs(final Path data, final Report report) {
		final List<Raster> images = new ArrayList<>(DeadLeaves.images(160, 192, 1));
		images.addAll(Photographs.read(data, Photographs.CC0));
		return images;
	}
}

package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.MixtureStart;
import sc.fiji.cfebm.stats.GaussianFit;
import sc.fiji.cfebm.stats.GaussianMixture;
import sc.fiji.cfebm.stats.ScoreQuantiles;

class ModelFileTest {

	@TempDir
	Path folder;
	private Path file;
	private Model model;

	private static final GaussianFit TWO = new GaussianFit(new double[] { 1.0 / 3, -2 }, new double[][] { { 1 }, { 0.1, 1e7 } });
	private static final ScoreQuantiles QUANTILES = new ScoreQuantiles(new double[] { -0.3, 0.7, 1e9 }, 500);
	private static final NominalModel NOMINAL = new NominalModel(new double[] { 0.1, 0.5 }, new NominalModel.Surroundings(new GaussianMixture(List.of(
		new GaussianFit(new double[] { 4 }, new double[][] { { 1 } }), new GaussianFit(new double[] { -1 }, new double[][] { { 0.5 } })), new double[] { 0.25, 0.75 }), List.of(new ScoreQuantiles(new double[] { 1, 2 }, 7), QUANTILES), new ScoreQuantiles(new double[] { 3, 4 }, 9)), new NominalModel.Tiles(TWO, new GaussianFit(
			new double[] { 0, 5 }, new double[][] { { 2 }, { 3, 4 } }), new double[] { 6, -7 }, 1, 0.75, List.of(QUANTILES, new ScoreQuantiles(new double[] { 5, 6 }, 1), QUANTILES, QUANTILES), new ScoreQuantiles(
				new double[] { 7, 8.5 }, 2), QUANTILES));

	@BeforeEach
	void write() throws IOException {
		final SplittableRandom rng = new SplittableRandom(1);
		final UnetSpec spec = new UnetSpec(3, List.of(2, 3), true, false, true, 2, EnergyForm.INNER_CORRECTED);
		final UnetParameters coarse = UnetParameters.random(spec, 0, rng), fine = coarse.grow(rng);
		fine.setBeta(0.25);
		coarse.roundToFloat();
		fine.roundToFloat();
		final float[] tiles = new float[300 * 192];
		for (int i = 0; i < tiles.length; i++)
			tiles[i] = (float) rng.nextGaussian();
		final List<Calibration.Stage> quantiles = List.of(new Calibration.Stage(ascending(-1), ascending(1e-7)),
			new Calibration.Stage(ascending(0), ascending(-12.5)));
		model = new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, spec, new Normalization(3, 4000.5), new Anscombe(1.5,
			-7), 0.02, 1, 0,
			MixtureStart.fit(tiles, 3, 1), new Palette(3, new float[] { -0.5f, 0, 1, 0.25f, 1.5f, -2 }), new Calibration(2, 500, true, quantiles, new Uncertainty(new double[] { 0.1, 0.3 },
				new double[] { 1.5, 1.25 }, new double[] { 0.05, 0 }), NOMINAL), Map.of("seed", "1", "made by", "tést")),
			new EnergyPyramid(List.of(coarse, fine)));
		file = folder.resolve("a.cfebm");
		model.write(file);
	}

	private static double[] ascending(final double from) {
		return IntStream.range(0, Calibration.QUANTILES).mapToDouble(i -> from + i / 3).toArray();
	}

	private static Model without(final Model m) {
		final ModelInfo i = m.info();
		return new Model(new ModelInfo(i.kind(), i.network(), i.range(), i.shot(), i.sigmaMin(), i.sigmaMax(), i.langevinSteps(), null,
			null, null, i.training()), m.pyramid());
	}

	@Test
	void readsBackWhatWasWritten() throws IOException {
		final Model read = Model.read(file);
		assertEquals(without(model).info(), without(read).info());
		final MixtureStart start = model.info().start(), stored = read.info().start();
		assertEquals(start.low(), stored.low());
		assertEquals(start.high(), stored.high());
		assertArrayEquals(start.mixture().weights(), stored.mixture().weights(), 1e-6);
		for (int k = 0; k < start.mixture().parts().size(); k++) {
			final GaussianFit part = start.mixture().parts().get(k), storedPart = stored.mixture().parts().get(k);
			assertArrayEquals(part.mean(), storedPart.mean(), 1e-6);
			for (int i = 0; i < part.size(); i++)
				assertArrayEquals(part.whitening()[i], storedPart.whitening()[i], 1e-5);
		}
		assertEquals(3, read.info().palette().channels());
		assertArrayEquals(model.info().palette().colors(), read.info().palette().colors());
		assertNull(read.info().sources());
		final Calibration was = model.info().calibration(), is = read.info().calibration();
		assertEquals(new Calibration(was.images(), was.patches(), was.heldOut(), List.of(), null, null), new Calibration(is.images(), is
			.patches(), is.heldOut(), List.of(), null, null));
		assertArrayEquals(was.uncertainty().sigma(), is.uncertainty().sigma());
		assertArrayEquals(was.uncertainty().factor(), is.uncertainty().factor());
		assertArrayEquals(was.uncertainty().floor(), is.uncertainty().floor());
		assertArrayEquals(was.nominalModel().levels(), is.nominalModel().levels());
		final double[][] samples = { { 0.2, -1.9 }, { 3, 8 } };
		for (final double[] sample : samples) {
			assertEquals(was.nominalModel().tiles().zScore(sample, 0.1), is.nominalModel().tiles().zScore(sample, 0.1));
			assertEquals(was.nominalModel().surroundings().zScore(sample[0], 8), is.nominalModel().surroundings().zScore(sample[0], 8));
			assertEquals(was.nominalModel().surroundings().ofImage(sample), is.nominalModel().surroundings().ofImage(sample));
			assertEquals(was.nominalModel().surroundings().features().surprise(sample), is.nominalModel().surroundings().features().surprise(
				sample));
		}
		assertEquals(500, is.nominalModel().tiles().quantiles().samples());
		assertEquals(1, is.nominalModel().tiles().views().get(1).samples());
		assertEquals(2, is.nominalModel().tiles().far().samples());
		assertEquals(0.75, is.nominalModel().tiles().discount());
		for (int s = 0; s < 2; s++) {
			assertArrayEquals(was.stages().get(s).energy(), is.stages().get(s).energy());
			assertArrayEquals(was.stages().get(s).logGradient(), is.stages().get(s).logGradient());
		}
		assertEquals(2, read.pyramid().stages());
		for (int s = 0; s < 2; s++) {
			assertArrayEquals(model.pyramid().parameters(s).values(), read.pyramid().parameters(s).values());
			assertEquals(model.pyramid().parameters(s).beta(), read.pyramid().parameters(s).beta());
		}
		final float[] tile = new float[16 * 16 * 3];
		Arrays.fill(tile, 0.3f);
		final double[] a = new double[1], b = new double[1];
		try (StageNetwork x = model.pyramid().network(1); StageNetwork y = read.pyramid().network(1)) {
			x.at(0.3).evaluate(tile, 1, a, null);
			y.at(0.3).evaluate(tile, 1, b, null);
		}
		assertArrayEquals(a, b);
		assertEquals(List.of("a.cfebm"), names());
	}

	@Test
	void theSameModelGivesTheSameFileAndReplacesAnOldOne() throws IOException {
		final byte[] before = Files.readAllBytes(file);
		model.write(file);
		assertArrayEquals(before, Files.readAllBytes(file));
	}

	@Test
	void halfPrecisionChangesTheModelLittleAndOnce() throws IOException {
		final Path half = folder.resolve("half.cfebm"), again = folder.resolve("again.cfebm");
		model.writeHalf(half);
		assertTrue(Files.size(half) < Files.size(file));
		final Model rounded = Model.read(half);
		rounded.writeHalf(again);
		assertArrayEquals(Files.readAllBytes(half), Files.readAllBytes(again));
		for (int stage = 0; stage < 2; stage++) {
			final int side = 8 << stage, count = 5, size = side * side * 3;
			final float[] tiles = new float[count * size], was = new float[count * size], is = new float[count * size];
			final SplittableRandom rng = new SplittableRandom(2);
			for (int i = 0; i < tiles.length; i++)
				tiles[i] = (float) rng.nextGaussian();
			final double[] energy = new double[count], roundedEnergy = new double[count];
			try (StageNetwork x = model.pyramid().network(stage); StageNetwork y = rounded.pyramid().network(stage)) {
				x.at(0.3).evaluate(tiles, count, energy, was);
				y.at(0.3).evaluate(tiles, count, roundedEnergy, is);
			}
			// A weight changes by half a unit in the last of 11 bits at most, 4.9e-4 of itself.
			assertEquals(0, distance(doubles(was), doubles(is)), 2e-3);
			assertEquals(0, distance(energy, roundedEnergy), 2e-3);
			assertTrue(distance(doubles(was), doubles(is)) > 1e-6);
		}
	}

	/** Root mean square of the difference over that of the values. */
	private static double distance(final double[] from, final double[] to) {
		double difference = 0, norm = 0;
		for (int i = 0; i < from.length; i++) {
			difference += (to[i] - from[i]) * (to[i] - from[i]);
			norm += from[i] * from[i];
		}
		return Math.sqrt(difference / norm);
	}

	@Test
	void weightBeyondHalfPrecisionIsRefusedAndNothingIsLeft() {
		model.pyramid().parameters(1).values()[3] = -7e4;
		final Path half = folder.resolve("half.cfebm");
		final String message = assertThrows(IOException.class, () -> model.writeHalf(half)).getMessage();
		assertTrue(message.contains(half.toString()) && message.contains("-70000") && message.contains("65504"), message);
		assertEquals(List.of("a.cfebm"), assertDoesNotThrow(this::names));
	}

	@Test
	void moreIsSaidAboutHowItWasMade() throws IOException {
		model.withRecord(Map.of("licence", "CC0", "seed", "2")).write(file);
		assertEquals(Map.of("seed", "2", "made by", "tést", "licence", "CC0"), Model.read(file).info().training());
		assertEquals("1", model.info().training().get("seed"));
	}

	@Test
	void bundledModelsAreWrittenAsTheyWereRead() throws IOException {
		for (final String name : List.of("microscopy.cfebm", "nuclei.cfebm", "photo.cfebm")) {
			final Path bundled = Path.of("plugins", "CF-EBM", "models", name), again = folder.resolve(name);
			Model.read(bundled).writeHalf(again);
			assertEquals(entries(bundled), entries(again));
		}
	}

	/** Of each entry of a zip its checksum. */
	private static Map<String, Long> entries(final Path file) throws IOException {
		final Map<String, Long> sums = new TreeMap<>();
		try (ZipFile zip = new ZipFile(file.toFile())) {
			zip.stream().forEach(entry -> sums.put(entry.getName(), entry.getCrc()));
		}
		return sums;
	}

	@Test
	void damagedPaletteIsRefused() throws IOException {
		final byte[] bytes = Files.readAllBytes(file), colors = new byte[4 * 6];
		edit(file, "palette.f32", null);
		assertRefused(file, "it has no palette.f32");
		Files.write(file, bytes);
		edit(file, "palette.f32", Arrays.copyOf(colors, 20));
		assertRefused(file, "palette.f32 does not have the size");
		colors[7] = 0x7f;
		colors[6] = (byte) 0x80;
		Files.write(file, bytes);
		edit(file, "palette.f32", colors);
		assertRefused(file, "palette.f32 holds values that are no numbers");
		Files.write(file, bytes);
		refuseJson("\"palette\": 2", "\"palette\": -2", "number of colors");
		refuseJson("\"palette\": 2", "\"palette\": 2000000000", "number of colors");
		refuseJson("\"palette\": 2", "\"palette\": 4", "palette.f32 does not have the size");
	}

	@Test
	void theColorsOfImagesToBeTranslatedAreRead() throws IOException {
		final float[] colors = { 0.1f, -0.2f, 0.3f };
		model.withSources(new Palette(3, colors)).write(file);
		assertArrayEquals(colors, Model.read(file).withCalibration(null).withRecord(Map.of()).info().sources().colors());
		edit(file, "sources.f32", null);
		assertRefused(file, "it has no sources.f32");
		refuseJson("\"palette\": 2", "\"sources\": 0, \"palette\": 2", "number of colors");
	}

	@Test
	void fileThatIsNoModelIsNamed() throws IOException {
		assertRefused(folder, "is a folder");
		assertRefused(folder.resolve("none.cfebm"), "There is no model file");
		final Path text = folder.resolve("text.cfebm");
		Files.writeString(text, "hello");
		assertRefused(text, "not a CF-EBM model");
		Files.write(text, new byte[0]);
		assertRefused(text, "not a CF-EBM model");
		final Path zip = folder.resolve("zip.cfebm");
		Files.copy(file, zip);
		edit(zip, "model.json", null);
		assertRefused(zip, "not a CF-EBM model");
	}

	@Test
	void damagedModelIsRefused() throws IOException {
		final byte[] bytes = Files.readAllBytes(file);
		Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
		assertRefused(file, "damaged");
		Files.write(file, bytes);
		edit(file, "stage-1.f32", new byte[40]);
		assertRefused(file, "stage-1.f32 does not have the size");
		Files.write(file, bytes);
		edit(file, "stage-1.f32", null);
		assertRefused(file, "it has no stage-1.f32");
		Files.write(file, bytes);
		edit(file, "start.f32", null);
		assertRefused(file, "it has no start.f32");
		final byte[] start = new byte[4 * (2 + 1 + 48 + 48 * 49 / 2)];
		Files.write(file, bytes);
		edit(file, "start.f32", Arrays.copyOf(start, start.length + 4));
		assertRefused(file, "start.f32 does not have the size");
		start[7] = 0x7f;
		start[6] = (byte) 0xc0;
		Files.write(file, bytes);
		edit(file, "start.f32", start);
		assertRefused(file, "start.f32 holds values that are no numbers");
	}

	@Test
	void jsonThatMakesNoSenseIsRefused() throws IOException {
		refuseJson("\"version\": 5", "\"version\": 6", "newer version of CF-EBM (format 6");
		refuseJson("\"version\": 5", "\"version\": 4", "a development version of CF-EBM (format 4");
		refuseJson("\"betas\"", "\"gammas\"", "incomplete");
		refuseJson("\"gain\"", "\"loss\"", "incomplete");
		refuseJson("\"cf-ebm model\"", "\"other\"", "another program's");
		refuseJson("SCORE_MATCHING", "java.lang.Runtime", "not one of its kind");
		refuseJson("SCORE_MATCHING", "CONTRASTIVE", "not one of its kind");
		refuseJson("\"channels\": 3", "\"channels\": -3", "network makes no sense");
		refuseJson("\"channels\": 3", "\"channels\": 1", "network makes no sense");
		refuseJson("\"sigmaMin\": 0.02", "\"sigmaMin\": 2", "noise levels");
		refuseJson("\"rangeLow\": 3.0", "\"rangeLow\": 5000.0", "makes no sense");
		refuseJson("\"langevinSteps\": 0", "\"langevinSteps\": 2147483647", "Langevin steps");
		refuseJson("\"1x1\"", "\"3x3\"", "does not know");
		refuseJson("\"start\": true", "\"start\": false", "nothing to start from");
		refuseJson("{", "[", "makes no sense");
		refuseJson("\"f32\"", "\"f64\"", "does not know");
		refuseJson("\"f32\"", "\"f16\"", "it has no stage-0.f16");
		refuseJson("\"weights\": \"f32\"", "\"weights\": null", "does not know");
	}

	@Test
	void aNetworkThatMakesNoSenseIsRefused() throws IOException {
		final String widths = "\"widths\": [";
		refuseJson(widths, widths + " 4,", "does not have the size");
		for (final String wrong : List.of("0,", "-1,", "2000000000,", "65536, 65536,", "46341,", "null,", "1,1,1,1,1,1,1,1,"))
			refuseJson(widths, widths + wrong, "makes no sense");
		refuseJson(widths, "\"widths\": [], \"others\": [", "makes no sense");
		refuseJson(widths, "\"widths\": [ 2 ], \"others\": [", "network makes no sense");
		refuseJson("\"told\": true", "\"told\": false", "does not have the size");
		refuseJson("\"form\": \"INNER_CORRECTED\"", "\"form\": \"OUTER\"", "makes no sense");
		refuseJson("\"form\"", "\"shape\"", "makes no sense");
		refuseJson("\"box\": 2", "\"box\": -2", "makes no sense");
		refuseJson("\"box\": 2", "\"box\": 2000000000", "makes no sense");
		refuseJson("\"unet\"", "\"net\"", "not one of its kind");
	}

	@Test
	void aModelOfThePapersNetworkIsReadAndAForgedOneRefused() throws IOException {
		final SplittableRandom rng = new SplittableRandom(1);
		final PaperSpec spec = new PaperSpec(3, 2, true);
		final PaperParameters coarse = PaperParameters.random(spec, 0, rng), fine = coarse.grow(rng);
		fine.setBeta(0.25);
		coarse.roundToFloat();
		fine.roundToFloat();
		model = new Model(new ModelInfo(Model.Kind.CONTRASTIVE, spec, new Normalization(3, 4000.5), null, 0, 0, 15, null, null, null, Map
			.of()), new EnergyPyramid(List.of(coarse, fine)));
		model.write(file);
		final Model read = Model.read(file);
		assertEquals(model.info(), read.info());
		for (int s = 0; s < 2; s++) {
			final PaperParameters was = (PaperParameters) model.pyramid().parameters(s), is = (PaperParameters) read.pyramid().parameters(s);
			assertArrayEquals(was.values(), is.values());
			was.leftSingularVectors().forEach((name, u) -> assertArrayEquals(u, is.leftSingularVectors().get(name)));
			assertEquals(was.beta(), is.beta());
		}
		refuseJson("CONTRASTIVE", "SCORE_MATCHING", "not one of its kind");
		refuseJson("\"channels\": 3", "\"channels\": -3", "makes no sense");
		refuseJson("\"channels\": 3", "\"channels\": 1", "does not have the size");
		refuseJson("\"baseWidth\": 2", "\"baseWidth\": 256", "does not have the size");
		refuseJson("\"baseWidth\": 2", "\"baseWidth\": 2000000000", "makes no sense");
	}

	@Test
	void calibrationThatMakesNoSenseIsRefused() throws IOException {
		final String first = "-1.0,";
		refuseJson(first, "0.5,", "makes no sense");
		refuseJson(first, "NaN,", "makes no sense");
		refuseJson(first, "-1e999,", "makes no sense");
		refuseJson(first, "", "makes no sense");
		refuseJson(first, first + first, "makes no sense");
		refuseJson(first, "null,", "makes no sense");
		refuseJson("\"patches\": 500", "\"patches\": 0", "makes no sense");
		refuseJson("\"images\": 2", "\"images\": -2", "makes no sense");
		refuseJson("\"energy\": [", "\"energy\": [ [],", "one entry per stage");
		refuseJson("\"energy\": [", "\"energies\": [", "one entry per stage");
		refuseJson("\"energy\": [", "\"energy\": [ null, null ], \"more\": [", "incomplete");
		for (final String key : List.of("levels", "mixture", "tiles", "superposed", "zones", "far", "tilesQuantiles", "views"))
			refuseJson("\"" + key + "\": ", "\"other\": ", "incomplete");
		// There is a number of images, too.
		refuseJson("\"images\": {", "\"other\": {", "incomplete");
		for (final String list : List.of("views", "zones"))
			refuseJson("\"" + list + "\": [", "\"" + list + "\": [ null,", "incomplete");
		refuseJson("\"whitening\": [", "\"whitening\": [ null,", "makes no sense");
	}

	/** Unlike damage to the file's bytes, which the checksums find, this could be anybody's forgery. */
	@Test
	void jsonOfAnyKindNeverGivesAnythingButASentence() throws IOException {
		final String json = json();
		final String[] tokens = { "0", "-1", "null", "{", "}", "[", "]", ",", "\"\"", "1e308", "NaN", "2147483648", "true" };
		final SplittableRandom rng = new SplittableRandom(5);
		int refused = 0;
		for (int k = 0; k < 500; k++) {
			final StringBuilder changed = new StringBuilder(json);
			for (int n = 1 + rng.nextInt(2); n > 0; n--) {
				// The calibration is most of the text; what comes before it matters as much.
				final int at = rng.nextInt(rng.nextBoolean() ? changed.length() : json.indexOf("energy"));
				changed.replace(at, Math.min(changed.length(), at + rng.nextInt(3)), tokens[rng.nextInt(tokens.length)]);
			}
			edit(file, "model.json", changed.toString().getBytes(StandardCharsets.UTF_8));
			try {
				Model.read(file);
			}
			catch (final IOException e) {
				refused++;
				assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
			}
		}
		assertTrue(refused > 250, "only " + refused + " of 500 were refused");
	}

	@Test
	void randomDamageNeverGivesAnythingButASentence() throws IOException {
		final byte[] bytes = Files.readAllBytes(file);
		final SplittableRandom rng = new SplittableRandom(4);
		int refused = 0;
		for (int k = 0; k < 1500; k++) {
			final byte[] changed = rng.nextInt(10) == 0 ? Arrays.copyOf(bytes, rng.nextInt(bytes.length)) : bytes.clone();
			for (int n = 1 + rng.nextInt(4); n > 0 && changed.length > 0; n--) {
				// Half of the damage goes to the end, where a zip keeps its table of contents.
				final int from = rng.nextBoolean() ? 0 : Math.max(0, changed.length - 300);
				changed[from + rng.nextInt(changed.length - from)] = (byte) rng.nextInt();
			}
			Files.write(file, changed);
			try {
				Model.read(file);
			}
			catch (final IOException e) {
				refused++;
				assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
			}
		}
		assertTrue(refused > 500, "only " + refused + " of 1500 were refused");
	}

	@Test
	void targetThatCannotBeWrittenIsNamedAndNothingIsLeft() throws IOException {
		assertUnwritable(folder, "is a folder");
		assertUnwritable(folder.resolve("no").resolve("a.cfebm"), "there is no folder");
		assertUnwritable(Path.of("/proc/a.cfebm"), "files cannot be made");
		assertEquals(List.of("a.cfebm"), names());
	}

	private void refuseJson(final String from, final String to, final String message) throws IOException {
		model.write(file);
		final String json = json();
		assertTrue(json.contains(from), json);
		edit(file, "model.json", json.replaceFirst(java.util.regex.Pattern.quote(from), to).getBytes(
			StandardCharsets.UTF_8));
		assertRefused(file, message);
	}

	private String json() throws IOException {
		try (FileSystem zip = FileSystems.newFileSystem(file)) {
			return Files.readString(zip.getPath("model.json"));
		}
	}

	private static void edit(final Path file, final String entry, final byte[] content) throws IOException {
		try (FileSystem zip = FileSystems.newFileSystem(file)) {
			if (content == null) Files.delete(zip.getPath(entry));
			else Files.write(zip.getPath(entry), content, StandardOpenOption.TRUNCATE_EXISTING);
		}
	}

	private static void assertRefused(final Path file, final String part) {
		final String message = assertThrows(IOException.class, () -> Model.read(file)).getMessage();
		assertTrue(message.contains(part), message);
		assertTrue(message.contains(file.toString()), message);
		assertFalse(message.contains("Exception"), message);
	}

	private void assertUnwritable(final Path target, final String part) {
		for (final org.junit.jupiter.api.function.Executable call : List.<org.junit.jupiter.api.function.Executable> of(
			() -> model.write(target), () -> Model.requireWritable(target))) {
			final String message = assertThrows(IOException.class, call).getMessage();
			assertTrue(message.contains(part) && message.contains(target.toString()), message);
		}
	}

	private List<String> names() throws IOException {
		try (var files = Files.list(folder)) {
			return files.map(p -> p.getFileName().toString()).sorted().toList();
		}
	}
}

package sc.fiji.cfebm.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.command.Jvm;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters.Entry;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;

/** Exported networks, loaded in a JVM that has DL4J and not this plugin. */
class Dl4jExportTest {

	private static final int COUNT = 3;
	/** Relative to the largest energy, or energy difference: a few roundings of floats. */
	private static final double TOLERANCE = 2e-5;
	/** Units in the last place of the largest energy that differences of energies may be off by: both are rounded to floats. */
	private static final int ROUNDINGS = 4;

	@TempDir
	Path dir;

	/** A network and random images: the file it is in, and the energies it must give. */
	private record Case(String argument, double[] energies) {}

	@Test
	void dl4jAloneGivesTheSameEnergies() throws Exception {
		final List<Case> cases = new ArrayList<>();
		for (final int channels : new int[] { 1, 3 })
			for (final boolean spectral : new boolean[] { false, true }) {
				final Model model = model(channels, spectral, 1);
				for (int stage = 0; stage <= 2; stage++)
					cases.add(export(model, stage, channels + "-" + spectral + "-" + stage + ".zip"));
			}
		// A stage whose training was stopped while it faded in.
		cases.add(export(model(1, true, 0.3), 2, "fading.zip"));
		final List<double[]> loaded = loadedByDl4j(cases);
		assertEquals(cases.size(), loaded.size());
		for (int i = 0; i < cases.size(); i++) {
			final double[] own = cases.get(i).energies;
			assertClose(own, loaded.get(i), 0, cases.get(i).argument);
			assertClose(centred(own), centred(loaded.get(i)), ROUNDINGS * Math.ulp((float) largest(own)), "differences of " + cases.get(i).argument);
		}
	}

	@Test
	void theSameStageGivesTheSameFileAndSaysWhatItIs() throws Exception {
		final Model model = model(3, false, 1);
		Dl4jExport.write(model, 1, dir.resolve("a.zip"));
		Dl4jExport.write(model, 1, dir.resolve("b.zip"));
		assertArrayEquals(Files.readAllBytes(dir.resolve("a.zip")), Files.readAllBytes(dir.resolve("b.zip")));
		try (ZipFile zip = new ZipFile(dir.resolve("a.zip").toFile())) {
			final String about = new String(zip.getInputStream(zip.getEntry(Dl4jExport.ABOUT)).readAllBytes(), StandardCharsets.UTF_8);
			assertTrue(about.contains("tiles [N,3,16,16]"), about);
			assertTrue(about.contains("Gray values: 10 to 200"), about);
			assertTrue(about.contains("Licence of the data: CC0"), about);
		}
	}

	@Test
	void whatCannotBeWrittenLeavesWhatWasThere() throws Exception {
		final Model model = model(1, false, 1);
		final String folder = assertThrows(IOException.class, () -> Dl4jExport.write(model, 0, dir)).getMessage();
		assertEquals("The network cannot be written to " + dir + ": it is a folder; name a file in it.", folder);
		final Path nowhere = dir.resolve("no/net.zip");
		assertTrue(assertThrows(IOException.class, () -> Dl4jExport.write(model, 0, nowhere)).getMessage().endsWith(
			"there is no folder " + dir.resolve("no") + "."));
		assertFalse(Files.exists(nowhere));
		Dl4jExport.write(model, 0, dir.resolve("net.zip"));
		try (var files = Files.list(dir)) {
			assertEquals(List.of(dir.resolve("net.zip")), files.toList());
		}
	}

	@Test
	void nothingButTheExportLoadsDl4j() throws Exception {
		final Path loaded = dir.resolve("classes.txt");
		final Jvm.Outcome outcome = Jvm.run(Path.of("").toAbsolutePath(), dir.resolve("output.txt"), 2, List.of("-Xlog:class+load:file=" +
			loaded, "-classpath", Jvm.classPath(), DenoisesAnImage.class.getName(), "plugins/CF-EBM/models/nuclei.cfebm"));
		assertTrue(outcome.output().contains("pixel: "), outcome.output());
		final List<String> classes = Files.readAllLines(loaded);
		assertTrue(classes.stream().anyMatch(line -> line.contains(" org.nd4j.")));
		assertEquals(List.of(), classes.stream().filter(line -> line.contains(" org.deeplearning4j.")).toList());
	}

	private Case export(final Model model, final int stage, final String name) throws IOException {
		final Path file = dir.resolve(name);
		Dl4jExport.write(model, stage, file);
		final int r = NetworkSpec.resolution(stage), channels = model.channels();
		final float[] tiles = new float[COUNT * r * r * channels];
		final SplittableRandom rng = new SplittableRandom(stage);
		for (int i = 0; i < tiles.length; i++)
			tiles[i] = (float) rng.nextDouble(-1, 1);
		final double[] energies = new double[COUNT];
		try (StageNetwork network = model.pyramid().network(stage)) {
			network.evaluate(tiles, COUNT, energies, null);
		}
		// DL4J's order is [N,C,r,r].
		final ByteBuffer images = ByteBuffer.allocate(tiles.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
		for (int n = 0; n < COUNT; n++)
			for (int c = 0; c < channels; c++)
				for (int p = 0; p < r * r; p++)
					images.putFloat(tiles[(n * r * r + p) * channels + c]);
		Files.write(Path.of(file + ".images"), images.array());
		return new Case(file + ";" + channels + ";" + r, energies);
	}

	private List<double[]> loadedByDl4j(final List<Case> cases) throws Exception {
		final List<String> lines = Stranger.run(LoadedByDl4j.class, dir.resolve("output.txt"), cases.stream().map(Case::argument)
			.toList());
		return lines.stream().filter(line -> line.startsWith("energies: ")).map(line -> Arrays.stream(line.substring(10).split(" "))
			.mapToDouble(Double::parseDouble).toArray()).toList();
	}

	/** A model with random weights and biases, three stages, as a training with power iterations leaves it. */
	private static Model model(final int channels, final boolean spectral, final double beta) {
		final SplittableRandom rng = new SplittableRandom(channels);
		final PaperSpec spec = new PaperSpec(channels, 2, spectral);
		final List<PaperParameters> stages = new ArrayList<>();
		for (int s = 0; s <= 2; s++) {
			final PaperParameters p = PaperParameters.random(spec, s, rng);
			for (final Entry e : p.entries())
				if (e.isBias()) for (int i = 0; i < e.size(); i++)
					p.values()[e.offset() + i] = 0.3 * rng.nextGaussian();
			p.setBeta(beta);
			stages.add(p);
		}
		return new Model(new ModelInfo(Model.Kind.CONTRASTIVE, spec, new Normalization(10, 200), null, 0, 0, 5, null, null, null, Map.of(
			"licence", "CC0")), new EnergyPyramid(stages));
	}

	private static double[] centred(final double[] values) {
		final double mean = Arrays.stream(values).average().orElseThrow();
		return Arrays.stream(values).map(v -> v - mean).toArray();
	}

	private static double largest(final double[] values) {
		return Arrays.stream(values).map(Math::abs).max().orElseThrow();
	}

	private static void assertClose(final double[] expected, final double[] actual, final double rounding, final String what) {
		assertEquals(expected.length, actual.length, what);
		for (int i = 0; i < expected.length; i++)
			assertTrue(Math.abs(expected[i] - actual[i]) <= TOLERANCE * largest(expected) + rounding, what + ": " + Arrays.toString(expected) + " but " +
				Arrays.toString(actual));
	}
}

package sc.fiji.cfebm.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.io.IOException;
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

import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetEnergy;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetParameters.Entry;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;

/** Exported energies of noisy images, loaded in a JVM that has ND4J and not this plugin. */
class SameDiffExportTest {

	private static final Normalization RANGE = new Normalization(10, 200);
	/** Relative to the largest value: roundings of floats. */
	private static final double TOLERANCE = 1e-4;

	@TempDir
	Path dir;

	/** What an exported network is given, and the model it is from. @param shape of the images, as {@code sigma} that of σ */
	private record Case(Model model, int stage, boolean told, int[] shape, int... sigma) {}

	@Test
	void nd4jAloneGivesTheSame() throws Exception {
		final Model gray = model(1, true, 1), fading = model(2, true, 0.4);
		final List<Case> cases = List.of(new Case(gray, 0, false, new int[] { 2, 6, 4, 1 }, 2, 1, 1, 1), new Case(gray, 2, false,
			new int[] { 1, 24, 40, 1 }, 1, 24, 40, 1), new Case(gray, 2, true, new int[] { 2, 16, 8, 1 }, 1, 1, 1, 1), new Case(fading, 2,
				false, new int[] { 2, 8, 16, 2 }, 1, 1, 1, 1), new Case(fading, 2, true, new int[] { 3, 8, 16, 2 }, 3, 1, 1, 1));
		final List<String> arguments = new ArrayList<>();
		for (int i = 0; i < cases.size(); i++) {
			final Case c = cases.get(i);
			final Path file = dir.resolve(i + ".zip");
			Dl4jExport.write(c.model, c.stage, file);
			arguments.add(file + ";" + (c.told ? "told." : "") + ";" + text(c.shape) + ";" + text(c.sigma));
		}
		final List<String> lines = Stranger.run(LoadedByNd4j.class, dir.resolve("output.txt"), arguments);
		final List<double[]> multiples = numbers(lines, "multiple"), ranges = numbers(lines, "range"), energies = numbers(lines, "energy"),
				estimates = numbers(lines, "estimate"), gradients = numbers(lines, "gradient");
		assertEquals(cases.size(), gradients.size());
		for (int i = 0; i < cases.size(); i++) {
			final Case c = cases.get(i);
			assertArrayEquals(new double[] { UnetSpec.multiple(c.stage) }, multiples.get(i));
			assertArrayEquals(new double[] { RANGE.low(), RANGE.high() }, ranges.get(i));
			compare(c, energies.get(i), estimates.get(i), gradients.get(i));
		}
	}

	/** With the engine, which is told of images in model units, the graph of gray values. */
	private static void compare(final Case c, final double[] energies, final double[] estimate, final double[] gradient) {
		final int n = c.shape[0], height = c.shape[1], width = c.shape[2];
		final float[] pixels = LoadedByNd4j.image(n * height * width * c.shape[3]), sigma = LoadedByNd4j.sigma(Arrays.stream(c.sigma)
			.reduce(1, (a, b) -> a * b));
		final double unit = RANGE.toGray(1.0);
		if (c.told) {
			RANGE.toModel(pixels);
			for (int i = 0; i < sigma.length; i++)
				sigma[i] = (float) RANGE.toModel((double) sigma[i]);
		}
		final NoisyImages x = c.told ? new NoisyImages(pixels, n, height, width, sigma, new float[n], n) : NoisyImages.of(pixels, n, height,
			width, sigma);
		final double[] e = new double[n];
		final float[] own = new float[pixels.length], back = new float[pixels.length];
		try (UnetEnergy energy = ((UnetParameters) c.model.pyramid().parameters(c.stage)).network()) {
			energy.evaluate(x, new Wanted(e, null, back, own, null));
		}
		assertClose(e, energies, TOLERANCE, c + " energies");
		assertClose(Arrays.stream(doubles(own)).map(v -> c.told ? (v + 1) * unit + RANGE.low() : v).toArray(), estimate, TOLERANCE, c +
			" estimate");
		assertClose(Arrays.stream(doubles(back)).map(g -> c.told ? g / unit : g).toArray(), gradient, TOLERANCE, c + " gradient");
	}

	@Test
	void theSameStageGivesTheSameFileAndSaysWhatItIs() throws Exception {
		final Model model = model(3, true, 1);
		Dl4jExport.write(model, 1, dir.resolve("a.zip"));
		Dl4jExport.write(model, 1, dir.resolve("b.zip"));
		assertArrayEquals(Files.readAllBytes(dir.resolve("a.zip")), Files.readAllBytes(dir.resolve("b.zip")));
		final String about = about("a.zip");
		assertTrue(about.contains("images [N,H,W,3], float, H and W multiples of 4, as gray values;"), about);
		assertTrue(about.contains("“told.energy”"), about);
		assertTrue(about.contains("Gray values: 10 to 200"), about);
		assertTrue(about.contains("Licence of the data: CC0"), about);
	}

	@Test
	void aNetworkOfTransformedValuesSaysSo() throws Exception {
		final Model white = model(1, false, 1);
		final Model shot = new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, white.info().network(), RANGE, new Anscombe(2, 5), 0.02, 1, 0,
			null, null, null, Map.of()), white.pyramid());
		Dl4jExport.write(shot, 0, dir.resolve("shot.zip"));
		final String about = about("shot.zip");
		assertTrue(about.contains("as transformed gray values A(v) = "), about);
		assertTrue(about.contains("in the same units, about 1, positive"), about);
		assertTrue(about.contains("training images, " + shot.units(RANGE).scale().low() + " and "), about);
		assertFalse(about.contains("told."), about);
	}

	private String about(final String name) throws IOException {
		try (ZipFile zip = new ZipFile(dir.resolve(name).toFile())) {
			return new String(zip.getInputStream(zip.getEntry(Dl4jExport.ABOUT)).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static List<double[]> numbers(final List<String> lines, final String what) {
		return lines.stream().filter(line -> line.startsWith(what + ": ")).map(line -> Arrays.stream(line.substring(what.length() + 2).split(
			" ")).mapToDouble(Double::parseDouble).toArray()).toList();
	}

	private static String text(final int[] shape) {
		return shape[0] + "x" + shape[1] + "x" + shape[2] + "x" + shape[3];
	}

	/** A model with random weights and biases, three stages; with β < 1 the last one's training was stopped while it faded in. */
	private static Model model(final int channels, final boolean told, final double beta) {
		final SplittableRandom rng = new SplittableRandom(channels);
		final UnetSpec spec = new UnetSpec(channels, List.of(5, 4, 3), told, false, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED);
		final List<UnetParameters> stages = new ArrayList<>();
		for (int s = 0; s <= 2; s++) {
			final UnetParameters p = s == 0 ? UnetParameters.random(spec, s, rng) : stages.get(s - 1).grow(rng);
			for (final Entry e : p.entries())
				for (int i = 0; i < e.size(); i++) {
					if (e.isBias()) p.values()[e.offset() + i] = 0.3 * rng.nextGaussian();
					else if (e.name().equals("last")) p.values()[e.offset() + i] *= 5;
				}
			p.setBeta(s == 2 ? beta : 1);
			stages.add(p);
		}
		return new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, spec, RANGE, null, 0.02, 1, 0, null, null, null, Map.of("licence",
			"CC0")), new EnergyPyramid(stages));
	}
}

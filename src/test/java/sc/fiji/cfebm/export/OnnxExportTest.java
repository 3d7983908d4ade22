package sc.fiji.cfebm.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetEnergy;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetParameters.Entry;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser;

/** Exported ONNX networks, run by ONNX Runtime, against the engine. */
class OnnxExportTest {

	private static final Normalization RANGE = new Normalization(10, 200);
	/** Relative to the largest value: roundings of floats. */
	private static final double TOLERANCE = 1e-4;

	@TempDir
	Path dir;

	/** Two sizes, none of which the network takes as it is, and two noise levels. */
	@ParameterizedTest
	@CsvSource({ "nuclei", "microscopy", "photo", "photo-color" })
	void bundledModelsSayTheSame(final String name) throws Exception {
		final Model model = Model.read(Path.of("plugins/CF-EBM/models", name + ".cfebm"));
		final int finest = model.pyramid().stages() - 1;
		try (OnnxRuntime network = new OnnxRuntime(OnnxExport.network(model, finest)); Denoiser denoiser = new Denoiser(model)) {
			for (final int[] size : new int[][] { { 70, 51 }, { 97, 128 } })
				for (final double sigma : new double[] { 5, 25 }) {
					final Raster image = image(size[0], size[1], model.channels(), sigma);
					final OnnxRuntime.Outputs found = run(network, image, sigma);
					compare(model, finest, image, sigma, found);
					// As users get it, too: here no pixel changes as much as the plugin limits it to.
					assertClose(doubles(planar(denoiser.step(image, sigma, Correlation.NONE, Progress.NONE))), doubles(found.denoised()), TOLERANCE, name);
				}
		}
	}

	@ParameterizedTest
	@EnumSource
	void allFormsAndStages(final EnergyForm form) throws Exception {
		for (int channels = 1; channels <= 3; channels += 2)
			for (int kind = 0; kind < 2; kind++) {
				final Model model = model(channels, new UnetSpec(channels, List.of(5, 4, 3), kind == 0, kind == 1, kind == 0, kind == 0
					? UnetSpec.BOX : 0, form), 1);
				for (int stage = 0; stage < 3; stage++)
					try (OnnxRuntime network = new OnnxRuntime(OnnxExport.network(model, stage))) {
						for (final int[] size : new int[][] { { 40, 33 }, { 3, 1 } }) {
							final Raster image = image(size[0], size[1], channels, 12);
							compare(model, stage, image, 12, run(network, image, 12));
						}
					}
			}
	}

	@Test
	void imagesOfABatchAreComputedEachWithItsOwnNoise() throws Exception {
		final Model model = model(1, new UnetSpec(1, List.of(5, 4), false, false, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED), 1);
		final Raster a = image(30, 20, 1, 5), b = image(30, 20, 1, 40);
		final float[] both = Arrays.copyOf(a.values(), 1200);
		System.arraycopy(b.values(), 0, both, 600, 600);
		try (OnnxRuntime network = new OnnxRuntime(OnnxExport.network(model, 1))) {
			final OnnxRuntime.Outputs found = network.run(both, new long[] { 2, 1, 20, 30 }, new float[] { 5, 40 }, 2, 1, 1, 1);
			for (int n = 0; n < 2; n++)
				compare(model, 1, n == 0 ? a : b, n == 0 ? 5 : 40, new OnnxRuntime.Outputs(Arrays.copyOfRange(found.denoised(), n * 600, n *
					600 + 600), Arrays.copyOfRange(found.gradient(), n * 600, n * 600 + 600), new float[] { found.energy()[n] }));
		}
	}

	@Test
	void eachPixelMayHaveItsOwnNoise() throws Exception {
		final Model model = model(1, new UnetSpec(1, List.of(5, 4), false, false, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED), 1);
		final Raster image = image(30, 20, 1, 12);
		final float[] sigma = new float[600];
		for (int i = 0; i < 600; i++)
			sigma[i] = 8 + i % 30 / 3f;
		try (OnnxRuntime network = new OnnxRuntime(OnnxExport.network(model, 1))) {
			compare(model, 1, NoisyImages.of(image.values(), 1, 20, 30, sigma), network.run(image.values(), new long[] { 1, 1, 20, 30 }, sigma,
				1, 1, 20, 30));
		}
	}

	@Test
	void theFileSaysWhatItIsAndIsTheSameEveryTime() throws Exception {
		final Model model = model(3, new UnetSpec(3, List.of(5, 4, 3), true, false, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED), 1);
		OnnxExport.write(model, 2, dir.resolve("a.onnx"));
		final byte[] bytes = Files.readAllBytes(dir.resolve("a.onnx"));
		assertArrayEquals(bytes, OnnxExport.network(model, 2));
		try (OnnxRuntime network = new OnnxRuntime(bytes)) {
			assertEquals(Map.of("range", "10.0 200.0", "data", "", "licence of the data", "CC0"), network.facts());
			assertTrue(network.description().contains("Input “image” [N,3,H,W]"), network.description());
			assertTrue(network.description().contains("Licence of the data: CC0"), network.description());
		}
	}

	/** The example in the documentation can't be run here; it names what there is. */
	@Test
	void theExampleForPythonNamesWhatThereIs() throws Exception {
		final String page = Files.readString(Path.of("docs/exchange.md"));
		final Matcher call = Pattern.compile("inputs = \\{(.*?)}\\n.*network\\.run\\(\\[(.*?)], inputs\\)").matcher(page);
		assertTrue(call.find(), page);
		final UnetSpec spec = new UnetSpec(1, List.of(5), false, false, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED);
		try (OnnxRuntime network = new OnnxRuntime(OnnxExport.network(model(1, spec, 1), 0))) {
			assertEquals(network.inputs(), quoted(call.group(1)));
			assertEquals(network.outputs(), quoted(call.group(2)));
		}
	}

	private static Set<String> quoted(final String text) {
		return Pattern.compile("\"(\\w+)\"").matcher(text).results().map(m -> m.group(1)).collect(Collectors.toSet());
	}

	@Test
	void whatCannotBeExportedIsRefusedInASentence() {
		final UnetSpec spec = new UnetSpec(1, List.of(5, 4, 3), false, false, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED);
		assertEquals("The training was stopped while the stage of 32 pixels faded in: export a coarser stage, or train on.", assertThrows(
			IllegalArgumentException.class, () -> OnnxExport.network(model(1, spec, 0.4), 2)).getMessage());
		final UnetSpec stack = new UnetSpec(3, List.of(5), false, true, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED, 3);
		assertEquals("A model of neighbouring slices or frames can't be exported, only one for single images.",
			assertThrows(IllegalArgumentException.class, () -> OnnxExport.network(model(3, stack, 1), 0)).getMessage());
		final Model paper = new Model(new ModelInfo(Model.Kind.CONTRASTIVE, new PaperSpec(1, 4, false), RANGE, null, 0, 1, 2, null, null, null, Map
			.of()), new EnergyPyramid(List.of(PaperParameters.random(new PaperSpec(1, 4, false), 0, new SplittableRandom(1)))));
		assertEquals("The network of the preset Paper is told no noise level and sees tiles of one size: it can be exported for " +
			"Deeplearning4j alone.", assertThrows(IllegalArgumentException.class, () -> OnnxExport.network(paper, 0)).getMessage());
	}

	private static OnnxRuntime.Outputs run(final OnnxRuntime network, final Raster image, final double sigma) throws Exception {
		return network.run(planar(image), new long[] { 1, image.channels(), image.height(), image.width() }, new float[] { (float) sigma }, 1, 1,
			1, 1);
	}

	private static void compare(final Model model, final int stage, final Raster image, final double sigma, final OnnxRuntime.Outputs found) {
		compare(model, stage, NoisyImages.at(image.values(), 1, image.height(), image.width(), sigma, false), found);
	}

	private static void compare(final Model model, final int stage, final NoisyImages x, final OnnxRuntime.Outputs found) {
		final int c = x.channels();
		final Raster denoised = new Raster(x.width(), x.height(), c), gradient = new Raster(x.width(), x.height(), c);
		final double[] energy = new double[1];
		try (UnetEnergy network = ((UnetParameters) model.pyramid().parameters(stage)).network()) {
			new WholeImage(network.equivariant().ofImages(), false).evaluate(x, new Wanted(energy, null, gradient.values(), null, denoised
				.values()));
		}
		final String what = "stage " + stage + ", " + x.width() + "×" + x.height();
		assertClose(doubles(planar(denoised)), doubles(found.denoised()), TOLERANCE, what + " denoised");
		assertClose(doubles(planar(gradient)), doubles(found.gradient()), TOLERANCE, what + " gradient");
		assertClose(energy, doubles(found.energy()), TOLERANCE, what + " energy");
	}

	private static float[] planar(final Raster image) {
		final int area = image.width() * image.height();
		final float[] planar = new float[image.values().length];
		for (int i = 0; i < planar.length; i++)
			planar[i] = image.values()[i % area * image.channels() + i / area];
		return planar;
	}

	/** Gray values from 40 to 120 with noise. */
	private static Raster image(final int width, final int height, final int channels, final double sigma) {
		final Raster image = new Raster(width, height, channels);
		final SplittableRandom random = new SplittableRandom(width);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (80 + 40 * Math.sin(i / channels % width / 7.0 + i / channels / width / 5.0 + i % channels) + sigma *
				random.nextGaussian());
		return image;
	}

	/** A model with random weights and biases; with β < 1 the last stage's training was stopped while it faded in. */
	private static Model model(final int channels, final UnetSpec spec, final double beta) {
		final SplittableRandom rng = new SplittableRandom(channels);
		final List<UnetParameters> stages = new ArrayList<>();
		for (int s = 0; s < spec.stages(); s++) {
			final UnetParameters p = s == 0 ? UnetParameters.random(spec, s, rng) : stages.get(s - 1).grow(rng);
			for (final Entry e : p.entries())
				for (int i = 0; i < e.size(); i++) {
					if (e.isBias()) p.values()[e.offset() + i] = 0.3 * rng.nextGaussian();
					else if (e.name().equals("last")) p.values()[e.offset() + i] *= 5;
				}
			p.setBeta(s == spec.stages() - 1 ? s == 0 ? 1 : beta : 1);
			stages.add(p);
		}
		return new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, spec, RANGE, null, 0.02, 1, 0, null, null, null, Map.of("licence",
			"CC0")), new EnergyPyramid(stages));
	}
}

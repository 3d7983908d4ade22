package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;
import org.scijava.task.TaskService;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import sc.fiji.cfebm.command.host.Bridge;
import sc.fiji.cfebm.command.host.ShowOutputs;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.inpaint.Inpainter;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.data.TrainingImages;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.InputDialog;

/** The commands through the real command framework. */
class CommandsTest {

	@TempDir
	static Path dir;
	private static Context context;
	private static File gray, rgb, paper;

	@BeforeAll
	static void trainModels() throws IOException {
		context = new Context(CommandService.class, ModuleService.class, StatusService.class, TaskService.class);
		gray = TinyModels.addNormality(TinyModels.write(dir, 1)).toFile();
		rgb = TinyModels.addNormality(TinyModels.write(dir, 3)).toFile();
		paper = TinyModels.writePaper(dir).toFile();
	}

	@AfterAll
	static void close() {
		context.dispose();
	}

	@Test
	void sciJavaFindsCommandsAndPostprocessor() throws IOException {
		final String index = new String(DenoiseCommand.class.getResourceAsStream(
			"/META-INF/json/org.scijava.plugin.Plugin").readAllBytes(), StandardCharsets.UTF_8);
		for (final Class<?> type : new Class<?>[] { TrainCommand.class, DenoiseCommand.class, InpaintCommand.class,
			SampleCommand.class, AnomalyCommand.class, TrainStyleCommand.class, TranslateStyleCommand.class, ModelInfoCommand.class,
			ExportCommand.class, ShowOutputs.class })
			assertTrue(index.contains(type.getName()), type.getName());
	}

	@Test
	void plainImageJsMenuNamesTheSameCommands() throws IOException {
		final String config = new String(Bridge.class.getResourceAsStream("/plugins.config").readAllBytes(),
			StandardCharsets.UTF_8);
		final var commands = context.service(CommandService.class).getCommands().stream().filter(info -> info.getClassName()
			.startsWith(Bridge.class.getPackageName() + ".")).toList();
		for (final var info : commands)
			assertTrue(config.contains("Plugins>CF-EBM, \"" + info.getMenuPath().getLeaf().getName() + "\", " + Bridge.class
				.getName() + "(\"" + info.getClassName() + "\")"), info.getClassName());
		assertEquals(commands.size(), config.lines().filter(line -> line.contains("Bridge(")).count());
	}

	@Test
	void choicesAreTheEnginesOwn() {
		final var commands = context.service(CommandService.class);
		assertEquals(java.util.Arrays.toString(Denoiser.Method.values()), commands.getCommand(DenoiseCommand.class).getInput(
			"method").getChoices().toString());
		assertEquals(java.util.Arrays.toString(Inpainter.Method.values()), commands.getCommand(InpaintCommand.class).getInput(
			"method").getChoices().toString());
		assertEquals(java.util.Arrays.toString(TrainingImages.Noise.values()), commands.getCommand(TrainCommand.class).getInput(
			"noise").getChoices().toString());
		assertEquals(java.util.Arrays.toString(Preset.values()), commands.getCommand(TrainCommand.class).getInput("preset")
			.getChoices().toString());
	}

	@Test
	void theDocumentationHasAllKeysWithTheirDefaults() throws Exception {
		final java.util.List<String> page = Files.readAllLines(Path.of("docs", "using.md"));
		for (final var info : context.service(CommandService.class).getCommands()) {
			if (!info.getClassName().startsWith(Bridge.class.getPackageName() + ".")) continue;
			final String name = "*" + info.getMenuPath().getLeaf().getName().replace("CF-EBM ", "").replace("...", "") + "*";
			final String keys = page.stream().filter(line -> line.startsWith("| *") && line.split("\\|")[1].contains(name)).reduce("",
				String::concat);
			final Module module = context.service(ModuleService.class).createModule(info);
			for (final var input : InputDialog.inputs(module)) {
				final Object value = input.getType() == ImagePlus.class ? "image" : module.getInput(input.getName());
				final String text = value == null ? "" : value.toString().replaceFirst("\\.0$", "");
				assertTrue("image".equals(value) || keys.contains("`" + input.getName() + "=" + (text.contains(" ") ? "[" + text + "]"
					: text) + "`"), name + " " + input.getName() + "=" + text);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "8,3", "16,1", "24,2", "32,1" })
	void denoiseGivesAnImageOfTheSameKind(final int bits, final int slices) throws Exception {
		final ImagePlus imp = image("cells", 30, 21, slices, bits);
		imp.getCalibration().setUnit("um");
		final Module done = run(DenoiseCommand.class, "image", imp, "model", bits == 24 ? rgb : gray, "sigma", 10.0);
		final ImagePlus out = (ImagePlus) done.getOutput("denoised");
		assertEquals("cells-denoised", out.getTitle());
		assertEquals(imp.getType(), out.getType());
		assertEquals(slices, out.getStackSize());
		assertTrue(imp.getCalibration().equals(out.getCalibration()));
		assertFalse(java.util.Objects.deepEquals(imp.getProcessor().getPixels(), out.getProcessor().getPixels()));
		assertNull(done.getOutput("sd"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 16, 24 })
	void posteriorAddsTheStandardDeviation(final int bits) throws Exception {
		final Module done = run(DenoiseCommand.class, "image", image("cells", 16, 12, 2, bits), "model", bits == 24 ? rgb
			: gray, "method", "Posterior", "chains", 2, "steps", 2, "sigma", 10.0, "range", "Training");
		final ImagePlus sd = (ImagePlus) done.getOutput("sd");
		assertEquals("cells-sd", sd.getTitle());
		assertEquals(32, sd.getBitDepth());
		assertEquals(bits == 24 ? 3 : 1, sd.getNChannels());
		assertEquals(2, sd.getNSlices());
		assertTrue(sd.getStatistics().mean > 0);
	}

	@ParameterizedTest
	@ValueSource(ints = { 8, 24, 32 })
	void inpaintTouchesTheHoleAlone(final int bits) throws Exception {
		final ImagePlus imp = image("cells", 30, 21, 2, bits);
		final Roi roi = new Roi(5, 6, 8, 7);
		imp.setRoi(roi);
		if (bits == 32) imp.getStack().getProcessor(2).setf(6, 7, Float.NaN);
		final Module done = run(InpaintCommand.class, "image", imp, "model", bits == 24 ? rgb : gray, "completions", 2,
			"steps", 2);
		final ImagePlus out = (ImagePlus) done.getOutput("inpainted"), sd = (ImagePlus) done.getOutput("sd");
		assertEquals("cells-inpainted", out.getTitle());
		boolean changed = false;
		for (int slice = 1; slice <= 2; slice++)
			for (int y = 0; y < 21; y++)
				for (int x = 0; x < 30; x++) {
					final boolean same = imp.getStack().getProcessor(slice).get(x, y) == out.getStack().getProcessor(slice).get(x,
						y);
					if (!roi.contains(x, y)) assertTrue(same && sd.getStack().getVoxel(x, y, 0) == 0);
					else changed |= !same;
				}
		assertTrue(changed);
		assertFalse(Float.isNaN(out.getStack().getProcessor(2).getf(6, 7)) && bits == 32);
		assertNull(run(InpaintCommand.class, "image", imp, "model", bits == 24 ? rgb : gray, "steps", 2, "completions", 1)
			.getOutput("sd"));
	}

	@Test
	void missingPixelsOfA32BitImageAreFilledInWithoutAnySelection() throws Exception {
		final ImagePlus imp = image("gaps", 30, 21, 2, 32);
		imp.getStack().getProcessor(2).setf(6, 7, Float.NaN);
		imp.getStack().getProcessor(2).setf(20, 9, Float.POSITIVE_INFINITY);
		final ImagePlus out = (ImagePlus) run(InpaintCommand.class, "image", imp, "model", gray, "mask", "NaN", "method",
			"Inventive", "steps", 2, "feather", 1).getOutput("inpainted");
		assertTrue(same(imp, out, 1));
		for (int i = 0; i < 30 * 21; i++) {
			final float before = imp.getStack().getProcessor(2).getf(i), after = out.getStack().getProcessor(2).getf(i);
			assertTrue(Float.isFinite(before) ? before == after : Float.isFinite(after), before + " " + after);
		}
	}

	@Test
	void trainWritesAModelFromAnImageOrAFolder(@TempDir final Path folder) throws Exception {
		final File file = folder.resolve("new.cfebm").toFile();
		run(TrainCommand.class, "image", image("cells", 40, 30, 2, 8), "model", file, "size", "8", "width", 2, "iterations", "1");
		assertTrue(file.delete());
		IJ.saveAsTiff(image("a", 40, 30, 1, 16), folder + "/a.tif");
		IJ.saveAsTiff(image("b", 19, 31, 2, 16), folder + "/b.tif");
		Files.write(folder.resolve("c.tif"), new byte[50]);
		run(TrainCommand.class, "folder", folder.toFile(), "model", file, "size", "8", "width", 2, "iterations", "1");
		assertTrue(file.isFile());
		Files.delete(folder.resolve("b.tif"));
		run(TrainCommand.class, "folder", folder.toFile(), "model", file, "size", "8", "width", 2, "iterations", "1");
	}

	/** No clean image is needed; white noise of σ 15, and shot noise of 3 gray values per photon above an offset of 100. */
	@ParameterizedTest
	@CsvSource({ "White noise,Denoising", "Shot noise,Denoising", "Shot noise,Robust" })
	void trainingOnNoisyImagesAndDenoisingThem(final String noise, final String preset, @TempDir final Path folder)
		throws Exception
	{
		final boolean shot = noise.startsWith("Shot");
		final ImagePlus imp = noisy(shot, 160);
		final File model = folder.resolve("noisy.cfebm").toFile();
		run(TrainCommand.class, "image", imp, "model", model, "noise", noise, "preset", preset, "size", "8", "width", 2,
			"iterations", "150");
		final sc.fiji.cfebm.model.Model trained = sc.fiji.cfebm.model.Model.read(model.toPath());
		assertEquals(shot, trained.info().shot() != null);
		final ImagePlus small = noisy(shot, 64), clean = clean(shot, 64);
		final Object[] given = shot ? new Object[] { "gain", 3.0, "offset", 100.0, "read", 2.0 } : new Object[] { "sigma", 15.2 };
		for (final Object[] more : new Object[][] { {}, given }) {
			final java.util.List<Object> inputs = new java.util.ArrayList<>(java.util.List.of("image", small, "model", model, "range",
				"Training"));
			// An estimate from a small image may lie below the weakest noise that the model knows.
			if (!shot && more.length == 0) continue;
			inputs.addAll(java.util.List.of(more));
			final ImagePlus out = (ImagePlus) run(DenoiseCommand.class, inputs.toArray()).getOutput("denoised");
			assertTrue(error(out, clean) < 0.8 * error(small, clean), error(small, clean) + " -> " + error(out, clean));
		}
		says(shot ? "model is for images with shot noise" : "model is for images with white noise", DenoiseCommand.class, "image",
			small, "model", model, shot ? "sigma" : "gain", 10.0);
		says("method One step", DenoiseCommand.class, "image", small, "model", model, "range", "Training", "method", "Posterior",
			given[0], given[1]);
		if (preset.equals("Denoising")) {
			says("can only denoise", SampleCommand.class, "model", model);
			small.setRoi(3, 3, 5, 5);
			says("can only denoise", InpaintCommand.class, "image", small, "model", model);
		}
		else assertEquals(16, ((ImagePlus) run(SampleCommand.class, "model", model, "count", 16, "output", "Stack").getOutput(
			"samples")).getStackSize());
	}

	@Test
	void whatNoiseCanHaveWrongIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 40, 40, 1, 8);
		final File file = dir.resolve("m.cfebm").toFile();
		says("choose its kind", TrainCommand.class, "image", imp, "model", file, "sigma", 5.0);
		says("choose its kind", TrainCommand.class, "image", imp, "model", file, "noise", "White noise", "gain", 2.0);
		says("choose its kind", TrainCommand.class, "image", imp, "model", file, "noise", "Shot noise", "sigma", 5.0);
		says("“dark”: it must be one of None, None, for shot noise", TrainCommand.class, "image", imp, "model", file, "noise",
			"dark");
		says("give gain, offset and read noise", TrainCommand.class, "image", imp, "model", file, "noise", "None, for shot noise");
		says("does not grow with the brightness", TrainCommand.class, "image", IJ.createImage("flat", 40, 40, 1, 8), "model", file,
			"noise", "Shot noise");
		says("can't be estimated", TrainCommand.class, "image", IJ.createImage("flat", 40, 40, 1, 8), "model", file, "noise",
			"White noise");
		says("not known for RGB", TrainCommand.class, "image", image("x", 40, 40, 1, 24), "model", file, "noise", "Shot noise");
		says("knows nothing of noise", TrainCommand.class, "image", imp, "model", file, "noise", "White noise", "preset", "Paper");
		says("without a gain", DenoiseCommand.class, "image", imp, "model", gray, "offset", 5.0);
		says("Both sigma and a gain", DenoiseCommand.class, "image", imp, "model", gray, "sigma", 5.0, "gain", 5.0);
		says("The gain is -2.0", DenoiseCommand.class, "image", imp, "model", gray, "gain", -2.0);
		says("The offset must be a number", DenoiseCommand.class, "image", imp, "model", gray, "gain", 1.0, "offset", Double.NaN);
		assertFalse(file.exists());
	}

	/** Soft stripes, with noise. */
	private static ImagePlus noisy(final boolean shot, final int side) {
		final ImagePlus imp = clean(shot, side);
		final var rng = new org.apache.commons.math3.random.Well19937c(9);
		final var ip = imp.getProcessor();
		for (int p = 0; p < side * side; p++)
			ip.setf(p, (float) (shot ? 100 + 3 * new org.apache.commons.math3.distribution.PoissonDistribution(rng, (ip.getf(p) -
				100) / 3, 1e-12, 1000).sample() + 2 * rng.nextGaussian() : ip.getf(p) + 15 * rng.nextGaussian()));
		return imp;
	}

	private static ImagePlus clean(final boolean shot, final int side) {
		final ImagePlus imp = IJ.createImage("stripes", side, side, 1, 32);
		for (int p = 0; p < side * side; p++)
			imp.getProcessor().setf(p, (float) (100 + (shot ? 3 : 1) * (30 + 25 * Math.sin(p % side / 12.0) * Math.cos(p / side /
				15.0))));
		return imp;
	}

	private static double error(final ImagePlus a, final ImagePlus b) {
		double sum = 0;
		for (int p = 0; p < a.getWidth() * a.getHeight(); p++)
			sum += Math.pow(a.getProcessor().getf(p) - b.getProcessor().getf(p), 2);
		return Math.sqrt(sum / (a.getWidth() * a.getHeight()));
	}

	@Test
	void samplesAreAStackOrAMontage() throws Exception {
		final Module done = run(SampleCommand.class, "model", paper, "count", 5, "steps", 2);
		final ImagePlus stack = (ImagePlus) done.getOutput("samples");
		assertEquals("samples of paper", stack.getTitle());
		assertArrayEquals(new int[] { 16, 16, 1, 5, 1 }, stack.getDimensions());
		assertEquals(32, stack.getBitDepth());
		assertEquals(50, stack.getDisplayRangeMin());
		assertEquals(170, stack.getDisplayRangeMax());
		assertNull(done.getOutput("states"));
		final ImagePlus montage = (ImagePlus) run(SampleCommand.class, "model", paper, "count", 5, "steps", 2, "output",
			"montage").getOutput("samples");
		assertArrayEquals(new int[] { 50, 33, 1, 1, 1 }, montage.getDimensions());
		for (int i = 0; i < 5; i++)
			assertEquals(stack.getStack().getProcessor(i + 1).getf(3, 4), montage.getProcessor().getf(i % 3 * 17 + 3, i / 3 *
				17 + 4));
	}

	@Test
	void samplesOfACoarserStageOfAnySizeWithTheirTrajectory() throws Exception {
		final Module done = run(SampleCommand.class, "model", paper, "count", 2, "steps", 4, "stage", "8", "width", 21,
			"height", 9, "trajectory", 3);
		assertArrayEquals(new int[] { 21, 9, 1, 2, 1 }, ((ImagePlus) done.getOutput("samples")).getDimensions());
		final ImagePlus states = (ImagePlus) done.getOutput("states");
		assertEquals("trajectory of paper", states.getTitle());
		// Steps 0, 3 and 4.
		assertArrayEquals(new int[] { 21, 9, 1, 2, 3 }, states.getDimensions());
		assertTrue(states.isHyperStack());
		final ImagePlus montages = (ImagePlus) run(SampleCommand.class, "model", paper, "count", 2, "steps", 4, "output",
			"Montage", "trajectory", 3).getOutput("states");
		assertArrayEquals(new int[] { 33, 16, 1, 1, 6 }, montages.getDimensions());
	}

	@Test
	void scoreMatchingModelsOfGrayAndColorSample() throws Exception {
		for (final File model : new File[] { gray, rgb }) {
			final ImagePlus samples = (ImagePlus) run(SampleCommand.class, "model", model, "count", 3, "steps", 3).getOutput("samples");
			assertEquals(3, samples.getStackSize());
			assertEquals(16, samples.getWidth());
			assertEquals(model == rgb ? ImagePlus.COLOR_RGB : ImagePlus.GRAY32, samples.getType());
		}
	}

	@Test
	void whatASampleCanHaveWrongIsOneSentence() throws Exception {
		says("No model file is given", SampleCommand.class);
		says("number of images is 0", SampleCommand.class, "model", paper, "count", 0);
		says("Stack, Montage", SampleCommand.class, "model", paper, "output", "Movie");
		says("no stage of 64 pixels, only 8, 16.", SampleCommand.class, "model", paper, "stage", "64");
		says("The stage is “coarse”: it must be Finest or", SampleCommand.class, "model", paper, "stage", "coarse");
		says("width is 15", SampleCommand.class, "model", paper, "width", 15);
		says("height is -1", SampleCommand.class, "model", paper, "height", -1);
		says("steps is -1", SampleCommand.class, "model", paper, "steps", -1);
		says("steps is -2", SampleCommand.class, "model", paper, "trajectory", -2);
	}

	@ParameterizedTest
	@CsvSource({ "8,3", "16,1", "24,2", "32,1" })
	void anomalyMapsAreMadeOfEveryKindOfImage(final int bits, final int slices) throws Exception {
		final ImagePlus imp = image("cells", 40, 30, slices, bits);
		final Module done = run(AnomalyCommand.class, "image", imp, "model", bits == 24 ? rgb : gray, "rate", 10.0, "mask", true,
			"parts", true);
		final ImagePlus map = (ImagePlus) done.getOutput("map"), anomalies = (ImagePlus) done.getOutput("anomalies");
		assertArrayEquals(imp.getDimensions(), map.getDimensions());
		assertArrayEquals(imp.getDimensions(), anomalies.getDimensions());
		assertEquals("cells-anomaly-mask", ((ImagePlus) done.getOutput("regions")).getTitle());
		assertTrue(((ImagePlus) done.getOutput("partMaps")).getNChannels() > 1);
		assertEquals(slices, map.getProp("Anomaly score").split(", ").length);
		assertTrue(map.getInfoProperty().contains("rate=10.0 smallest=25"), map.getInfoProperty());
		if (bits != 32) return;
		final Module plain = run(AnomalyCommand.class, "image", imp, "model", bits == 24 ? rgb : gray, "rate", 50.0);
		assertNull(plain.getOutput("regions"));
		assertNull(plain.getOutput("partMaps"));
		assertTrue(same(map, (ImagePlus) plain.getOutput("map"), 1));
	}

	@Test
	void anomaliesAreLookedForInChosenPlanesAndInsideTheSelectionAlone() throws Exception {
		final CompositeImage imp = hyperstack();
		final Roi roi = new ij.gui.OvalRoi(5, 6, 20, 15);
		imp.setRoi(roi);
		final ImagePlus map = (ImagePlus) run(AnomalyCommand.class, "image", imp, "model", gray, "channels", "2", "slices", "1",
			"frames", "3", "rate", 10.0).getOutput("map");
		for (int plane = 1; plane <= 12; plane++)
			for (int p = 0; p < 40 * 30; p++)
				assertEquals(plane != 10 || !roi.contains(p % 40, p / 40), Float.isNaN(map.getStack().getProcessor(plane).getf(p)));
		final ImagePlus large = image("cells", 120, 110, 1, 8);
		final ImagePlus whole = (ImagePlus) run(AnomalyCommand.class, "image", large, "model", gray, "rate", 10.0).getOutput("map");
		large.setRoi(new Roi(60, 65, 9, 7));
		final ImagePlus part = (ImagePlus) run(AnomalyCommand.class, "image", large, "model", gray, "rate", 10.0).getOutput("map");
		for (int y = 65; y < 72; y++)
			for (int x = 60; x < 69; x++)
				// Not the same noise is added.
				assertEquals(whole.getProcessor().getf(x, y), part.getProcessor().getf(x, y), 0.3);
	}

	@Test
	void whatAnAnomalyMapCanHaveWrongIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 40, 30, 1, 8);
		says("There is no image open", AnomalyCommand.class, "model", gray);
		for (final double rate : new double[] { -1, 100, Double.NaN })
			says("The rate of false alarms is " + rate, AnomalyCommand.class, "image", imp, "model", gray, "rate", rate);
		says("A rate of false alarms of 0.5 % needs 2000 normal patches, and the model was calibrated on 121: it can tell 8.3 % or more.",
			AnomalyCommand.class, "image", imp, "model", gray, "rate", 0.5);
		assertTrue(((ImagePlus) run(AnomalyCommand.class, "image", imp, "model", gray).getOutput("map")).getInfoProperty().contains("rate=0"),
			"Without a rate the finest that the model can tell is taken.");
		final ImagePlus empty = image("empty", 40, 30, 1, 32);
		empty.getProcessor().setf(5, 5, -Float.MAX_VALUE);
		says("values too far from the gray values", AnomalyCommand.class, "image", empty, "model", gray);
		says("The smallest region is 0", AnomalyCommand.class, "image", imp, "model", gray, "smallest", 0);
		says("is for gray images but “x” is RGB", AnomalyCommand.class, "image", image("x", 40, 30, 1, 24), "model", gray);
	}

	/** 2 channels, 2 slices, 3 frames of 16 bits; channel 2 is ten times as bright as channel 1. */
	private static CompositeImage hyperstack() {
		final ImagePlus plain = IJ.createHyperStack("cells", 40, 30, 2, 2, 3, 16);
		final var random = new java.util.Random(1);
		for (int plane = 1; plane <= 12; plane += 2)
			for (int p = 0; p < 40 * 30; p++) {
				final int value = 100 + (int) (50 * Math.sin(p % 40 / 5.0)) + random.nextInt(20);
				plain.getStack().getProcessor(plane).set(p, value);
				plain.getStack().getProcessor(plane + 1).set(p, 10 * value);
			}
		for (int plane = 1; plane <= 12; plane++)
			plain.getStack().setSliceLabel("plane " + plane, plane);
		return new CompositeImage(plain, CompositeImage.COMPOSITE);
	}

	private static boolean same(final ImagePlus a, final ImagePlus b, final int plane) {
		return java.util.Objects.deepEquals(a.getStack().getPixels(plane), b.getStack().getPixels(plane));
	}

	@Test
	void onlyChosenPlanesAreRestored() throws Exception {
		final CompositeImage imp = hyperstack();
		final ImagePlus out = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", gray, "sigma", 10.0, "channels", "1",
			"slices", "2", "frames", "1,3").getOutput("denoised");
		assertArrayEquals(imp.getDimensions(), out.getDimensions());
		assertEquals(CompositeImage.COMPOSITE, out.getDisplayMode());
		for (int plane = 1; plane <= 12; plane++) {
			assertEquals(plane != 3 && plane != 11, same(imp, out, plane), "plane " + plane);
			assertEquals("plane " + plane, out.getStack().getSliceLabel(plane));
		}
		assertTrue(out.getInfoProperty().contains("CF-EBM Denoise... model=" + gray + " method=[One step] sigma=10.0 channels=1 slices=2 frames=1,3"),
			out.getInfoProperty());
	}

	@Test
	void eachChannelHasItsOwnRange() throws Exception {
		final ImagePlus out = (ImagePlus) run(DenoiseCommand.class, "image", hyperstack(), "model", gray).getOutput("denoised");
		for (int plane = 1; plane <= 12; plane += 2)
			for (int p = 0; p < 40 * 30; p++)
				// Both rounded.
				assertEquals(10 * out.getStack().getProcessor(plane).get(p), out.getStack().getProcessor(plane + 1).get(p), 6);
	}

	@Test
	void eachChannelHasTheModelGivenForIt() throws Exception {
		final CompositeImage imp = hyperstack();
		final File other = TinyModels.write(Files.createDirectory(dir.resolve("other")), 1, 60).toFile();
		final ImagePlus[] out = new ImagePlus[3];
		final Object[] models = { gray, other, new File(gray + ";" + other) };
		for (int i = 0; i < 3; i++)
			out[i] = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", models[i], "sigma", 10.0, "range", "Training",
				"slices", "1", "frames", "2").getOutput("denoised");
		assertFalse(same(out[0], out[1], 5));
		assertTrue(same(out[0], out[2], 5) && same(out[1], out[2], 6));
		// The only channel that is chosen is the first to get a model.
		assertTrue(same(out[1], (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", other, "sigma", 10.0, "range",
			"Training", "channels", "2", "slices", "1", "frames", "2").getOutput("denoised"), 6));
		says("2 models are given for 1 channel of “x”: give one for all", DenoiseCommand.class, "image", image("x", 9, 9, 1, 8),
			"model", models[2]);
		says("3 models are given for 2 channels of “cells”", DenoiseCommand.class, "image", imp, "model", new File(gray + ";" +
			gray + ";" + gray));
		says("The model “rgb.cfebm” is for RGB images but “cells” is gray", DenoiseCommand.class, "image", imp, "model",
			new File(gray + ";" + rgb));
		says("There is no model file nowhere.cfebm", DenoiseCommand.class, "image", imp, "model", new File(gray + ";nowhere.cfebm"));
	}

	@Test
	void insideASelectionItIsWhatItWouldBeWithoutAndOutsideNothingChanges() throws Exception {
		for (final int bits : new int[] { 16, 24, 32 }) {
			final ImagePlus imp = image("cells", 150, 140, 2, bits);
			final Object[] inputs = { "image", imp, "model", bits == 24 ? rgb : gray, "sigma", 10.0 };
			final ImagePlus whole = (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised");
			final Roi roi = new ij.gui.OvalRoi(70, 75, 21, 13);
			// In a stack it holds for all slices.
			roi.setPosition(1);
			imp.setRoi(roi);
			final ImagePlus part = (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised");
			for (int slice = 1; slice <= 2; slice++)
				for (int y = 0; y < 140; y++)
					for (int x = 0; x < 150; x++) {
						final ImagePlus expected = roi.contains(x, y) ? whole : imp;
						if (bits == 32) assertEquals(expected.getStack().getVoxel(x, y, slice - 1), part.getStack().getVoxel(x, y, slice -
							1), expected == imp ? 0 : 1e-3);
						else assertEquals(expected.getStack().getProcessor(slice).get(x, y), part.getStack().getProcessor(slice).get(x,
							y));
					}
			imp.setRoi(new ij.gui.Line(0, 0, 50, 50));
			assertTrue(same(whole, (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised"), 1));
			imp.setRoi(new Roi(200, 200, 5, 5));
			says("The selection has no pixel inside “cells”", DenoiseCommand.class, inputs);
		}
	}

	@Test
	void standardDeviationsAreZeroWhereNothingIsRestored() throws Exception {
		final CompositeImage imp = hyperstack();
		imp.setRoi(new Roi(3, 4, 9, 8));
		final ImagePlus sd = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", gray, "sigma", 20.0, "method",
			"Posterior", "chains", 2, "steps", 2, "slices", "2", "frames", "2").getOutput("sd");
		assertArrayEquals(imp.getDimensions(), sd.getDimensions());
		for (int plane = 1; plane <= 12; plane++)
			for (int p = 0; p < 40 * 30; p++) {
				final boolean restored = (plane == 7 || plane == 8) && p % 40 >= 3 && p % 40 < 12 && p / 40 >= 4 && p / 40 < 12;
				if (!restored) assertEquals(0, sd.getStack().getProcessor(plane).getf(p));
				else assertTrue(sd.getStack().getProcessor(plane).getf(p) > 0);
			}
	}

	@Test
	void holesAreFilledInChosenPlanesAlone() throws Exception {
		final ImagePlus imp = image("cells", 30, 21, 3, 32);
		imp.setRoi(new Roi(5, 6, 8, 7));
		// Does not matter there.
		imp.getStack().getProcessor(3).setf(0, 0, Float.NaN);
		final ImagePlus out = (ImagePlus) run(InpaintCommand.class, "image", imp, "model", gray, "steps", 2, "slices", "2")
			.getOutput("inpainted");
		for (int slice = 1; slice <= 3; slice++)
			assertEquals(slice != 2, same(imp, out, slice));
	}

	/** Planes that are computed when they are asked for, as those of a virtual stack are read. */
	private static final class Computed extends ij.VirtualStack {

		private final ImagePlus source;
		private final java.util.function.IntConsumer reader;

		Computed(final ImagePlus source, final java.util.function.IntConsumer reader) {
			super(source.getWidth(), source.getHeight(), null, null);
			this.source = source;
			this.reader = reader;
			setBitDepth(source.getBitDepth());
		}

		@Override
		public int getSize() {
			return source.getStackSize();
		}

		@Override
		public ij.process.ImageProcessor getProcessor(final int n) {
			reader.accept(n);
			return source.getStack().getProcessor(n).duplicate();
		}

		@Override
		public String getSliceLabel(final int n) {
			return "file " + n;
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 8, 24 })
	void virtualStacksAreReadPlaneByPlane(final int bits) throws Exception {
		final ImagePlus source = image("cells", 30, 21, 3, bits);
		final ImagePlus imp = new ImagePlus("cells", new Computed(source, n -> {}));
		final Object[] inputs = { "model", bits == 24 ? rgb : gray, "sigma", 10.0 };
		final ImagePlus expected = (ImagePlus) run(DenoiseCommand.class, "image", source, inputs[0], inputs[1], inputs[2],
			inputs[3]).getOutput("denoised");
		final ImagePlus out = (ImagePlus) run(DenoiseCommand.class, "image", imp, inputs[0], inputs[1], inputs[2], inputs[3])
			.getOutput("denoised");
		assertFalse(out.getStack().isVirtual());
		assertTrue(imp.getStack().isVirtual());
		for (int slice = 1; slice <= 3; slice++) {
			assertTrue(same(expected, out, slice));
			assertEquals("file " + slice, out.getStack().getSliceLabel(slice));
		}
	}

	@Test
	void cancelLeavesTheSlicesThatAreDone() throws Exception {
		final ImagePlus source = image("cells", 20, 20, 5, 8);
		final ModuleService modules = context.service(ModuleService.class);
		for (final int last : new int[] { 3, 0 }) {
			final Module module = modules.createModule(context.service(CommandService.class).getCommand(DenoiseCommand.class));
			final boolean[] looked = new boolean[1];
			final ImagePlus imp = new ImagePlus("cells", new Computed(source, n -> {
				// All slices are looked at before the first is restored.
				looked[0] |= n == 5;
				if (n == last + 1 && (looked[0] || last == 0)) ((Cancelable) module).cancel("Enough.");
			}));
			modules.run(module, true, "image", imp, "model", gray, "sigma", 10.0).get();
			final ImagePlus out = (ImagePlus) module.getOutput("denoised");
			assertEquals(last == 0, ((Cancelable) module).isCanceled());
			assertFalse(imp.isLocked());
			if (last == 0) assertNull(out);
			else assertEquals("cells-denoised (slices 1 to 3 of 5)", out.getTitle());
			if (last > 0) assertEquals(3, out.getStackSize());
		}
	}

	@Test
	void anErrorLeavesTheSlicesThatAreDone() throws Exception {
		final boolean[] looked = new boolean[1];
		final ImagePlus imp = new ImagePlus("cells", new Computed(image("cells", 20, 20, 5, 8), n -> {
			looked[0] |= n == 5;
			if (n == 4 && looked[0]) throw new OutOfMemoryError();
		}));
		final ImagePlus out = (ImagePlus) execute(DenoiseCommand.class, "image", imp, "model", gray, "sigma", 10.0).getOutput(
			"denoised");
		assertEquals("cells-denoised (slices 1 to 3 of 5)", out.getTitle());
		assertFalse(imp.isLocked());
	}

	@Test
	void thePreviewIsWhatTheRunWillMakeOfTheCurrentPlane() throws Exception {
		final CompositeImage imp = hyperstack();
		imp.setPosition(2, 1, 3);
		final Object[] inputs = { "image", imp, "model", gray, "sigma", 20.0, "frames", "2-3" };
		final ImagePlus out = (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised");
		final DenoiseCommand command = (DenoiseCommand) context.service(ModuleService.class).createModule(context.service(
			CommandService.class).getCommand(DenoiseCommand.class));
		for (int i = 0; i < inputs.length; i += 2)
			command.setInput((String) inputs[i], inputs[i + 1]);
		try (CommandProgress progress = new CommandProgress(context, "test", () -> false)) {
			final ImagePlus preview = command.previewed("Preview", progress);
			assertEquals(1, preview.getStackSize());
			assertArrayEquals((short[]) out.getStack().getPixels(10), (short[]) preview.getProcessor().getPixels());
			imp.setPosition(2, 1, 1);
			assertEquals("Not chosen is channel 2, slice 1, frame 1 of “cells”: show one of those that are.",
				org.junit.jupiter.api.Assertions.assertThrows(IllegalArgumentException.class, () -> command.previewed("Preview",
					progress)).getMessage());
		}
		assertNull(command.getOutput("denoised"));
	}

	@Test
	void aDialogAsksForDimensionsThatHaveSeveral() throws Exception {
		for (final ImagePlus imp : new ImagePlus[] { hyperstack(), image("x", 9, 9, 5, 8), image("x", 9, 9, 1, 8) }) {
			final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class)
				.getCommand(DenoiseCommand.class));
			module.setInput("image", imp);
			module.initialize();
			final java.util.List<String> asked = new java.util.ArrayList<>();
			for (final String name : new String[] { "channels", "slices", "frames" })
				if (!module.isInputResolved(name)) asked.add(module.getInfo().getInput(name).getLabel());
			assertEquals(imp.getStackSize() == 12 ? "[Channels (1 to 2), Slices (1 to 2), Frames (1 to 3)]" : imp
				.getStackSize() == 5 ? "[Slices (1 to 5)]" : "[]", asked.toString());
			assertEquals(imp.getNChannels() == 2, module.getInfo().getInput("model").getLabel().endsWith("(or one per channel: a;b)"));
		}
	}

	@Test
	void whatCanBeWrongWithAChoiceOfPlanesIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 3, 8);
		says("The slices are “2-9”: they must be all, current, or numbers from 1 to 3", DenoiseCommand.class, "image", imp,
			"model", gray, "slices", "2-9");
		says("The frames are “2”: they must be all, current, or 1", DenoiseCommand.class, "image", imp, "model", gray, "frames", "2");
		imp.setRoi(new Roi(1, 1, 2, 2));
		says("The channels are “red”", InpaintCommand.class, "image", imp, "model", gray, "channels", "red");
	}

	@Test
	void theSameSeedGivesTheSameImage() throws Exception {
		final Object[] inputs = { "image", image("cells", 20, 20, 1, 32), "model", gray, "method", "Posterior", "chains", 2,
			"steps", 2, "sigma", 5.0, "seed", 7L };
		final ImagePlus one = (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised");
		final ImagePlus two = (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised");
		assertTrue(java.util.Arrays.equals((float[]) one.getProcessor().getPixels(), (float[]) two.getProcessor()
			.getPixels()));
	}

	@Test
	void whatAnImageCanHaveWrongIsOneSentence() throws Exception {
		says("no image open", DenoiseCommand.class, "model", gray);
		says("no image open", InpaintCommand.class, "model", gray);
		says("no image open", TrainCommand.class, "model", dir.resolve("x.cfebm").toFile());
		final ImagePlus empty = new ImagePlus();
		empty.setTitle("nothing");
		says("“nothing” has no pixels (0×0)", DenoiseCommand.class, "image", empty, "model", gray);
		says("“nothing” has no pixels (0×0)", TrainCommand.class, "image", empty, "model", dir.resolve("x.cfebm").toFile());
		for (final float value : new float[] { Float.NaN, Float.NEGATIVE_INFINITY }) {
			final ImagePlus bad = image("bad", 9, 9, 3, 32);
			bad.getStack().getProcessor(2).setf(3, 4, value);
			says("x=3, y=4 of slice 2 of “bad” is " + value, DenoiseCommand.class, "image", bad, "model", gray);
			says("slice 2 of “bad”", DenoiseCommand.class, "image", bad, "model", gray, "range", "Training");
			says("slice 2 of “bad”", TrainCommand.class, "image", bad, "model", dir.resolve("x.cfebm").toFile());
			bad.setRoi(new Roi(0, 0, 2, 2));
			says("slice 2 of “bad”", InpaintCommand.class, "image", bad, "model", gray);
		}
		says("is for gray images but “x” is RGB", DenoiseCommand.class, "image", image("x", 9, 9, 1, 24), "model", gray);
		says("is for RGB images but “x” is gray", DenoiseCommand.class, "image", image("x", 9, 9, 1, 16), "model", rgb);
		final ImagePlus selected = image("x", 9, 9, 1, 24);
		selected.setRoi(new Roi(1, 1, 2, 2));
		says("is for gray images", InpaintCommand.class, "image", selected, "model", gray);
	}

	@Test
	void imagesSmallerThanATileAreRestored() throws Exception {
		run(DenoiseCommand.class, "image", image("small", 5, 3, 1, 8), "model", gray, "sigma", 10.0);
		says("noise of “dot” can't be estimated", DenoiseCommand.class, "image", image("dot", 1, 1, 1, 8), "model", gray);
		run(DenoiseCommand.class, "image", image("dot", 1, 1, 1, 8), "model", gray, "sigma", 10.0, "range",
			"Training");
		final ImagePlus small = image("small", 7, 4, 1, 8);
		small.setRoi(new Roi(2, 1, 2, 2));
		run(InpaintCommand.class, "image", small, "model", gray, "steps", 2);
	}

	@Test
	void whatAModelFileCanHaveWrongIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 1, 8);
		says("No model file is given", DenoiseCommand.class, "image", imp);
		says("is a folder", DenoiseCommand.class, "image", imp, "model", dir.toFile());
		says("There is no model file", DenoiseCommand.class, "image", imp, "model", dir.resolve("none.cfebm").toFile());
		final Path foreign = Files.writeString(dir.resolve("foreign.cfebm"), "hello");
		says("foreign.cfebm", DenoiseCommand.class, "image", imp, "model", foreign.toFile());
	}

	@Test
	void whatATargetCanHaveWrongIsOneSentenceBeforeTraining() throws Exception {
		final ImagePlus imp = image("x", 20, 20, 1, 8);
		says("No model file is given", TrainCommand.class, "image", imp);
		says("is a folder", TrainCommand.class, "image", imp, "model", dir.toFile());
		says("there is no folder", TrainCommand.class, "image", imp, "model", dir.resolve("no/such/m.cfebm").toFile());
		// Nobody can create files here, root included.
		final File proc = new File("/proc");
		if (proc.isDirectory()) says("cannot be written", TrainCommand.class, "image", imp, "model", new File(proc,
			"m.cfebm"));
		says("does not exist", TrainCommand.class, "folder", new File("/no/such"), "model", dir.resolve("m.cfebm").toFile());
		final Path empty = Files.createDirectory(dir.resolve("empty"));
		says("has no image", TrainCommand.class, "folder", empty.toFile(), "model", dir.resolve("m.cfebm").toFile());
		says("“/no/such” does not exist", TrainCommand.class, "folder", new File(empty + ";/no/such"), "model", dir.resolve(
			"m.cfebm").toFile());
	}

	@Test
	void numbersAndChoicesAreChecked() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 1, 8);
		for (final double sigma : new double[] { -1, Double.NaN, Double.POSITIVE_INFINITY })
			says("Sigma is", DenoiseCommand.class, "image", imp, "model", gray, "sigma", sigma);
		says("One step, Posterior, Paper", DenoiseCommand.class, "image", imp, "model", gray, "method", "Magic");
		says("Image, Training", DenoiseCommand.class, "image", imp, "model", gray, "range", "all");
		says("chains is 0", DenoiseCommand.class, "image", imp, "model", gray, "method", "posterior", "chains", 0);
		says("steps must be at least 1, or 0", InpaintCommand.class, "image", imp, "model", gray, "steps", -1);
		says("completions must be at least 1, not -2", InpaintCommand.class, "image", imp, "model", gray, "completions", -2);
		says("border must be 0 to 32 pixels wide, not 33", InpaintCommand.class, "image", imp, "model", gray, "feather", 33);
		says("Careful, Inventive", InpaintCommand.class, "image", imp, "model", gray, "method", "Bold");
		final File file = dir.resolve("m.cfebm").toFile();
		says("8, 16, 32, 64, 128", TrainCommand.class, "image", imp, "model", file, "size", "33");
		says("minutes of training must be more than 0, not -1", TrainCommand.class, "image", imp, "model", file, "minutes", -1.0);
		says("not -3", TrainCommand.class, "image", imp, "model", file, "batch", -3);
		says("Robust, Score matching, Denoising, Paper", TrainCommand.class, "image", imp, "model", file, "preset", "Pape");
		assertFalse(file.exists());
	}

	@Test
	void selectionsAreChecked() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 1, 8);
		says("has no selection", InpaintCommand.class, "image", imp, "model", gray);
		says("overlay of “x”", InpaintCommand.class, "image", imp, "model", gray, "mask", "Overlay");
		says("“m” is not the title", InpaintCommand.class, "image", imp, "model", gray, "mask", "m");
		imp.setRoi(new Roi(0, 0, 9, 9));
		says("covers all", InpaintCommand.class, "image", imp, "model", gray);
	}

	private static Module run(final Class<? extends CfebmCommand> command, final Object... inputs) throws Exception {
		final Module done = execute(command, inputs);
		assertNull(((Cancelable) done).getCancelReason());
		return done;
	}

	@Test
	void cancelingATrainingEndsItAndWritesNothing() throws Exception {
		final java.nio.file.Path model = dir.resolve("canceled.cfebm");
		final ModuleService modules = context.service(ModuleService.class);
		final Module module = modules.createModule(context.service(CommandService.class).getCommand(TrainCommand.class));
		final var run = modules.run(module, true, "image", image("cells", 30, 30, 1, 8), "model", model.toFile(), "size", "8",
			"width", 1, "images", 1_000_000_000L);
		Thread.sleep(500);
		assertFalse(run.isDone(), ((Cancelable) module).getCancelReason());
		((Cancelable) module).cancel("Enough.");
		run.get(30, java.util.concurrent.TimeUnit.SECONDS);
		assertFalse(java.nio.file.Files.exists(model));
	}

	@Test
	void anEmptySliceOfAStackIsLeftAsItIs() throws Exception {
		final ImagePlus stack = image("stack", 40, 40, 3, 8);
		stack.getStack().getProcessor(2).setColor(7);
		stack.getStack().getProcessor(2).fill();
		final ImagePlus out = (ImagePlus) execute(DenoiseCommand.class, "image", stack, "model", gray).getOutput("denoised");
		assertArrayEquals((byte[]) stack.getStack().getPixels(2), (byte[]) out.getStack().getPixels(2));
		assertFalse(java.util.Arrays.equals((byte[]) stack.getStack().getPixels(3), (byte[]) out.getStack().getPixels(3)));
		assertTrue(out.getInfoProperty().contains("slice 3 of “stack”: Estimated noise: sigma "), out.getInfoProperty());
		says("Nothing in “stack” was worked on", DenoiseCommand.class, "image", stack, "model", gray, "slices", "2");
		says("needs a model trained with score matching", DenoiseCommand.class, "image", stack, "model", paper);
	}

	@ParameterizedTest
	@CsvSource({ "8,false", "16,false", "32,false", "24,true", "8,true", "16,true" })
	void translatingAStyleGivesAnImageAtTheSamePlaces(final int bits, final boolean color) throws Exception {
		final ImagePlus imp = image("cells", 33, 21, 2, bits);
		imp.getCalibration().pixelWidth = 0.5;
		imp.getStack().setSliceLabel("second", 2);
		final Module done = run(TranslateStyleCommand.class, "image", imp, "model", color ? rgb : gray, "steps", 3, "saliency", true,
			"trajectory", 2);
		final ImagePlus out = (ImagePlus) done.getOutput("translated"), saliency = (ImagePlus) done.getOutput("saliencyMap"),
				states = (ImagePlus) done.getOutput("states");
		assertEquals("cells-translated", out.getTitle());
		assertEquals(color ? 24 : bits, out.getBitDepth());
		assertEquals(2, out.getNSlices());
		assertEquals(0.5, out.getCalibration().pixelWidth);
		assertEquals("second", out.getStack().getSliceLabel(2));
		assertTrue(out.getInfoProperty().startsWith(TranslateStyleCommand.WARNING), out.getInfoProperty());
		assertTrue(out.getInfoProperty().contains("CF-EBM Translate Style... model=" + (color ? rgb : gray)), out.getInfoProperty());
		assertTrue(states.getInfoProperty().startsWith(TranslateStyleCommand.WARNING));
		assertEquals("cells-saliency", saliency.getTitle());
		assertEquals(32, saliency.getBitDepth());
		assertTrue(saliency.getStack().getProcessor(2).getStats().min > 0);
		assertEquals(saliency.getDisplayRangeMax(), Math.max(saliency.getStack().getProcessor(1).getStats().max, saliency.getStack()
			.getProcessor(2).getStats().max), 1e-3);
		// The start, and the states after steps 2 and 3.
		assertEquals(3, states.getStackSize());
		assertFalse(java.util.Objects.deepEquals(out.getStack().getPixels(1), out.getStack().getPixels(2)));
		final Module again = run(TranslateStyleCommand.class, "image", imp, "model", color ? rgb : gray, "steps", 3);
		assertTrue(same(out, (ImagePlus) again.getOutput("translated"), 2));
		assertNull(again.getOutput("saliencyMap"));
		assertNull(again.getOutput("states"));
		assertFalse(same(out, (ImagePlus) run(TranslateStyleCommand.class, "image", imp, "model", color ? rgb : gray, "steps", 3,
			"seed", 2L).getOutput("translated"), 2));
	}

	/** Also a gray one that becomes RGB: it is gray outside. */
	@Test
	void translatingASelectionLeavesTheRestAsItIs() throws Exception {
		for (final File model : new File[] { gray, rgb }) {
			final ImagePlus imp = image("cells", 90, 40, 1, 8);
			imp.setRoi(new Roi(5, 6, 7, 8));
			final ImagePlus out = (ImagePlus) run(TranslateStyleCommand.class, "image", imp, "model", model, "steps", 2, "strength",
				1.0).getOutput("translated");
			int changed = 0;
			for (int p = 0; p < 90 * 40; p++) {
				final int before = imp.getProcessor().get(p) * (model == rgb ? 0x10101 : 1), after = out.getProcessor().get(p) & 0xffffff;
				final boolean inside = imp.getRoi().contains(p % 90, p / 90);
				if (!inside) assertEquals(before, after);
				else if (before != after) changed++;
			}
			assertTrue(changed > 40, changed + " of 56");
		}
	}

	@Test
	void whatATranslationCanHaveWrongIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 20, 20, 1, 8);
		says("no image open", TranslateStyleCommand.class, "model", gray);
		says("No model file is given", TranslateStyleCommand.class, "image", imp);
		for (final double strength : new double[] { -0.1, 1.1, Double.NaN })
			says("strength must be a number from 0 (hardly changed) to 1 (fully), not " + strength, TranslateStyleCommand.class, "image",
				imp, "model", gray, "strength", strength);
		says("number of steps is -1", TranslateStyleCommand.class, "image", imp, "model", gray, "steps", -1);
		says("is for gray images but “x” is RGB", TranslateStyleCommand.class, "image", image("x", 9, 9, 1, 24), "model", gray);
		final ImagePlus bad = image("bad", 9, 9, 1, 32);
		bad.getProcessor().setf(3, 4, Float.NaN);
		says("x=3, y=4 of “bad” is NaN", TranslateStyleCommand.class, "image", bad, "model", gray);
		final File images = Files.createDirectory(dir.resolve("style images")).toFile(), colors = Files.createDirectory(dir.resolve(
			"style colors")).toFile(), model = dir.resolve("style.cfebm").toFile();
		IJ.saveAsTiff(image("a", 40, 40, 1, 8), images + "/a.tif");
		IJ.saveAsTiff(image("b", 40, 40, 1, 24), colors + "/b.tif");
		says("No folder of source images is given", TrainStyleCommand.class, "targets", images, "model", model);
		says("No folder of target images is given", TrainStyleCommand.class, "sources", images, "model", model);
		says("No model file is given", TrainStyleCommand.class, "sources", images, "targets", images);
		says("The source images are RGB but the target images are gray", TrainStyleCommand.class, "sources", colors, "targets",
			images, "model", model, "iterations", "1");
		says("Robust, Score matching, Paper", TrainStyleCommand.class, "sources", images, "targets", colors, "model", model, "preset",
			"Denoising");
		assertFalse(model.exists());
	}

	/** Gray images to an RGB style: what comes out can be used at once. */
	@ParameterizedTest
	@CsvSource({ "Score matching,4,24", "Paper,2,24" })
	void aStyleIsTrainedForImagesOfAnotherOne(final String preset, final int shown, final int bits) throws Exception {
		final File images = Files.createDirectory(dir.resolve("sources " + preset)).toFile(), colors = Files.createDirectory(dir
			.resolve("targets " + preset)).toFile(), model = dir.resolve("style " + preset + ".cfebm").toFile();
		IJ.saveAsTiff(image("a", 40, 40, 1, 16), images + "/a.tif");
		IJ.saveAsTiff(image("b", 40, 40, 1, 24), colors + "/b.tif");
		final Module done = run(TrainStyleCommand.class, "sources", images, "targets", colors, "model", model, "preset", preset, "width",
			1, "iterations", "1");
		final ImagePlus check = (ImagePlus) done.getOutput("check");
		assertEquals(bits, check.getBitDepth());
		assertEquals(shown, check.getStackSize());
		final sc.fiji.cfebm.model.Model trained = sc.fiji.cfebm.model.Model.read(model.toPath());
		assertEquals(preset, trained.info().training().get("preset"));
		assertEquals(preset.equals("Paper") ? 50 : 0, trained.info().langevinSteps());
		assertEquals(preset.equals("Paper"), trained.info().training().containsKey("chains"));
		run(TranslateStyleCommand.class, "image", image("x", 20, 20, 1, 8), "model", model, "steps", 2);
	}

	/** Not by CommandService.run: it runs a DynamicCommand, too, but returns null. */
	private static Module execute(final Class<? extends CfebmCommand> command, final Object... inputs) throws Exception {
		return context.service(ModuleService.class).run(context.service(CommandService.class).getCommand(command), true,
			inputs).get();
	}

	private static void says(final String part, final Class<? extends CfebmCommand> command, final Object... inputs)
		throws Exception
	{
		final Module done = execute(command, inputs);
		final String reason = ((Cancelable) done).getCancelReason();
		assertTrue(reason != null && reason.contains(part) && reason.endsWith(".") && !reason.contains("\n") && !reason
			.contains("Exception"), reason);
	}

	private static ImagePlus image(final String title, final int width, final int height, final int slices,
		final int bits)
	{
		final ImagePlus imp = IJ.createImage(title, width, height, slices, bits);
		for (int i = 1; i <= slices; i++) {
			final var ip = imp.getStack().getProcessor(i);
			final var random = new java.util.Random(i);
			for (int p = 0; p < width * height; p++)
				if (bits == 32) ip.setf(p, 100 + 30 * (float) random.nextGaussian());
				else ip.set(p, bits == 24 ? random.nextInt(1 << 24) | 0xff000000 : 50 + random.nextInt(150));
		}
		return imp;
	}
}

package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.macro.Interpreter;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.AnomalyDetector;

/** Denoising slices and frames that help each other. */
class NeighboursTest extends CommandTestBase {

	private static File cells;

	/** Two models, of which the one of neighbouring planes lies beside the other. */
	@BeforeAll
	static void models() throws Exception {
		final Path folder = Files.createDirectory(dir.resolve("neighbours"));
		cells = Files.copy(gray.toPath(), folder.resolve("cells.cfebm")).toFile();
		TinyModels.writeStack(folder.resolve("cells-stack.cfebm"));
	}

	/** Frames that show the same, with other noise. */
	private static ImagePlus movie(final int channels, final int slices, final int frames) {
		final ImagePlus movie = IJ.createHyperStack("movie", 36, 30, channels, slices, frames, 32);
		for (int plane = 1; plane <= movie.getStackSize(); plane++) {
			final var random = new java.util.Random(plane);
			for (int p = 0; p < 36 * 30; p++)
				movie.getStack().getProcessor(plane).setf(p, (float) (100 + 50 * Math.sin(p % 36 / 5.0) + 10 * random.nextGaussian()));
		}
		return movie.getStackSize() > 1 && channels > 1 ? new CompositeImage(movie, CompositeImage.COMPOSITE) : movie;
	}

	private static ImagePlus denoised(final ImagePlus image, final String neighbours, final Object... more) throws Exception {
		final Object[] inputs = { "image", image, "model", cells, "sigma", 10.0, "neighbours", neighbours };
		final Object[] all = java.util.Arrays.copyOf(inputs, inputs.length + more.length);
		System.arraycopy(more, 0, all, inputs.length, more.length);
		return (ImagePlus) run(DenoiseCommand.class, all).getOutput("denoised");
	}

	@Test
	void theyHelpUnlessTheyAreNotToOrThereIsNoModelForThat() throws Exception {
		final ImagePlus movie = movie(1, 1, 4), helped = denoised(movie, "Automatic"), alone = denoised(movie, "None");
		final ImagePlus without = (ImagePlus) run(DenoiseCommand.class, "image", movie, "model", gray, "sigma", 10.0).getOutput("denoised");
		for (int plane = 1; plane <= 4; plane++) {
			assertFalse(same(helped, alone, plane));
			assertTrue(same(without, alone, plane));
			assertTrue(same(helped, denoised(movie, "Frames"), plane));
		}
		assertTrue(logged(() -> denoised(movie, "Automatic")).contains("neighbouring frames help, up to 3 before and behind each (in 4 frames)"));
		assertFalse(logged(() -> denoised(movie, "None")).contains("neighbouring"));
	}

	/** A stack is learnt from as slabs; the model lies beside that of single planes, which it goes with. */
	@ParameterizedTest
	@CsvSource({ "3,1,2,5", "5,1,6,2", "3,2,1,4" })
	void aModelIsTrainedOnAStack(final String planes, final int channels, final int slices, final int frames) throws Exception {
		final Path folder = Files.createTempDirectory(dir, "stacks"), named = folder.resolve("movie.cfebm"), written = folder.resolve("movie-stack.cfebm");
		final String log = logged(() -> run(TrainCommand.class, "image", movie(channels, slices, frames), "model", named.toFile(), "planes", planes,
			"noise", "White noise", "sigma", 10.0, "size", "8", "width", 2, "iterations", "3"));
		assertTrue(log.contains("the kind of training is Denoising") && log.contains("movie.cfebm, which is not there yet: train that with planes=1"), log);
		assertFalse(Files.exists(named));
		final Model model = Model.readAny(written);
		assertEquals(Integer.parseInt(planes), model.planes());
		assertTrue(AnomalyDetector.knowsNominal(model), "It has seen how stacks change.");
		says("only movie-stack.cfebm for stacks, which goes with it: train it with planes=1.", DenoiseCommand.class, "image", movie(1, 1, 7), "model", named.toFile());
		Files.copy(gray.toPath(), named);
		assertTrue(logged(() -> run(DenoiseCommand.class, "image", movie(1, 1, 7), "model", named.toFile(), "sigma", 10.0)).contains("neighbouring frames help"));
	}

	@Test
	void aModelOfStacksLearnsFromCleanSingleImagesAndNoNoisyOnes() throws Exception {
		final File file = Files.createTempDirectory(dir, "single").resolve("made-stack.cfebm").toFile();
		final Object[] inputs = { "image", movie(1, 1, 1), "model", file, "planes", "3", "preset", "Denoising", "size", "8", "width", 2, "iterations", "3",
			"noise", "None" };
		run(TrainCommand.class, inputs);
		assertEquals(3, Model.readAny(file.toPath()).planes());
		assertFalse(AnomalyDetector.knowsNominal(Model.readAny(file.toPath())));
		inputs[inputs.length - 1] = "White noise";
		says("none is a stack of 3 slices or frames", TrainCommand.class, inputs);
		says("planes=1", TrainCommand.class, "image", image("stained", 40, 30, 2, 24), "model", file, "planes", "3", "iterations", "1", "size", "8");
		says("for single images", TrainCommand.class, "image", movie(1, 1, 1), "model", file, "planes", "3", "preset", "Paper", "iterations", "1", "size", "8");
	}

	/** Whichever there are more of. */
	@ParameterizedTest
	@CsvSource({ "1,3,2,Slices", "2,2,3,Frames", "2,3,1,Slices", "1,3,3,Slices" })
	void eachChannelGoesAlongSlicesOrFrames(final int channels, final int slices, final int frames, final String along) throws Exception {
		final ImagePlus movie = movie(channels, slices, frames), automatic = denoised(movie, "Automatic"), said = denoised(movie, along);
		for (int plane = 1; plane <= movie.getStackSize(); plane++) {
			assertTrue(same(automatic, said, plane));
			final int[] at = movie.convertIndexToPosition(plane);
			// The line alone, taken out as a stack of its own.
			final ImagePlus line = IJ.createImage("line", 36, 30, along.equals("Slices") ? slices : frames, 32);
			for (int i = 1; i <= line.getStackSize(); i++)
				line.getStack().setPixels(movie.getStack().getPixels(movie.getStackIndex(at[0], along.equals("Slices") ? i : at[1], along.equals(
					"Slices") ? at[2] : i)), i);
			assertAlike(denoised(line, "Slices"), along.equals("Slices") ? at[1] : at[2], said, plane);
		}
	}

	@Test
	void aPlaneThatIsChosenAloneComesOutAsWithinTheStack() throws Exception {
		final ImagePlus movie = movie(1, 1, 6), all = denoised(movie, "Automatic"), one = denoised(movie, "Automatic", "frames", "3,5", "output",
			PlaneCommand.CHOSEN);
		assertEquals(2, one.getStackSize());
		assertAlike(all, 3, one, 1);
		assertAlike(all, 5, one, 2);
	}

	/** But for rounding: the range of gray values is that of other planes. */
	private static void assertAlike(final ImagePlus a, final int plane, final ImagePlus b, final int other) {
		org.junit.jupiter.api.Assertions.assertArrayEquals((float[]) a.getStack().getPixels(plane), (float[]) b.getStack().getPixels(other), 0.01f);
	}

	@Test
	void aLongMovieIsReadTwiceAndNotAtOnce() throws Exception {
		final ImagePlus source = movie(1, 1, 7);
		final int[] reads = new int[8];
		final ImagePlus imp = new ImagePlus("movie", new Computed(source, n -> reads[n]++));
		java.util.Arrays.fill(reads, 0);
		denoised(imp, "Automatic");
		for (int n = 2; n <= 7; n++)
			assertTrue(reads[n] <= 2, n + " was read " + reads[n] + " times");
	}

	@Test
	void planesWithoutANumberOrAnotherFieldAreNotMixed() throws Exception {
		final ImagePlus movie = movie(1, 1, 3);
		java.util.Arrays.fill((float[]) movie.getStack().getPixels(2), Float.NaN);
		final ImagePlus helped = denoised(movie, "Automatic"), alone = denoised(movie, "None");
		for (int plane = 1; plane <= 3; plane++)
			assertTrue(same(helped, alone, plane));
	}

	/** NaN in 32-bit images, a mask's slice that is white all over in others. */
	@ParameterizedTest
	@CsvSource({ "32", "8" })
	void aWholePlaneThatIsMissingIsForetoldByThoseAroundIt(final int bits) throws Exception {
		final ImagePlus movie = movie(2, 1, 5);
		final ImagePlus mask = IJ.createHyperStack("mask", 36, 30, 2, 1, 5, 8);
		final int missing = movie.getStackIndex(2, 1, 3);
		if (bits == 32) java.util.Arrays.fill((float[]) movie.getStack().getPixels(missing), Float.NaN);
		else {
			ij.process.ImageConverter.setDoScaling(false);
			new ij.process.StackConverter(movie).convertToGray8();
			java.util.Arrays.fill((byte[]) movie.getStack().getPixels(missing), (byte) 7);
			java.util.Arrays.fill((byte[]) mask.getStack().getPixels(missing), (byte) 255);
			Interpreter.batchMode = true;
			Interpreter.addBatchModeImage(mask);
		}
		final Object[] inputs = { "image", movie, "model", cells, "mask", bits == 32 ? "NaN" : "mask", "completions", 2, "neighbours", "Automatic" };
		final var outputs = run(InpaintCommand.class, inputs);
		final ImagePlus filled = (ImagePlus) outputs.getOutput("inpainted"), sd = (ImagePlus) outputs.getOutput("sd");
		double sum = 0;
		for (int i = 0; i < 36 * 30; i++) {
			final double expected = 100 + 50 * Math.sin(i % 36 / 5.0);
			sum += Math.pow(filled.getStack().getProcessor(missing).getf(i) - expected, 2) / (36 * 30);
		}
		assertTrue(Math.sqrt(sum) < 12, "" + Math.sqrt(sum));
		for (int plane = 1; plane <= 10; plane++)
			if (plane != missing) assertTrue(same(movie, filled, plane));
		assertTrue(Float.isNaN(sd.getStack().getProcessor(missing).getf(0)));
		assertTrue(logged(() -> run(InpaintCommand.class, inputs)).contains("whole frames that are missing are foretold by those before and behind them"));
		inputs[inputs.length - 1] = "None";
		says("No pixel is known there", InpaintCommand.class, inputs);
		Interpreter.removeBatchModeImage(mask);
		Interpreter.batchMode = false;
	}

	@Test
	void samplesOfNeighboursHaveAStandardDeviation() throws Exception {
		final ImagePlus movie = movie(1, 1, 4), one = denoised(movie, "Automatic");
		final var outputs = run(DenoiseCommand.class, "image", movie, "model", cells, "sigma", 10.0, "method", "Posterior", "chains", 2, "steps", 2);
		for (int plane = 1; plane <= 4; plane++) {
			assertTrue(same(one, (ImagePlus) outputs.getOutput("denoised"), plane));
			assertTrue(((ImagePlus) outputs.getOutput("sd")).getStack().getProcessor(plane).getf(40) > 0);
		}
	}

	private static Object[] blurred(final ImagePlus image, final File model, final Object... more) {
		final Object[] inputs = { "image", image, "model", model, "psf", "Motion", "motion", 3.0, "sigma", 10.0, "steps", 2 };
		final Object[] all = java.util.Arrays.copyOf(inputs, inputs.length + more.length);
		System.arraycopy(more, 0, all, inputs.length, more.length);
		return all;
	}

	private static ImagePlus deconvolved(final Object... inputs) throws Exception {
		return (ImagePlus) run(DeconvolveCommand.class, inputs).getOutput("deconvolved");
	}

	@Test
	void theyHelpADeconvolution() throws Exception {
		final ImagePlus movie = movie(2, 1, 4), helped = deconvolved(blurred(movie, cells)), alone = deconvolved(blurred(movie, cells, "neighbours", "None")),
				without = deconvolved(blurred(movie, gray)), chosen = deconvolved(blurred(movie, cells, "frames", "1,3", "output", PlaneCommand.CHOSEN));
		for (int plane = 1; plane <= movie.getStackSize(); plane++) {
			assertFalse(same(helped, alone, plane));
			assertTrue(same(without, alone, plane));
		}
		for (int plane = 1; plane <= 4; plane++)
			assertTrue(java.util.Objects.deepEquals(chosen.getStack().getPixels(plane), helped.getStack().getPixels(plane < 3 ? plane : plane + 2)));
		assertTrue(logged(() -> run(DeconvolveCommand.class, blurred(movie, cells))).contains("neighbouring frames help, up to 2 with each"));
		assertTrue(logged(() -> run(DeconvolveCommand.class, blurred(movie, cells, "samples", 2))).contains("planes were worked on one by one"));
		says("Neighbours do not help with a standard deviation: leave them out (neighbours=None)", DeconvolveCommand.class, blurred(movie, cells, "samples", 2, "neighbours",
			"Frames"));
		says("has none for neighbouring frames beside it", DeconvolveCommand.class, blurred(movie, gray, "neighbours", "Frames"));
	}

	/** A plane that shows something else, or has missing pixels, is not mixed with others; two that are left help each other. */
	@Test
	void aDeconvolutionMixesNoStrangers() throws Exception {
		final ImagePlus holes = movie(1, 1, 3), noise = movie(1, 1, 3);
		holes.getStack().getProcessor(3).setf(5, Float.NaN);
		for (int p = 0; p < 36 * 30; p++)
			noise.getStack().getProcessor(2).setf(p, 200 - 100 * (float) Math.sin(p / 36 / 4.0));
		for (final ImagePlus movie : new ImagePlus[] { holes, noise }) {
			final ImagePlus helped = deconvolved(blurred(movie, cells)), alone = deconvolved(blurred(movie, cells, "neighbours", "None"));
			for (int plane = 1; plane <= movie.getStackSize(); plane++)
				assertEquals(movie == noise || plane == 3, same(helped, alone, plane));
		}
	}

	@Test
	void whatMakesNoSenseIsSaid() throws Exception {
		final ImagePlus movie = movie(1, 1, 3), one = movie(1, 1, 1);
		says("has none for neighbouring frames beside it", DenoiseCommand.class, "image", movie, "model", gray, "sigma", 10.0, "neighbours", "Frames");
		says("one slice alone", DenoiseCommand.class, "image", movie, "model", cells, "sigma", 10.0, "neighbours", "Slices");
		says("do not help with the method Paper", DenoiseCommand.class, "image", movie, "model", cells, "neighbours", "Frames", "method", "Paper");
		says("one slice alone", InpaintCommand.class, "image", movie, "model", cells, "mask", "NaN", "neighbours", "Slices");
		says("must be one of Automatic, None, Slices, Frames", DenoiseCommand.class, "image", movie, "model", cells, "sigma", 10.0, "neighbours", "2");
		says("choose the model that it goes with, cells.cfebm", DenoiseCommand.class, "image", movie, "model", new File(cells.getParentFile(),
			"cells-stack.cfebm"), "sigma", 10.0);
		assertEquals(1, denoised(one, "Automatic").getStackSize());
		run(DenoiseCommand.class, "image", movie, "model", cells, "sigma", 10.0, "method", "Posterior", "chains", 2, "steps", 2);
	}
}

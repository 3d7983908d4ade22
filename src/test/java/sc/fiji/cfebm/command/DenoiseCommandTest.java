package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.scijava.module.Module;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.gui.Roi;

/** Denoising through the real command framework. */
class DenoiseCommandTest extends CommandTestBase {

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
	void theSameSeedGivesTheSameImage() throws Exception {
		final Object[] inputs = { "image", image("cells", 20, 20, 1, 32), "model", gray, "method", "Posterior", "chains", 2,
			"steps", 2, "sigma", 5.0, "seed", 7L };
		final ImagePlus one = (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised");
		final ImagePlus two = (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised");
		assertTrue(java.util.Arrays.equals((float[]) one.getProcessor().getPixels(), (float[]) two.getProcessor()
			.getPixels()));
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

	@Test
	void whatNoiseCanHaveWrongIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 40, 40, 1, 8);
		says("without a gain", DenoiseCommand.class, "image", imp, "model", gray, "offset", 5.0);
		says("Both sigma and a gain", DenoiseCommand.class, "image", imp, "model", gray, "sigma", 5.0, "gain", 5.0);
		says("The gain is -2.0", DenoiseCommand.class, "image", imp, "model", gray, "gain", -2.0);
		says("The offset must be a number", DenoiseCommand.class, "image", imp, "model", gray, "gain", 1.0, "offset", Double.NaN);
	}

	@Test
	void numbersAndChoicesAreChecked() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 1, 8);
		for (final double sigma : new double[] { -1, Double.NaN, Double.POSITIVE_INFINITY })
			says("Sigma is", DenoiseCommand.class, "image", imp, "model", gray, "sigma", sigma);
		says("One step, Posterior, Paper", DenoiseCommand.class, "image", imp, "model", gray, "method", "Magic");
		says("Image, Training", DenoiseCommand.class, "image", imp, "model", gray, "range", "all");
		says("chains is 0", DenoiseCommand.class, "image", imp, "model", gray, "method", "posterior", "chains", 0);
	}
}

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
import ij.IJ;
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
			: gray, "method", "Posterior", "chains", 2, "steps", 2, "sigma", 10.0);
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
	void aSelectionIsSaid() throws Exception {
		final ImagePlus imp = image("cells", 40, 30, 1, 32);
		imp.setRoi(new Roi(3, 4, 9, 8));
		final ImagePlus[] out = new ImagePlus[1];
		final String said = logged(() -> out[0] = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", gray, "sigma", 1000.0).getOutput("denoised"));
		assertTrue(said.startsWith("CF-EBM Denoise with gray, “cells” (inside the selection): the noise is said to be stronger than all"), said);
		assertTrue(out[0].getInfoProperty().contains("Worked on: “cells”, inside the selection alone (x=3 y=4 width=9 height=8)\n"), out[0].getInfoProperty());
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

	/** An image without noise, a plane without it, an image too small to tell: given back bit by bit, and no error. */
	@Test
	void whereThereIsNoNoiseNothingChanges() throws Exception {
		final ImagePlus stack = image("stack", 40, 40, 3, 8);
		stack.getStack().getProcessor(2).setColor(7);
		stack.getStack().getProcessor(2).fill();
		final ImagePlus out = (ImagePlus) execute(DenoiseCommand.class, "image", stack, "model", gray).getOutput("denoised");
		assertArrayEquals((byte[]) stack.getStack().getPixels(2), (byte[]) out.getStack().getPixels(2));
		assertFalse(java.util.Arrays.equals((byte[]) stack.getStack().getPixels(3), (byte[]) out.getStack().getPixels(3)));
		assertTrue(out.getInfoProperty().contains("slice 3 of “stack”: Estimated noise: white, sigma "), out.getInfoProperty());
		assertTrue(out.getInfoProperty().contains("slice 2 of “stack” is left as it is. No noise was found"), out.getInfoProperty());
		final ImagePlus drawing = IJ.createImage("drawing", 64, 64, 1, 32), dot = image("dot", 5, 5, 1, 8);
		drawing.getProcessor().setf(3, 4, 7.25f);
		for (final ImagePlus clean : new ImagePlus[] { drawing, dot }) {
			final Module done = run(DenoiseCommand.class, "image", clean, "model", gray, "method", "Posterior", "chains", 2, "steps", 2);
			final ImagePlus same = (ImagePlus) done.getOutput("denoised");
			assertTrue(same(clean, same, 1));
			assertTrue(same.getInfoProperty().contains("“" + clean.getTitle() + "” is left as it is. No noise was found"), same
				.getInfoProperty());
			assertEquals(0, ((ImagePlus) done.getOutput("sd")).getStatistics().max);
		}
		says("needs a model trained with score matching", DenoiseCommand.class, "image", stack, "model", paper);
	}

	/** All kinds of borders, masks and gaps: registered images, ratios, backgrounds. */
	@Test
	void pixelsThatAreNoNumberStayAndAllOthersAreDenoised() throws Exception {
		final ImagePlus imp = image("gaps", 60, 50, 3, 32);
		for (int i = 0; i < 60 * 50; i++) {
			if (i % 60 < 8 || i == 1234) imp.getStack().getProcessor(1).setf(i, i % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY);
			imp.getStack().getProcessor(2).setf(i, Float.NaN);
		}
		final Module done = run(DenoiseCommand.class, "image", imp, "model", gray, "method", "Posterior", "chains", 2, "steps", 2);
		final ImagePlus out = (ImagePlus) done.getOutput("denoised"), sd = (ImagePlus) done.getOutput("sd");
		for (int i = 0; i < 60 * 50; i++) {
			final float before = imp.getStack().getProcessor(1).getf(i), after = out.getStack().getProcessor(1).getf(i);
			if (Float.isFinite(before)) assertTrue(Float.isFinite(after) && before != after && sd.getStack().getProcessor(1).getf(i) > 0);
			else assertTrue(Float.floatToRawIntBits(before) == Float.floatToRawIntBits(after) && Float.isNaN(sd.getStack().getProcessor(1)
				.getf(i)));
		}
		assertTrue(same(imp, out, 2));
		assertFalse(same(imp, out, 3));
		assertTrue(out.getInfoProperty().contains("slice 2 of “gaps” is left as it is. None of its pixels is a finite number."), out
			.getInfoProperty());
		assertTrue(same(imp, (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", gray, "slices", "2").getOutput("denoised"), 2));
	}

	@Test
	void aSelectionNeedsNoNumbersElsewhere() throws Exception {
		final ImagePlus imp = image("gaps", 60, 50, 1, 32);
		imp.getProcessor().setf(2, 3, Float.NaN);
		imp.setRoi(new Roi(30, 20, 10, 10));
		final ImagePlus out = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", gray).getOutput("denoised");
		for (int i = 0; i < 60 * 50; i++)
			assertEquals(!imp.getRoi().contains(i % 60, i / 60), Float.floatToRawIntBits(imp.getProcessor().getf(i)) == Float
				.floatToRawIntBits(out.getProcessor().getf(i)));
	}

	/** Rows of a kind that no noise has; RGB is done color by color. */
	@ParameterizedTest
	@ValueSource(ints = { 8, 16, 24, 32 })
	void stripesAreSaidAndRemovedFirst(final int bits) throws Exception {
		final ImagePlus even = image("cells", 70, 64, 2, bits == 24 ? 8 : bits);
		for (int i = 1; i <= 2; i++)
			for (int p = 0; p < 70 * 64; p++)
				even.getStack().getProcessor(i).setf(p, 100 + even.getStack().getProcessor(i).getf(p) / 10);
		final ImagePlus striped = even.duplicate();
		final var random = new java.util.Random(2);
		for (int row = 0; row < 64; row++) {
			final int offset = random.nextInt(60) - 30;
			for (int i = 1; i <= 2; i++)
				for (int x = 0; x < 70; x++)
					striped.getStack().getProcessor(i).setf(x, row, even.getStack().getProcessor(i).getf(x, row) + offset);
		}
		striped.setTitle("striped");
		if (bits == 24) new ij.process.StackConverter(striped).convertToRGB();
		final ImagePlus[] out = new ImagePlus[2];
		final String off = logged(() -> out[0] = (ImagePlus) run(DenoiseCommand.class, "image", striped, "model", gray).getOutput("denoised"));
		assertTrue(off.contains("it has stripes of rows, which “Stripes to remove first” (lines=Rows) takes off: standard deviation "), off);
		final String on = logged(() -> out[1] = (ImagePlus) run(DenoiseCommand.class, "image", striped, "model", gray, "lines", "Rows")
			.getOutput("denoised"));
		assertTrue(on.contains("offsets of rows that were taken off: standard deviation 1") && !on.contains("it has stripes"), on);
		assertTrue(distance(out[1], even) < 0.5 * distance(out[0], even), distance(out[1], even) + " and " + distance(out[0], even));
		final String columns = logged(() -> run(DenoiseCommand.class, "image", striped, "model", gray, "lines", "Columns"));
		assertTrue(columns.contains("no offsets of columns were found") && columns.contains("(lines=Both) takes off"), columns);
	}

	private static double distance(final ImagePlus a, final ImagePlus b) {
		double sum = 0;
		for (int i = 1; i <= 2; i++)
			for (int p = 0; p < 70 * 64; p++)
				sum += Math.abs(a.getStack().getProcessor(i).convertToFloat().getf(p) - b.getStack().getProcessor(i).getf(p));
		return sum;
	}

	@Test
	void stripesAreRemovedWhereThereIsNoNoiseAndNothingOutsideASelection() throws Exception {
		final ImagePlus imp = IJ.createImage("drawing", 80, 60, 1, 8);
		final var random = new java.util.Random(2);
		for (int row = 0; row < 60; row++) {
			final int value = 100 + random.nextInt(20);
			for (int x = 0; x < 80; x++)
				imp.getProcessor().set(x, row, value);
		}
		imp.setRoi(new Roi(0, 0, 40, 60));
		final ImagePlus[] out = new ImagePlus[1];
		final String log = logged(() -> out[0] = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", gray, "lines", "Both").getOutput(
			"denoised"));
		assertTrue(log.contains("offsets of rows that were taken off") && log.contains("no other noise was found"), log);
		double before = 0, after = 0;
		for (int row = 1; row < 60; row++) {
			assertEquals(imp.getProcessor().getf(60, row), out[0].getProcessor().getf(60, row));
			before += Math.abs(imp.getProcessor().getf(9, row) - imp.getProcessor().getf(9, row - 1));
			after += Math.abs(out[0].getProcessor().getf(9, row) - out[0].getProcessor().getf(9, row - 1));
		}
		assertTrue(after < 0.3 * before, after + " of " + before);
		imp.deleteRoi();
		says("The kind of stripes is “Diagonal”: it must be one of None, Rows, Columns, Both.", DenoiseCommand.class, "image", imp, "model", gray,
			"lines", "Diagonal");
	}

	/** Noise that is far stronger than is said is unlike what the model is told to expect. */
	@Test
	void whatIsUnlikeTheModelsImagesIsOutlinedOnRequest() throws Exception {
		final CompositeImage imp = hyperstack();
		final Object[] inputs = { "image", imp, "model", gray, "sigma", 1.0, "channels", "2", "overlay", false };
		assertNull(((ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised")).getOverlay());
		inputs[inputs.length - 1] = true;
		final var overlay = ((ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised")).getOverlay();
		assertEquals(6, overlay.size());
		for (int i = 0; i < 6; i++)
			assertArrayEquals(new int[] { 2, i % 2 + 1, i / 2 + 1 }, new int[] { overlay.get(i).getCPosition(), overlay.get(i).getZPosition(),
				overlay.get(i).getTPosition() });
		assertNull(((ImagePlus) run(DenoiseCommand.class, "image", image("x", 16, 16, 1, 8), "model", paper, "method", "Paper", "overlay", true)
			.getOutput("denoised")).getOverlay());
		// Of all colors together.
		assertEquals(1, ((ImagePlus) run(DenoiseCommand.class, "image", image("x", 40, 40, 1, 24), "model", gray, "sigma", 1.0, "overlay", true)
			.getOutput("denoised")).getOverlay().size());
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
		says("chains is 0", DenoiseCommand.class, "image", imp, "model", gray, "method", "posterior", "chains", 0);
	}
}

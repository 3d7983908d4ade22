package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.scijava.module.Module;

import ij.ImagePlus;
import ij.gui.Roi;

/** Inpainting through the real command framework. */
class InpaintCommandTest extends CommandTestBase {

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
			"Generative", "steps", 2, "feather", 1).getOutput("inpainted");
		assertTrue(same(imp, out, 1));
		for (int i = 0; i < 30 * 21; i++) {
			final float before = imp.getStack().getProcessor(2).getf(i), after = out.getStack().getProcessor(2).getf(i);
			assertTrue(Float.isFinite(before) ? before == after : Float.isFinite(after), before + " " + after);
		}
	}

	/** What is missing elsewhere stays so; without a selection it is the hole; a plane that is nothing else is left alone. */
	@Test
	void pixelsThatAreNoNumberAreUnknownWhereverTheyAre() throws Exception {
		final ImagePlus imp = image("gaps", 40, 30, 3, 32);
		for (int i = 0; i < 40 * 30; i++) {
			if (i % 40 < 6) imp.getStack().getProcessor(1).setf(i, Float.NaN);
			imp.getStack().getProcessor(2).setf(i, Float.NaN);
		}
		final Object[] inputs = { "image", imp, "model", gray, "steps", 2, "completions", 1 };
		final ImagePlus filled = (ImagePlus) run(InpaintCommand.class, inputs).getOutput("inpainted");
		imp.setRoi(new Roi(4, 10, 8, 7));
		final ImagePlus some = (ImagePlus) run(InpaintCommand.class, inputs).getOutput("inpainted");
		for (int i = 0; i < 40 * 30; i++) {
			final float before = imp.getProcessor().getf(i), after = filled.getProcessor().getf(i);
			assertTrue(Float.isFinite(before) ? before == after : Float.isFinite(after), before + " " + after);
			final boolean in = imp.getRoi().contains(i % 40, i / 40);
			assertEquals(in || Float.isFinite(before), Float.isFinite(some.getProcessor().getf(i)));
		}
		for (final ImagePlus out : new ImagePlus[] { filled, some }) {
			assertTrue(same(imp, out, 2));
			assertTrue(out.getInfoProperty().contains("slice 2 of “gaps” is left as it is. No pixel is known there"), out.getInfoProperty());
		}
		assertTrue(same(imp, filled, 3) && !same(imp, some, 3));
		imp.deleteRoi();
		says("No pixel is known", InpaintCommand.class, "image", imp, "model", gray, "slices", "2");
		says("“gaps” has no selection, and every pixel is a finite number", InpaintCommand.class, "image", imp, "model", gray, "slices", "3");
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

	@Test
	void selectionsAreChecked() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 1, 8);
		says("has no selection", InpaintCommand.class, "image", imp, "model", gray);
		says("overlay of “x”", InpaintCommand.class, "image", imp, "model", gray, "mask", "Overlay");
		says("“m” is not the title", InpaintCommand.class, "image", imp, "model", gray, "mask", "m");
		imp.setRoi(new Roi(0, 0, 9, 9));
		says("covers all", InpaintCommand.class, "image", imp, "model", gray);
	}

	@Test
	void numbersAndChoicesAreChecked() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 1, 8);
		says("steps must be at least 1, or 0", InpaintCommand.class, "image", imp, "model", gray, "steps", -1);
		says("completions must be at least 1, not -2", InpaintCommand.class, "image", imp, "model", gray, "completions", -2);
		says("border must be 0 to 32 pixels wide, not 33", InpaintCommand.class, "image", imp, "model", gray, "feather", 33);
		says("Conservative, Generative", InpaintCommand.class, "image", imp, "model", gray, "method", "Bold");
	}
}

package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.scijava.module.Module;

import ij.ImagePlus;
import ij.gui.Roi;

/** Translating a style through the real command framework. */
class TranslateStyleCommandTest extends CommandTestBase {

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
		says("The way to match colors is “true”: it must be one of As trained, Each image, None", TranslateStyleCommand.class, "image", imp,
			"model", gray, "colors", "true");
		says("number of steps is -1", TranslateStyleCommand.class, "image", imp, "model", gray, "steps", -1);
	}
}

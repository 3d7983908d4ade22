package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.scijava.Cancelable;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import ij.macro.Interpreter;

/** Deconvolution through the real command framework. */
class DeconvolveCommandTest extends CommandTestBase {

	private static final List<ImagePlus> opened = new ArrayList<>();

	private static ImagePlus calibrated(final int width, final int height, final int slices, final int bits) {
		final ImagePlus imp = image("cells", width, height, slices, bits);
		imp.getCalibration().pixelWidth = imp.getCalibration().pixelHeight = 0.1;
		imp.getCalibration().setUnit("micron");
		return imp;
	}

	/** An open image of a point, which is not centred and has a background. */
	private static ImagePlus bead(final String title, final int width, final int height, final int slices) {
		final ImagePlus bead = IJ.createImage(title, "32-bit black", width, height, slices);
		for (int slice = 1; slice <= slices; slice++)
			for (int i = 0; i < width * height; i++)
				bead.getStack().getProcessor(slice).setf(i, 7 + (slice == 2 ? 90 : 30) * (float) Math.exp(-0.4 * (Math.pow(i % width - 3, 2) + Math.pow(i /
					width - 4, 2))));
		open(bead);
		return bead;
	}

	/** As in batch mode, where an image has no window. */
	private static void open(final ImagePlus imp) {
		Interpreter.batchMode = true;
		Interpreter.addBatchModeImage(imp);
		opened.add(imp);
	}

	@AfterEach
	void closeAll() {
		opened.forEach(Interpreter::removeBatchModeImage);
		opened.clear();
		Interpreter.batchMode = false;
	}

	@ParameterizedTest
	@ValueSource(ints = { 8, 16, 24, 32 })
	void theResultIsLikeTheImage(final int bits) throws Exception {
		final ImagePlus imp = calibrated(40, 30, 2, bits);
		imp.setDisplayRange(20, 180);
		final Module done = run(DeconvolveCommand.class, "image", imp, "model", gray, "sigma", 20.0, "steps", 2);
		final ImagePlus out = (ImagePlus) done.getOutput("deconvolved");
		assertEquals("cells-deconvolved", out.getTitle());
		assertEquals(bits, out.getBitDepth());
		assertEquals("micron", out.getCalibration().getUnit());
		if (bits != 24) assertEquals(180, out.getDisplayRangeMax());
		assertFalse(same(imp, out, 1) || same(imp, out, 2));
		assertNull(done.getOutput("sd"));
		assertTrue(out.getInfoProperty().startsWith("CF-EBM Deconvolve... "), out.getInfoProperty());
	}

	@Test
	void whatWasDoneIsSaid() throws Exception {
		final String said = logged(() -> run(DeconvolveCommand.class, "image", calibrated(40, 30, 2, 32), "model", gray, "sigma", 20.0, "steps", 1));
		assertTrue(said.matches("(?s)CF-EBM Deconvolve with gray, “cells”: 2 slices; .*PSF of \\d+ × \\d+ pixels, at half of its maximum 2.0 × 2.0 wide.*" +
			"planes were worked on one by one.*"), said);
	}

	@Test
	void samplesGiveAStandardDeviationBySeed() throws Exception {
		final ImagePlus imp = calibrated(24, 20, 1, 32);
		final Object[] inputs = { "image", imp, "model", gray, "psf", "Motion", "motion", 3.0, "sigma", 20.0, "samples", 2, "steps", 2, "seed", 4 };
		final ImagePlus sd = (ImagePlus) run(DeconvolveCommand.class, inputs).getOutput("sd");
		assertTrue(same(sd, (ImagePlus) run(DeconvolveCommand.class, inputs).getOutput("sd"), 1));
		inputs[inputs.length - 1] = 5;
		assertFalse(same(sd, (ImagePlus) run(DeconvolveCommand.class, inputs).getOutput("sd"), 1));
	}

	@Test
	void aSelectionAndMissingPixels() throws Exception {
		final ImagePlus imp = calibrated(30, 24, 1, 32);
		imp.getProcessor().setf(9, 9, Float.NaN);
		imp.setRoi(new Roi(5, 6, 12, 10));
		final ImagePlus out = (ImagePlus) run(DeconvolveCommand.class, "image", imp, "model", gray, "sigma", 20.0, "steps", 2).getOutput("deconvolved");
		for (int y = 0; y < 24; y++)
			for (int x = 0; x < 30; x++)
				if (!imp.getRoi().contains(x, y) || x == 9 && y == 9) assertEquals(imp.getProcessor().getf(x, y), out.getProcessor().getf(x, y));
		assertTrue(imp.getProcessor().getf(8, 8) != out.getProcessor().getf(8, 8));
	}

	@Test
	void anImageOfAPointIsMendedAndSaid() throws Exception {
		bead("bead", 20, 14, 3);
		final ImagePlus imp = image("cells", 9, 9, 1, 8);
		final String said = logged(() -> run(DeconvolveCommand.class, "image", imp, "model", gray, "psf", "bead", "sigma", 20.0, "steps", 1));
		for (final String part : new String[] { "the PSF has 3 planes", "with the brightest pixel, 2,", "the PSF had a background of 7", "the PSF was not centred",
			"the PSF is larger than the image" })
			assertTrue(said.contains(part), said);
	}

	@Test
	void whatIsWrongIsSaidInASentence() throws Exception {
		final ImagePlus imp = image("cells", 20, 20, 1, 8), good = calibrated(20, 20, 1, 8);
		says("“cells” does not say how large its pixels are", DeconvolveCommand.class, "image", imp, "model", gray);
		says("The PSF “dust” is neither the title of an open image", DeconvolveCommand.class, "image", imp, "model", gray, "psf", "dust");
		says("numerical aperture is 1.6: it must be below", DeconvolveCommand.class, "image", good, "model", gray, "aperture", 1.6);
		says("Wide-field, Gaussian", DeconvolveCommand.class, "image", good, "model", gray, "microscope", "Bent");
		says("The pixel size is -1", DeconvolveCommand.class, "image", good, "model", gray, "pixel", -1.0);
		says("length of the motion", DeconvolveCommand.class, "image", imp, "model", gray, "psf", "motion", "motion", 0.0);
		says("at least 2, or 0 for none", DeconvolveCommand.class, "image", good, "model", gray, "samples", 1);
		says("Both sigma and a gain", DeconvolveCommand.class, "image", good, "model", gray, "sigma", 1.0, "gain", 1.0);
		says("score matching", DeconvolveCommand.class, "image", good, "model", paper);
		good.getCalibration().pixelHeight = 0.2;
		says("they must be squares", DeconvolveCommand.class, "image", good, "model", gray);
		bead("flat", 5, 5, 1).getProcessor().multiply(0);
		says("The PSF shows no point", DeconvolveCommand.class, "image", imp, "model", gray, "psf", "flat");
		open(imp);
		says("is the image itself", DeconvolveCommand.class, "image", imp, "model", gray, "psf", "cells");
	}

	@Test
	void whatIsDoneIsKeptWhenItIsCanceled() throws Exception {
		final ModuleService modules = context.service(ModuleService.class);
		final Module module = modules.createModule(context.service(CommandService.class).getCommand(DeconvolveCommand.class));
		final int[] reads = new int[1];
		final ImagePlus imp = new ImagePlus("cells", new Computed(image("cells", 20, 20, 3, 8), n -> {
			// Not while the planes are looked at, but when the second is worked on.
			if (n == 2 && ++reads[0] == 2) ((Cancelable) module).cancel("Enough.");
		}));
		modules.run(module, true, "image", imp, "model", gray, "psf", "Motion", "sigma", 20.0, "steps", 1).get();
		assertEquals(1, ((ImagePlus) module.getOutput("deconvolved")).getStackSize());
		assertFalse(imp.isLocked());
	}
}

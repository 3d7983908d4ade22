package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.scijava.Cancelable;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.gui.Roi;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.DialogLayout;

/** What all commands that work on an image have in common: which planes are worked on, with which model and range, previews, Cancel. */
class PlaneCommandTest extends CommandTestBase {

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
		final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(
			DenoiseCommand.class));
		final DenoiseCommand command = (DenoiseCommand) module.getDelegateObject();
		for (int i = 0; i < inputs.length; i += 2)
			module.setInput((String) inputs[i], inputs[i + 1]);
		try (CommandProgress progress = new CommandProgress(context, "test", () -> false)) {
			final ImagePlus preview = command.previewed("Preview", progress);
			assertEquals(1, preview.getStackSize());
			assertArrayEquals((short[]) out.getStack().getPixels(10), (short[]) preview.getProcessor().getPixels());
			imp.setPosition(2, 1, 1);
			assertEquals("Not chosen is channel 2, slice 1, frame 1 of “cells”: show one of those that are.",
				org.junit.jupiter.api.Assertions.assertThrows(IllegalArgumentException.class, () -> command.previewed("Preview",
					progress)).getMessage());
		}
		assertNull(module.getOutput("denoised"));
	}

	@Test
	void aDialogAsksForDimensionsThatHaveSeveral() throws Exception {
		for (final ImagePlus imp : new ImagePlus[] { hyperstack(), image("x", 9, 9, 5, 8), image("x", 9, 9, 1, 8) }) {
			final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class)
				.getCommand(DenoiseCommand.class));
			module.setInput("image", imp);
			final java.util.Map<String, String> labels = new java.util.LinkedHashMap<>();
			for (final DialogLayout.Field field : ((DenoiseCommand) module.getDelegateObject()).layout().fields())
				labels.put(field.name(), field.label());
			final java.util.List<String> asked = java.util.stream.Stream.of("channels", "slices", "frames").filter(labels::containsKey).map(
				labels::get).toList();
			assertEquals(imp.getStackSize() == 12 ? "[Channels (1 to 2), Slices (1 to 2), Frames (1 to 3)]" : imp
				.getStackSize() == 5 ? "[Slices (1 to 5)]" : "[]", asked.toString());
			assertEquals(imp.getNChannels() == 2, labels.get("model").endsWith("(or one per channel: a;b)"));
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
}

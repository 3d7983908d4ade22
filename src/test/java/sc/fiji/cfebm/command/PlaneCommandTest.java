package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
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
			out[i] = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", models[i], "sigma", 10.0, "slices", "1",
				"frames", "2").getOutput("denoised");
		assertFalse(same(out[0], out[1], 5));
		assertTrue(same(out[0], out[2], 5) && same(out[1], out[2], 6));
		// The only channel that is chosen is the first to get a model.
		assertTrue(same(out[1], (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", other, "sigma", 10.0,
			"channels", "2", "slices", "1", "frames", "2").getOutput("denoised"), 6));
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
	void thePreviewIsWhatTheRunMakesOfTheCurrentPlaneAlone() throws Exception {
		final CompositeImage imp = hyperstack();
		imp.setPosition(2, 1, 3);
		final Object[] inputs = { "image", imp, "model", gray, "sigma", 20.0, "frames", "2-3" };
		final Module module = module(DenoiseCommand.class, inputs);
		final DenoiseCommand command = (DenoiseCommand) module.getDelegateObject();
		final PlaneCommand.Preview prepared = command.preparePreview();
		// The inputs count as they were when the button was pressed.
		module.setInput("sigma", -1.0);
		final ImagePlus preview = make(prepared);
		assertArrayEquals(new int[] { 40, 30, 1, 1, 1 }, preview.getDimensions());
		assertFalse(preview.changes);
		final ImagePlus alone = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", gray, "sigma", 20.0, "channels", "current", "slices",
			"current", "frames", "current").getOutput("denoised");
		assertArrayEquals((short[]) alone.getStack().getPixels(10), (short[]) preview.getProcessor().getPixels());
		module.setInput("sigma", 20.0);
		imp.setPosition(2, 1, 1);
		assertEquals("The plane that is shown, channel 2, slice 1, frame 1 of “cells”, is not chosen: show one that is.", assertThrows(
			IllegalArgumentException.class, command::preparePreview).getMessage());
		assertNull(module.getOutput("denoised"));
	}

	private static ImagePlus make(final PlaneCommand.Preview preview) throws Exception {
		try (CommandProgress progress = new CommandProgress(context, "test", () -> false)) {
			return preview.make(progress);
		}
	}

	private static Module module(final Class<? extends CfebmCommand> command, final Object... inputs) {
		final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(command));
		for (int i = 0; i < inputs.length; i += 2)
			module.setInput((String) inputs[i], inputs[i + 1]);
		return module;
	}

	/** A virtual stack of 5 slices that counts how often each is read. */
	private static ImagePlus counted(final int[] reads) {
		final ImagePlus imp = new ImagePlus("cells", new Computed(image("cells", 40, 30, 5, 8), n -> reads[n]++));
		imp.setSlice(4);
		imp.setRoi(new Roi(8, 9, 6, 5));
		java.util.Arrays.fill(reads, 0);
		return imp;
	}

	@ParameterizedTest
	@ValueSource(classes = { DenoiseCommand.class, InpaintCommand.class, AnomalyCommand.class, TranslateStyleCommand.class })
	void onlyWhatIsNeededIsRead(final Class<? extends PlaneCommand<?, ?>> command) throws Exception {
		final int[] reads = new int[6];
		final List<Object> inputs = new ArrayList<>(List.of("model", gray, "image", counted(reads)));
		if (command == DenoiseCommand.class) inputs.addAll(List.of("sigma", 10.0));
		if (command == AnomalyCommand.class) inputs.addAll(List.of("rate", 50.0));
		final List<Object> few = new ArrayList<>(inputs);
		few.addAll(List.of("slices", "current", "output", "Chosen planes"));
		final Module alone = run(command, few.toArray());
		assertEquals("[0, 0, 0, 0, 1, 0]", java.util.Arrays.toString(reads));
		inputs.set(3, counted(reads));
		final Module whole = run(command, inputs.toArray());
		for (int slice = 1; slice <= 5; slice++)
			assertTrue(reads[slice] <= 2, command + java.util.Arrays.toString(reads));
		inputs.set(3, counted(reads));
		inputs.addAll(List.of("slices", "current"));
		final Module rest = run(command, inputs.toArray());
		for (int slice = 1; slice <= 5; slice++)
			assertTrue(reads[slice] <= (slice == 4 ? 2 : 1), command + java.util.Arrays.toString(reads));
		for (final var output : alone.getInfo().outputs())
			if (alone.getOutput(output.getName()) instanceof ImagePlus) {
				final ImagePlus one = (ImagePlus) alone.getOutput(output.getName());
				assertEquals(1, one.getStackSize());
				assertEquals(5, ((ImagePlus) whole.getOutput(output.getName())).getStackSize());
				final ImagePlus five = (ImagePlus) rest.getOutput(output.getName());
				assertEquals("file 4", one.getProp("Slice_Label"));
				assertEquals(five.getStack().getProcessor(4).getf(10, 10), one.getProcessor().getf(10, 10));
				for (final ImagePlus each : List.of(one, five)) {
					assertTrue(each.changes);
					assertTrue(each.getInfoProperty().contains("\nWorked on: slice 4 of 5 of “cells”"), each.getInfoProperty());
				}
			}
		final Module preview = module(command, inputs.toArray());
		preview.setInput("image", counted(reads));
		preview.setInput("slices", "all");
		make(((PlaneCommand<?, ?>) preview.getDelegateObject()).preparePreview());
		assertEquals("[0, 0, 0, 0, 1, 0]", java.util.Arrays.toString(reads));
	}

	@Test
	void ofAnEnormousStackAFrameIsTakenAndTheWholeRefused() throws Exception {
		final ImagePlus small = image("cells", 40, 30, 1, 8);
		final ImagePlus imp = new ImagePlus("enormous", new ij.VirtualStack(40, 30, null, null) {

			@Override
			public int getSize() {
				return 100_000_000;
			}

			@Override
			public ij.process.ImageProcessor getProcessor(final int n) {
				return small.getProcessor().duplicate();
			}

			@Override
			public String getSliceLabel(final int n) {
				return null;
			}
		});
		imp.setDimensions(1, 1, 100_000_000);
		imp.setPosition(77_000_000);
		final Object[] inputs = { "image", imp, "model", gray, "sigma", 10.0, "frames", "current" };
		says("choose fewer planes, with the output “Chosen planes”", DenoiseCommand.class, inputs);
		final Object[] few = java.util.Arrays.copyOf(inputs, 10);
		few[8] = "output";
		few[9] = "Chosen planes";
		final ImagePlus out = (ImagePlus) run(DenoiseCommand.class, few).getOutput("denoised");
		assertEquals(1, out.getStackSize());
		assertTrue(out.getInfoProperty().contains("frame 77000000 of 100000000"), out.getInfoProperty());
	}

	@Test
	void aSecondRunOnTheSameImageIsRefused() throws Exception {
		final ImagePlus imp = image("cells", 20, 20, 2, 8);
		final Thread other = new Thread(imp::lockSilently);
		other.start();
		other.join();
		says("“cells” is being worked on already: wait until that is done, or cancel it.", DenoiseCommand.class, "image", imp, "model", gray);
		assertTrue(imp.isLocked());
		imp.unlock();
		run(DenoiseCommand.class, "image", imp, "model", gray, "sigma", 10.0);
		assertFalse(imp.isLocked());
	}

	@Test
	void anImageThatIsClosedIsNamedAndOneThatIsWorkedOnStaysUntilTheEnd() throws Exception {
		final ImagePlus closed = image("cells", 20, 20, 2, 8);
		final DenoiseCommand command = (DenoiseCommand) module(DenoiseCommand.class, "image", closed, "model", gray).getDelegateObject();
		final PlaneCommand.Preview before = command.preparePreview();
		closed.flush();
		says("“cells” was closed: open it again.", DenoiseCommand.class, "image", closed, "model", gray);
		assertEquals("“cells” was closed: open it again.", assertThrows(IllegalArgumentException.class, () -> make(before)).getMessage());
		assertThrows(IllegalArgumentException.class, command::preparePreview);
		final ImagePlus[] imp = new ImagePlus[1];
		imp[0] = new ImagePlus("cells", new Computed(image("cells", 20, 20, 3, 8), n -> {
			if (n == 2) imp[0].flush();
		}));
		imp[0].setRoi(new Roi(3, 4, 5, 6));
		for (final Class<? extends PlaneCommand<?, ?>> each : List.<Class<? extends PlaneCommand<?, ?>>> of(InpaintCommand.class,
			TranslateStyleCommand.class, DenoiseCommand.class))
		{
			final Module done = run(each, "image", imp[0], "model", gray);
			assertEquals(3, ((ImagePlus) done.getOutput(each == InpaintCommand.class ? "inpainted" : each == DenoiseCommand.class ? "denoised"
				: "translated")).getStackSize());
		}
	}

	@Test
	void titlesKeepTheirExtensionAndClosingResultsAsks() throws Exception {
		final ImagePlus imp = image("cells.tif", 40, 30, 1, 8);
		imp.setRoi(new Roi(8, 9, 6, 5));
		final Module denoised = run(DenoiseCommand.class, "image", imp, "model", gray, "sigma", 20.0, "method", "Posterior", "chains", 2, "steps", 2),
				inpainted = run(InpaintCommand.class, "image", imp, "model", gray, "steps", 2),
				anomalies = run(AnomalyCommand.class, "image", imp, "model", gray, "rate", 50.0, "mask", true),
				translated = run(TranslateStyleCommand.class, "image", imp, "model", gray, "steps", 2, "saliency", true, "trajectory", 1);
		final List<String> titles = new ArrayList<>();
		for (final Module done : List.of(denoised, inpainted, anomalies, translated))
			for (final var output : done.getInfo().outputs())
				if (done.getOutput(output.getName()) instanceof ImagePlus) {
					titles.add(((ImagePlus) done.getOutput(output.getName())).getTitle());
					assertTrue(((ImagePlus) done.getOutput(output.getName())).changes);
				}
		assertEquals("[cells-sd.tif, cells-denoised.tif, cells-sd.tif, cells-inpainted.tif, cells-anomaly-mask.tif, cells-anomaly.tif, " +
			"cells-anomalies.tif, trajectory of cells.tif, cells-saliency.tif, cells-translated.tif]", titles.toString());
	}

	@Test
	void theLogGetsOneLineARun() throws Exception {
		final ImagePlus stack = image("stack", 40, 40, 3, 8);
		// Waves much stronger than the noise, which the model must know.
		for (int slice = 1; slice <= 3; slice++)
			for (int p = 0; p < 40 * 40; p++) {
				final var ip = stack.getStack().getProcessor(slice);
				ip.set(p, 120 + (int) (80 * Math.sin(p % 40 / 6.0)) + ip.get(p) / 8);
			}
		final String all = logged(() -> run(DenoiseCommand.class, "image", stack, "model", gray));
		assertTrue(all.matches("CF-EBM Denoise with gray, “stack”: 3 slices; estimated white noise: sigma [0-9.]+ to [0-9.]+ gray values.*\\.\n"), all);
		stack.getStack().getProcessor(2).setColor(7);
		stack.getStack().getProcessor(2).fill();
		final String line = logged(() -> run(DenoiseCommand.class, "image", stack, "model", gray));
		assertTrue(line.matches("CF-EBM Denoise with gray, “stack”: 2 of 3 slices; estimated white noise: sigma .* gray values.*; slice 2 of “stack” is left as it is\\. " +
			"No noise was found in it: .*\\.\n"), line);
		stack.setRoi(new Roi(3, 4, 5, 6));
		assertEquals("CF-EBM Inpaint with gray, “stack”: 3 slices.\n", logged(() -> run(InpaintCommand.class, "image", stack, "model", gray, "steps", 2)));
		final String found = logged(() -> run(AnomalyCommand.class, "image", stack, "model", gray, "rate", 20.0));
		assertTrue(found.startsWith("CF-EBM Anomaly Map with gray, “stack” (inside the selection): 3 slices; score ") && found.indexOf('\n') == found.length() - 1, found);
		assertEquals("CF-EBM Denoise with gray, “dot”: done.\n", logged(() -> run(DenoiseCommand.class, "image", image("dot", 30, 30, 1, 8), "model", gray,
			"sigma", 10.0)));
	}

	@Test
	void allModelsAreClosedEvenIfOneFails() throws Exception {
		final CompositeImage imp = hyperstack();
		final List<String> closed = new ArrayList<>();
		final PlaneTask<Restored.Plane, Restored> task = new PlaneTask<>() {

			@Override
			public PlaneProcessor<Restored.Plane> open(final Model model) {
				return new PlaneProcessor<>() {

					@Override
					public Restored.Plane process(final Plane plane, final Normalization range, final RunReport report, final Progress progress) {
						return new Restored.Plane(plane.read(), null, null);
					}

					@Override
					public void close() {
						closed.add(model.kind().toString());
						throw new IllegalStateException("made up " + closed.size());
					}
				};
			}

			@Override
			public Restored.Plane joined(final PlaneParts parts, final List<Restored.Plane> results) {
				return parts.restored(results);
			}

			@Override
			public Restored sink(final Planes planes, final PlaneSelection kept, final boolean fine) {
				return new Restored(planes, kept, "copied", false, fine);
			}
		};
		final PlaneRunner runner = new PlaneRunner(imp, PlaneSelection.all(imp), PlaneSelection.all(imp), Map.of(1, gray, 2, paper), true);
		try (CommandProgress progress = new CommandProgress(context, "test", () -> false)) {
			final IllegalStateException e = assertThrows(IllegalStateException.class, () -> runner.run(task, new RunReport(), progress, (sink,
				complete) -> assertTrue(complete)));
			assertEquals("made up 1", e.getMessage());
			assertEquals("made up 2", e.getSuppressed()[0].getMessage());
		}
		assertEquals(2, closed.size());
		assertFalse(imp.isLocked());
	}

	@Test
	void aDialogAsksForDimensionsThatHaveSeveral() throws Exception {
		for (final ImagePlus imp : new ImagePlus[] { hyperstack(), image("x", 9, 9, 5, 8), image("x", 9, 9, 1, 8) }) {
			final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class)
				.getCommand(DenoiseCommand.class));
			module.setInput("image", imp);
			final Map<String, String> labels = new java.util.LinkedHashMap<>();
			for (final DialogLayout.Field field : ((DenoiseCommand) module.getDelegateObject()).layout().fields())
				labels.put(field.name(), field.label());
			final List<String> asked = java.util.stream.Stream.of("channels", "slices", "frames", "output").filter(labels::containsKey).map(
				labels::get).toList();
			assertEquals(imp.getStackSize() == 12 ? "[Channels (1 to 2), Slices (1 to 2), Frames (1 to 3), Output]" : imp
				.getStackSize() == 5 ? "[Slices (1 to 5), Output]" : "[]", asked.toString());
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
		says("The output is “Part”: it must be one of Whole stack, Chosen planes.", InpaintCommand.class, "image", imp, "model", gray, "output", "Part");
		says("The channels are “red”", InpaintCommand.class, "image", imp, "model", gray, "channels", "red");
	}
}

package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.scijava.Cancelable;
import org.scijava.app.event.StatusEvent;
import org.scijava.command.CommandService;
import org.scijava.event.EventHandler;
import org.scijava.event.EventService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ij.IJ;
import ij.ImagePlus;
import ij.process.ByteProcessor;

/** Training through the real command framework. */
class TrainCommandTest extends CommandTestBase {

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

	@Test
	void aTrainingStartsFromAModelOfTheSameChannels(@TempDir final Path folder) throws Exception {
		final File first = folder.resolve("first.cfebm").toFile(), second = folder.resolve("second.cfebm").toFile();
		run(TrainCommand.class, "image", image("cells", 40, 30, 2, 8), "model", first, "size", "8", "width", 4, "iterations", "2");
		run(TrainCommand.class, "image", image("cells", 40, 30, 2, 8), "model", second, "preset", "Denoising", "start", first.getPath(),
			"iterations", "1");
		assertEquals(sc.fiji.cfebm.model.Model.read(first.toPath()).size(), sc.fiji.cfebm.model.Model.read(second.toPath()).size());
		says("start from another model, or from None", TrainCommand.class, "image", image("stained", 40, 30, 1, 24), "model", second, "start",
			first.getPath(), "iterations", "1", "resume", false);
		says("start from none", TrainCommand.class, "image", image("cells", 40, 30, 2, 8), "model", second, "preset", "Paper", "start", first
			.getPath(), "iterations", "1", "resume", false);
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
			"batch", preset.equals("Denoising") ? 8 : 16, "iterations", preset.equals("Denoising") ? "400" : "150");
		final sc.fiji.cfebm.model.Model trained = sc.fiji.cfebm.model.Model.read(model.toPath());
		assertEquals(shot, trained.info().shot() != null);
		final ImagePlus small = noisy(shot, 64), clean = clean(shot, 64);
		final Object[] given = shot ? new Object[] { "gain", 3.0, "offset", 100.0, "read", 2.0 } : new Object[] { "sigma", 15.2 };
		for (final Object[] more : new Object[][] { {}, given }) {
			final java.util.List<Object> inputs = new java.util.ArrayList<>(java.util.List.of("image", small, "model", model));
			// An estimate from a small image may lie below the weakest noise that the model knows.
			if (!shot && more.length == 0) continue;
			inputs.addAll(java.util.List.of(more));
			final ImagePlus out = (ImagePlus) run(DenoiseCommand.class, inputs.toArray()).getOutput("denoised");
			assertTrue(error(out, clean) < 0.8 * error(small, clean), error(small, clean) + " -> " + error(out, clean));
		}
		// Any model serves any noise.
		run(DenoiseCommand.class, "image", small, "model", model, "sigma", 10.0);
		says("method One step", DenoiseCommand.class, "image", small, "model", model, "method", "Posterior", given[0], given[1]);
		if (preset.equals("Denoising")) says("can't invent any", SampleCommand.class, "model", model);
		else assertEquals(16, ((ImagePlus) run(SampleCommand.class, "model", model, "count", 16, "output", "Stack").getOutput(
			"samples")).getStackSize());
	}

	@Test
	void pairsOfImagesWithAndWithoutNoise(@TempDir final Path folder) throws Exception {
		final File with = folder.resolve("with").toFile(), without = folder.resolve("without").toFile(), model = folder.resolve("pairs.cfebm")
			.toFile();
		assertTrue(with.mkdir() && without.mkdir());
		IJ.save(noisy(false, 128), new File(with, "a.tif").getPath());
		IJ.save(clean(false, 128), new File(without, "a.tif").getPath());
		run(TrainCommand.class, "folder", with, "clean", without, "model", model, "preset", "Denoising", "size", "8", "width", 2, "iterations",
			"300");
		assertEquals("1", sc.fiji.cfebm.model.Model.read(model.toPath()).info().training().get("pairs of images with and without noise"));
		final ImagePlus small = noisy(false, 64), clean = clean(false, 64);
		assertTrue(error((ImagePlus) run(DenoiseCommand.class, "image", small, "model", model, "sigma", 15.0).getOutput("denoised"),
			clean) < 0.8 * error(small, clean));
		says("none of those with noise", TrainCommand.class, "image", small, "clean", without, "model", model);
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
	void anImageThatIsWorkedOnIsRefusedAndOneThatIsReadStaysUntilTheEnd() throws Exception {
		final ImagePlus imp = image("cells", 20, 20, 2, 8);
		final Thread other = new Thread(imp::lockSilently);
		other.start();
		other.join();
		says("“cells” is being worked on already", TrainCommand.class, "image", imp, "model", dir.resolve("locked.cfebm").toFile());
		final ImagePlus[] read = new ImagePlus[1];
		read[0] = new ImagePlus("cells", new Computed(image("cells", 20, 20, 3, 8), n -> {
			if (n == 2) read[0].flush();
		}));
		run(TrainCommand.class, "image", read[0], "model", dir.resolve("read.cfebm").toFile(), "iterations", "1", "size", "8", "width", 2,
			"preset", "Score matching");
		assertFalse(read[0].isLocked());
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
	void whatWasThereBeforeIsKeptAndAModelHasItsEnding() throws Exception {
		final Path file = dir.resolve("kept.cfebm"), before = dir.resolve("kept-before.cfebm");
		Files.writeString(file, "no model");
		final Object[] inputs = { "image", image("cells", 20, 20, 3, 8), "model", dir.resolve("kept").toFile(), "iterations", "1", "size", "8", "width", 2,
			"preset", "Score matching", "start", "None" };
		final String said = logged(() -> run(TrainCommand.class, inputs));
		assertTrue(said.contains("“kept.cfebm” before: it is called “kept-before.cfebm” now") && said.contains("The model is in " + file
			.toAbsolutePath()), said);
		assertEquals("no model", Files.readString(before));
		final byte[] first = Files.readAllBytes(file);
		run(TrainCommand.class, inputs);
		assertArrayEquals(first, Files.readAllBytes(before));
		assertFalse(Files.exists(dir.resolve("kept")));
	}

	@Test
	void imagesThatShowNothingAreRefused() throws Exception {
		says("nothing can be learned from them", TrainCommand.class, "image", new ImagePlus("black", new ByteProcessor(64, 64)), "model", dir.resolve(
			"black.cfebm").toFile());
	}

	/** Cancels as soon as the training says how far it is. */
	private static final class CancelOnceItTrains {

		private final Module module;
		private volatile boolean canceled;

		CancelOnceItTrains(final Module module) {
			this.module = module;
		}

		@EventHandler
		void onStatus(final StatusEvent event) {
			if (canceled || event.getStatusMessage() == null || !event.getStatusMessage().startsWith("Training stage ")) return;
			canceled = true;
			((Cancelable) module).cancel("Enough.");
		}
	}

	@Test
	void cancelingATrainingEndsItAndWritesNothing() throws Exception {
		final Path model = dir.resolve("canceled.cfebm");
		final ModuleService modules = context.service(ModuleService.class);
		final Module module = modules.createModule(context.service(CommandService.class).getCommand(TrainCommand.class));
		final CancelOnceItTrains user = new CancelOnceItTrains(module);
		context.service(EventService.class).subscribe(user);
		// It would go on for days.
		modules.run(module, true, "image", image("cells", 30, 30, 1, 8), "model", model.toFile(), "size", "8", "width", 1, "iterations",
			"1000000000").get();
		assertTrue(user.canceled, ((Cancelable) module).getCancelReason());
		assertTrue(((Cancelable) module).isCanceled());
		assertFalse(Files.exists(model));
	}

	@Test
	void whatNoiseCanHaveWrongIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 40, 40, 1, 8);
		final File file = dir.resolve("m.cfebm").toFile();
		says("choose its kind", TrainCommand.class, "image", imp, "model", file, "noise", "None", "sigma", 5.0);
		says("choose its kind", TrainCommand.class, "image", imp, "model", file, "noise", "White noise", "gain", 2.0);
		says("choose its kind", TrainCommand.class, "image", imp, "model", file, "noise", "Shot noise", "sigma", 5.0);
		says("“dark”: it must be one of Estimate, None, White noise", TrainCommand.class, "image", imp, "model", file, "noise",
			"dark");
		says("does not grow with the brightness", TrainCommand.class, "image", IJ.createImage("flat", 40, 40, 1, 8), "model", file,
			"noise", "Shot noise");
		says("can't be estimated", TrainCommand.class, "image", IJ.createImage("flat", 40, 40, 1, 8), "model", file, "noise",
			"White noise");
		says("not known for RGB", TrainCommand.class, "image", image("x", 40, 40, 1, 24), "model", file, "noise", "Shot noise");
		says("knows nothing of noise", TrainCommand.class, "image", imp, "model", file, "noise", "White noise", "preset", "Paper");
		assertFalse(file.exists());
	}

	@Test
	void numbersAndChoicesAreChecked() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 1, 8);
		final File file = dir.resolve("m.cfebm").toFile();
		says("8, 16, 32, 64, 128", TrainCommand.class, "image", imp, "model", file, "size", "33");
		says("minutes of training must be more than 0, not -1", TrainCommand.class, "image", imp, "model", file, "minutes", -1.0);
		says("not -3", TrainCommand.class, "image", imp, "model", file, "batch", -3);
		says("Score matching, Robust, Denoising, Paper", TrainCommand.class, "image", imp, "model", file, "preset", "Pape");
		assertFalse(file.exists());
	}
}

package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ij.ImagePlus;
import ij.VirtualStack;
import ij.gui.Roi;
import ij.process.ByteProcessor;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.platform.NativeRuntime;

/** However a command ends, the native memory of its networks is given back. */
class NativeMemoryTest {

	@TempDir
	static Path dir;
	private static Context context;
	private static File gray;
	/** How many tensors and operations there were before, and how many at most. */
	private int before, most;

	@BeforeAll
	static void open() throws IOException {
		context = new Context(CommandService.class, ModuleService.class);
		gray = TinyModels.addNominalModel(TinyModels.write(dir, 1)).toFile();
	}

	@AfterAll
	static void close() {
		context.dispose();
	}

	@BeforeEach
	void count() {
		before = NativeRuntime.open();
		most = before;
	}

	@AfterEach
	void allIsGivenBack() {
		assertEquals(before, NativeRuntime.open());
	}

	@Test
	void commandsThatSucceed() throws Exception {
		for (final String method : new String[] { "One step", "Posterior" }) {
			final Module done = run(DenoiseCommand.class, "image", stack(n -> {}), "model", gray, "sigma", 10.0, "method", method,
				"chains", 2, "steps", 2);
			assertNotNull(done.getOutput("denoised"));
		}
		assertTrue(most > before, "nothing was counted");
		final ImagePlus holed = stack(n -> {});
		holed.setRoi(new Roi(3, 4, 5, 6));
		assertNotNull(run(InpaintCommand.class, "image", holed, "model", gray, "completions", 2).getOutput("inpainted"));
		assertNotNull(run(AnomalyCommand.class, "image", stack(n -> {}), "model", gray, "rate", 50.0).getOutput("map"));
		assertNotNull(run(SampleCommand.class, "model", gray, "count", 2, "steps", 2).getOutput("samples"));
	}

	@ParameterizedTest
	@ValueSource(classes = { DenoiseCommand.class, InpaintCommand.class, AnomalyCommand.class, TranslateStyleCommand.class })
	void commandsThatFailOrAreCanceledInTheMiddle(final Class<? extends CfebmCommand> command) throws Exception {
		for (final Throwable failure : new Throwable[] { new OutOfMemoryError("made up"), new IllegalStateException("made up"),
			null })
		{
			final ModuleService modules = context.service(ModuleService.class);
			final Module module = modules.createModule(context.service(CommandService.class).getCommand(command));
			most = before;
			final ImagePlus imp = stack(n -> {
				// Not while the planes are looked at, but when the second is worked on.
				if (n != 2 || NativeRuntime.open() < before + 30) return;
				if (failure instanceof Error) throw (Error) failure;
				if (failure != null) throw (RuntimeException) failure;
				((Cancelable) module).cancel("Enough.");
			});
			imp.setRoi(new Roi(3, 4, 9, 10));
			if (command == AnomalyCommand.class) module.setInput("rate", 50.0);
			modules.run(module, true, "image", imp, "model", gray).get();
			assertTrue(most > before + 30, "it did not fail in the middle");
			assertEquals(before, NativeRuntime.open(), command + " after " + failure);
			assertFalse(imp.isLocked());
		}
	}

	@Test
	void commandsThatRefuseTheirInput() throws Exception {
		for (final Object[] inputs : new Object[][] { { AnomalyCommand.class, "rate", 1e-6 }, { DenoiseCommand.class, "sigma",
			-1.0 }, { DenoiseCommand.class, "method", "Paper" }, { InpaintCommand.class, "mask", "NaN" } })
		{
			@SuppressWarnings("unchecked")
			final Module done = run((Class<? extends CfebmCommand>) inputs[0], "image", stack(n -> {}), "model", gray,
				inputs[1], inputs[2]);
			assertNotNull(((Cancelable) done).getCancelReason());
			assertEquals(before, NativeRuntime.open(), inputs[0] + " with " + inputs[2]);
		}
	}

	@Test
	void aTrainingThatIsCanceled() throws Exception {
		final ModuleService modules = context.service(ModuleService.class);
		final Module module = modules.createModule(context.service(CommandService.class).getCommand(TrainCommand.class));
		final var run = modules.run(module, true, "image", stack(n -> {}), "model", dir.resolve("never.cfebm").toFile(), "size",
			"16", "width", 1, "iterations", "100000");
		for (int wait = 0; wait < 3000 && NativeRuntime.open() == before; wait++)
			Thread.sleep(10);
		assertTrue(NativeRuntime.open() > before, ((Cancelable) module).getCancelReason());
		((Cancelable) module).cancel("Enough.");
		run.get(60, TimeUnit.SECONDS);
	}

	private static Module run(final Class<? extends CfebmCommand> command, final Object... inputs) throws Exception {
		return context.service(ModuleService.class).run(context.service(CommandService.class).getCommand(command), true, inputs)
			.get();
	}

	/** Three slices; whenever one is read, {@code reader} learns of it. */
	private ImagePlus stack(final IntConsumer reader) {
		return new ImagePlus("cells", new VirtualStack(24, 24, null, null) {

			@Override
			public int getSize() {
				return 3;
			}

			@Override
			public int getBitDepth() {
				return 8;
			}

			@Override
			public String getSliceLabel(final int n) {
				return null;
			}

			@Override
			public ImageProcessor getProcessor(final int n) {
				most = Math.max(most, NativeRuntime.open());
				reader.accept(n);
				final ByteProcessor ip = new ByteProcessor(24, 24);
				for (int i = 0; i < 24 * 24; i++)
					ip.set(i, 100 + (int) (50 * Math.sin(i % 24 / 3.0 + n) + 7 * (i * 31 % 5)));
				return ip;
			}
		});
	}
}

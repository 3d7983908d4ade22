package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;
import org.scijava.task.TaskService;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;

/** Runs commands through the real command framework, with tiny models. */
abstract class CommandTestBase {

	@TempDir
	static Path dir;
	static Context context;
	static File gray, rgb, paper;

	@BeforeAll
	static void trainModels() throws IOException {
		context = new Context(CommandService.class, ModuleService.class, StatusService.class, TaskService.class);
		gray = TinyModels.addNominalModel(TinyModels.write(dir, 1)).toFile();
		rgb = TinyModels.addNominalModel(TinyModels.write(dir, 3)).toFile();
		paper = TinyModels.writePaper(dir).toFile();
	}

	@AfterAll
	static void close() {
		context.dispose();
	}

	/** 2 channels, 2 slices, 3 frames of 16 bits; channel 2 is ten times as bright as channel 1. */
	static CompositeImage hyperstack() {
		final ImagePlus plain = IJ.createHyperStack("cells", 40, 30, 2, 2, 3, 16);
		final var random = new java.util.Random(1);
		for (int plane = 1; plane <= 12; plane += 2)
			for (int p = 0; p < 40 * 30; p++) {
				final int value = 100 + (int) (50 * Math.sin(p % 40 / 5.0)) + random.nextInt(20);
				plain.getStack().getProcessor(plane).set(p, value);
				plain.getStack().getProcessor(plane + 1).set(p, 10 * value);
			}
		for (int plane = 1; plane <= 12; plane++)
			plain.getStack().setSliceLabel("plane " + plane, plane);
		return new CompositeImage(plain, CompositeImage.COMPOSITE);
	}

	static boolean same(final ImagePlus a, final ImagePlus b, final int plane) {
		return java.util.Objects.deepEquals(a.getStack().getPixels(plane), b.getStack().getPixels(plane));
	}

	/** Planes that are computed when they are asked for, as those of a virtual stack are read. */
	static final class Computed extends ij.VirtualStack {

		private final ImagePlus source;
		private final java.util.function.IntConsumer reader;

		Computed(final ImagePlus source, final java.util.function.IntConsumer reader) {
			super(source.getWidth(), source.getHeight(), null, null);
			this.source = source;
			this.reader = reader;
			setBitDepth(source.getBitDepth());
		}

		@Override
		public int getSize() {
			return source.getStackSize();
		}

		@Override
		public ij.process.ImageProcessor getProcessor(final int n) {
			reader.accept(n);
			return source.getStack().getProcessor(n).duplicate();
		}

		@Override
		public String getSliceLabel(final int n) {
			return "file " + n;
		}
	}

	static Module run(final Class<? extends CfebmCommand> command, final Object... inputs) throws Exception {
		final Module done = execute(command, inputs);
		assertNull(((Cancelable) done).getCancelReason());
		return done;
	}

	static Module execute(final Class<? extends CfebmCommand> command, final Object... inputs) throws Exception {
		return context.service(CommandService.class).run(command, true, inputs).get();
	}

	static void says(final String part, final Class<? extends CfebmCommand> command, final Object... inputs)
		throws Exception
	{
		final Module done = execute(command, inputs);
		final String reason = ((Cancelable) done).getCancelReason();
		assertTrue(reason != null && reason.contains(part) && reason.endsWith(".") && !reason.contains("\n") && !reason
			.contains("Exception"), reason);
	}

	static ImagePlus image(final String title, final int width, final int height, final int slices,
		final int bits)
	{
		final ImagePlus imp = IJ.createImage(title, width, height, slices, bits);
		for (int i = 1; i <= slices; i++) {
			final var ip = imp.getStack().getProcessor(i);
			final var random = new java.util.Random(i);
			for (int p = 0; p < width * height; p++)
				if (bits == 32) ip.setf(p, 100 + 30 * (float) random.nextGaussian());
				else ip.set(p, bits == 24 ? random.nextInt(1 << 24) | 0xff000000 : 50 + random.nextInt(150));
		}
		return imp;
	}

	interface Call {

		void run() throws Exception;
	}

	/** What ImageJ's log gets, which goes to the console where ImageJ has no window. */
	static String logged(final Call call) throws Exception {
		final java.io.PrintStream before = System.out;
		final java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
		System.setOut(new java.io.PrintStream(out, true, java.nio.charset.StandardCharsets.UTF_8));
		try {
			call.run();
		}
		finally {
			System.setOut(before);
		}
		return out.toString(java.nio.charset.StandardCharsets.UTF_8);
	}
}

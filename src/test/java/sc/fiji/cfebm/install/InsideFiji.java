package sc.fiji.cfebm.install;

import java.io.File;
import java.util.Arrays;

import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ij.IJ;
import ij.ImagePlus;
import net.imagej.patcher.LegacyInjector;

/**
 * Does in a Java of its own what Fiji does with the package: all jars on the class path, a SciJava context that finds the
 * commands by their annotations. Arguments: an image file, then class names of commands to be run.
 */
public final class InsideFiji {

	private InsideFiji() {}

	public static void main(final String[] args) throws Exception {
		// No class of ImageJ may be loaded before.
		LegacyInjector.preinit();
		Host.run(args);
	}

	private static final class Host {

		static void run(final String[] args) throws Exception {
			// So that it knows its folders.
			IJ.run("Close All");
			try (Context context = new Context()) {
				final ModuleService modules = context.service(ModuleService.class);
				for (final String command : Arrays.asList(args).subList(1, args.length)) {
					final boolean denoise = command.contains("Denoise");
					final Object[] inputs = denoise ? new Object[] { "image", IJ.openImage(args[0]), "model", new File("nuclei"),
						"sigma", 20.0 } : new Object[0];
					final Module module = modules.createModule(context.service(CommandService.class).getCommand(command));
					modules.waitFor(modules.run(module, true, inputs));
					final ImagePlus denoised = denoise ? (ImagePlus) module.getOutput("denoised") : null;
					if (denoise) System.out.println(denoised == null ? "nothing" : denoised.getTitle() + " " + denoised.getWidth() + "x" +
						denoised.getHeight() + ", standard deviation " + Math.round(denoised.getStatistics().stdDev));
				}
			}
			System.exit(0);
		}
	}
}

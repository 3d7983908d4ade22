package sc.fiji.cfebm.install;

import ij.IJ;
import ij.Menus;
import ij.io.PluginClassLoader;
import ij.macro.Interpreter;
import net.imagej.patcher.LegacyInjector;

/** Runs a macro in plain ImageJ without a display; what is installed it finds in its own folders. Argument: the macro. */
public final class InsidePlainImageJ {

	private InsidePlainImageJ() {}

	public static void main(final String[] args) {
		// No class of ImageJ may be loaded before.
		LegacyInjector.preinit();
		Host.run(System.getProperty("plugins.dir"), args[0]);
	}

	private static final class Host {

		static void run(final String folder, final String macro) {
			// ImageJ's own, which finds jars in the plugins folder; what makes it headless would look at the class path alone.
			Thread.currentThread().setContextClassLoader(new PluginClassLoader(folder + "/plugins/"));
			new Interpreter().run(macro);
			System.out.println("Loaded by " + IJ.getClassLoader().getClass().getName() + "; commands: " + Menus.getCommands().keySet()
				.stream().filter(name -> name.toString().startsWith("CF-EBM")).count());
			System.exit(0);
		}
	}
}

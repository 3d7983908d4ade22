package sc.fiji.cfebm.command;

import java.awt.Dialog;
import java.awt.GraphicsEnvironment;
import java.awt.Window;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.convert.ConvertService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.module.process.AbstractPreprocessorPlugin;
import org.scijava.module.process.PostprocessorPlugin;
import org.scijava.module.process.PreprocessorPlugin;
import org.scijava.plugin.PluginService;
import org.scijava.thread.ThreadService;

import net.imagej.patcher.EssentialLegacyHooks;
import net.imagej.patcher.LegacyInjector;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;

/**
 * Runs macros as Fiji does, one after another: commands on a thread of SciJava's, their inputs from preprocessors. What imagej-legacy, which is
 * not on Maven Central, does for that is done here in the same way. Arguments: the macros' files.
 */
final class FijiHost {

	private FijiHost() {}

	public static void main(final String[] args) throws Exception {
		if (GraphicsEnvironment.isHeadless()) MacroHost.prepare();
		else {
			LegacyInjector.preinit();
			Host.installPlugin();
		}
		Runner.run(args);
		System.exit(0);
	}

	/** Apart, so that the JVM loads ImageJ's classes and the hooks after they have been patched. */
	static final class Runner {

		static void run(final String[] macros) throws InterruptedException {
			LegacyInjector.installHooks(Thread.currentThread().getContextClassLoader(), new Hooks());
			if (!GraphicsEnvironment.isHeadless()) new ImageJ();
			for (final String macro : macros) {
				final Thread thread = new Thread(() -> IJ.runMacroFile(macro), "Run$_Macro$");
				thread.start();
				while (thread.isAlive()) {
					thread.join(100);
					closeDialogs(Path.of(macro).getFileName());
				}
			}
		}

		private static void closeDialogs(final Path macro) {
			if (GraphicsEnvironment.isHeadless()) return;
			for (final Window window : Window.getWindows())
				if (window.isShowing() && window instanceof Dialog) {
					System.out.println(macro + ": " + ((Dialog) window).getTitle());
					window.dispose();
				}
		}
	}

	private static final class Hooks extends EssentialLegacyHooks {

		private Context context;

		@Override
		public Iterable<Thread> getThreadAncestors() {
			final List<Thread> ancestors = new ArrayList<>();
			final ThreadService threads = context().service(ThreadService.class);
			Thread thread = threads.getParent(Thread.currentThread());
			for (; thread != null; thread = threads.getParent(thread))
				ancestors.add(thread);
			return ancestors;
		}

		@Override
		public Object interceptRunPlugIn(final String plugin, final String argument) {
			if (!plugin.equals(Bridge.class.getName())) return super.interceptRunPlugIn(plugin, argument);
			final PluginService plugins = context().service(PluginService.class);
			final List<PreprocessorPlugin> before = new ArrayList<>(List.of(new Options(context())));
			before.addAll(plugins.createInstancesOfType(PreprocessorPlugin.class));
			try {
				return context.service(ModuleService.class).run(context.service(CommandService.class).getCommand(argument), before,
					plugins.createInstancesOfType(PostprocessorPlugin.class)).get();
			}
			catch (final InterruptedException | ExecutionException e) {
				throw new RuntimeException(e);
			}
		}

		private synchronized Context context() {
			if (context == null) context = new Context(CommandService.class, ModuleService.class, ConvertService.class, ThreadService.class,
				PluginService.class);
			return context;
		}
	}

	/** The macro's values as far as they can be converted, an empty image for an unknown title, and the image in front. */
	private static final class Options extends AbstractPreprocessorPlugin {

		private final ConvertService convert;

		Options(final Context context) {
			convert = context.service(ConvertService.class);
		}

		@Override
		public void process(final Module module) {
			final String options = Macro.getOptions();
			for (final ModuleItem<?> input : module.getInfo().inputs()) {
				final String value = options == null ? null : Macro.getValue(options, input.getName(), null);
				final boolean image = input.getType() == ImagePlus.class;
				if (value == null && !image) continue;
				final ImagePlus titled = value == null ? WindowManager.getCurrentImage() : WindowManager.getImage(value);
				if (image) module.setInput(input.getName(), value != null && titled == null ? new ImagePlus() : titled);
				else module.setInput(input.getName(), input.getType() == double.class && !value.matches("-?[0-9.]+") ? (Object) 0. : convert
					.convert(value, input.getType()));
				module.resolveInput(input.getName());
			}
		}
	}
}

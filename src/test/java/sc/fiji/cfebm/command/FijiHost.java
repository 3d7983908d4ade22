package sc.fiji.cfebm.command;

import java.awt.Dialog;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.GraphicsEnvironment;
import java.awt.Window;
import java.awt.event.KeyEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.app.event.StatusEvent;
import org.scijava.command.CommandService;
import org.scijava.convert.ConvertService;
import org.scijava.event.EventHandler;
import org.scijava.event.EventService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.module.process.AbstractPreprocessorPlugin;
import org.scijava.module.process.PostprocessorPlugin;
import org.scijava.module.process.PreprocessorPlugin;
import org.scijava.plugin.PluginService;
import org.scijava.task.TaskService;
import org.scijava.thread.ThreadService;

import net.imagej.patcher.EssentialLegacyHooks;
import net.imagej.patcher.LegacyInjector;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;

import sc.fiji.cfebm.command.dev.Host;
import sc.fiji.cfebm.command.dev.MacroHost;
import sc.fiji.cfebm.command.host.Bridge;
import sc.fiji.cfebm.command.host.Callers;

/**
 * Runs macros as Fiji does, one after another: commands on a thread of SciJava's, their inputs from preprocessors. What imagej-legacy, which is
 * not on Maven Central, does for that is done here in the same way. Arguments: the macros' files; where one says “// Esc”, that is pressed
 * once a command says how far it is. In a window what opens by itself is printed.
 */
public final class FijiHost {

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

		private static final Set<Window> CLOSED = new HashSet<>();
		private static final Hooks HOOKS = new Hooks();

		static void run(final String[] macros) throws Exception {
			LegacyInjector.installHooks(Thread.currentThread().getContextClassLoader(), HOOKS);
			if (!GraphicsEnvironment.isHeadless()) new ImageJ();
			for (final String macro : macros) {
				final Thread thread = new Thread(() -> IJ.runMacroFile(macro), "Run$_Macro$");
				thread.start();
				boolean escape = Files.readString(Path.of(macro)).contains("// Esc");
				while (thread.isAlive()) {
					thread.join(100);
					closeWindows(Path.of(macro).getFileName());
					if (!escape || !HOOKS.working) continue;
					escape = false;
					EventQueue.invokeAndWait(() -> IJ.getInstance().keyPressed(new KeyEvent(IJ.getInstance(), KeyEvent.KEY_PRESSED, 0, 0,
						KeyEvent.VK_ESCAPE, (char) KeyEvent.VK_ESCAPE)));
				}
				closeWindows(Path.of(macro).getFileName());
			}
		}

		private static void closeWindows(final Path macro) {
			if (GraphicsEnvironment.isHeadless()) return;
			// One that was closed while it was still about to wait for its end has to be told again.
			CLOSED.forEach(Window::dispose);
			for (final Window window : Window.getWindows()) {
				final boolean dialog = window instanceof Dialog, trace = window instanceof Frame && "Exception".equals(((Frame) window)
					.getTitle());
				if (!window.isShowing() || !dialog && !trace) continue;
				System.out.println(macro + ": " + (dialog ? ((Dialog) window).getTitle() : "Exception"));
				window.dispose();
				CLOSED.add(window);
			}
		}
	}

	/** What a script does, for macros to call. */
	public static final class Script {

		private Script() {}

		/** Works on an image that is not open. */
		public static String run(final String command, final String options) {
			final ImagePlus image = IJ.createImage("hidden", "8-bit ramp", 20, 20, 1);
			IJ.run(image, command, options);
			return image.getTitle();
		}
	}

	private static final class Hooks extends EssentialLegacyHooks {

		private Context context;
		/** Whether a command has said how far it is. */
		private volatile boolean working;

		@Override
		public Iterable<Thread> getThreadAncestors() {
			return Callers.of(context());
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
			if (context == null) {
				context = new Context(CommandService.class, ModuleService.class, ConvertService.class, ThreadService.class, PluginService.class,
					StatusService.class, TaskService.class, EventService.class);
				context.service(EventService.class).subscribe(this);
			}
			return context;
		}

		@EventHandler
		private void onStatus(final StatusEvent event) {
			working |= event.getProgressMaximum() > 1 && event.getProgressValue() < event.getProgressMaximum();
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

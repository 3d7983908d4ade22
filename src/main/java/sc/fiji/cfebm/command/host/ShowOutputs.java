package sc.fiji.cfebm.command.host;

import org.scijava.Priority;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.process.AbstractPostprocessorPlugin;
import org.scijava.module.process.PostprocessorPlugin;
import org.scijava.plugin.Plugin;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;

/**
 * Makes our commands' output images a macro's current image. With windows ImageJ waits until a new one is active, but not on the
 * event thread, on which Fiji shows outputs: the next line of the macro might still find the input in front. In batch mode and
 * headless, or where no window becomes active, ImageJ keeps the current image per thread, and the command runs on another thread
 * than the macro.
 */
@Plugin(type = PostprocessorPlugin.class, priority = Priority.HIGH)
public class ShowOutputs extends AbstractPostprocessorPlugin {

	@Override
	public void process(final Module module) {
		if (!(module.getDelegateObject() instanceof HostedCommand) || !IJ.isMacro()) return;
		for (final ModuleItem<?> output : module.getInfo().outputs()) {
			if (!(output.getValue(module) instanceof ImagePlus)) continue;
			final ImagePlus imp = (ImagePlus) output.getValue(module);
			imp.show();
			if (WindowManager.getTempCurrentImage() == imp) {
				WindowManager.setTempCurrentImage(Thread.currentThread(), null);
				for (final Thread caller : Callers.of(getContext()))
					WindowManager.setTempCurrentImage(caller, imp);
			}
			module.resolveOutput(output.getName());
		}
	}
}

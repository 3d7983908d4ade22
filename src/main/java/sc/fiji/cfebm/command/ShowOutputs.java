package sc.fiji.cfebm.command;

import org.scijava.Priority;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.process.AbstractPostprocessorPlugin;
import org.scijava.module.process.PostprocessorPlugin;
import org.scijava.plugin.Plugin;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.macro.Interpreter;

/**
 * Makes our commands' output images the macro's current image in batch mode and headless, as a window does by itself.
 * ImageJ keeps the current image per thread, and the command runs on another thread than the macro.
 */
@Plugin(type = PostprocessorPlugin.class, priority = Priority.HIGH)
public class ShowOutputs extends AbstractPostprocessorPlugin {

	@Override
	public void process(final Module module) {
		if (!(module.getDelegateObject() instanceof CfebmCommand) || !IJ.isMacro() || !Interpreter.isBatchMode()) return;
		for (final ModuleItem<?> output : module.getInfo().outputs()) {
			if (!(output.getValue(module) instanceof ImagePlus)) continue;
			final ImagePlus imp = (ImagePlus) output.getValue(module);
			imp.show();
			WindowManager.setTempCurrentImage(Thread.currentThread(), null);
			for (final Thread caller : Callers.of(getContext()))
				WindowManager.setTempCurrentImage(caller, imp);
			module.resolveOutput(output.getName());
		}
	}
}

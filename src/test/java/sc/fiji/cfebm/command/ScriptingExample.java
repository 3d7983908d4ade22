package sc.fiji.cfebm.command;

// docs:begin
import java.io.File;

import org.scijava.Context;
import org.scijava.command.CommandModule;
import org.scijava.command.CommandService;

import ij.ImagePlus;

final class ScriptingExample {

	static ImagePlus denoise(Context context, ImagePlus image, File model) throws Exception {
		CommandModule done = context.service(CommandService.class).run(DenoiseCommand.class, true,
			"image", image, "model", model, "sigma", 12.5).get();
		if (done.isCanceled()) throw new IllegalArgumentException(done.getCancelReason());
		return (ImagePlus) done.getOutput("denoised");
	}
}
// docs:end

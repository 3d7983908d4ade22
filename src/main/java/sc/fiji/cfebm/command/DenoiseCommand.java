package sc.fiji.cfebm.command;

import java.io.IOException;
import java.util.Locale;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import ij.ImageStack;
import sc.fiji.cfebm.image.Planes;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.Resample;
import sc.fiji.cfebm.ui.CommandProgress;

/** Removes white noise from an image or a stack, slice by slice. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Denoise...", headless = true, initializer = "init")
public class DenoiseCommand extends RestorationCommand {

	@Parameter(label = "Method", persist = false, choices = { "One step", "Posterior", "Paper" },
		description = "One step is fast. Posterior draws several samples and adds their standard deviation as an image. " +
			"Paper is for models trained that way.")
	private String method = "One step";

	@Parameter(label = "Noise sigma (gray values, 0: estimate)", persist = false, min = "0",
		description = "Standard deviation of the noise in the image's gray values; 0 estimates it.")
	private double sigma = 0;

	@Parameter(label = "Chains (Posterior)", persist = false, min = "2", description = "Posterior only: more chains, less grain.")
	private int chains = 8;

	@Parameter(label = "Steps (Posterior)", persist = false, min = "1", description = "Posterior only: Langevin steps per chain.")
	private int steps = 20;

	@Parameter(type = ItemIO.OUTPUT, label = "Standard deviation")
	private ImagePlus sd;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Denoised")
	private ImagePlus denoised;

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final Method how = choose("The method", method, Method.values());
		final boolean posterior = how == Method.POSTERIOR, estimated = sigma == 0 && how != Method.PAPER;
		checkAtLeast("Sigma", sigma, 0);
		checkAtLeast("The number of chains", chains, posterior ? 2 : 1);
		checkAtLeast("The number of steps", steps, 1);
		final Planes planes = planes();
		final Model loaded = readModel(planes);
		// Noise would widen the percentiles: the range is that of the image smoothed.
		final Normalization normalization = range(loaded, planes.channels(), planes, Resample::smoothed);
		final ImageStack means = planes.newStack(), deviations = planes.newStack();
		try (Denoiser denoiser = new Denoiser(loaded)) {
			for (int slice = 1; slice <= planes.count(); slice++) {
				progress.throwIfCanceled();
				final Raster noisy = planes.readFinite(slice);
				final var part = progress.part(slice - 1, planes.count());
				final double level = estimated ? estimate(planes.name(slice), noisy, part) : sigma;
				final long chainSeed = seed + slice - 1;
				final Denoiser.Result result;
				// An empty slice is nothing unusual in a stack.
				if (estimated && planes.count() > 1 && !denoiser.knows(level, normalization)) {
					part.log(planes.name(slice) + " is left as it is: the model does not know noise that weak or strong.");
					result = new Denoiser.Result(noisy, new Raster(noisy.width(), noisy.height(), noisy.channels()));
				}
				else result = restore(planes, slice, () -> denoiser.denoise(noisy, normalization, new Denoiser.Settings(how, level,
					chains, steps, chainSeed), part));
				planes.write(result.mean(), slice, means);
				if (posterior) planes.writeFloat(result.standardDeviation(), slice, deviations);
			}
		}
		if (posterior) sd = planes.floatLike(image.getTitle() + "-sd", deviations);
		denoised = planes.like(image.getTitle() + "-denoised", means);
	}

	private double estimate(final String name, final Raster noisy, final Progress progress) {
		final double level = Denoiser.estimateSigma(noisy);
		if (!(level > 0) && image.getStackSize() == 1) throw new IllegalArgumentException("The noise of " + name +
			" can't be estimated (the image has none, or is too small): give its sigma in gray values.");
		progress.log(String.format(Locale.ROOT, "Estimated noise: sigma = %.4g gray values", level));
		return level;
	}
}

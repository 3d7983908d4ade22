package sc.fiji.cfebm.command;

import java.util.Locale;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.image.Chosen;
import sc.fiji.cfebm.image.Planes;
import sc.fiji.cfebm.image.Restored;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.Resample;
import sc.fiji.cfebm.tile.Window;

/** Removes white noise from an image or a stack, slice by slice; inside the selection, if there is one. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Denoise...", headless = true, initializer = "init")
public class DenoiseCommand extends RestorationCommand<Denoiser> {

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

	private Method how;
	private boolean[] selected;

	@Override
	void prepare(final Planes planes, final Chosen chosen) {
		how = choose("The method", method, Method.values());
		checkAtLeast("Sigma", sigma, 0);
		checkAtLeast("The number of chains", chains, hasDeviations() ? 2 : 1);
		checkAtLeast("The number of steps", steps, 1);
		selected = planes.selected();
	}

	@Override
	Denoiser open(final Model loaded) {
		return new Denoiser(loaded);
	}

	@Override
	Raster known(final Planes planes, final int slice) {
		return planes.readFinite(slice);
	}

	/** Noise would widen the percentiles: the range is that of the image smoothed. */
	@Override
	Raster view(final Raster known) {
		return Resample.smoothed(known);
	}

	@Override
	boolean[] where(final int slice) {
		return selected;
	}

	@Override
	Result restore(final Denoiser denoiser, final Plane plane, final Progress progress) {
		final Raster noisy = plane.planes().read(plane.slice());
		final boolean estimated = sigma == 0 && how != Method.PAPER;
		final double level = estimated ? estimate(plane, noisy, progress) : sigma;
		// An empty slice is nothing unusual in a stack.
		if (estimated && plane.planes().count() > 1 && !denoiser.knows(level, plane.range())) {
			progress.log(plane.name() + " is left as it is: the model does not know noise that weak or strong.");
			return null;
		}
		final Window part = Window.around(plane.where(), noisy, plane.model().size());
		final Denoiser.Result result = denoiser.denoise(part.cut(noisy), plane.range(), new Denoiser.Settings(how, level,
			chains, steps, plane.seed()), progress);
		return new Result(part.uncut(result.mean(), noisy), hasDeviations() ? part.uncut(result.standardDeviation(), noisy)
			: null);
	}

	@Override
	boolean hasDeviations() {
		return how == Method.POSTERIOR;
	}

	@Override
	void give(final Restored restored) {
		sd = restored.deviations("sd");
		denoised = restored.image("denoised");
	}

	/** From the whole plane, also where a part of it is selected: the more pixels, the better. */
	private static double estimate(final Plane plane, final Raster noisy, final Progress progress) {
		final double level = Denoiser.estimateSigma(noisy);
		if (!(level > 0) && plane.planes().count() == 1) throw new IllegalArgumentException("The noise of " + plane.name() +
			" can't be estimated (the image has none, or is too small): give its sigma in gray values.");
		progress.log(String.format(Locale.ROOT, "Estimated noise: sigma = %.4g gray values", level));
		return level;
	}
}

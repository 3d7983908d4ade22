package sc.fiji.cfebm.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.task.Denoiser;

/** Removes white noise or shot noise from an image or a stack, slice by slice; inside the selection, if there is one. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Denoise...", headless = true, initializer = "init")
public class DenoiseCommand extends RestorationCommand<Denoiser> {

	@Parameter(label = "Method", persist = false, choices = { "One step", "Posterior", "Paper" },
		description = "One step: fast, and good. Posterior: slower; the mean of several possible images, and their standard deviation as a second image. " +
			"Paper: for models trained that way.")
	private String method = "One step";

	@Parameter(label = "Noise (sigma in gray values, 0: estimate)", persist = false, style = NUMBER, min = "0",
		description = "How strong the noise is: its standard deviation in the image's gray values. 0: it is estimated from the image.")
	private double sigma = 0;

	@Parameter(label = "Shot noise: gain (gray values per photon, 0: estimate)", persist = false, style = NUMBER, min = "0",
		description = "For models of images with shot noise: by how much the gray value grows with each photon. 0: gain, offset and read noise are estimated from the image.")
	private double gain = 0;

	@Parameter(label = "Shot noise: offset (gray value without light)", persist = false, style = NUMBER,
		description = "Goes with a gain that is given: the camera's gray value in the dark.")
	private double offset = 0;

	@Parameter(label = "Shot noise: read noise (gray values)", persist = false, style = NUMBER, min = "0",
		description = "Goes with a gain that is given: standard deviation of the camera's gray values in the dark.")
	private double read = 0;

	@Parameter(label = "Posterior: number of images", persist = false, min = "2",
		description = "Posterior only: of how many possible images the mean is taken. More take longer and leave less grain.")
	private int chains = 8;

	@Parameter(label = "Posterior: steps for each", persist = false, min = "1",
		description = "Posterior only: Langevin steps that each possible image is drawn with.")
	private int steps = 20;

	@Parameter(type = ItemIO.OUTPUT, label = "Standard deviation")
	private ImagePlus sd;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Denoised")
	private ImagePlus denoised;

	private Method how;
	private NoiseSettings noise;
	/** Of channels with shot noise. */
	private final Map<Integer, NoiseEstimate> estimates = new HashMap<>();
	private boolean[] selected;

	@Override
	List<String> asked() {
		return List.of("model", "method", "sigma", "channels", "slices", "frames");
	}

	@Override
	String page() {
		return "docs/denoising.md";
	}

	@Override
	void prepare(final Planes planes, final PlaneSelection chosen) {
		how = choose("The method", method, Method.values());
		noise = new NoiseSettings(sigma, gain, offset, read);
		estimates.clear();
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

	/** Shot noise is that of the camera, the same in all planes; white noise may differ from plane to plane. */
	@Override
	void look(final Model loaded, final int channel, final Raster known, final int planesOfChannel) {
		if (loaded.info().shot() != null && noise.isEstimated(loaded)) estimates.computeIfAbsent(channel, c -> new NoiseEstimate(
			planesOfChannel)).add(known);
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
	Result work(final Denoiser denoiser, final Plane plane, final Progress progress) {
		final Raster noisy = plane.planes().read(plane.slice());
		final NoiseModel found = how == Method.PAPER ? null : noise(plane, noisy, progress);
		final Normalization scale = found == null ? plane.range() : found.range(plane.model(), plane.range());
		// An empty slice is nothing unusual in a stack.
		if (found != null && noise.isEstimated(plane.model()) && plane.planes().count() > 1) {
			final String refusal = denoiser.refusal(how, found, scale);
			if (refusal != null) {
				progress.log(plane.name() + " is left as it is. " + refusal);
				return null;
			}
		}
		final Window part = Window.around(plane.where(), noisy, plane.model().size());
		final Denoiser.Result result = denoiser.denoise(part.cut(noisy), scale, new Denoiser.Settings(how, found, chains,
			steps, seed(plane)), progress);
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

	/** White noise from the whole plane, also where a part of it is selected: the more pixels, the better. */
	private NoiseModel noise(final Plane plane, final Raster noisy, final Progress progress) {
		if (!noise.isEstimated(plane.model())) return noise.of(plane.model(), null);
		final NoiseEstimate ofChannel = estimates.get(plane.channel());
		final NoiseEstimate estimate = ofChannel != null ? ofChannel : NoiseEstimate.of(noisy);
		final NoiseModel found = noise.of(plane.model(), estimate);
		if (found.shot() == null && !(found.sigma() > 0) && plane.planes().count() == 1) throw new IllegalArgumentException(
			"The noise of " + plane.name() + " can't be estimated (the image has none, or is too small): give its sigma in gray values.");
		note(plane, "Estimated noise: " + found + estimate.warning(), progress);
		return found;
	}
}

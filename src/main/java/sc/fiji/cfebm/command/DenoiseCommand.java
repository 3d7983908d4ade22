package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.checkAtLeast;
import static sc.fiji.cfebm.command.Inputs.choose;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.noise.Residual;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.LineOffsets;
import sc.fiji.cfebm.raster.LineOffsets.Which;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser.Method;
import sc.fiji.cfebm.task.Denoiser;

/** Removes white noise or shot noise from an image or a stack, slice by slice; inside the selection, if there is one. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Denoise...", headless = true)
public class DenoiseCommand extends SeededPlaneCommand<Restored.Plane, Restored> {

	/** Noise in gray values below which whole numbers are coarse beside what is left of it. */
	private static final double FINE = 1;

	@Parameter(label = "Method", persist = false, choices = { "One step", "Posterior", "Paper" },
		description = "One step: fast, and good. Posterior: slower; the mean of several possible images, and their standard deviation as a second image. " +
			"Paper: for models trained that way.")
	private String method = "One step";

	@Parameter(label = "Noise (sigma in gray values, 0: estimate)", persist = false, style = NUMBER, min = "0",
		description = "How strong white noise is: its standard deviation in the image's gray values. 0: what noise there is, white, shot or correlated, is found from the image.")
	private double sigma = 0;

	@Parameter(label = "Shot noise: gain (gray values per photon, 0: estimate)", persist = false, style = NUMBER, min = "0",
		description = "By how much the gray value grows with each photon. 0: whether there is shot noise, and how much, is found from the image.")
	private double gain = 0;

	@Parameter(label = "Shot noise: offset (gray value without light)", persist = false, style = NUMBER,
		description = "Goes with a gain that is given: the camera's gray value in the dark.")
	private double offset = 0;

	@Parameter(label = "Shot noise: read noise (gray values)", persist = false, style = NUMBER, min = "0",
		description = "Goes with a gain that is given: standard deviation of the camera's gray values in the dark.")
	private double read = 0;

	@Parameter(label = "Stripes to remove first: offsets of", persist = false, choices = { "None", "Rows", "Columns", "Both" },
		description = "For cameras and scanners that add a number of its own to each row or column. It is found by what all of a line differs by from its neighbours, and taken off before the noise is looked at.")
	private String lines = "None";

	@Parameter(label = "Careful", persist = false,
		description = "One step only: averages over four shifts of the image by one pixel. Takes four times as long and is better by about 0.05 dB.")
	private boolean careful = false;

	@Parameter(label = "Posterior: number of images", persist = false, min = "2",
		description = "Posterior only: of how many possible images the mean is taken. More take longer and leave less grain.")
	private int chains = Defaults.CHAINS;

	@Parameter(label = "Posterior: steps for each", persist = false, min = "1",
		description = "Posterior only: Langevin steps that each possible image is drawn with.")
	private int steps = Defaults.STEPS;

	@Parameter(label = "Outline what looks unlike the model's images", persist = false,
		description = "Draws an overlay around what more was taken off from than such noise can be (not with the method Paper).")
	private boolean overlay = false;

	@Parameter(type = ItemIO.OUTPUT, label = "Standard deviation")
	private ImagePlus sd;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Denoised")
	private ImagePlus denoised;

	@Override
	List<String> asked() {
		return List.of("model", "method", "sigma", "channels", "slices", "frames", "output");
	}

	@Override
	String page() {
		return "docs/denoising.md";
	}

	@Override
	PlaneTask<Restored.Plane, Restored> task(final Planes planes, final PlaneSelection chosen) {
		final Method how = choose("The method", method, Method.values());
		checkAtLeast("The number of chains", chains, how == Method.POSTERIOR ? 2 : 1);
		checkAtLeast("The number of steps", steps, 1);
		return new Task(how, new NoiseSettings(sigma, gain, offset, read), choose("The kind of stripes", lines, Which.values()),
			careful, chains, steps, overlay, seed, planes.selected(), (int) chosen.size() / chosen.channels().size());
	}

	@Override
	void give(final Restored all) {
		sd = all.deviations();
		denoised = all.image();
	}

	/** What is said where the range matters, of the preset Paper's models. */
	static String taken(final Normalization range) {
		return "gray values from " + NoiseModel.rounded(range.low()) + " to " + NoiseModel.rounded(range.high()) +
			" were taken for the model's darkest to brightest";
	}

	/**
	 * @param selected [H,W], the pixels to denoise; null: all
	 * @param perChannel number of planes that each channel has
	 */
	private record Task(Method method, NoiseSettings noise, Which lines, boolean careful, int chains, int steps, boolean overlay, long seed,
			boolean[] selected, int perChannel) implements PlaneTask<Restored.Plane, Restored> {

		@Override
		public PlaneProcessor<Restored.Plane> open(final Model model) {
			final Denoiser denoiser = new Denoiser(model);
			try {
				denoiser.requireMethod(method);
				return new Processor(this, model, denoiser, new HashMap<>(), new HashMap<>());
			}
			catch (final IllegalArgumentException e) {
				denoiser.close();
				throw e;
			}
		}

		@Override
		public boolean isWithoutOutliers() {
			return true;
		}

		/** A gray image in three equal channels comes out 0.3 dB worse on photographs, and 1.5 dB on micrographs. */
		@Override
		public String instead() {
			return "use a model for gray images, such as microscopy or photo";
		}

		@Override
		public boolean isFine() {
			return true;
		}

		@Override
		public Restored.Plane joined(final PlaneParts parts, final List<Restored.Plane> results) {
			return parts.restored(results);
		}

		@Override
		public Restored.Plane cleaned(final PlaneParts parts) {
			return new Restored.Plane(parts.joined(parts.parts().stream().map(Plane::read).toList()), selected);
		}

		@Override
		public Restored sink(final Planes planes, final PlaneSelection kept, final boolean fine) {
			return new Restored(planes, kept, "denoised", isPosterior(), fine);
		}

		private boolean isPosterior() {
			return method == Method.POSTERIOR;
		}
	}

	/**
	 * @param estimates of all planes of a channel
	 * @param found what they say, of channels of which it was asked
	 */
	private record Processor(Task task, Model model, Denoiser denoiser, Map<Integer, NoiseEstimate> estimates, Map<Integer, NoiseModel> found)
			implements PlaneProcessor<Restored.Plane> {

		/** One camera for the whole stack: what kind of noise there is, all planes of a channel say together. */
		@Override
		public Raster look(final Plane plane) {
			final Raster noisy = plane.read();
			if (!task.noise.isAny()) estimates.computeIfAbsent(plane.channel(),
				channel -> new NoiseEstimate(task.perChannel)).add(noisy);
			return ImageRange.withoutNoise(noisy);
		}

		@Override
		public Restored.Plane process(final Plane plane, final Normalization range, final RunReport report, final Progress progress) {
			final Raster noisy = plane.read();
			final boolean[] missing = Missing.in(noisy);
			if (Missing.isAll(missing)) {
				report.keep(plane, "None of its pixels is a finite number.");
				return null;
			}
			lookForStripes(noisy, report);
			final boolean paper = task.method == Method.PAPER;
			final NoiseModel found = paper ? null : noise(plane, noisy, report);
			if (!paper && found == null) {
				report.keep(plane, "No noise was found in it: where there is some, say how strong it is (sigma, or a gain).");
				return null;
			}
			if (missing != null) report.remark("pixels that are no finite number stay as they are");
			final Normalization scale = paper ? range : found.range(model, range);
			if (paper) report.remark(taken(range));
			else if (plane.isOfIntegers() && found.sigmaAt(mean(noisy, missing)) < FINE) report.remark("the noise is about one gray value or " +
				"less and the result is rounded to whole ones: to keep what lies between, make the image 32-bit first (Image > Type)");
			final Denoiser.Result result = denoiser.denoise(noisy, task.selected, scale, new Denoiser.Settings(task.method, found, task.careful,
				task.chains, task.steps, seed(task.seed, plane)), progress);
			final Residual residual = paper ? null : Residual.of(noisy, result.mean(), found);
			if (!paper) check(plane, residual, report);
			return new Restored.Plane(result.mean(), result.standardDeviation(), task.selected, paper || !task.overlay ? null : residual
				.where());
		}

		/** Says which stripes are there that were not asked to be removed. */
		private void lookForStripes(final Raster noisy, final RunReport report) {
			final LineOffsets.Seen seen = LineOffsets.seen(noisy, task.lines);
			final Which option = task.lines == Which.NONE ? seen.which() : Which.BOTH;
			if (seen.rows() > 0) stripes("rows", seen.rows(), option, report);
			if (seen.columns() > 0) stripes("columns", seen.columns(), option, report);
		}

		private static void stripes(final String of, final double sigma, final Which option, final RunReport report) {
			report.number("it has stripes of " + of + ", which “Stripes to remove first” (lines=" + option + ") takes off: standard deviation",
				sigma, " gray values");
		}

		/** Says where something was taken off that is no noise. */
		private static void check(final Plane plane, final Residual residual, final RunReport report) {
			if (!residual.isAlarming()) return;
			report.detail(plane, String.format(Locale.ROOT, "In %.2g %% of it more was taken off than such noise can be, most of all near x %d, y %d.",
				100 * residual.share(), residual.x(), residual.y()));
			report.number("more was taken off than such noise can be, since the image is unlike what the model knows or has other noise, in",
				100 * residual.share(), " % of it (where, stands in the result's info)");
		}

		private static double mean(final Raster image, final boolean[] missing) {
			double sum = 0;
			int count = 0;
			for (int i = 0; i < image.values().length; i++)
				if (missing == null || !missing[i / image.channels()]) {
					sum += image.values()[i];
					count++;
				}
			return sum / count;
		}

		/**
		 * From the whole plane, also where a part of it is selected: the more pixels, the better. Shot noise is the same in all planes;
		 * noise that is alike everywhere may differ from plane to plane.
		 *
		 * @return null if none is given and none is found
		 */
		private NoiseModel noise(final Plane plane, final Raster noisy, final RunReport report) {
			if (task.noise.isAny()) return plane.seen(task.noise).of(null);
			final NoiseEstimate estimate = estimates.computeIfAbsent(plane.channel(), channel -> NoiseEstimate.of(noisy));
			// Once for a channel: of a stack it looks at many blocks. It is null where there is none.
			if (!found.containsKey(plane.channel())) found.put(plane.channel(), task.noise.of(() -> estimate));
			final NoiseModel ofAll = found.get(plane.channel()), own = ofAll == null || ofAll.shot() != null || task.perChannel == 1 ? ofAll
				: NoiseEstimate.of(noisy).find();
			final NoiseModel best = own == null || (own.shot() == null) == (ofAll.shot() == null) ? own : ofAll;
			if (best == null) return null;
			report.detail(plane, "Estimated noise: " + best + estimate.warning());
			final boolean correlated = best.correlation().isAny();
			if (best.shot() != null) report.remark("estimated noise: " + best);
			else report.number("estimated " + (correlated ? "correlated" : "white") + " noise: sigma", best.sigma(),
				" gray values");
			if (correlated && !denoiser.knowsCorrelation()) report.remark(
				"the model was not trained for noise that is correlated between neighbours and removes only what of it is coarse: microscopy and photo-color were");
			if (estimate.isCompressed()) report.remark(
				"JPEG has left its blocks, and has taken fine noise off: the strength is told from coarse noise, and the blocks stay");
			if (correlated && task.method == Method.POSTERIOR) report.remark("the samples take the noise for white");
			plane.describe(best.sigma(), report);
			// Its share differs from slice to slice.
			if (!estimate.warning().isEmpty()) report.remark("nearly everywhere most pixels have the lowest or highest value: noise that is " +
				"cut off there is stronger than estimated");
			return best;
		}

		@Override
		public void close() {
			denoiser.close();
		}
	}
}

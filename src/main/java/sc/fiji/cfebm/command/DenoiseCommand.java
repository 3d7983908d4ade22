package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.checkAtLeast;
import static sc.fiji.cfebm.command.Inputs.choose;

import java.util.List;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes.Along;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
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
import sc.fiji.cfebm.task.StackDenoiser;
import sc.fiji.cfebm.ui.DialogLayout;

/**
 * Removes white noise or shot noise from an image, or from a stack, whose slices or frames help each other; inside the selection, if there is one.
 */
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

	@Parameter(label = "Neighbours that help", persist = false, choices = { Neighbours.AUTOMATIC, Neighbours.NONE, Neighbours.SLICES, Neighbours.FRAMES },
		description = "Slices of a stack, or frames of a movie, that show the same help each other, with a model that has one for that beside it, as microscopy does (not with the method Paper). Automatic: slices or frames, of which there are more. None: each is denoised alone.")
	private String neighbours = Neighbours.AUTOMATIC;

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
			careful, chains, steps, overlay, seed, planes.selected(), (int) chosen.size() / chosen.channels().size(), Neighbours.along(
				neighbours, planes, how == Method.PAPER ? "Neighbours do not help with the method " + how : null), neighbours);
	}

	@Override
	void arrange(final DialogLayout layout) {
		super.arrange(layout);
		if (shown() == null || shown().getNSlices() * shown().getNFrames() == 1) layout.leaveOut("neighbours");
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
	 * @param along what neighbours are that help; null: they do not
	 * @param neighbours as they were chosen
	 */
	private record Task(Method method, NoiseSettings noise, Which lines, boolean careful, int chains, int steps, boolean overlay, long seed,
			boolean[] selected, int perChannel, Along along, String neighbours) implements RestorationTask {

		@Override
		public PlaneProcessor<Restored.Plane> open(final Model model) {
			return open(model, null);
		}

		@Override
		public PlaneProcessor<Restored.Plane> open(final Model model, final Model ofPlanes) {
			// Samples need a model that knows weaker noise.
			final Model stacks = ofPlanes != null && isPosterior() && ofPlanes.info().knowsNoisyImagesAlone() ? null : ofPlanes;
			Neighbours.requireModel(along, neighbours, stacks);
			final Denoiser denoiser = new Denoiser(model);
			try {
				denoiser.requireMethod(method);
				return new Processor(this, model, denoiser, stacks == null ? null : new StackDenoiser(stacks), new FoundNoise(noise, perChannel));
			}
			catch (final RuntimeException e) {
				denoiser.close();
				throw e;
			}
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

	/** Belongs to one run. */
	private static final class Processor implements PlaneProcessor<Restored.Plane> {

		private final Task task;
		private final Model model;
		private final Denoiser denoiser;
		/** Null: each plane is denoised alone. */
		private final StackDenoiser stacks;
		private final FoundNoise found;
		private final Neighbours.Lines lines;

		Processor(final Task task, final Model model, final Denoiser denoiser, final StackDenoiser stacks, final FoundNoise found) {
			this.task = task;
			this.model = model;
			this.denoiser = denoiser;
			this.stacks = stacks;
			this.found = found;
			lines = new Neighbours.Lines(stacks, task.careful);
		}

		@Override
		public Raster look(final Plane plane) {
			found.look(plane);
			return ImageRange.withoutNoise(plane.read());
		}

		@Override
		public Restored.Plane process(final Plane plane, final Normalization range, final RunReport report, final Progress progress) {
			return process(plane, null, range, report, progress);
		}

		@Override
		public Restored.Plane process(final Plane plane, final Neighbours around, final Normalization range, final RunReport report,
			final Progress progress)
		{
			final Raster noisy = plane.read();
			final boolean[] missing = Missing.in(noisy);
			if (Missing.isAll(missing)) {
				report.keep(plane, "None of its pixels is a finite number.");
				return null;
			}
			lookForStripes(noisy, report);
			final boolean paper = task.method == Method.PAPER;
			final NoiseModel noise = paper ? null : noise(plane, noisy, report);
			if (!paper && noise == null) {
				report.keep(plane, "No noise was found in it: where there is some, say how strong it is (sigma, or a gain).");
				return null;
			}
			if (missing != null) report.remark("pixels that are no finite number stay as they are");
			final Normalization scale = paper ? range : noise.range(model, range);
			final double level = paper ? Double.NaN : noise.sigmaAt(mean(noisy, missing));
			if (paper) report.remark(taken(range));
			else if (task.noise.isAny() && level > range.high() - range.low()) report.remark(
				"the noise is said to be stronger than all that the image shows, of which little is left");
			else if (plane.isOfIntegers() && level < FINE) report.remark("the noise is about one gray value or " +
				"less and the result is rounded to whole ones: to keep what lies between, make the image 32-bit first (Image > Type)");
			final StackDenoiser.Stack stack = lines.of(plane, around, neighbour -> found.noisy(neighbour, model, range));
			final Denoiser.Settings settings = new Denoiser.Settings(task.method, noise, task.careful, task.chains, task.steps, seed(task.seed, plane));
			final Denoiser.Result helped = stack == null ? null : stack.denoised(around.index(), settings, progress);
			if (helped != null) report.remark("neighbouring " + around.along().kind() + "s help, up to " + stacks.planes() + " before and behind each");
			if (helped != null && stack.isFollowed(around.index())) report.remark("what moves was followed");
			final Denoiser.Result result = helped != null ? helped : denoiser.denoise(noisy, task.selected, scale, settings, progress);
			final Residual residual = paper ? null : Residual.of(noisy, result.mean(), noise);
			if (!paper) FoundNoise.alarm(plane, residual, "more was taken off",
				"the image is unlike what the model knows or has other noise", report);
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

		/** @return null if none is given and none is found */
		private NoiseModel noise(final Plane plane, final Raster noisy, final RunReport report) {
			final NoiseModel best = found.of(plane, noisy, report);
			FoundNoise.sayIfUnknown(best, denoiser.knowsCorrelation(), report);
			return best;
		}

		@Override
		public void close() {
			try {
				denoiser.close();
			}
			finally {
				if (stacks != null) stacks.close();
			}
		}
	}
}

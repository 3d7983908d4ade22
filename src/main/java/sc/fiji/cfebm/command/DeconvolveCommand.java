package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.choose;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import ij.WindowManager;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes.Along;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.PointSpread;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.noise.Residual;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.linear.Deconvolver;
import sc.fiji.cfebm.task.linear.Psf;
import sc.fiji.cfebm.task.linear.Psfs.Optics;
import sc.fiji.cfebm.task.linear.Psfs;
import sc.fiji.cfebm.ui.DialogLayout;

/** Takes the blur of a microscope or of a motion off an image or a stack, slice by slice, and its noise; inside the selection, if there is one. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Deconvolve...", headless = true)
public class DeconvolveCommand extends SeededPlaneCommand<Restored.Plane, Restored> {

	private static final String NUMBERS = "From numbers", MOTION = "Motion", WIDE_FIELD = "Wide-field", GAUSSIAN = "Gaussian";
	private static final double NANOMETRES = 1e-3;

	@Parameter(label = "PSF (how a point is seen)", persist = false,
		description = "From numbers: that of a microscope, from the numbers below. Motion: a straight line, of the length and angle below. Or an image of a point, such as a bead, by the title of an open one or, in macros and batches, the path of its file: it need not be centred or normalised.")
	private String psf = NUMBERS;

	@Parameter(label = "Microscope", persist = false, choices = { WIDE_FIELD, GAUSSIAN },
		description = "From numbers only. Wide-field: the rings of a lens, by Gibson and Lanni's model. Gaussian: the nearest spot without rings; for a confocal microscope with an open pinhole, too.")
	private String microscope = WIDE_FIELD;

	@Parameter(label = "Numerical aperture", persist = false, style = NUMBER, min = "0",
		description = "From numbers only: it is written on the objective, such as 1.4 after 63x.")
	private double aperture = 1.4;

	@Parameter(label = "Wavelength (nm)", persist = false, style = NUMBER, min = "0",
		description = "From numbers only: of the light that is seen, 520 of GFP and 450 of DAPI.")
	private double wavelength = 520;

	@Parameter(label = "Pixel size (µm, 0: the image's)", persist = false, style = NUMBER, min = "0",
		description = "From numbers only: the side of a pixel in the specimen. 0: as Image > Properties has it.")
	private double pixel = 0;

	@Parameter(label = "Refractive index of the immersion", persist = false, style = NUMBER, min = "0",
		description = "From numbers only: 1 of air, 1.33 of water, 1.515 of oil.")
	private double immersion = 1.515;

	@Parameter(label = "Depth (µm)", persist = false, style = NUMBER, min = "0",
		description = "From numbers only, wide-field: how deep under the cover glass what is seen lies.")
	private double depth = 0;

	@Parameter(label = "Refractive index of the specimen", persist = false, style = NUMBER, min = "0",
		description = "From numbers only, goes with a depth: 1.33 of water, 1.45 of many mounting media.")
	private double specimen = 1.33;

	@Parameter(label = "Motion: length (pixels)", persist = false, style = NUMBER, min = "0",
		description = "Motion only: how far the image moved while it was taken.")
	// Not “length”: ImageJ's recorder would take it for a part of “wavelength”.
	private double motion = 10;

	@Parameter(label = "Motion: angle (degrees)", persist = false, style = NUMBER,
		description = "Motion only: against the x axis, counterclockwise, as ImageJ says it of a line.")
	private double angle = 0;

	@Parameter(label = "Noise (sigma in gray values, 0: estimate)", persist = false, style = NUMBER, min = "0",
		description = "How strong white noise is: its standard deviation in the image's gray values. 0: what noise there is, white or shot, is found from the image.")
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

	@Parameter(label = "Neighbours that help", persist = false, choices = { Neighbours.AUTOMATIC, Neighbours.NONE, Neighbours.SLICES, Neighbours.FRAMES },
		description = "Slices of a stack, or frames of a movie, that show the same help each other, with a model that has one for that beside it, as microscopy does. Automatic: slices or frames, of which there are more. None, or with a standard deviation: each is worked on alone.")
	private String neighbours = Neighbours.AUTOMATIC;

	@Parameter(label = "Standard deviation from so many images (0: none)", persist = false, min = "0",
		description = "How many other images that the observation allows are drawn, 2 or more; how far they spread is shown as a second image. Each takes longer than the one. 0: none.")
	private int samples = 0;

	@Parameter(label = "Steps (0: the usual)", persist = false, min = "0",
		description = "Turns of the restoration. More take longer.")
	private int steps = 0;

	@Parameter(label = "Outline what looks unlike the model's images", persist = false,
		description = "Draws an overlay where the result, blurred again, differs from the image by more than noise can be: the PSF is another there, or the image unlike what the model knows.")
	private boolean overlay = false;

	@Parameter(type = ItemIO.OUTPUT, label = "Standard deviation")
	private ImagePlus sd;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Deconvolved")
	private ImagePlus deconvolved;

	@Override
	void arrange(final DialogLayout layout) {
		super.arrange(layout);
		final List<String> choices = new ArrayList<>(List.of(NUMBERS, MOTION));
		final int[] ids = WindowManager.getIDList();
		if (ids != null) for (final int id : ids)
			if (WindowManager.getImage(id) != shown()) choices.add(WindowManager.getImage(id).getTitle());
		layout.choices("psf", choices);
		if (shown() == null || shown().getNSlices() * shown().getNFrames() == 1) layout.leaveOut("neighbours");
	}

	@Override
	List<String> asked() {
		return List.of("model", "psf", "aperture", "wavelength", "pixel", "channels", "slices", "frames", "output");
	}

	@Override
	String page() {
		return "docs/deconvolution.md";
	}

	@Override
	PlaneTask<Restored.Plane, Restored> task(final Planes planes, final PlaneSelection chosen) {
		return new Task(psf(), new NoiseSettings(sigma, gain, offset, read), new Deconvolver.Settings(steps, samples, seed), overlay, planes
			.selected(), (int) chosen.size() / chosen.channels().size(), Neighbours.along(neighbours, planes, samples == 0 ? null
				: "Neighbours do not help with a standard deviation"), neighbours);
	}

	/** @throws IllegalArgumentException with one sentence, if there is none */
	private Psf.Read psf() {
		if (MOTION.equalsIgnoreCase(psf)) return new Psf.Read(Psfs.motion(motion, angle), List.of("is a line of " + NoiseModel
			.rounded(motion) + " pixels at " + NoiseModel.rounded(angle) + "°"));
		if (psf != null && !psf.isBlank() && !NUMBERS.equalsIgnoreCase(psf)) {
			final PointSpread.Found found = PointSpread.read(psf, image);
			final Psf.Read point = Psf.of(found.image());
			final List<String> mended = new ArrayList<>(found.mended());
			mended.addAll(point.mended());
			return new Psf.Read(point.psf(), mended);
		}
		final boolean rings = WIDE_FIELD.equals(choose("The microscope", microscope, WIDE_FIELD, GAUSSIAN));
		Inputs.checkAtLeast("The pixel size", pixel, 0);
		final Optics optics = new Optics(aperture, NANOMETRES * wavelength, pixel > 0 ? pixel : PointSpread.pixel(image), immersion, specimen, depth);
		return new Psf.Read(rings ? Psfs.gibsonLanni(optics) : Psfs.gaussian(optics), List.of());
	}

	@Override
	void give(final Restored all) {
		sd = all.deviations();
		deconvolved = all.image();
	}

	/**
	 * @param selected [H,W], the pixels to work on; null: all
	 * @param perChannel number of planes that each channel has
	 * @param along what neighbours are that help; null: they do not
	 * @param neighbours as they were chosen
	 */
	private record Task(Psf.Read psf, NoiseSettings noise, Deconvolver.Settings settings, boolean overlay, boolean[] selected, int perChannel,
			Along along, String neighbours) implements RestorationTask {

		@Override
		public PlaneProcessor<Restored.Plane> open(final Model model) {
			return open(model, null);
		}

		@Override
		public PlaneProcessor<Restored.Plane> open(final Model model, final Model ofPlanes) {
			Neighbours.requireModel(along, neighbours, ofPlanes);
			return new Processor(this, model, new Deconvolver(model, ofPlanes), new FoundNoise(noise, perChannel));
		}

		@Override
		public Restored sink(final Planes planes, final PlaneSelection kept, final boolean fine) {
			return new Restored(planes, kept, "deconvolved", settings.samples() > 0, fine);
		}
	}

	private record Processor(Task task, Model model, Deconvolver deconvolver, FoundNoise noise) implements PlaneProcessor<Restored.Plane> {

		@Override
		public Raster look(final Plane plane) {
			noise.look(plane);
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
			final Raster observed = plane.read();
			final boolean[] missing = Missing.in(observed);
			if (Missing.isAll(missing)) {
				report.keep(plane, "None of its pixels is a finite number.");
				return null;
			}
			describe(plane, report);
			if (missing != null) report.remark("pixels that are no finite number stay as they are");
			final NoiseModel found = noise.of(plane, observed, report);
			if (found == null) report.remark("no noise was found, so it was taken for very weak");
			FoundNoise.sayIfUnknown(found, deconvolver.knowsCorrelation(), report);
			final Deconvolver.Settings settings = new Deconvolver.Settings(task.settings.steps(), task.settings.samples(), seed(task.settings.seed(), plane));
			final Deconvolver.Result helped = around == null ? null : deconvolver.deconvolve(index -> noise.noisy(around.plane(index), model, range), around
				.count(), around.index(), task.psf.psf(), settings, progress);
			if (helped != null) report.remark("neighbouring " + around.along().kind() + "s help, up to " + (deconvolver.planes() - 1) +
				" with each; the light of the others stays in it");
			else if (plane.planes().count() > 1) report.remark("planes were worked on one by one, each with the light of the others in it");
			final Deconvolver.Result result = helped != null ? helped : deconvolver.deconvolve(observed, task.psf.psf(), found, settings, progress);
			final Residual residual = result.noise() == null ? null : Residual.of(observed, result.again(), result.noise());
			if (residual != null) FoundNoise.alarm(plane, residual, "the result, blurred again, differs from it by more",
				"the PSF is another or the image is unlike what the model knows", report);
			return new Restored.Plane(result.image(), result.standardDeviation(), task.selected, residual == null || !task.overlay ? null : residual
				.where());
		}

		/** Says which PSF it was, and what had to be done to it. */
		private void describe(final Plane plane, final RunReport report) {
			task.psf.mended().forEach(what -> report.remark("the PSF " + what));
			final Psf psf = task.psf.psf();
			if (psf.isPoint()) report.remark("the PSF is a point, so there is no blur to take off, and the noise alone is");
			else {
				final double[] widths = psf.widths();
				report.remark(String.format(Locale.ROOT, "PSF of %d × %d pixels, at half of its maximum %.1f × %.1f wide", psf.width(), psf.height(), widths[0],
					widths[1]));
			}
			if (psf != psf.cut(plane.read().width(), plane.read().height())) report.remark("the PSF is larger than the image, and its middle was taken");
		}

		@Override
		public void close() {
			deconvolver.close();
		}
	}
}

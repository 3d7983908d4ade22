package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.choose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import ij.WindowManager;
import sc.fiji.cfebm.imagej.InpaintingMask;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes.Along;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.StackDenoiser;
import sc.fiji.cfebm.task.inpaint.Inpainter.Method;
import sc.fiji.cfebm.task.inpaint.Inpainter;
import sc.fiji.cfebm.ui.DialogLayout;

/** Fills in the pixels of a selection or mask; all others stay bit by bit as they are. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Inpaint...", headless = true)
public class InpaintCommand extends SeededPlaneCommand<Restored.Plane, Restored> {

	private static final String NOTHING_KNOWN = "No pixel is known there: some must be, or those before and behind it must show the same, with a model for stacks such as microscopy.";

	/** Noise that counts as none, as a share of the range of gray values. */
	private static final double LEAST = 0.002;

	@Parameter(label = "Fill in", persist = false,
		description = "Which pixels. Selection: inside the area that is drawn, or under a line of its width; without one, in a 32-bit image, the same as NaN. Overlay: the same for all selections in the overlay. NaN: pixels of a 32-bit image that are no numbers. Saturated: pixels at the largest value (255; in 16-bit images, what 10, 12, 14 or 16 bits hold at most). Or an open mask image, by its title: where it is not zero.")
	private String mask = InpaintingMask.SELECTION;

	@Parameter(label = "Method", persist = false, choices = { "Conservative", "Generative" },
		description = "Conservative: nearest to the truth, smooth in wide holes. Generative: draws what may have been there; it looks real and is not.")
	private String method = "Conservative";

	@Parameter(label = "Number of completions", persist = false, min = "1",
		description = "How many times the model draws what may have been in the holes. More than 1: the standard deviation is added as a second image. 1: many times quicker, without it.")
	private int completions = Defaults.COMPLETIONS;

	@Parameter(label = "Steps per scale (0: the usual)", persist = false, min = "0",
		description = "Langevin steps at each scale. 0: as many as the method usually takes.")
	private int steps = 0;

	@Parameter(label = "Feathered border (pixels, 0: none)", persist = false, min = "0", max = "32",
		description = "Width of a seam inside the hole in which a smooth continuation of the surroundings turns into the completion. Pixels outside stay exactly as they are.")
	private int feather = Defaults.FEATHER;

	@Parameter(label = "Whole planes that are missing: from", persist = false, choices = { Neighbours.AUTOMATIC, Neighbours.NONE, Neighbours.SLICES,
		Neighbours.FRAMES },
		description = "Slices of a stack, or frames of a movie, of which no pixel is known are foretold by those before and behind them, with a model that has one for that beside it, as microscopy does. Automatic: slices or frames, of which there are more. None: they stay.")
	private String neighbours = Neighbours.AUTOMATIC;

	@Parameter(type = ItemIO.OUTPUT, label = "Standard deviation")
	private ImagePlus sd;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Inpainted")
	private ImagePlus inpainted;

	@Override
	void arrange(final DialogLayout layout) {
		super.arrange(layout);
		final List<String> choices = new ArrayList<>(List.of(InpaintingMask.SELECTION, InpaintingMask.OVERLAY, InpaintingMask.NAN,
			InpaintingMask.SATURATED));
		final int[] ids = WindowManager.getIDList();
		if (ids != null) for (final int id : ids)
			if (WindowManager.getImage(id) != shown()) choices.add(WindowManager.getImage(id).getTitle());
		layout.choices("mask", choices);
		if (shown() == null || shown().getNSlices() * shown().getNFrames() == 1) layout.leaveOut("neighbours");
	}

	@Override
	List<String> asked() {
		return List.of("model", "mask", "method", "completions", "channels", "slices", "frames", "output");
	}

	@Override
	String page() {
		return "docs/inpainting.md";
	}

	@Override
	PlaneTask<Restored.Plane, Restored> task(final Planes planes, final PlaneSelection chosen) {
		return new Task(new Inpainter.Settings(choose("The method", method, Method.values()), completions, steps, feather, seed),
			new InpaintingMask(planes, chosen, mask), Neighbours.along(neighbours, planes, null), neighbours, planes.length(Along.SLICES) * planes.length(Along.FRAMES));
	}

	@Override
	void give(final Restored all) {
		sd = all.deviations();
		inpainted = all.image();
	}

	private static final class Task implements PlaneTask<Restored.Plane, Restored> {

		private final Inpainter.Settings settings;
		private final InpaintingMask holes;
		private final Along along;
		private final String neighbours;
		private final int perChannel;
		private boolean any, unknown;

		/**
		 * @param along what whole planes are foretold from; null: they are not
		 * @param neighbours as they were chosen
		 * @param perChannel number of planes that each channel has
		 */
		Task(final Inpainter.Settings settings, final InpaintingMask holes, final Along along, final String neighbours, final int perChannel) {
			this.settings = settings;
			this.holes = holes;
			this.along = along;
			this.neighbours = neighbours;
			this.perChannel = perChannel;
		}

		@Override
		public Along along() {
			return along;
		}

		@Override
		public PlaneProcessor<Restored.Plane> open(final Model model) {
			return open(model, null);
		}

		@Override
		public PlaneProcessor<Restored.Plane> open(final Model model, final Model ofPlanes) {
			Neighbours.requireModel(along, neighbours, ofPlanes);
			final Inpainter inpainter = new Inpainter(model);
			try {
				return new Processor(this, inpainter, ofPlanes == null ? null : new StackDenoiser(ofPlanes));
			}
			catch (final RuntimeException e) {
				inpainter.close();
				throw e;
			}
		}

		@Override
		public Restored.Plane joined(final PlaneParts parts, final List<Restored.Plane> results) {
			return parts.restored(results);
		}

		@Override
		public Restored sink(final Planes planes, final PlaneSelection kept, final boolean fine) {
			return new Restored(planes, kept, "inpainted", settings.completions() > 1, fine);
		}

		@Override
		public void looked() {
			if (!any) throw new IllegalArgumentException(unknown ? NOTHING_KNOWN : holes.nothing());
		}
	}

	/** Belongs to one run. */
	private static final class Processor implements PlaneProcessor<Restored.Plane> {

		private final Task task;
		private final Inpainter inpainter;
		/** Null: whole planes stay. */
		private final StackDenoiser stacks;
		private final Neighbours.Lines lines;
		private final FoundNoise found;
		private final Map<Integer, Normalization> ranges = new HashMap<>();

		Processor(final Task task, final Inpainter inpainter, final StackDenoiser stacks) {
			this.task = task;
			this.inpainter = inpainter;
			this.stacks = stacks;
			lines = new Neighbours.Lines(stacks, false);
			found = new FoundNoise(new NoiseSettings(0, 0, 0, 0), task.perChannel);
		}

		@Override
		public Raster look(final Plane plane) {
			final boolean[] hole = task.holes.in(plane.slice());
			final Raster known = ImageRange.known(plane.read(), hole);
			task.any |= hole != null && (known != null || stacks != null);
			task.unknown |= known == null;
			return known;
		}

		@Override
		public Restored.Plane process(final Plane plane, final Normalization range, final RunReport report, final Progress progress) {
			return process(plane, null, range, report, progress);
		}

		@Override
		public Restored.Plane process(final Plane plane, final Neighbours around, final Normalization range, final RunReport report,
			final Progress progress)
		{
			final boolean[] hole = task.holes.in(plane.slice());
			if (hole == null) return null;
			final Raster image = plane.read();
			if (ImageRange.known(image, hole) == null) return foretold(plane, around, report, progress);
			if (task.holes.isImplied()) report.remark("nothing is selected: pixels that were no finite number are filled in");
			if (inpainter.needsRange()) report.remark(DenoiseCommand.taken(range));
			final Inpainter.Result result = inpainter.inpaint(image, hole, range, task.settings.withSeed(seed(task.settings.seed(), plane)),
				progress);
			return new Restored.Plane(result.filled(), result.standardDeviation(), hole);
		}

		/** A plane of which nothing is known, from those before and behind it. How far it may be out, nobody knows. */
		private Restored.Plane foretold(final Plane plane, final Neighbours around, final RunReport report, final Progress progress) {
			final StackDenoiser.Stack stack = lines.of(plane, around, this::neighbour);
			final Raster foretold = stack == null ? null : stack.foretold(around.index(), progress);
			if (foretold == null) {
				report.leave(plane, NOTHING_KNOWN);
				return null;
			}
			report.remark("whole " + around.along().kind() + "s that are missing are foretold by those before and behind them, without their noise");
			Raster deviation = null;
			if (task.settings.completions() > 1) {
				deviation = foretold.copy();
				Arrays.fill(deviation.values(), Float.NaN);
				report.remark("there is no standard deviation of them");
			}
			return new Restored.Plane(foretold, deviation, null);
		}

		/** A plane as a neighbour; null: it is of another kind, or nothing of it is known. */
		private StackDenoiser.Noisy neighbour(final Plane plane) {
			if (plane == null) return null;
			final boolean[] hole = task.holes.in(plane.slice());
			final Raster known = ImageRange.known(plane.read(), hole);
			if (known == null) return null;
			final Raster image = plane.read().copy();
			for (int i = 0; hole != null && i < image.values().length; i++)
				if (hole[i]) image.values()[i] = Float.NaN;
			final Normalization range = ranges.computeIfAbsent(plane.channel(), channel -> Ranges.ofPercentiles(List.of(known)));
			final NoiseModel noise = found.of(plane, image);
			return new StackDenoiser.Noisy(image, noise != null ? noise : NoiseModel.white(LEAST * (range.high() - range.low())), range);
		}

		@Override
		public void close() {
			try {
				inpainter.close();
			}
			finally {
				if (stacks != null) stacks.close();
			}
		}
	}
}

package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.choose;

import java.util.ArrayList;
import java.util.List;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import ij.WindowManager;
import sc.fiji.cfebm.imagej.InpaintingMask;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.inpaint.Inpainter.Method;
import sc.fiji.cfebm.task.inpaint.Inpainter;
import sc.fiji.cfebm.ui.DialogLayout;

/** Fills in the pixels of a selection or mask; all others stay bit by bit as they are. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Inpaint...", headless = true)
public class InpaintCommand extends SeededPlaneCommand<Restored.Plane, Restored> {

	private static final String NOTHING_KNOWN = "No pixel is known there: some must be.";

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
			new InpaintingMask(planes, chosen, mask));
	}

	@Override
	void give(final Restored all) {
		sd = all.deviations();
		inpainted = all.image();
	}

	private static final class Task implements PlaneTask<Restored.Plane, Restored> {

		private final Inpainter.Settings settings;
		private final InpaintingMask holes;
		private boolean any, unknown;

		Task(final Inpainter.Settings settings, final InpaintingMask holes) {
			this.settings = settings;
			this.holes = holes;
		}

		@Override
		public PlaneProcessor<Restored.Plane> open(final Model model) {
			return new Processor(this, new Inpainter(model));
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

	private record Processor(Task task, Inpainter inpainter) implements PlaneProcessor<Restored.Plane> {

		@Override
		public Raster look(final Plane plane) {
			final boolean[] hole = task.holes.in(plane.slice());
			final Raster known = ImageRange.known(plane.read(), hole);
			task.any |= hole != null && known != null;
			task.unknown |= known == null;
			return known;
		}

		@Override
		public Restored.Plane process(final Plane plane, final Normalization range, final RunReport report, final Progress progress) {
			final boolean[] hole = task.holes.in(plane.slice());
			if (hole == null) return null;
			final Raster image = plane.read();
			if (ImageRange.known(image, hole) == null) {
				report.leave(plane, NOTHING_KNOWN);
				return null;
			}
			if (task.holes.isImplied()) report.remark("nothing is selected: pixels that were no finite number are filled in");
			if (inpainter.needsRange()) report.remark(DenoiseCommand.taken(range));
			final Inpainter.Result result = inpainter.inpaint(image, hole, range, task.settings.withSeed(seed(task.settings.seed(), plane)),
				progress);
			return new Restored.Plane(result.filled(), result.standardDeviation(), hole);
		}

		@Override
		public void close() {
			inpainter.close();
		}
	}
}

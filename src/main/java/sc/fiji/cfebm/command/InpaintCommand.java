package sc.fiji.cfebm.command;

import java.util.ArrayList;
import java.util.List;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import ij.WindowManager;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.InpaintingMask;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.inpaint.Inpainter.Method;
import sc.fiji.cfebm.task.inpaint.Inpainter;

/** Fills in the pixels of a selection or mask; all others stay bit by bit as they are. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Inpaint...", headless = true, initializer = "init")
public class InpaintCommand extends RestorationCommand<Inpainter> {

	@Parameter(label = "Fill in", persist = false,
		description = "Which pixels. Selection: inside the area that is drawn, or under a line of its width. Overlay: the same for all selections in the overlay. NaN: pixels of a 32-bit image that are no numbers. Saturated: pixels at the largest value (255; in 16-bit images, what 10, 12, 14 or 16 bits hold at most). Or an open mask image, by its title: where it is not zero.")
	private String mask = InpaintingMask.SELECTION;

	@Parameter(label = "Method", persist = false, choices = { "Careful", "Inventive" },
		description = "Careful: nearest to the truth, blurred in wide holes; half of the way from a smooth continuation of the surroundings to what the model makes of it. Inventive: draws what may have been there; it looks real and is not.")
	private String method = "Careful";

	@Parameter(label = "Number of completions", persist = false, min = "1",
		description = "How often the holes are filled in. More than 1: the result is the mean, and the standard deviation is added as a second image.")
	private int completions = 8;

	@Parameter(label = "Steps per scale (0: the usual)", persist = false, min = "0",
		description = "Langevin steps at each scale. 0: as many as the method usually takes.")
	private int steps = 0;

	@Parameter(label = "Feathered border (pixels, 0: none)", persist = false, min = "0", max = "32",
		description = "Width of a seam inside the hole in which a smooth continuation of the surroundings turns into the completion. Pixels outside stay exactly as they are.")
	private int feather = 0;

	@Parameter(type = ItemIO.OUTPUT, label = "Standard deviation")
	private ImagePlus sd;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Inpainted")
	private ImagePlus inpainted;

	private InpaintingMask holes;
	private Inpainter.Settings settings;

	@Override
	protected void init() {
		super.init();
		final List<String> choices = new ArrayList<>(List.of(InpaintingMask.SELECTION, InpaintingMask.OVERLAY, InpaintingMask.NAN, InpaintingMask.SATURATED));
		final int[] ids = WindowManager.getIDList();
		if (ids != null) for (final int id : ids)
			if (WindowManager.getImage(id) != shown()) choices.add(WindowManager.getImage(id).getTitle());
		getInfo().getMutableInput("mask", String.class).setChoices(choices);
	}

	@Override
	List<String> asked() {
		return List.of("model", "mask", "method", "completions", "channels", "slices", "frames");
	}

	@Override
	String page() {
		return "docs/inpainting.md";
	}

	@Override
	void prepare(final Planes planes, final PlaneSelection chosen) {
		settings = new Inpainter.Settings(choose("The method", method, Method.values()), completions, steps, feather, seed);
		holes = new InpaintingMask(image, mask);
		holes.check(chosen.planes());
	}

	@Override
	Inpainter open(final Model loaded) {
		return new Inpainter(loaded);
	}

	@Override
	Raster known(final Planes planes, final int slice) {
		return holes.known(planes, slice);
	}

	@Override
	boolean[] where(final int slice) {
		final boolean[] hole = holes.in(slice);
		return hole != null ? hole : new boolean[0];
	}

	@Override
	Result work(final Inpainter inpainter, final Plane plane, final Progress progress) {
		final Raster known = holes.blank(plane.planes(), plane.slice(), plane.where(), (float) plane.range().low());
		final Inpainter.Result result = inpainter.inpaint(known, plane.where(), plane.range(), settings.withSeed(seed(plane)), progress);
		return new Result(result.mean(), result.standardDeviation());
	}

	@Override
	boolean hasDeviations() {
		return completions > 1;
	}

	@Override
	void give(final Restored restored) {
		sd = restored.deviations("sd");
		inpainted = restored.image("inpainted");
	}
}

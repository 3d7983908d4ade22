package sc.fiji.cfebm.command;

import java.util.ArrayList;
import java.util.List;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import ij.WindowManager;
import sc.fiji.cfebm.image.Chosen;
import sc.fiji.cfebm.image.Holes;
import sc.fiji.cfebm.image.Planes;
import sc.fiji.cfebm.image.Restored;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.Inpainter;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;

/** Fills in the pixels of a selection or mask; all others stay bit by bit as they are. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Inpaint...", headless = true, initializer = "init")
public class InpaintCommand extends RestorationCommand<Inpainter> {

	@Parameter(label = "Fill in", persist = false,
		description = "Selection, Overlay, or the title of an open mask image, whose pixels that are not zero are filled in.")
	private String mask = Holes.SELECTION;

	@Parameter(label = "Completions", persist = false, min = "1",
		description = "Above 1 the result is their mean, and their standard deviation is added as an image.")
	private int completions = 1;

	@Parameter(label = "Steps", persist = false, min = "1", description = "Langevin steps per scale.")
	private int steps = 30;

	@Parameter(type = ItemIO.OUTPUT, label = "Standard deviation")
	private ImagePlus sd;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Inpainted")
	private ImagePlus inpainted;

	@Override
	protected void init() {
		super.init();
		final List<String> choices = new ArrayList<>(List.of(Holes.SELECTION, Holes.OVERLAY));
		final int[] ids = WindowManager.getIDList();
		if (ids != null) for (final int id : ids)
			if (WindowManager.getImage(id) != image) choices.add(WindowManager.getImage(id).getTitle());
		getInfo().getMutableInput("mask", String.class).setChoices(choices);
	}

	private Holes holes;

	@Override
	void prepare(final Planes planes, final Chosen chosen) {
		checkAtLeast("The number of completions", completions, 1);
		checkAtLeast("The number of steps", steps, 1);
		holes = new Holes(image, mask);
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
	Result restore(final Inpainter inpainter, final Plane plane, final Progress progress) {
		final Raster known = holes.blank(plane.planes(), plane.slice(), plane.where(), (float) plane.range().low());
		final Inpainter.Result result = inpainter.inpaint(known, plane.where(), plane.range(), new Inpainter.Settings(
			completions, steps, plane.seed()), progress);
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

package sc.fiji.cfebm.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import ij.ImageStack;
import ij.WindowManager;
import sc.fiji.cfebm.image.Holes;
import sc.fiji.cfebm.image.Planes;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.Inpainter;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.ui.CommandProgress;

/** Fills in the pixels of a selection or mask; all others stay bit by bit as they are. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Inpaint...", headless = true, initializer = "init")
public class InpaintCommand extends RestorationCommand {

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

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		checkAtLeast("The number of completions", completions, 1);
		checkAtLeast("The number of steps", steps, 1);
		final Planes planes = planes();
		final Holes holes = new Holes(image, mask);
		holes.check();
		final Model loaded = readModel(planes);
		final Normalization normalization = range(loaded, planes.channels(), () -> holes.known(planes), UnaryOperator
			.identity());
		final ImageStack means = planes.newStack(), deviations = planes.newStack();
		try (Inpainter inpainter = new Inpainter(loaded)) {
			for (int slice = 1; slice <= planes.count(); slice++) {
				progress.throwIfCanceled();
				final boolean[] hole = holes.in(slice);
				Raster mean = planes.read(slice), deviation = null;
				if (hole != null) {
					final Raster known = holes.blank(planes, slice, hole, (float) normalization.low());
					final var part = progress.part(slice - 1, planes.count());
					final var settings = new Inpainter.Settings(completions, steps, seed + slice - 1);
					final Inpainter.Result result = restore(planes, slice, //
						() -> inpainter.inpaint(known, hole, normalization, settings, part));
					mean = result.mean();
					deviation = result.standardDeviation();
				}
				planes.write(mean, hole, slice, means);
				if (completions > 1) planes.writeFloat(deviation != null ? deviation : new Raster(mean.width(), mean.height(), mean
					.channels()), slice, deviations);
			}
		}
		if (completions > 1) sd = planes.floatLike(image.getTitle() + "-sd", deviations);
		inpainted = planes.like(image.getTitle() + "-inpainted", means);
	}
}

package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.FINEST;
import static sc.fiji.cfebm.command.Inputs.checkAtLeast;
import static sc.fiji.cfebm.command.Inputs.choose;
import static sc.fiji.cfebm.command.Inputs.stage;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.Gallery;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.ui.CommandProgress;

/** Invents images like those a model was trained on: to see what it has learnt, never to measure. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Sample...", headless = true)
public class SampleCommand extends ModelCommand {

	static final String STACK = "Stack", MONTAGE = "Montage";

	@Parameter(label = "Number of images", persist = false, min = "1", description = "How many images to invent: never measure them.")
	private int count = 16;

	@Parameter(label = "Show as", persist = false, choices = { STACK, MONTAGE },
		description = "Stack: one slice per image. Montage: all side by side.")
	private String output = STACK;

	@Parameter(label = "Stage (side of its tile in pixels)", persist = false, choices = { FINEST, "8", "16", "32", "64", "128" },
		description = "Which of the model's networks, coarse to fine, comes last. A coarser one gives smaller images of the same things, faster.")
	private String stage = FINEST;

	@Parameter(label = "Width (pixels, 0: the model's tile)", persist = false, min = "0", description = "Width of each image. 0: that of the tile the model was trained with.")
	private int width = 0;

	@Parameter(label = "Height (pixels, 0: the model's tile)", persist = false, min = "0", description = "Height of each image. 0: that of the tile the model was trained with.")
	private int height = 0;

	@Parameter(label = "Steps per stage (0: the usual)", persist = false, min = "0",
		description = "Langevin steps in each stage. 0: as many as suit the model.")
	private int steps = 0;

	@Parameter(label = "Add the intermediate steps: every n-th (0: none)", persist = false, min = "0",
		description = "One more image whose frames show how the images come out of noise.")
	private int trajectory = 0;

	@Parameter(label = "Random seed", persist = false, description = "Start of the random numbers, a whole number: the same seed gives the same images.")
	private long seed = Defaults.SEED;

	@Parameter(type = ItemIO.OUTPUT, label = "Trajectory")
	private ImagePlus states;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Samples")
	private ImagePlus samples;

	@Override
	List<String> asked() {
		return List.of("model", "count", "output", "width", "height");
	}

	/** A model that is not told what is bright can't invent images. */
	@Override
	boolean suits(final Model bundled) {
		return bundled.info().start() != null;
	}

	@Override
	String page() {
		return "docs/sampling.md";
	}

	@Override
	public void check() throws IOException {
		super.check();
		requireStage(stage);
	}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final boolean montage = MONTAGE.equals(choose("Show as", output, STACK, MONTAGE));
		checkAtLeast("The number of images", count, 1);
		checkAtLeast("The width", width, 0);
		checkAtLeast("The height", height, 0);
		checkAtLeast("The number of steps", steps, 0);
		checkAtLeast("The trajectory's number of steps", trajectory, 0);
		final Model loaded = readModel();
		final Sampler.Result result;
		try (Sampler sampler = new Sampler(loaded)) {
			result = sampler.sample(Sampler.Settings.of(count, stage(loaded, stage), seed).withSteps(steps).withSize(width, height)
				.withTrajectory(trajectory), progress);
		}
		final UnaryOperator<List<Raster>> shown = pictures -> montage ? List.of(Gallery.montage(pictures, loaded.range()
			.low())) : pictures;
		final String name = modelName();
		if (trajectory > 0) states = Gallery.of("trajectory of " + name, result.trajectory().stream().map(shown).toList(),
			loaded.range());
		samples = Gallery.of("samples of " + name, List.of(shown.apply(result.samples())), loaded.range());
	}
}

package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.checkAtLeast;

import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.IJ;
import ij.ImagePlus;
import ij.text.TextWindow;
import sc.fiji.cfebm.imagej.Gallery;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelDescription;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.ui.CommandProgress;

/** Describes a model, in a window or (headless, and in macros) in the log, and shows some samples of it. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Model Info...", headless = true)
public class ModelInfoCommand extends ModelCommand {

	@Parameter(label = "Number of samples (0: none)", persist = false, min = "0",
		description = "How many images the model invents, shown side by side: they show what it has learnt.")
	private int samples = 8;

	@Parameter(label = "Random seed", persist = false, description = "Start of the random numbers, a whole number: the same seed gives the same samples.")
	private long seed = Defaults.SEED;

	@Parameter(type = ItemIO.OUTPUT, label = "Samples")
	private ImagePlus strip;

	@Override
	List<String> asked() {
		return List.of("model", "samples");
	}

	@Override
	String page() {
		return "docs/using.md";
	}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		checkAtLeast("The number of samples", samples, 0);
		final Model loaded = readAnyModel();
		final String name = modelName();
		final Map<String, String> lines = ModelDescription.of(loaded);
		if (samples > 0) try (Sampler sampler = new Sampler(loaded)) {
			strip = strip(name, loaded, sampler, progress);
		}
		catch (final IllegalArgumentException e) {
			// That describes it, too.
			lines.put("Samples", "none. " + e.getMessage());
		}
		if (IJ.isMacro() || GraphicsEnvironment.isHeadless()) lines.forEach((key, value) -> progress.log(key + ": " + value));
		else {
			final StringBuilder table = new StringBuilder();
			// Long lines go over several rows: the window has no others.
			lines.forEach((key, value) -> table.append(key).append('\t').append(value.replaceAll("(?=.{86})(.{30,85}) ", "$1\n\t")).append('\n'));
			new TextWindow("Model " + name, name + "\t ", table.toString(), 960, 480);
		}
	}

	private ImagePlus strip(final String name, final Model loaded, final Sampler sampler, final CommandProgress progress) {
		final List<Raster> pictures = sampler.sample(Sampler.Settings.of(samples, sampler.finest(), seed), progress)
			.samples();
		final Raster row = Gallery.montage(pictures, pictures.size(), loaded.range().low());
		final ImagePlus imp = Gallery.of("samples of " + name, List.of(List.of(row)), loaded.range());
		// Dark images are to be seen, too.
		if (imp.getBitDepth() == 32) imp.resetDisplayRange();
		return imp;
	}
}

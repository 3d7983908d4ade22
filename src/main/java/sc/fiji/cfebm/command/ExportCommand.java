package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.FINEST;
import static sc.fiji.cfebm.command.Inputs.isBlank;
import static sc.fiji.cfebm.command.Inputs.stage;

import java.io.File;
import java.io.IOException;

import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.export.Dl4jExport;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.ui.CommandProgress;

/** Writes a stage of a model as a network of Deeplearning4j, for programs that know nothing of this plugin. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Export...", headless = true)
public class ExportCommand extends ModelCommand {

	@Parameter(label = "Stage (side of its tile in pixels)", persist = false, choices = { FINEST, "8", "16", "32", "64", "128" },
		description = "Which of the model's networks is written, coarse to fine: each is one of its own.")
	private String stage = FINEST;

	@Parameter(label = "Save the network as (.zip)", required = false, persist = false, style = "save",
		description = "The file that the network is written into: a zip that Deeplearning4j reads, and that says what it takes and gives.")
	private File file;

	@Parameter(label = "Overwrite an existing file", persist = false, description = "Off: a file that exists is left as it is.")
	private boolean overwrite = false;

	@Override
	String page() {
		return "docs/api.md";
	}

	@Override
	public void check() throws IOException {
		super.check();
		requireStage(stage);
		requireTarget();
	}

	private void requireTarget() {
		if (isBlank(file)) throw new IllegalArgumentException(
			"No file to write is given: choose where to write the network, such as nuclei.zip.");
		if (file.isFile() && !overwrite) throw new IllegalArgumentException("The file " + file +
			" exists: name another one, or choose to overwrite it.");
	}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final Model loaded = readModel();
		final int chosen = stage(loaded, stage);
		requireTarget();
		Dl4jExport.write(loaded, chosen, file.toPath());
		progress.log("The network of the stage of " + NetworkSpec.resolution(chosen) + " pixels is in " + file + ".");
	}
}

package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

import org.scijava.plugin.Parameter;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.ui.DialogLayout;

/** A command that asks for a model and for no image. */
abstract class ModelCommand extends CfebmCommand {

	@Parameter(label = "Model", required = false, persist = false, style = "open",
		description = "The name of a model that comes with the plugin, or a .cfebm file written by CF-EBM Train.")
	private File model;

	/** @throws IOException with one sentence, if there is no such model */
	final Model readModel() throws IOException {
		return Inputs.readModel(model);
	}

	/** Whatever it is for. @throws IOException with one sentence, if there is no such model */
	final Model readAnyModel() throws IOException {
		return Inputs.readAnyModel(model);
	}

	/** Where the model is. @throws IOException with one sentence, if there is no such model */
	final Path modelFile() throws IOException {
		return Inputs.findModel(model);
	}

	/** As titles say it: the file's name without its ending. */
	final String modelName() {
		return model.getName().replaceFirst("\\.cfebm$", "");
	}

	/** Looks quickly whether the model has a stage. */
	final void requireStage(final String stage) throws IOException {
		// Every model has this one.
		if (!Inputs.FINEST.equalsIgnoreCase(stage)) Inputs.stage(readModel(), stage);
	}

	@Override
	void arrange(final DialogLayout layout) {
		offerModels(layout, "model");
	}
}

package sc.fiji.cfebm.command.host;

import java.io.File;

import org.scijava.module.ModuleInfo;

import ij.Prefs;

/** The model that each command was last run with from a dialog; ImageJ's preferences keep it. */
public final class LastModels {

	private LastModels() {}

	private static String key(final ModuleInfo command) {
		return "cfebm.model." + command.getDelegateClassName().replaceFirst(".*\\.", "");
	}

	static void used(final ModuleInfo command, final File model) {
		if (model != null && !model.getPath().isBlank()) Prefs.set(key(command), model.getPath());
	}

	/** The model, or models with semicolons between them, as typed; empty: none so far. */
	public static String of(final ModuleInfo command) {
		return Prefs.get(key(command), "");
	}
}

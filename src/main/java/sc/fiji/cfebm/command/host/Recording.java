package sc.fiji.cfebm.command.host;

import ij.plugin.frame.Recorder;

/** What ImageJ's recorder keeps of a command. */
public final class Recording {

	private Recording() {}

	/** Lets the recorder forget a command that came to nothing: its line would come to nothing again, or to something else. */
	public static void forget(final String command) {
		// Meanwhile another one may have begun.
		if (command.equals(Recorder.getCommand())) Recorder.setCommand(null);
	}
}

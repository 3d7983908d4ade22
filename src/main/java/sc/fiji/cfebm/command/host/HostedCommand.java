package sc.fiji.cfebm.command.host;

import java.io.IOException;
import java.util.List;

import org.scijava.Cancelable;
import org.scijava.command.Command;
import org.scijava.module.ModuleItem;

import sc.fiji.cfebm.ui.DialogLayout;

/**
 * A command of this plugin, as the hosts that run it see it. It is no SciJava module: SciJava wraps it in one, and
 * {@link PrepareInputs} fills that in.
 */
public interface HostedCommand extends Command, Cancelable {

	/** The inputs in the order of dialogs and records, images first. */
	List<ModuleItem<?>> inputs();

	/** How a dialog asks for the inputs, once the image is set. */
	DialogLayout layout();

	/** Why the command can't run at all with what is open, in one sentence; null if it can. */
	String obstacle();

	/**
	 * Looks at the inputs as a dialog has set them, quickly: what is wrong is said while the dialog is still open.
	 *
	 * @throws IllegalArgumentException with one sentence
	 * @throws IOException with one sentence
	 */
	void check() throws IOException;

	/** Lets the command do nothing but end with this sentence, as with an error of its own. */
	void refuse(String sentence);

	/**
	 * Says that whoever runs this command sets its inputs, has read the macro's options, and stops the macro, with the reason of a
	 * cancellation.
	 */
	void leaveMacroToCaller();

	/** Whether {@link #leaveMacroToCaller} was said. */
	boolean leavesMacroToCaller();
}

package sc.fiji.cfebm.command.host;

/** A command of this plugin, as the hosts that run it see it. */
public interface HostedCommand {

	/** Says that whoever runs this command has read the macro's options and stops the macro, with the reason of a cancellation. */
	void leaveMacroToCaller();
}

package sc.fiji.cfebm.command.host;

import org.scijava.app.StatusService;
import org.scijava.event.EventHandler;
import org.scijava.module.event.ModuleCanceledEvent;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import org.scijava.service.AbstractService;
import org.scijava.service.SciJavaService;
import org.scijava.service.Service;

/** Takes SciJava's “Canceling command”, which would stay in the status bar, away when one of this plugin's commands was canceled. */
@Plugin(type = Service.class)
public final class ClearCanceledStatus extends AbstractService implements SciJavaService {

	@Parameter(required = false)
	private StatusService status;

	/** SciJava shows its text first and then publishes this. */
	@EventHandler
	private void onCanceled(final ModuleCanceledEvent event) {
		if (status != null && event.getModule().getDelegateObject() instanceof HostedCommand) status.clearStatus();
	}
}

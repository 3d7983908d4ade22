package sc.fiji.cfebm.command.host;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.scijava.app.StatusService;
import org.scijava.app.event.StatusEvent;
import org.scijava.event.EventHandler;
import org.scijava.module.event.ModuleCanceledEvent;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;
import org.scijava.service.AbstractService;
import org.scijava.service.SciJavaService;
import org.scijava.service.Service;

/**
 * Takes SciJava's “Canceling command” or “Command canceled”, which would stay in the status bar, away when one of this plugin's
 * commands was canceled.
 */
@Plugin(type = Service.class)
public final class ClearCanceledStatus extends AbstractService implements SciJavaService {

	@Parameter(required = false)
	private StatusService status;

	/** SciJava gives each listener of an event in turn, and events out of turn: the text may yet be on its way to the status bar. */
	private static final Executor SOON = CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);

	/** Titles of commands that were canceled. They stay: SciJava may show two texts for one. */
	private final Set<String> canceled = ConcurrentHashMap.newKeySet();

	/** Some versions of SciJava show their text before they publish this, others after. */
	@EventHandler
	private void onCanceled(final ModuleCanceledEvent event) {
		if (status == null || !(event.getModule().getDelegateObject() instanceof HostedCommand)) return;
		canceled.add(event.getModule().getInfo().getTitle());
		SOON.execute(status::clearStatus);
	}

	@EventHandler
	private void onStatus(final StatusEvent event) {
		final String text = event.getStatusMessage();
		if (text != null && text.toLowerCase(Locale.ROOT).contains("cancel") && canceled.stream().anyMatch(text::contains)) //
			SOON.execute(status::clearStatus);
	}
}

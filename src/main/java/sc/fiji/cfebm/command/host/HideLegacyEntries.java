package sc.fiji.cfebm.command.host;

import org.scijava.Identifiable;
import org.scijava.Priority;
import org.scijava.UIDetails;
import org.scijava.event.EventHandler;
import org.scijava.module.ModuleInfo;
import org.scijava.module.event.ModulesAddedEvent;
import org.scijava.plugin.Plugin;
import org.scijava.service.AbstractService;
import org.scijava.service.SciJavaService;
import org.scijava.service.Service;

/**
 * Hides plain ImageJ's entries from Fiji's search bar. Fiji reads {@code plugins.config}, too, and although the commands take its
 * place in the menu, each would be found twice, and the first time it would be the {@link Bridge} that runs.
 */
// Before imagej-legacy adds them. Asking for all modules afterwards would be too early for those that are scripts.
@Plugin(type = Service.class, priority = Priority.VERY_HIGH)
public final class HideLegacyEntries extends AbstractService implements SciJavaService {

	/** What imagej-legacy calls them. */
	static final String PLAIN = "legacy:" + Bridge.class.getName();

	@EventHandler
	private void onAdded(final ModulesAddedEvent event) {
		for (final ModuleInfo info : event.getItems())
			if (info instanceof UIDetails && info instanceof Identifiable && ((Identifiable) info).getIdentifier().startsWith(PLAIN))
				((UIDetails) info).setVisible(false);
	}
}

package sc.fiji.cfebm.command.host;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.app.event.StatusEvent;
import org.scijava.command.Command;
import org.scijava.command.CommandInfo;
import org.scijava.event.EventHandler;
import org.scijava.event.EventService;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;
import org.scijava.thread.ThreadService;

import sc.fiji.cfebm.ui.DialogLayout;

class ClearCanceledStatusTest {

	/** A command that the user cancels at once. */
	public static class Canceled implements Command, Cancelable {

		private boolean canceled;

		@Override
		public void run() {
			canceled = true;
		}

		@Override
		public boolean isCanceled() {
			return canceled;
		}

		@Override
		public void cancel(final String reason) {
			canceled = true;
		}

		@Override
		public String getCancelReason() {
			return null;
		}
	}

	/** Such a command of this plugin. */
	public static final class Ours extends Canceled implements HostedCommand {

		@Override
		public List<ModuleItem<?>> inputs() {
			return List.of();
		}

		@Override
		public DialogLayout layout() {
			throw new UnsupportedOperationException();
		}

		@Override
		public String obstacle() {
			return null;
		}

		@Override
		public void check() {
			// There are no inputs.
		}

		@Override
		public void refuse(final String sentence) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void leaveMacroToCaller() {
			// No macro runs.
		}

		@Override
		public boolean leavesMacroToCaller() {
			return false;
		}
	}

	private final List<String> shown = new CopyOnWriteArrayList<>();

	@EventHandler
	private void onStatus(final StatusEvent event) {
		shown.add(event.getStatusMessage());
	}

	@Test
	@Timeout(60)
	void afterCancelTheStatusIsEmptyAndThatOfOtherPluginsStays() throws Exception {
		try (Context context = run(Ours.class)) {
			await(() -> shown.stream().anyMatch(ClearCanceledStatusTest::isAboutCancel));
			await(() -> shown.get(shown.size() - 1).isEmpty());
		}
		try (Context context = run(Canceled.class)) {
			await(() -> !shown.isEmpty());
			// Longer than the plugin takes.
			Thread.sleep(1000);
			assertTrue(isAboutCancel(shown.get(shown.size() - 1)), shown.toString());
		}
	}

	private static boolean isAboutCancel(final String text) {
		return text.toLowerCase(Locale.ROOT).contains("cancel");
	}

	/** Events come on other threads, out of turn. */
	private static void await(final BooleanSupplier condition) throws InterruptedException {
		while (!condition.getAsBoolean())
			Thread.sleep(10);
	}

	/** @return the open context in which the command has run */
	private Context run(final Class<? extends Command> command) throws Exception {
		shown.clear();
		final Context context = new Context(StatusService.class, ModuleService.class, EventService.class, ThreadService.class,
			ClearCanceledStatus.class);
		context.service(EventService.class).subscribe(this);
		context.service(ModuleService.class).run(new CommandInfo(command), true, Map.of()).get();
		return context;
	}
}

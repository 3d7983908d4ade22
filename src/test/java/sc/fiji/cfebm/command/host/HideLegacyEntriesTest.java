package sc.fiji.cfebm.command.host;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.scijava.Context;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.event.EventService;
import org.scijava.module.ModuleService;

import sc.fiji.cfebm.command.SampleCommand;

class HideLegacyEntriesTest {

	/** As imagej-legacy has it: an entry of {@code plugins.config}. */
	private static final class Legacy extends CommandInfo {

		private final String plugin;

		Legacy(final String plugin) {
			super(SampleCommand.class);
			this.plugin = plugin;
		}

		@Override
		public String getIdentifier() {
			return "legacy:" + plugin;
		}
	}

	@Test
	void whatPlainImageJRunsIsHiddenAndNothingElse() throws Exception {
		final Legacy ours = new Legacy(Bridge.class.getName()), other = new Legacy("ij.plugin.Converter");
		try (Context context = new Context(HideLegacyEntries.class, CommandService.class, ModuleService.class, EventService.class)) {
			context.service(ModuleService.class).addModules(List.of(ours, other));
			for (int i = 0; i < 50 && ours.isVisible(); i++)
				TimeUnit.MILLISECONDS.sleep(20);
			assertFalse(ours.isVisible());
			assertTrue(other.isVisible());
			for (final CommandInfo command : context.service(CommandService.class).getCommands())
				assertTrue(command.isVisible(), command.getTitle());
		}
	}
}

package sc.fiji.cfebm.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import sc.fiji.cfebm.job.Plan;

/** {@code cfebm run}. */
@Command(name = "run", mixinStandardHelpOptions = true, description = {
	"Does the tasks of a plan that are not done yet. Any number of these may run at the same time, here and on other computers.", "" })
final class RunCall implements Callable<Integer> {

	@Parameters(index = "0", paramLabel = "PLAN", description = "What cfebm plan has written.")
	private Path file;

	@Mixin
	private Shared.Running running;

	@Mixin
	private Shared.Computing computing;

	@Mixin
	private Shared.Telling telling;

	@Override
	public Integer call() throws Exception {
		final Console console = telling.console();
		computing.apply(console);
		return running.run(Plan.read(file), console);
	}
}

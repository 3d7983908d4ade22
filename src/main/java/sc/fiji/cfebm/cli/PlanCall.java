package sc.fiji.cfebm.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import sc.fiji.cfebm.job.Plan;

/** {@code cfebm plan}. */
@Command(name = "plan", mixinStandardHelpOptions = true, description = {
	"Looks at a volume and writes a plan, for any number of programs that do parts of it by cfebm run.", "" })
final class PlanCall implements Callable<Integer> {

	@Parameters(index = "0", paramLabel = "INPUT", description = "An OME-Zarr, or a TIFF stack.")
	private Path input;

	@Parameters(index = "1", paramLabel = "OUTPUT", description = "The result, NAME.zarr.")
	private Path output;

	@Option(names = { "-o", "--plan" }, paramLabel = "FILE", defaultValue = "plan.json", description = "Where the plan goes (default: ${DEFAULT-VALUE}).")
	private Path file;

	@Mixin
	private Shared.Wanted wanted;

	@Mixin
	private Shared.Telling telling;

	@Override
	public Integer call() throws Exception {
		final Console console = telling.console();
		final Plan plan = wanted.plan(input, output, console);
		plan.write(file);
		final Map<String, Object> facts = new LinkedHashMap<>();
		facts.put("plan", file.toString());
		facts.put("tasks", plan.tasks());
		facts.put("noise", plan.noise());
		console.result(facts, file + ": " + plan.tasks() + (plan.tasks() == 1 ? " task" : " tasks"));
		return 0;
	}
}

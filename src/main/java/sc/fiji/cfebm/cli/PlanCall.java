package sc.fiji.cfebm.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

	@Option(names = "--task", paramLabel = "TASK", defaultValue = Plan.DENOISE, description = "What is to be done: " + Plan.DENOISE + ", or " +
		Plan.ANOMALY + " for a map of what is unusual (default: ${DEFAULT-VALUE}).")
	private String task;

	@Spec
	private CommandSpec spec;

	@Mixin
	private Shared.Wanted wanted;

	@Mixin
	private Shared.Telling telling;

	@Override
	public Integer call() throws Exception {
		if (!List.of(Plan.DENOISE, Plan.ANOMALY).contains(task)) throw Main.wrong(spec, "--task must be " + Plan.DENOISE + " or " + Plan.ANOMALY +
			", not " + task + ".");
		final Console console = telling.console();
		final Plan plan = wanted.plan(task, input, output, console);
		plan.write(file);
		final Map<String, Object> facts = new LinkedHashMap<>();
		facts.put("plan", file.toString());
		facts.put("tasks", plan.tasks());
		facts.put("noise", plan.noise());
		console.result(facts, file + ": " + plan.tasks() + (plan.tasks() == 1 ? " task" : " tasks"));
		return 0;
	}
}

package sc.fiji.cfebm.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.job.Runner;

/** {@code cfebm status}. */
@Command(name = "status", mixinStandardHelpOptions = true, description = { "Says how much of a plan is done.", "" })
final class StatusCall implements Callable<Integer> {

	@Parameters(index = "0", paramLabel = "PLAN", description = "What cfebm plan has written.")
	private Path file;

	@Mixin
	private Shared.Telling telling;

	@Override
	public Integer call() throws Exception {
		final Plan plan = Plan.read(file);
		final long done = Runner.done(plan, new Volumes());
		final Map<String, Object> facts = new LinkedHashMap<>();
		facts.put("output", plan.output());
		facts.put("tasks", plan.tasks());
		facts.put("done", done);
		telling.console().result(facts, done + " of " + plan.tasks() + " tasks are done");
		return done == plan.tasks() ? 0 : Main.LEFT;
	}
}

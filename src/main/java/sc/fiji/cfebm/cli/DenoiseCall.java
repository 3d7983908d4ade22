package sc.fiji.cfebm.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cfebm denoise}. */
@Command(name = "denoise", mixinStandardHelpOptions = true, description = {
	"Denoises a volume: plans, then does all tasks. Called again after it was stopped, it goes on.", "" })
final class DenoiseCall implements Callable<Integer> {

	@Parameters(index = "0", paramLabel = "INPUT", description = "An OME-Zarr.")
	private Path input;

	@Parameters(index = "1", paramLabel = "OUTPUT", description = "The result, NAME.zarr; a new one, or one that this call has begun.")
	private Path output;

	@Mixin
	private Shared.Wanted wanted;

	@Mixin
	private Shared.Running running;

	@Mixin
	private Shared.Telling telling;

	@Override
	public Integer call() throws Exception {
		final Console console = telling.console();
		return running.run(wanted.plan(input, output, console), console);
	}
}

package sc.fiji.cfebm.cli;

import java.nio.file.Path;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.UnmatchedArgumentException;

import sc.fiji.cfebm.command.FileCommands;
import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.volume.OmeZarr;

/** {@code cfebm denoise}. */
@Command(name = "denoise", mixinStandardHelpOptions = true, description = {
	"Denoises a volume, an image or a folder of images. Called again after it was stopped, it goes on with a volume or a folder.", "",
	"An image or a folder is denoised as by the plugin's command, with the same keys, those at the end; " +
		"of the options below --model, --neighbours, --sigma, --gain, --offset and --read are meant for them, too.", "" })
final class DenoiseCall extends FileCall {

	@Parameters(index = "0", paramLabel = "INPUT", description = "An OME-Zarr, an image file, or a folder of images.")
	private Path input;

	@Parameters(index = "1", paramLabel = "OUTPUT", description = "The result: NAME.zarr, NAME.tif or a folder; a new one, or one that this call has begun.")
	private Path output;

	@Mixin
	private Shared.Wanted wanted;

	@Mixin
	private Shared.Running running;

	@Override
	FileCommands.Kind kind() {
		return FileCommands.Kind.DENOISE;
	}

	@Override
	public Integer call() throws Exception {
		if (!OmeZarr.is(input) && !new Volumes().canWrite(output)) {
			Shared.requireNoneForVolumes(spec);
			return run(input, output, wanted.keys(more));
		}
		if (!more.isEmpty()) throw new UnmatchedArgumentException(spec.commandLine(), more);
		final Console console = telling.console();
		computing.apply(console);
		return running.run(wanted.plan(Plan.DENOISE, input, output, console), console);
	}
}

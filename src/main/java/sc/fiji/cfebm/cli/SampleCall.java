package sc.fiji.cfebm.cli;

import java.nio.file.Path;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import sc.fiji.cfebm.command.FileCommands;

/** {@code cfebm sample}. */
@Command(name = "sample", mixinStandardHelpOptions = true, description = { "Invents images like those a model was trained on.", "",
	FileCall.KEYS, "" })
final class SampleCall extends FileCall {

	@Parameters(index = "0", paramLabel = "OUTPUT", description = "The images: NAME.tif.")
	private Path output;

	@Override
	FileCommands.Kind kind() {
		return FileCommands.Kind.SAMPLE;
	}

	@Override
	public Integer call() throws Exception {
		return run(null, output, keys());
	}
}

package sc.fiji.cfebm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

import sc.fiji.cfebm.command.FileCommands;

/** {@code cfebm sample}. */
@Command(name = "sample", mixinStandardHelpOptions = true, description = { "Invents images like those a model was trained on.", "",
	"Options are the keys of the plugin's command in a macro: --model=nuclei, and more as --key=value.", "" })
final class SampleCall implements Callable<Integer> {

	@Spec
	private CommandSpec spec;

	@Parameters(index = "0", paramLabel = "OUTPUT", description = "The images: NAME.tif.")
	private Path output;

	@Mixin
	private Shared.Telling telling;

	@Unmatched
	private List<String> more = new ArrayList<>();

	@Override
	public Integer call() throws Exception {
		final Map<String, String> keys = new LinkedHashMap<>();
		FileCall.addKeys(spec, more, keys);
		return FileCall.run(spec, FileCommands.Kind.SAMPLE, null, output, keys, telling.console());
	}
}

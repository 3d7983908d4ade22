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

/** {@code cfebm anomaly}. */
@Command(name = "anomaly", mixinStandardHelpOptions = true, description = {
	"Maps what is unusual in an image, or in all images of a folder.",
	"", "Options are the keys of the plugin's command in a macro: --model=nuclei, and more as --key=value.", "" })
final class AnomalyCall implements Callable<Integer> {

	@Spec
	private CommandSpec spec;

	@Parameters(index = "0", paramLabel = "INPUT", description = "An image file, or a folder of images.")
	private Path input;

	@Parameters(index = "1", paramLabel = "OUTPUT", description = "The result: NAME.tif, or a folder.")
	private Path output;

	@Mixin
	private Shared.Telling telling;

	@Unmatched
	private List<String> more = new ArrayList<>();

	@Override
	public Integer call() throws Exception {
		final Map<String, String> keys = new LinkedHashMap<>();
		FileCall.addKeys(spec, more, keys);
		return FileCall.run(spec, FileCommands.Kind.ANOMALY, input, output, keys, telling.console());
	}
}

package sc.fiji.cfebm.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import sc.fiji.cfebm.command.FileCommands;

/** {@code cfebm train}. */
@Command(name = "train", mixinStandardHelpOptions = true, description = {
	"Trains a model on a folder of images. Called again after it was stopped, it goes on.", "",
	FileCall.KEYS,
	"It uses as many threads as OMP_NUM_THREADS says.", "" })
final class TrainCall extends FileCall {

	@Parameters(index = "0", paramLabel = "FOLDER", description = "The images.")
	private Path folder;

	@Parameters(index = "1", paramLabel = "MODEL", description = "The file that takes the model, NAME.cfebm.")
	private Path model;

	@Override
	FileCommands.Kind kind() {
		return FileCommands.Kind.TRAIN;
	}

	@Override
	public Integer call() throws Exception {
		if (!model.toString().endsWith(".cfebm")) throw Main.wrong(spec, "The model's name must end with .cfebm, and " + model + " does not.");
		if (!Files.isDirectory(folder)) throw Main.wrong(spec, "There is no folder " + folder + " of images.");
		final Map<String, String> keys = new LinkedHashMap<>();
		keys.put("folder", folder.toString());
		keys.put("model", model.toAbsolutePath().toString());
		addKeys(spec, more, keys);
		final Console console = telling.console();
		computing.apply(console);
		final Path written = FileCommands.run(kind(), null, null, keys, console).get(0);
		// As the folder was given.
		final String saved = model.resolveSibling(written.getFileName()).toString();
		console.result(Map.of("saved", List.of(saved)), saved);
		return 0;
	}
}

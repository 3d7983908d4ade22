package sc.fiji.cfebm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Model.CommandSpec;

import sc.fiji.cfebm.command.FileCommands;
import sc.fiji.cfebm.volume.OmeZarr;

/** What the calls have in common that do one of the plugin's commands to files. */
final class FileCall {

	private FileCall() {}

	/** @return the exit code */
	static int run(final CommandSpec spec, final FileCommands.Kind kind, final Path input, final Path output, final Map<String, String> keys,
		final Console console) throws IOException
	{
		final boolean folder = input != null && Files.isDirectory(input);
		if (input != null && !Files.exists(input)) throw new IOException("There is no file or folder " + input + ".");
		if (input != null && OmeZarr.is(input)) throw Main.wrong(spec, "Volumes are denoised; " + spec.name() + " takes an image or a folder of images, and " +
			input + " is a zarr.");
		if (output != null && !folder && !FileCommands.canWrite(output)) throw Main.wrong(spec, "The result's name must end with .tif, and " + output +
			" does not.");
		final List<Path> saved = FileCommands.run(kind, input, output, keys, console);
		final Map<String, Object> facts = new LinkedHashMap<>();
		facts.put("saved", saved.stream().map(Path::toString).toList());
		console.result(facts, String.join(System.lineSeparator(), saved.stream().map(Path::toString).toList()));
		return 0;
	}

	/** Adds what is given as {@code --key=value}, {@code --key value} or {@code --key}. */
	static void addKeys(final CommandSpec spec, final List<String> given, final Map<String, String> keys) {
		for (int i = 0; i < given.size(); i++) {
			final String each = given.get(i);
			if (!each.startsWith("--") || each.length() < 3) throw Main.wrong(spec, "“" + each + "” is no option: options are --key=value.");
			final int equals = each.indexOf('=');
			final boolean next = equals < 0 && i + 1 < given.size() && !given.get(i + 1).startsWith("--");
			final String key = equals < 0 ? each.substring(2) : each.substring(2, equals);
			if (keys.containsKey(key)) throw Main.wrong(spec, "--" + key + " is given twice: give it once.");
			keys.put(key, equals >= 0 ? each.substring(equals + 1) : next ? given.get(++i) : null);
		}
	}
}

package sc.fiji.cfebm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

import sc.fiji.cfebm.command.FileCommands;
import sc.fiji.cfebm.volume.OmeZarr;

/** What the calls have in common that do one of the plugin's commands to files. */
abstract class FileCall implements Callable<Integer> {

	/** Of an image, or of all in a folder. */
	abstract static class OfImages extends FileCall {

		@Parameters(index = "0", paramLabel = "INPUT", description = "An image file, or a folder of images.")
		private Path input;

		@Parameters(index = "1", paramLabel = "OUTPUT", description = "The result: NAME.tif, or a folder.")
		private Path output;

		private final FileCommands.Kind kind;

		OfImages(final FileCommands.Kind kind) {
			this.kind = kind;
		}

		@Override
		FileCommands.Kind kind() {
			return kind;
		}

		@Override
		public Integer call() throws Exception {
			return run(input, output, keys());
		}
	}

	/** Says that options are keys, in a call's description. */
	static final String KEYS = "Options are the keys of the plugin's command in a macro, as --key=value. Below are all of them.";

	/** Lets the help of a call list the keys it knows, those left out that are among its options already; made when it is asked for. */
	static void listKeys(final CommandLine call) {
		if (!(call.getCommand() instanceof FileCall)) return;
		final FileCommands.Kind kind = ((FileCall) call.getCommand()).kind();
		call.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_FOOTER, help -> {
			final Map<String, String> keys = new LinkedHashMap<>();
			FileCommands.keys(kind).forEach((key, text) -> {
				if (call.getCommandSpec().findOption(key) == null) keys.put("--" + key, text);
			});
			return System.lineSeparator() + "Keys:" + System.lineSeparator() + help.createTextTable(keys);
		});
	}

	/** What is done to files. */
	abstract FileCommands.Kind kind();

	@Spec
	CommandSpec spec;

	@Mixin
	Shared.Computing computing;

	@Mixin
	Shared.Telling telling;

	@Unmatched
	List<String> more = new ArrayList<>();

	/** The keys of the macro that are given. */
	final Map<String, String> keys() {
		final Map<String, String> keys = new LinkedHashMap<>();
		addKeys(spec, more, keys);
		return keys;
	}

	/** @return the exit code */
	final int run(final Path input, final Path output, final Map<String, String> keys) throws IOException {
		final boolean folder = input != null && Files.isDirectory(input);
		if (input != null && !Files.exists(input)) throw new IOException("There is no file or folder " + input + ".");
		if (input != null && OmeZarr.is(input)) throw Main.wrong(spec, spec.name() + " takes an image or a folder of images, and " +
			input + " is a zarr: for volumes there are cfebm denoise, and cfebm plan --task=anomaly.");
		if (output != null && !folder && !FileCommands.canWrite(output)) throw Main.wrong(spec, "The result's name must end with .tif, and " + output +
			" does not.");
		final Console console = telling.console();
		computing.apply(console);
		final List<Path> saved = FileCommands.run(kind(), input, output, keys, console);
		final Map<String, Object> facts = new LinkedHashMap<>();
		facts.put("saved", saved.stream().map(Path::toString).toList());
		console.result(facts, String.join(System.lineSeparator(), saved.stream().map(Path::toString).toList()));
		return 0;
	}

	/** Adds what is given as {@code --key=value}, {@code --key value} or {@code --key}. */
	static void addKeys(final CommandSpec spec, final List<String> given, final Map<String, String> keys) {
		for (int i = 0; i < given.size(); i++) {
			final String each = given.get(i);
			if (!each.startsWith("--") || each.length() < 3) throw Main.wrong(spec, "“" + each + "” is no option: options are --key=value, with quotes around a value that has blanks, '--key=a value'.");
			final int equals = each.indexOf('=');
			final boolean next = equals < 0 && i + 1 < given.size() && !given.get(i + 1).startsWith("--");
			final String key = equals < 0 ? each.substring(2) : each.substring(2, equals);
			if (keys.containsKey(key)) throw Main.wrong(spec, "--" + key + " is given twice: give it once.");
			keys.put(key, equals >= 0 ? each.substring(equals + 1) : next ? given.get(++i) : null);
		}
	}
}

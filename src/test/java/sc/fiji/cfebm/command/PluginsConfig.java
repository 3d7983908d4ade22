package sc.fiji.cfebm.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import sc.fiji.cfebm.command.host.Bridge;

/** The menu of plain ImageJ. */
final class PluginsConfig {

	private static final Pattern LINE = Pattern.compile("(?m)^(Plugins>CF-EBM(?:>\\w+)?), \"([^\"]+)\", [\\w.]+(?:\\(\"([^\"]+)\"\\))?");

	private PluginsConfig() {}

	/** Name of each command's class, in the order of the menu. */
	static List<String> commands() throws IOException {
		return lines().stream().map(line -> line.group(3)).toList();
	}

	/** What each command is called in the menu. */
	static List<String> labels() throws IOException {
		return lines().stream().map(line -> line.group(2)).toList();
	}

	/** The same with the menus it is in, as SciJava writes them. */
	static List<String> paths() throws IOException {
		return lines().stream().map(line -> line.group(1).replace(">", " > ") + " > " + line.group(2)).toList();
	}

	private static List<Matcher> lines() throws IOException {
		try (InputStream config = Bridge.class.getResourceAsStream("/plugins.config")) {
			final Matcher matcher = LINE.matcher(new String(config.readAllBytes(), StandardCharsets.UTF_8));
			return matcher.results().map(result -> {
				final Matcher line = LINE.matcher(result.group());
				line.find();
				return line;
			}).toList();
		}
	}
}

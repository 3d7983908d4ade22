package sc.fiji.cfebm.command.host;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import ij.IJ;
import sc.fiji.cfebm.model.Model;

/**
 * The models that come with the plugin: {@code CF-EBM/models/<name>.cfebm} in ImageJ's plugins folder. Wherever a command
 * takes a model file, it takes such a name as well.
 */
public final class BundledModels {

	/** The system property that names the folder of the command line, with the same folders in it as ImageJ's. */
	public static final String HOME = "cfebm.home";

	private final Path folder;

	/** @param plugins the plugins folder; null if there is none, and then no models either */
	BundledModels(final Path plugins) {
		folder = plugins == null ? null : plugins.resolve("CF-EBM").resolve("models");
	}

	/** Those of the ImageJ that runs, or of the command line. */
	public static BundledModels installed() {
		final String home = System.getProperty(HOME), plugins = home == null ? IJ.getDirectory("plugins") : Path.of(home, "plugins").toString();
		return new BundledModels(plugins == null ? null : Path.of(plugins));
	}

	/** Where they are looked for; null if there is no plugins folder. */
	public Path folder() {
		return folder;
	}

	/** In alphabetical order, without those that go with one of them, for neighbouring planes. */
	public List<String> names() {
		if (folder == null || !Files.isDirectory(folder)) return List.of();
		try (Stream<Path> files = Files.list(folder)) {
			return files.filter(Model::hasEnding).filter(f -> !Model.isOfPlanes(f)).map(Model::withoutEnding).sorted().toList();
		}
		catch (final IOException e) {
			return List.of(); // a folder that can't be read has nothing to offer
		}
	}

	/**
	 * The file that is meant: the file given, if there is one; or else the bundled model of that name.
	 *
	 * @throws IOException with one sentence, if the name is neither a file's nor a bundled model's
	 */
	public Path find(final File model) throws IOException {
		final String name = model.getName();
		// What has a folder in front is no name.
		if (model.isFile() || !model.getPath().equals(name) || names().isEmpty()) return model.toPath();
		final Path bundled = Model.withEnding(folder.resolve(name));
		if (Files.isRegularFile(bundled)) return bundled;
		// The sentence of what reads it knows more.
		if (Files.exists(Model.ofPlanes(model.toPath()))) return model.toPath();
		throw new IOException("There is no model file " + name + ", and no model of that name comes with the plugin (" + String
			.join(", ", names()) + ").");
	}
}

package sc.fiji.cfebm.command.dev;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** Makes plain ImageJ find this plugin though it is not a jar in a plugins folder. */
public final class Host {

	private Host() {}

	/**
	 * Sets up a plugins folder: a copy of the folder {@code plugins} here, if there is one, with macros and models; and a jar
	 * that has nothing but {@code plugins.config}, as the classes are on the class path. To be called before any class of
	 * ImageJ is loaded.
	 */
	public static void installPlugin() throws IOException {
		final Path root = Files.createTempDirectory("cfebm-host"), here = Path.of("plugins");
		final List<Path> made = new ArrayList<>(List.of(root));
		if (Files.isDirectory(here)) try (Stream<Path> tree = Files.walk(here)) {
			for (final Path source : (Iterable<Path>) tree::iterator)
				made.add(Files.copy(source, root.resolve(source)));
		}
		else made.add(Files.createDirectory(root.resolve(here)));
		// ImageJ reads only jars with an underscore.
		final Path jar = root.resolve(here).resolve("cfebm_.jar");
		try (InputStream config = Host.class.getResourceAsStream("/plugins.config");
				OutputStream out = Files.newOutputStream(jar);
				JarOutputStream zip = new JarOutputStream(out))
		{
			zip.putNextEntry(new ZipEntry("plugins.config"));
			config.transferTo(zip);
		}
		made.add(jar);
		// Deleted in the opposite order.
		for (final Path path : made)
			path.toFile().deleteOnExit();
		System.setProperty("plugins.dir", root.toString());
	}
}

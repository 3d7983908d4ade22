package sc.fiji.cfebm.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** Makes plain ImageJ find this plugin though it is not a jar in a plugins folder. */
final class Host {

	private Host() {}

	/**
	 * Sets up a plugins folder with a jar that has nothing but {@code plugins.config}: the classes are on the class
	 * path. To be called before any class of ImageJ is loaded.
	 */
	static void installPlugin() throws IOException {
		final Path root = Files.createTempDirectory("cfebm-host");
		final Path plugins = Files.createDirectory(root.resolve("plugins"));
		// ImageJ reads only jars with an underscore.
		final Path jar = plugins.resolve("cfebm_.jar");
		try (InputStream config = Host.class.getResourceAsStream("/plugins.config");
				OutputStream out = Files.newOutputStream(jar);
				JarOutputStream zip = new JarOutputStream(out))
		{
			zip.putNextEntry(new ZipEntry("plugins.config"));
			config.transferTo(zip);
		}
		// Deleted in the opposite order.
		for (final Path path : new Path[] { root, plugins, jar })
			path.toFile().deleteOnExit();
		System.setProperty("plugins.dir", root.toString());
	}
}

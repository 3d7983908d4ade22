package sc.fiji.cfebm.testimages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The images in <code>test-images</code> are the generator's. */
class TestImagesTest {

	private static final Path CHECKED_IN = Path.of("test-images");

	@Test
	void generatorMakesTheCheckedInImages(@TempDir final Path made) throws Exception {
		make(made);
		assertEquals(images(CHECKED_IN), images(made));
		for (final String name : images(made))
			assertArrayEquals(Files.readAllBytes(CHECKED_IN.resolve(name)), Files.readAllBytes(made.resolve(name)), name);
	}

	@Test
	void imagesAreSmall() throws IOException {
		long total = 0;
		for (final String name : images(CHECKED_IN))
			total += Files.size(CHECKED_IN.resolve(name));
		assertTrue(total < 3_000_000, "The test images take " + total + " bytes.");
	}

	/** Runs the generator with ImageJ classes of its own, since other tests patch theirs before they are loaded. */
	private static void make(final Path folder) throws Exception {
		final String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
		final URL[] urls = new URL[entries.length];
		for (int i = 0; i < urls.length; i++)
			urls[i] = Path.of(entries[i]).toUri().toURL();
		try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
			loader.loadClass(MakeTestImages.class.getName()).getMethod("main", String[].class) //
				.invoke(null, (Object) new String[] {folder.toString()});
		}
	}

	private static List<String> images(final Path folder) throws IOException {
		try (Stream<Path> files = Files.walk(folder)) {
			final String[] names = files.filter(f -> f.toString().endsWith(".tif")) //
				.map(f -> folder.relativize(f).toString()).toArray(String[]::new);
			Arrays.sort(names);
			return List.of(names);
		}
	}
}

package sc.fiji.cfebm.command.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledModelsTest {

	@TempDir
	Path plugins;

	private Path bundle(final String name) throws IOException {
		return Files.writeString(Files.createDirectories(plugins.resolve("CF-EBM/models")).resolve(name), "");
	}

	@Test
	void aNameIsFoundWithAndWithoutItsEnding() throws IOException {
		final Path photo = bundle("photo.cfebm"), nuclei = bundle("nuclei.cfebm");
		bundle("README.md");
		final BundledModels models = new BundledModels(plugins);
		assertEquals(List.of("nuclei", "photo"), models.names());
		assertEquals(nuclei, models.find(new File("nuclei")));
		assertEquals(photo, models.find(new File("photo.cfebm")));
	}

	@Test
	void modelsOfNeighbouringPlanesGoWithOthersAndAreNotOffered() throws IOException {
		bundle("photo.cfebm");
		final Path stack = bundle("photo-stack.cfebm");
		assertEquals(List.of("photo"), new BundledModels(plugins).names());
		assertEquals(stack, new BundledModels(plugins).find(new File("photo-stack")));
	}

	@Test
	void aFileWinsOverANameAndAFolderDoesNot() throws IOException {
		final BundledModels models = new BundledModels(plugins);
		// Of the folder that tests run in.
		bundle("pom.xml.cfebm");
		assertEquals(Path.of("pom.xml"), models.find(new File("pom.xml")));
		final Path source = bundle("src.cfebm");
		assertEquals(source, models.find(new File("src")));
	}

	@Test
	void aWrongNameIsToldTheRightOnes() throws IOException {
		bundle("nuclei.cfebm");
		bundle("photo.cfebm");
		assertEquals("There is no model file nuclie, and no model of that name comes with the plugin (nuclei, photo).",
			assertThrows(IOException.class, () -> new BundledModels(plugins).find(new File("nuclie"))).getMessage());
	}

	@Test
	void whatHasAFolderInFrontIsLeftToTheReader() throws IOException {
		bundle("nuclei.cfebm");
		final File other = new File("/no/such/nuclei");
		assertEquals(other.toPath(), new BundledModels(plugins).find(other));
	}

	@Test
	void withoutBundledModelsThereAreNoNames() throws IOException {
		for (final BundledModels none : List.of(new BundledModels(plugins), new BundledModels(null))) {
			assertEquals(List.of(), none.names());
			assertEquals(Path.of("nuclei"), none.find(new File("nuclei")));
		}
	}
}

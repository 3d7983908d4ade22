package sc.fiji.cfebm.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Another plugin's build of ND4J for graphics cards. */
class CpuOnlyClassLoaderTest {

	/** The very services file of ND4J's CUDA build, with a backend behind it that can't but fail. */
	@Test
	void nd4jDoesNotEvenSeeTheBackendThatIsNotChosen(@TempDir final Path dir) throws Exception {
		final Path services = Files.createDirectories(dir.resolve("META-INF/services"));
		Files.writeString(services.resolve(Nd4jBackend.class.getName()), "# a comment\norg.nd4j.linalg.jcublas.NoSuchBackend\n");
		try (URLClassLoader both = new URLClassLoader(new URL[] { dir.toUri().toURL() }, getClass().getClassLoader())) {
			assertThrows(java.util.ServiceConfigurationError.class, () -> ServiceLoader.load(Nd4jBackend.class, both).forEach(b -> {}));
			final var seen = ServiceLoader.load(Nd4jBackend.class, new CpuOnlyClassLoader(both)).stream().map(p -> p.type()
				.getSimpleName()).toList();
			assertEquals(List.of("CpuBackend"), seen);
		}
	}
}

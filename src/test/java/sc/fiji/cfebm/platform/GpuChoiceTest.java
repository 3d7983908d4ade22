package sc.fiji.cfebm.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4jBackend;

/** The GPU is chosen, or not, from lists of cards that this computer does not have. */
class GpuChoiceTest {

	private static final Runnable LOADED = () -> {};

	@ParameterizedTest
	@CsvSource({ "6.0", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9" })
	void cardsThatTheBuildHasCodeForAreUsed(final String capability) throws IOException {
		final GpuChoice choice = choose("NVIDIA Card, 12 GB, " + capability);
		assertTrue(choice.gpu());
		assertEquals("The GPU is used: NVIDIA Card, 12 GB (compute capability " + capability + ").", choice.reason());
	}

	@ParameterizedTest
	@CsvSource({ "3.5,old", "5.2,old", "9.0,new", "10.3,new", "12.0,new" })
	void olderAndNewerOnesAreNot(final String capability, final String why) throws IOException {
		assertCpu("the NVIDIA Card is too " + why + " for it (compute capability " + capability + ", it needs 6.0 to 8.9)",
			choose("NVIDIA Card, " + capability));
	}

	@Test
	void oneCardThatCannotRunItKeepsAllFromIt() throws IOException {
		assertCpu("the H100 is too new for it (compute capability 9.0, it needs 6.0 to 8.9)", choose("A40, 8.6\nH100, 9.0\n"));
	}

	@Test
	void withoutCardDriverOrPackageItIsTheCpu() throws IOException {
		assertCpu("the computer has no NVIDIA card", choose(""));
		assertCpu("the computer has no NVIDIA card", GpuChoice.of(true, () -> NvidiaSmi.parse(6, "No devices were found\n"), LOADED));
		assertCpu("there is no driver of an NVIDIA card (no program nvidia-smi)", GpuChoice.of(true, new NvidiaSmi(
			"/no/such/program", 5), LOADED));
		assertCpu("the package for GPUs is not installed", GpuChoice.of(false, () -> {
			throw new AssertionError("nobody asked for the cards");
		}, LOADED));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { //
		"9|NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.|" +
			"NVIDIA's driver answered “NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.”",
		"2|Field \"compute_cap\" is not a valid field to query.|NVIDIA's driver is too old to tell the card's compute capability: update it",
		"0|garbage|NVIDIA's driver answered “garbage”", "0|A card, 7.x|NVIDIA's driver answered “A card, 7.x”",
		"0|A card, [N/A]|NVIDIA's driver answered “A card, [N/A]”", "0|, 7.5|NVIDIA's driver answered “, 7.5”",
		"0|A card, 123456789123.0|NVIDIA's driver answered “A card, 123456789123.0”",
		"139|''|NVIDIA's driver failed (nvidia-smi, status 139)" })
	void whatIsNotUnderstoodIsToldAndNotUsed(final int status, final String printed, final String why) {
		assertCpu(why, GpuChoice.of(true, () -> NvidiaSmi.parse(status, printed), LOADED));
	}

	@Test
	void withoutCudasLibrariesItIsTheCpu() {
		final GpuDevices card = () -> List.of(new GpuDevices.Device("A card", 7, 5));
		assertCpu("CUDA 11.6 is not installed or can't be loaded (no jnicudart in java.library.path)", GpuChoice.of(true, card, () -> {
			throw new UnsatisfiedLinkError("no jnicudart in java.library.path\nand more");
		}));
		assertCpu("CUDA 11.6 is not installed or can't be loaded (IllegalStateException)", GpuChoice.of(true, card, () -> {
			throw new IllegalStateException();
		}));
	}

	/** A script in the place of the driver's program: what it is called with, what is read, and that it may not hang. */
	@Test
	void theDriversProgramIsAskedAndNotWaitedForLong(@TempDir final Path dir) throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell");
		final Path program = script(dir, "[ \"$*\" = '--query-gpu=name,compute_cap --format=csv,noheader' ] && printf 'Tesla T4, 7.5\\r\\n'");
		assertEquals(List.of(new GpuDevices.Device("Tesla T4", 7, 5)), new NvidiaSmi(program.toString(), 20).list());
		final Path hangs = script(dir, "exec sleep 60");
		assertEquals("NVIDIA's driver did not answer within 1 seconds", assertThrows(IOException.class, () -> new NvidiaSmi(hangs
			.toString(), 1).list()).getMessage());
	}

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

	/** Skipped, and says why, where there is none. */
	@Test
	void theEngineRunsOnTheGpuOfThisComputer() {
		NativeRuntime.start();
		final GpuChoice choice = NativeRuntime.gpu();
		// Surefire would not print the reason.
		System.out.println(choice.reason());
		assumeTrue(choice.gpu(), choice.reason());
		assertEquals("JCublasBackend", EngineInfo.read().backend());
		assertTrue(sc.fiji.cfebm.task.SelfTest.run().passed());
	}

	private static GpuChoice choose(final String printed) throws IOException {
		return GpuChoice.of(true, () -> NvidiaSmi.parse(0, printed), LOADED);
	}

	private static void assertCpu(final String why, final GpuChoice choice) {
		assertEquals("The GPU is not used: " + why + ".", choice.reason());
		assertFalse(choice.gpu());
	}

	private static Path script(final Path dir, final String command) throws IOException {
		final Path script = Files.writeString(Files.createTempFile(dir, "smi", ".sh"), "#!/bin/sh\n" + command + "\n");
		assertTrue(script.toFile().setExecutable(true));
		return script;
	}
}

package sc.fiji.cfebm.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of the lists of drivers that this computer does not have. */
class DevicesTest {

	/** @param counts of each platform's devices; -1: its driver throws, -2: it lacks a library */
	private static Driver driver(final int[] counts, final IntFunction<String> names) {
		return new Driver() {

			private int made;

			@Override
			public int platforms() {
				return counts.length;
			}

			@Override
			public int devices(final int platform) {
				if (counts[platform] == -1) throw new IllegalStateException("line one\nline two");
				if (counts[platform] == -2) throw new UnsatisfiedLinkError();
				return counts[platform];
			}

			@Override
			public Device device(final int platform, final int device) {
				final String name = names.apply(made++);
				if ("throws".equals(name)) throw new DeviceException("The device can't tell about a device (CL_INVALID_DEVICE).");
				return new Device(name, "Platform " + platform, "OpenCL 1.2", false, 3, 1L << 31, 1L << 29, null, null);
			}
		};
	}

	private static List<String> names(final Devices devices) {
		return devices.list().stream().map(Device::name).toList();
	}

	@Test
	void platformsWithoutDevicesAndThoseThatThrowAreLeftOut() {
		final Devices devices = Devices.find(driver(new int[] { 0, -1, 2, -2, 1, -7 }, k -> k == 1 ? "throws" : "Card " + k));
		assertEquals(List.of("Card 0", "Card 2"), names(devices));
		assertEquals(List.of("An OpenCL driver does not list its devices (line one line two).",
			"An OpenCL driver does not tell about one of its devices (The device can't tell about a device (CL_INVALID_DEVICE).).",
			"An OpenCL driver does not list its devices (UnsatisfiedLinkError)."), devices.remarks());
	}

	@Test
	void withoutAnyDeviceThereIsASentence() {
		assertEquals(List.of("OpenCL is installed, and no driver has a device."), Devices.find(driver(new int[] { 0, 0 }, k -> "none"))
			.remarks());
		assertEquals(List.of("OpenCL is installed, and no driver has a device."), Devices.find(driver(new int[0], k -> "none")).remarks());
		final Devices broken = Devices.find(new Driver() {

			@Override
			public int platforms() {
				throw new DeviceException("The device can't list platforms (CL_OUT_OF_HOST_MEMORY).");
			}

			@Override
			public int devices(final int platform) {
				throw new AssertionError();
			}

			@Override
			public Device device(final int platform, final int device) {
				throw new AssertionError();
			}
		});
		assertEquals(List.of(), broken.list());
		assertEquals(1, broken.remarks().size());
		assertTrue(assertThrows(IllegalArgumentException.class, () -> broken.named("x")).getMessage().contains(broken.remarks().get(0)));
	}

	@Test
	void namesAreOneLineAndDifferent() {
		final String[] odd = { "Radeon\u0000\n\u001b[31m  RX\u202e 7", null, "  ", "Karte ÄÖ™ 東", "Karte äö™ 東", "x".repeat(500), "\ud800bad" };
		final Devices devices = Devices.find(driver(new int[] { odd.length }, k -> odd[k]));
		assertEquals(List.of("Radeon [31m RX 7", "unnamed", "unnamed #2", "Karte ÄÖ™ 東", "Karte äö™ 東 #2", "x".repeat(80), "bad"), names(
			devices));
		for (final Device device : devices.list())
			assertEquals(device, devices.named(device.name()));
	}

	@Test
	void aListWithoutAnEndIsCutOff() {
		assertEquals(64, Devices.find(driver(new int[] { Integer.MAX_VALUE }, k -> "Card")).list().size());
	}

	@Test
	void devicesAreCalledByTheirNamesOrAPartOfThem() {
		final Devices devices = Devices.find(driver(new int[] { 2, 1 }, k -> new String[] { "NVIDIA RTX 4090", "NVIDIA RTX 40",
			"Intel Arc" }[k]));
		assertEquals("NVIDIA RTX 40", devices.named(" nvidia rtx 40 ").name());
		assertEquals("NVIDIA RTX 4090", devices.named("nvidia").name());
		assertEquals("Intel Arc", devices.named("ARC").name());
		assertEquals("There is no device “Apple\\ M1”: there is NVIDIA RTX 4090, NVIDIA RTX 40, Intel Arc.", assertThrows(
			IllegalArgumentException.class, () -> devices.named("Apple\\\nM1")).getMessage());
		assertThrows(IllegalArgumentException.class, () -> devices.named(" "));
	}

	/** Whatever there is on this computer. */
	@Test
	void thisComputersListIsReadOnce() {
		final Devices here = Devices.here();
		assertEquals(here, Devices.here());
		assertEquals(here.list().isEmpty(), !here.remarks().isEmpty() && here.list().isEmpty());
		for (final Device device : here.list()) {
			assertNotNull(device.id());
			assertTrue(device.memory() > 0 && device.largest() > 0 && device.units() > 0, device.describe());
			assertTrue(device.version().startsWith("OpenCL "), device.version());
		}
	}

	@Test
	void aLibraryWithAVersionInItsNameIsFoundAndRenamed(@TempDir final Path dir) throws Exception {
		final Path one = Files.createDirectory(dir.resolve("one")), two = Files.createDirectory(dir.resolve("two"));
		assertNull(LibraryLoader.versionedAlone(List.of(one, two, dir.resolve("none"))));
		final Path library = Files.writeString(two.resolve("libOpenCL.so.1"), "x\0libOpenCL.so.1\0y libOpenCL.so.1.0");
		assertEquals(library, LibraryLoader.versionedAlone(List.of(one, two)));
		assertArrayEquals("x\0libOpenCL.so\0\0\0y libOpenCL.so.1.0".getBytes(StandardCharsets.US_ASCII), LibraryLoader.renamed(Files
			.readAllBytes(library)));
		Files.writeString(one.resolve("libOpenCL.so"), "");
		assertNull(LibraryLoader.versionedAlone(List.of(two, one)));
		assertFalse(LibraryLoader.missing() == null);
	}
}

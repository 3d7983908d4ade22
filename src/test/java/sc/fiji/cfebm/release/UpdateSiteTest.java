package sc.fiji.cfebm.release;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.release.UpdateSite.Shipped;

/** Update sites of a few small files: what an updater makes of them, over the loopback interface. */
class UpdateSiteTest {

	private static final long FIRST = 20260101000000L, SECOND = 20260202000000L, THIRD = 20260303000000L;

	@TempDir
	Path dir;

	/** What the updater's own class (net.imagej.updater.util.UpdaterUtil, November 2025) says of the same jar and the same file. */
	@Test
	void checksumsAreTheUpdaters() throws IOException {
		final Map<String, String> entries = new LinkedHashMap<>();
		entries.put("z/last.txt", "# not a comment here\n");
		entries.put("META-INF/", "");
		entries.put("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: a.B\nBuilt-By: me\n");
		entries.put("a.properties", "#Sun Nov 29\nkey=value\n##\n# seen\n\n# seen too\n # indented\nlast=1\r\n#end\nx=#y\n# no end");
		entries.put("A.class", "\0\1\2");
		entries.put("b.properties", "\n#x\n");
		assertEquals("e5e732ca361e8ba91311fcd35d7341ab87d600a2", Checksums.of("plugins/CF-EBM/some-1.0.jar", jar("some.jar", entries)));
		assertEquals("8568333201ac32757a3f9d27527da8d8a0327278", Checksums.of("plugins/CF-EBM/LICENSE.txt", Files.writeString(dir.resolve(
			"t.txt"), "some text\n")));
	}

	@Test
	void whenAndByWhomAJarWasBuiltMakesNoDifference() throws IOException {
		final Path a = jar("a.jar", Map.of("META-INF/MANIFEST.MF", "Built-By: me\n", "pom.properties", "#Monday\nversion=1\n"));
		final Path b = jar("b.jar", Map.of("META-INF/MANIFEST.MF", "Built-By: you\n", "pom.properties", "#Tuesday\nversion=1\n"));
		final Path c = jar("c.jar", Map.of("META-INF/MANIFEST.MF", "Built-By: me\n", "pom.properties", "#Monday\nversion=2\n"));
		assertEquals(Checksums.of("x.jar", a), Checksums.of("x.jar", b));
		assertFalse(Checksums.of("x.jar", a).equals(Checksums.of("x.jar", c)));
	}

	@Test
	void everyPlatformInstallsItsOwnFilesAndNoOthers() throws IOException {
		final Path site = Files.createDirectory(dir.resolve("site"));
		UpdateSite.write(release("one"), empty(), FIRST, site);
		try (Loopback server = new Loopback(site)) {
			for (final String platform : Release.PLATFORMS.values()) {
				final Path fiji = dir.resolve("Fiji-" + platform);
				final UpdateClient client = new UpdateClient(server.address(), fiji, platform);
				final List<String> expected = List.of("install plugins/CF-EBM/LICENSE.txt", "install plugins/CF-EBM/cfebm_.jar",
					"install plugins/CF-EBM/lib-1.0.jar", "install plugins/CF-EBM/models/a b.cfebm", "install plugins/CF-EBM/native_" + platform +
						"-1.0.jar");
				assertEquals(expected, client.update());
				assertEquals(expected.stream().map(line -> line.substring("install ".length())).sorted().toList(), tree(fiji));
				assertEquals(6, server.asked().size());
				// And then there is nothing to do.
				assertEquals(List.of(), client.update());
				assertEquals(List.of("db.xml.gz"), server.asked());
			}
		}
	}

	@Test
	void anUpdateReplacesWhatChangedAndLeavesWhatSomebodyChanged() throws IOException {
		final Path first = Files.createDirectory(dir.resolve("first")), second = Files.createDirectory(dir.resolve("second"));
		final SiteIndex one = UpdateSite.write(release("one"), empty(), FIRST, first);
		final Path fiji = dir.resolve("Fiji"), late = dir.resolve("Late");
		try (Loopback server = new Loopback(first)) {
			new UpdateClient(server.address(), fiji, "linux64").update();
			new UpdateClient(server.address(), late, "linux64").update();
		}
		final List<Shipped> next = new ArrayList<>(release("two"));
		next.removeIf(file -> file.path().contains("LICENSE") || file.path().contains("lib-1.0"));
		next.add(new Shipped("plugins/CF-EBM/lib-1.1.jar", jar("lib-1.1.jar", Map.of("Lib.class", "1.1")), List.of()));
		next.add(new Shipped("plugins/CF-EBM/fresh.txt", text("fresh.txt", "new"), List.of()));
		// As it was published: read again.
		final SiteIndex two = UpdateSite.write(next, SiteIndex.readCompressed(one.toCompressed()), SECOND, second);
		assertEquals(FIRST, two.get("plugins/CF-EBM/native_linux64-1.0.jar").current().timestamp());
		assertEquals(SECOND, two.get("plugins/CF-EBM/cfebm_.jar").current().timestamp());
		try (Loopback server = new Loopback(second)) {
			assertEquals(List.of("remove plugins/CF-EBM/LICENSE.txt", "update plugins/CF-EBM/cfebm_.jar", "install plugins/CF-EBM/fresh.txt",
				"update plugins/CF-EBM/lib-1.1.jar"), new UpdateClient(server.address(), fiji, "linux64").update());
			assertEquals(List.of("plugins/CF-EBM/cfebm_.jar", "plugins/CF-EBM/fresh.txt", "plugins/CF-EBM/lib-1.1.jar",
				"plugins/CF-EBM/models/a b.cfebm", "plugins/CF-EBM/native_linux64-1.0.jar"), tree(fiji));
			// What did not change is not loaded again.
			assertEquals(4, server.asked().size());
		}
		// Two releases later the versions of the first one are still known.
		final Path third = Files.createDirectory(dir.resolve("third"));
		Files.writeString(late.resolve("plugins/CF-EBM/models/a b.cfebm"), "trained on");
		final SiteIndex three = UpdateSite.write(release("three"), two, THIRD, third);
		assertEquals(2, three.get("plugins/CF-EBM/cfebm_.jar").previous().size());
		try (Loopback server = new Loopback(third)) {
			// Nothing of the licence: it is back, as it was, and so is the library's old version.
			assertEquals(List.of("update plugins/CF-EBM/cfebm_.jar", "changed by hand plugins/CF-EBM/models/a b.cfebm"), new UpdateClient(server
				.address(), late, "linux64").update());
			assertEquals("trained on", Files.readString(late.resolve("plugins/CF-EBM/models/a b.cfebm")));
			assertEquals(List.of("install plugins/CF-EBM/LICENSE.txt", "update plugins/CF-EBM/cfebm_.jar", "remove plugins/CF-EBM/fresh.txt",
				"update plugins/CF-EBM/lib-1.0.jar"), new UpdateClient(server.address(), fiji, "linux64").update());
		}
	}

	@Test
	void theSameFilesMakeTheSameSite() throws IOException {
		final Path a = Files.createDirectory(dir.resolve("a")), b = Files.createDirectory(dir.resolve("b"));
		UpdateSite.write(release("one"), empty(), FIRST, a);
		final List<Shipped> reversed = new ArrayList<>(release("one"));
		Collections.reverse(reversed);
		UpdateSite.write(reversed, empty(), FIRST, b);
		assertEquals(tree(a), tree(b));
		for (final String file : tree(a))
			assertArrayEquals(Files.readAllBytes(a.resolve(file)), Files.readAllBytes(b.resolve(file)), file);
		assertTrue(tree(a).contains("plugins/CF-EBM/cfebm_.jar-" + FIRST));
	}

	@Test
	void aReleaseHasToBeNewerThanThePublishedOne() throws IOException {
		final Path a = Files.createDirectory(dir.resolve("a")), b = Files.createDirectory(dir.resolve("b"));
		final SiteIndex one = UpdateSite.write(release("one"), empty(), SECOND, a);
		assertEquals("What is published is of 20260202000000, and plugins/CF-EBM/cfebm_.jar differs: raise project.build.outputTimestamp in " +
			"pom.xml, which is 20260202000000 now.", assertThrows(IllegalArgumentException.class, () -> UpdateSite.write(release("two"), one,
				SECOND, b)).getMessage());
	}

	@Test
	void namesThatTheUpdaterTakesForOneFileAreRefused() throws IOException {
		final List<Shipped> files = List.of(new Shipped("plugins/lib-1.0.jar", jar("a", Map.of("a", "a")), List.of()), new Shipped(
			"plugins/lib-2.0.jar", jar("b", Map.of("b", "b")), List.of()));
		assertEquals("The updater takes plugins/lib-2.0.jar and plugins/lib-1.0.jar for versions of one file.", assertThrows(
			IllegalArgumentException.class, () -> UpdateSite.write(files, empty(), FIRST, Files.createDirectory(dir.resolve("s")))).getMessage());
	}

	@Test
	void theListOfWhatIsPublishedCanBeRead() throws IOException {
		SiteIndex.read(Files.readAllBytes(Path.of("src/release/db.xml")));
		final SiteIndex odd = empty();
		odd.add(new SiteIndex.Entry("plugins/A & \"B\" <c>.ijm", List.of("win64"), new SiteIndex.Version("ab", FIRST, 3), List.of(
			new SiteIndex.Previous("cd", 1, 2, "plugins/old & gone.ijm"))));
		odd.add(new SiteIndex.Entry("plugins/gone.txt", List.of(), null, List.of(new SiteIndex.Previous("ef", 3, 4, "plugins/gone.txt"))));
		assertEquals(List.copyOf(odd.entries()), List.copyOf(SiteIndex.readCompressed(odd.toCompressed()).entries()));
	}

	@Test
	void zipsAreTheSameEveryTimeInEveryTimeZone() throws IOException {
		final TreeMap<String, Path> files = new TreeMap<>(Map.of("cfebm", text("cfebm", "#!/bin/sh\n"), "lib/a.jar", jar("a.jar", Map.of(
			"A.class", "a")), "README.txt", text("README.txt", "some text\n".repeat(100))));
		final TimeZone here = TimeZone.getDefault();
		try {
			for (final String zone : List.of("UTC", "Asia/Tokyo")) {
				TimeZone.setDefault(TimeZone.getTimeZone(zone));
				Release.zip(dir.resolve(zone.substring(0, 3) + ".zip"), files, OffsetDateTime.parse("2026-11-29T00:00:00Z"));
			}
		}
		finally {
			TimeZone.setDefault(here);
		}
		assertArrayEquals(Files.readAllBytes(dir.resolve("UTC.zip")), Files.readAllBytes(dir.resolve("Asi.zip")));
		try (var zip = org.apache.commons.compress.archivers.zip.ZipFile.builder().setPath(dir.resolve("UTC.zip")).get()) {
			assertEquals(0100755, zip.getEntry("cfebm").getUnixMode());
			assertEquals(0100644, zip.getEntry("README.txt").getUnixMode());
			assertEquals(1000, zip.getInputStream(zip.getEntry("README.txt")).readAllBytes().length);
			assertTrue(zip.getEntry("README.txt").getCompressedSize() < 100);
		}
	}

	/** A jar that changes, one that does not, a model, a text, and a jar for each platform. */
	private List<Shipped> release(final String version) throws IOException {
		final List<Shipped> files = new ArrayList<>(List.of(new Shipped("plugins/CF-EBM/cfebm_.jar", jar("cfebm_.jar", Map.of("A.class",
			version)), List.of()), new Shipped("plugins/CF-EBM/lib-1.0.jar", jar("lib.jar", Map.of("Lib.class", "1.0")), List.of()),
			new Shipped("plugins/CF-EBM/models/a b.cfebm", text("a b.cfebm", "a model"), List.of()), new Shipped("plugins/CF-EBM/LICENSE.txt",
				text("LICENSE.txt", "a licence"), List.of())));
		for (final String platform : Release.PLATFORMS.values())
			files.add(new Shipped("plugins/CF-EBM/native_" + platform + "-1.0.jar", jar(platform, Map.of("lib", platform)), List.of(platform)));
		return files;
	}

	private static SiteIndex empty() throws IOException {
		return SiteIndex.read("<pluginRecords/>".getBytes(StandardCharsets.UTF_8));
	}

	private Path text(final String name, final String content) throws IOException {
		return Files.writeString(Files.createDirectories(dir.resolve("content")).resolve(name), content);
	}

	private Path jar(final String name, final Map<String, String> entries) throws IOException {
		final Path file = Files.createDirectories(dir.resolve("content")).resolve(name);
		try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
			for (final Map.Entry<String, String> entry : entries.entrySet()) {
				final ZipEntry at = new ZipEntry(entry.getKey());
				at.setTime(0);
				zip.putNextEntry(at);
				zip.write(entry.getValue().getBytes(StandardCharsets.ISO_8859_1));
				zip.closeEntry();
			}
		}
		return file;
	}

	private static List<String> tree(final Path folder) throws IOException {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString().replace('\\', '/')).sorted().toList();
		}
	}
}

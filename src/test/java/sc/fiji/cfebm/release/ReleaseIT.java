package sc.fiji.cfebm.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mvn verify -Prelease} has made to be published. */
class ReleaseIT {

	private static final Path SITE = Path.of("target", "update-site"), RELEASE = Path.of("target", "release"), FIJI = Path.of("target",
		"fiji");
	private static final String PLATFORM = System.getProperty("cfebm.platform");

	@TempDir
	Path dir;

	@BeforeEach
	void isThere() {
		assumeTrue(Files.exists(SITE.resolve(UpdateSite.INDEX)), "only made by mvn -Prelease");
	}

	@Test
	void whatIsInstalledFromTheSiteIsThePackage() throws IOException {
		try (Loopback server = new Loopback(SITE.toAbsolutePath())) {
			final List<String> done = new UpdateClient(server.address(), dir, Release.PLATFORMS.get(PLATFORM)).update();
			assertTrue(done.stream().allMatch(line -> line.startsWith("install ")), done.toString());
		}
		assertEquals(tree(FIJI), tree(dir));
		for (final String file : tree(FIJI))
			assertEquals(-1, Files.mismatch(FIJI.resolve(file), dir.resolve(file)), file);
	}

	@Test
	void everyPlatformIsOfferedWhatItsZipHas() throws IOException {
		final SiteIndex index = SiteIndex.readCompressed(Files.readAllBytes(SITE.resolve(UpdateSite.INDEX)));
		final Set<Long> sizes = new HashSet<>();
		for (final String platform : Release.PLATFORMS.keySet()) {
			final Set<String> offered = index.entries().stream().filter(entry -> entry.current() != null && (entry.platforms().isEmpty() || entry
				.platforms().contains(Release.PLATFORMS.get(platform)))).map(SiteIndex.Entry::filename).collect(Collectors.toCollection(
					TreeSet::new));
			assertEquals(entries("cfebm-fiji-" + platform + ".zip"), offered);
			assertEquals(1, offered.stream().filter(file -> file.matches(".*/nd4j-native-[0-9.]+-M[0-9.]+-" + platform + ".*\\.jar")).count(), offered
				.toString());
			final Set<String> commandLine = entries("cfebm-cli-" + platform + ".zip");
			assertTrue(commandLine.contains("cfebm") && commandLine.stream().anyMatch(file -> file.startsWith("lib/nd4j-native-1") && file
				.contains(platform)), commandLine.toString());
			for (final String other : Release.PLATFORMS.keySet())
				assertEquals(other.equals(platform), Stream.concat(offered.stream(), commandLine.stream()).anyMatch(file -> file.contains("-" +
					other)), platform + " and " + other);
			sizes.add(Files.size(RELEASE.resolve("cfebm-fiji-" + platform + ".zip")));
		}
		assertEquals(5, sizes.size());
	}

	@Test
	void theSumsAreThoseOfAllFiles() throws IOException {
		final Set<String> summed = new TreeSet<>();
		for (final String line : Files.readAllLines(RELEASE.resolve("SHA256SUMS"))) {
			final String[] parts = line.split("  ");
			assertEquals(Checksums.sha256(RELEASE.resolve(parts[1])), parts[0], parts[1]);
			summed.add(parts[1]);
		}
		final Set<String> all = tree(RELEASE);
		all.remove("SHA256SUMS");
		assertEquals(all, summed);
		assertTrue(all.contains("cfebm-components.cdx.json"), all.toString());
	}

	/** The list of what the package consists of names what is in it. */
	@Test
	void theListOfComponentsHasTheLibraries() throws IOException {
		final String list = Files.readString(RELEASE.resolve("cfebm-components.cdx.json"));
		assertTrue(list.contains("\"bomFormat\" : \"CycloneDX\""), list.substring(0, 200));
		for (final String library : List.of("nd4j-api", "gson", "commonmark", "JTransforms", "commons-compress"))
			assertTrue(list.contains("\"name\" : \"" + library + "\""), library);
		assertTrue(!list.contains("onnxruntime") && !list.contains("junit"), "what tests need is no part of it");
	}

	/** As builds that can be repeated have it. */
	@Test
	void nothingInTheJarIsOfTheClocksTime() throws IOException {
		try (ZipFile jar = new ZipFile(FIJI.resolve("plugins/CF-EBM/cfebm_.jar").toFile())) {
			assertEquals(1, jar.stream().map(ZipEntry::getTimeLocal).distinct().count());
			final String manifest = new String(jar.getInputStream(jar.getEntry("META-INF/MANIFEST.MF")).readAllBytes());
			assertTrue(manifest.matches("(?s).*Implementation-Date: [0-9]{4}-[0-9-]+T00:00:00Z\r?\n.*"), manifest);
		}
	}

	private static Set<String> entries(final String zip) throws IOException {
		try (ZipFile file = new ZipFile(RELEASE.resolve(zip).toFile())) {
			return file.stream().map(ZipEntry::getName).collect(Collectors.toCollection(TreeSet::new));
		}
	}

	private static Set<String> tree(final Path folder) throws IOException {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString().replace('\\', '/')).collect(Collectors
				.toCollection(TreeSet::new));
		}
	}
}

package sc.fiji.cfebm.release;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

import sc.fiji.cfebm.release.UpdateSite.Shipped;

/**
 * Makes what is published of what the build has made for this platform, and of the native libraries of all: the update site, a zip for each
 * platform for those without the updater, one with the command line, and the sums of all. Run by the build: {@code mvn package -Prelease}.
 */
public final class Release {

	/** The platforms by the names of native libraries, with those of Fiji's updater. */
	static final Map<String, String> PLATFORMS = platforms();

	private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
	/** Compressed already. */
	private static final List<String> PACKED = List.of(".jar", ".cfebm", ".png");

	private Release() {}

	private static Map<String, String> platforms() {
		final Map<String, String> names = new LinkedHashMap<>();
		names.put("linux-x86_64", "linux64");
		names.put("linux-arm64", "linux-arm64");
		names.put("windows-x86_64", "win64");
		names.put("macosx-x86_64", "macos64");
		names.put("macosx-arm64", "macos-arm64");
		return names;
	}

	/** @param args the build's folder, project.build.outputTimestamp, the index as it was published last */
	public static void main(final String[] args) throws IOException {
		final Path target = Path.of(args[0]), site = fresh(target.resolve("update-site")), release = fresh(target.resolve("release"));
		final OffsetDateTime time = OffsetDateTime.parse(args[1]).withOffsetSameInstant(ZoneOffset.UTC);
		final SiteIndex published = SiteIndex.read(Files.readAllBytes(Path.of(args[2])));
		final SiteIndex index = UpdateSite.write(shipped(target), published, Long.parseLong(TIMESTAMP.format(time)), site);
		Files.writeString(release.resolve("db.xml"), index.toXml());
		for (final String platform : PLATFORMS.keySet()) {
			zip(release.resolve("cfebm-fiji-" + platform + ".zip"), of(target.resolve("fiji"), target, platform, true), time);
			zip(release.resolve("cfebm-cli-" + platform + ".zip"), of(target.resolve("cli"), target, platform, false), time);
		}
		zip(release.resolve("cfebm-plain-imagej.zip"), tree(target.resolve("cfebm-plain-imagej")), time);
		final Path components = target.resolve("bom.json");
		if (!Files.exists(components)) throw new IllegalStateException("The list of components is missing: it is made only online, without -o.");
		Files.copy(components, release.resolve("cfebm-components.cdx.json"));
		sums(release);
	}

	/** All files for Fiji, of all platforms. */
	static List<Shipped> shipped(final Path target) throws IOException {
		final SortedMap<String, Path> common = common(target.resolve("fiji"));
		final List<Shipped> all = new ArrayList<>();
		common.forEach((path, content) -> all.add(new Shipped(path, content, List.of())));
		for (final Map.Entry<String, String> platform : PLATFORMS.entrySet())
			natives(target, platform.getKey(), true).forEach((path, content) -> all.add(new Shipped(path, content, List.of(platform.getValue()))));
		return all;
	}

	/** A tree that was made for one platform, with the native libraries of another one. */
	private static SortedMap<String, Path> of(final Path tree, final Path target, final String platform, final boolean fiji)
		throws IOException
	{
		final SortedMap<String, Path> files = common(tree);
		files.putAll(natives(target, platform, fiji));
		return files;
	}

	private static SortedMap<String, Path> common(final Path tree) throws IOException {
		final SortedMap<String, Path> files = tree(tree);
		files.keySet().removeIf(path -> PLATFORMS.keySet().stream().anyMatch(platform -> path.contains("-" + platform)));
		return files;
	}

	/** @param fiji whether under the names that they have in Fiji: nothing there may begin like a library that Fiji has itself */
	private static SortedMap<String, Path> natives(final Path target, final String platform, final boolean fiji) throws IOException {
		final SortedMap<String, Path> files = new TreeMap<>();
		tree(target.resolve("natives").resolve(platform)).forEach((name, content) -> files.put(fiji ? "plugins/CF-EBM/" + (name.startsWith(
			"nd4j-") ? "" : "nd4j-") + name : "lib/" + name, content));
		if (files.size() != 3) throw new IllegalStateException("There are native libraries of ND4J, JavaCPP and OpenBLAS, not " + files.keySet());
		return files;
	}

	/** The files below a folder by their paths in it, with slashes. */
	private static SortedMap<String, Path> tree(final Path folder) throws IOException {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter(Files::isRegularFile).collect(Collectors.toMap(file -> folder.relativize(file).toString().replace('\\', '/'),
				file -> file, (a, b) -> a, TreeMap::new));
		}
	}

	private static Path fresh(final Path folder) throws IOException {
		if (Files.exists(folder)) try (Stream<Path> files = Files.walk(folder)) {
			for (final Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator)
				Files.delete(file);
		}
		return Files.createDirectories(folder);
	}

	/** The same bytes for the same files: in the order of their names, all of one time. */
	static void zip(final Path to, final SortedMap<String, Path> files, final OffsetDateTime time) throws IOException {
		try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(to.toFile())) {
			for (final Map.Entry<String, Path> file : files.entrySet()) {
				final byte[] content = Files.readAllBytes(file.getValue());
				final ZipArchiveEntry entry = new ZipArchiveEntry(file.getKey());
				// Of the clock on the wall: that of the time zone at hand would differ.
				entry.setTimeLocal(time.toLocalDateTime());
				entry.setUnixMode(file.getKey().equals("cfebm") || file.getKey().endsWith(".sh") ? 0100755 : 0100644);
				entry.setMethod(PACKED.stream().anyMatch(file.getKey()::endsWith) ? ZipEntry.STORED : ZipEntry.DEFLATED);
				final CRC32 crc = new CRC32();
				crc.update(content);
				entry.setCrc(crc.getValue());
				entry.setSize(content.length);
				zip.putArchiveEntry(entry);
				zip.write(content);
				zip.closeArchiveEntry();
			}
		}
	}

	/** In the form that {@code sha256sum --check} reads. */
	private static void sums(final Path folder) throws IOException {
		final StringBuilder sums = new StringBuilder();
		for (final Map.Entry<String, Path> file : tree(folder).entrySet())
			sums.append(Checksums.sha256(file.getValue())).append("  ").append(file.getKey()).append('\n');
		Files.write(folder.resolve("SHA256SUMS"), sums.toString().getBytes(StandardCharsets.US_ASCII));
	}
}

package sc.fiji.cfebm.release;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import sc.fiji.cfebm.release.SiteIndex.Entry;

/** Installs and updates from a site as Fiji's updater does, as far as the index says what to do. */
final class UpdateClient {

	private final URI site;
	private final Path root;
	private final String platform;

	/** @param site ends with a slash @param root the folder of Fiji @param platform by the updater's name */
	UpdateClient(final URI site, final Path root, final String platform) {
		this.site = site;
		this.root = root;
		this.platform = platform;
	}

	/**
	 * Makes the folder what the site says, but for files that somebody changed.
	 *
	 * @return what was done, one line each: “install”, “update”, “remove” or “changed by hand”, and the file
	 */
	List<String> update() throws IOException {
		final List<String> done = new ArrayList<>();
		for (final Entry entry : SiteIndex.readCompressed(download(UpdateSite.INDEX)).entries()) {
			if (!entry.platforms().isEmpty() && !entry.platforms().contains(platform)) continue;
			final Path here = installed(entry);
			final String name = here == null ? null : root.relativize(here).toString().replace('\\', '/'), checksum = here == null ? null : Checksums
				.of(name, here);
			if (entry.current() != null && entry.current().checksum().equals(checksum)) continue;
			if (here != null && entry.previous().stream().noneMatch(version -> version.checksum().equals(checksum))) {
				done.add("changed by hand " + name);
				continue;
			}
			if (here != null) Files.delete(here);
			if (entry.current() == null) {
				if (here != null) done.add("remove " + name);
				continue;
			}
			final byte[] content = download(entry.place().replace(" ", "%20"));
			if (content.length != entry.current().size()) throw new IOException(entry.filename() + " has " + content.length + " bytes.");
			final Path to = root.resolve(entry.filename());
			Files.createDirectories(to.getParent());
			Files.write(to, content);
			if (!Checksums.of(entry.filename(), to).equals(entry.current().checksum())) throw new IOException(entry.filename() + " is damaged.");
			done.add((here == null ? "install " : "update ") + entry.filename());
		}
		return done;
	}

	/** The file of whatever version; null: there is none. */
	private Path installed(final Entry entry) throws IOException {
		final Path folder = root.resolve(entry.filename()).getParent();
		if (!Files.isDirectory(folder)) return null;
		try (var files = Files.list(folder)) {
			return files.filter(file -> Files.isRegularFile(file) && SiteIndex.key(root.relativize(file).toString().replace('\\', '/')).equals(
				SiteIndex.key(entry.filename()))).findFirst().orElse(null);
		}
	}

	private byte[] download(final String path) throws IOException {
		try (InputStream in = site.resolve(path).toURL().openStream()) {
			return in.readAllBytes();
		}
	}
}

package sc.fiji.cfebm.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import sc.fiji.cfebm.release.SiteIndex.Entry;
import sc.fiji.cfebm.release.SiteIndex.Previous;
import sc.fiji.cfebm.release.SiteIndex.Version;

/** Makes the folder of an update site: the index, and each file beside its timestamp. */
final class UpdateSite {

	static final String INDEX = "db.xml.gz";

	/**
	 * A file of the release.
	 *
	 * @param path in the folder of Fiji, with slashes
	 * @param content where it is now
	 * @param platforms by the updater's names; empty: all
	 */
	record Shipped(String path, Path content, List<String> platforms) {}

	private UpdateSite() {}

	/**
	 * Writes a site. What did not change keeps the version that it has on the published one; of what did, and of what is no longer there, the
	 * versions that were published before are listed, by which the updater knows that nobody changed them by hand.
	 *
	 * @param published the index as it was published last; empty before the first time
	 * @param timestamp of all that is new, yyyyMMddHHmmss
	 * @param target an empty folder
	 * @throws IllegalArgumentException with one sentence, if the timestamp is not newer than all that is published
	 */
	static SiteIndex write(final Collection<Shipped> files, final SiteIndex published, final long timestamp, final Path target)
		throws IOException
	{
		final SiteIndex index = new SiteIndex();
		final Set<String> shipped = new HashSet<>();
		for (final Shipped file : files) {
			final Entry before = published.get(file.path), entry = entry(file, before, timestamp);
			index.add(entry);
			shipped.add(SiteIndex.key(file.path));
			// Where the checksum is the same and the bytes are not, what is published stays.
			if (entry.current().size() != Files.size(file.content)) continue;
			final Path to = target.resolve(entry.place());
			Files.createDirectories(to.getParent());
			Files.copy(file.content, to);
		}
		for (final Entry gone : published.entries())
			if (!shipped.contains(SiteIndex.key(gone.filename()))) index.add(new Entry(gone.filename(), gone.platforms(), null, gone
				.current() == null ? gone.previous() : previous(gone, timestamp)));
		Files.write(target.resolve(INDEX), index.toCompressed());
		return index;
	}

	private static Entry entry(final Shipped file, final Entry before, final long timestamp) throws IOException {
		final String checksum = Checksums.of(file.path, file.content);
		final Version fresh = new Version(checksum, timestamp, Files.size(file.content));
		if (before == null) return new Entry(file.path, file.platforms, fresh, List.of());
		if (before.current() == null) return new Entry(file.path, file.platforms, fresh, before.previous());
		if (before.current().checksum().equals(checksum) && before.filename().equals(file.path)) return new Entry(file.path, file.platforms,
			before.current(), before.previous());
		return new Entry(file.path, file.platforms, fresh, previous(before, timestamp));
	}

	/** The published versions, once another one is current. */
	private static List<Previous> previous(final Entry entry, final long timestamp) {
		final Version last = entry.current();
		if (last.timestamp() >= timestamp) throw new IllegalArgumentException("What is published is of " + last.timestamp() + ", and " + entry
			.filename() + " differs: raise project.build.outputTimestamp in pom.xml, which is " + timestamp + " now.");
		final List<Previous> all = new ArrayList<>(List.of(new Previous(last.checksum(), last.timestamp(), timestamp, entry.filename())));
		all.addAll(entry.previous());
		return all;
	}
}

package sc.fiji.cfebm.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Checksums as Fiji's updater has them: it takes a file for changed by others where they differ. */
final class Checksums {

	private Checksums() {}

	/**
	 * SHA-1: of a jar over its entries in the order of their names, name and content, of other files over path and content. Of manifests only
	 * the name counts, and comments of properties don't, as both tell when and by what a jar was built.
	 *
	 * @param path in the folder of Fiji, with slashes
	 */
	static String of(final String path, final Path file) throws IOException {
		final MessageDigest digest = digest("SHA-1");
		if (!path.endsWith(".jar")) {
			digest.update(path.getBytes(StandardCharsets.US_ASCII));
			return hex(digest, Files.readAllBytes(file));
		}
		try (ZipFile jar = new ZipFile(file.toFile())) {
			final List<? extends ZipEntry> entries = jar.stream().sorted(Comparator.comparing(ZipEntry::getName)).toList();
			for (final ZipEntry entry : entries) {
				digest.update(entry.getName().getBytes(StandardCharsets.US_ASCII));
				if (entry.getName().equals("META-INF/MANIFEST.MF")) continue;
				final byte[] content = jar.getInputStream(entry).readAllBytes();
				digest.update(entry.getName().endsWith(".properties") ? withoutComments(content) : content);
			}
		}
		return hex(digest, new byte[0]);
	}

	/** SHA-256 of a file's content. */
	static String sha256(final Path file) throws IOException {
		return hex(digest("SHA-256"), Files.readAllBytes(file));
	}

	/**
	 * What the updater sees of properties: lines that begin with # are empty. As it is, it does not see that a line begins after an empty one.
	 */
	private static byte[] withoutComments(final byte[] text) {
		final ByteArrayOutputStream seen = new ByteArrayOutputStream();
		boolean begins = true, comment = false, empty = false;
		for (final byte b : text) {
			if (comment) {
				if (b == '\n') {
					seen.write(b);
					comment = false;
					begins = !empty;
				}
				else if (b != '#') empty = false;
			}
			else if (begins && b == '#') comment = empty = true;
			else {
				seen.write(b);
				begins = !begins && b == '\n';
			}
		}
		return seen.toByteArray();
	}

	private static MessageDigest digest(final String algorithm) {
		try {
			return MessageDigest.getInstance(algorithm);
		}
		catch (final NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}

	private static String hex(final MessageDigest digest, final byte[] last) {
		return HexFormat.of().formatHex(digest.digest(last));
	}
}

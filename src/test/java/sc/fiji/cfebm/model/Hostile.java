package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Spoils files in the ways that accidents and forgers do, from a seed, and watches what a reader makes of them. */
public final class Hostile {

	private static final String[] TOKENS = { "0", "-1", "null", "{", "}", "[", "]", ",", ":", "\"\"", "1e308", "-1e999", "NaN",
		"2147483647", "2147483648", "9999999999999999999", "1e-400", "true", "\"../../evil\"", "\\u0000", "{\"a\":", "[[" };

	private final SplittableRandom rng;

	public Hostile(final long seed) {
		rng = new SplittableRandom(seed);
	}

	public SplittableRandom rng() {
		return rng;
	}

	/** Bits turned, bytes drawn, the end cut off, pieces moved or doubled, numbers made huge. */
	public byte[] bytes(final byte[] whole) {
		final byte[] b = whole.clone();
		switch (rng.nextInt(7)) {
			case 0:
				for (int n = 1 + rng.nextInt(8); n > 0; n--)
					b[rng.nextInt(b.length)] ^= (byte) (1 << rng.nextInt(8));
				return b;
			case 1:
				for (int n = 1 + rng.nextInt(4); n > 0; n--)
					b[rng.nextInt(b.length)] = (byte) rng.nextInt();
				return b;
			case 2:
				return Arrays.copyOf(b, rng.nextInt(b.length));
			case 3:
				final int count = 1 + rng.nextInt(b.length / 2);
				System.arraycopy(b, rng.nextInt(b.length - count), b, rng.nextInt(b.length - count), count);
				return b;
			case 4:
				final int at = rng.nextInt(b.length - 4);
				Arrays.fill(b, at, at + 4, (byte) (rng.nextBoolean() ? 0xff : 0x7f));
				return b;
			case 5:
				// The end is where a zip has its table of contents, and a checkpoint its sum.
				for (int n = 1 + rng.nextInt(4); n > 0; n--)
					b[b.length - 1 - rng.nextInt(Math.min(300, b.length))] = (byte) rng.nextInt();
				return b;
			default:
				final byte[] doubled = Arrays.copyOf(b, b.length + 1 + rng.nextInt(b.length));
				System.arraycopy(b, 0, doubled, b.length, doubled.length - b.length);
				return doubled;
		}
	}

	/** Values replaced, brackets spoilt, pieces doubled, deep nesting. */
	public String json(final String whole) {
		final StringBuilder s = new StringBuilder(whole);
		for (int n = 1 + rng.nextInt(3); n > 0; n--)
			switch (rng.nextInt(5)) {
				case 0:
					number(s);
					break;
				case 1:
					final int at = rng.nextInt(s.length());
					s.replace(at, Math.min(s.length(), at + rng.nextInt(4)), TOKENS[rng.nextInt(TOKENS.length)]);
					break;
				case 2:
					final int from = rng.nextInt(s.length()), to = Math.min(s.length(), from + rng.nextInt(200));
					s.insert(rng.nextInt(s.length()), s.substring(from, to));
					break;
				case 3:
					final int cut = rng.nextInt(s.length());
					s.delete(cut, Math.min(s.length() - 1, cut + rng.nextInt(100)));
					break;
				default:
					if (rng.nextInt(10) == 0) s.insert(rng.nextInt(s.length()), (rng.nextBoolean() ? "[" : "{\"a\":").repeat(1000 +
						rng.nextInt(20_000)));
					else number(s);
			}
		return s.toString();
	}

	/** Replaces one value after a colon, a comma or a bracket. */
	private void number(final StringBuilder s) {
		for (int tries = 0; tries < 20; tries++) {
			int from = rng.nextInt(s.length());
			while (from < s.length() && ":,[".indexOf(s.charAt(from)) < 0)
				from++;
			from++;
			int to = from;
			while (to < s.length() && ",]}\n".indexOf(s.charAt(to)) < 0)
				to++;
			if (from >= to) continue;
			s.replace(from, to, TOKENS[rng.nextInt(TOKENS.length)]);
			return;
		}
	}

	/** Values that are no numbers, or huge, in place of little-endian floats or big-endian doubles, whichever it hits. */
	public byte[] values(final byte[] whole) {
		final byte[] b = whole.clone();
		final int at = rng.nextInt(Math.max(1, b.length / 8)) * 8;
		final byte[][] bad = { { 0, 0, (byte) 0xc0, 0x7f }, { 0, 0, (byte) 0x80, 0x7f }, { 0x7f, (byte) 0xf8, 0, 0, 0, 0, 0, 0 }, {
			(byte) 0xff, (byte) 0xff, 0x7f, 0x7f } };
		final byte[] value = bad[rng.nextInt(bad.length)];
		System.arraycopy(value, 0, b, at, Math.min(value.length, b.length - at));
		return b;
	}

	/**
	 * Lets a reader read a file; it must succeed or throw an {@link IOException} of one sentence that names the file, and
	 * leave the file's folder as it was.
	 *
	 * @param most bytes that may be allocated meanwhile
	 * @return what was read, or null
	 */
	public static <T> T read(final Path file, final Callable<T> reader, final long most, final String how) {
		final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
		final long before = threads.getCurrentThreadAllocatedBytes();
		T read = null;
		try {
			read = reader.call();
		}
		catch (final IOException e) {
			final String m = String.valueOf(e.getMessage());
			assertTrue(m.contains(file.toString()) && m.endsWith(".") && !m.contains("\n") && !m.contains("Exception") && m
				.length() < 200 + file.toString().length(), how + ": " + m);
		}
		catch (final Throwable e) {
			fail(how + " gave " + e, e);
		}
		final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
		assertTrue(allocated <= most, () -> how + ": " + allocated + " bytes allocated for a file of " + file.toFile().length());
		return read;
	}

	/** All files below a folder. */
	public static List<String> below(final Path folder) throws IOException {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.map(f -> folder.relativize(f).toString()).sorted().toList();
		}
	}

	static String text(final byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}
}

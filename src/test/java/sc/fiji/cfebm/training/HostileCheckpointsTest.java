package sc.fiji.cfebm.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Hostile;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** Thousands of checkpoints that somebody spoilt on purpose, most of them with a sum that is right. */
@Timeout(120)
class HostileCheckpointsTest {

	private static final Normalization RANGE = new Normalization(0, 255);
	/** What reading may allocate: the history's steps are objects, some ten times as large as their text. */
	private static final long FIXED = 1 << 20, TIMES_SIZE = 64;

	@TempDir
	Path folder;
	private Path file;
	private static byte[] whole, body;
	private static String header;
	private Hostile hostile;
	private int accepted;

	@BeforeAll
	static void train(@TempDir final Path folder) throws IOException {
		final Path file = folder.resolve("a.checkpoint");
		Trainer.train(Split.of(List.of(new ImageSource("waves", TrainerTest.images(1))), 16, 1), RANGE, TrainerTest.settings(
			TrainerTest.quickRobust(), 8, 1, 30), new Checkpoints(file, 0, true), TrainingMonitor.NONE);
		whole = Files.readAllBytes(file);
		final int length = ByteBuffer.wrap(whole).getInt(8);
		header = new String(whole, 12, length, StandardCharsets.UTF_8);
		body = Arrays.copyOfRange(whole, 12 + length, whole.length - 8);
	}

	@BeforeEach
	void begin() throws IOException {
		file = Files.createDirectories(folder.resolve("checkpoints")).resolve("a.checkpoint");
		hostile = new Hostile(20261127);
		accepted = 0;
		assertNotNull(read(whole, "nothing"));
		assertNotNull(read(checkpoint(header, body), "nothing"));
	}

	@Test
	void spoiltBytes() throws IOException {
		for (int k = 0; k < 1000; k++)
			read(hostile.bytes(whole), "spoilt bytes " + k);
		// A copy of a piece onto itself, say.
		assertTrue(accepted < 10, accepted + " were accepted");
	}

	@Test
	void spoiltBytesWithTheRightSum() throws IOException {
		for (int k = 0; k < 1000; k++)
			read(summed(hostile.bytes(whole)), "spoilt bytes with the right sum " + k);
	}

	@Test
	void forgedHeader() throws IOException {
		for (int k = 0; k < 1500; k++)
			read(checkpoint(hostile.json(header), body), "forged header " + k);
		assertTrue(accepted < 1000, accepted + " were accepted");
	}

	@Test
	void forgedValues() throws IOException {
		for (int k = 0; k < 500; k++) {
			byte[] forged = hostile.values(body);
			if (k % 2 == 0) forged = Arrays.copyOf(forged, hostile.rng().nextInt(2 * body.length));
			final Checkpoint read = read(checkpoint(header, forged), "forged values " + k);
			if (forged.length != body.length) assertNull(read, "length " + forged.length + " of " + body.length);
		}
	}

	/** What passes for a checkpoint must not end in anything but a sentence later on either. */
	@Test
	void lengthsThatDoNotFitAreFound() throws IOException {
		for (final String[] forged : new String[][] { { "\"lengths\":[", "\"lengths\":[1" }, { "\"stage\":0", "\"stage\":1" }, {
			"\"stage\":0", "\"stage\":2147483647" }, { "\"stage\":0", "\"stage\":-1" }, { "\"channels\":1", "\"channels\":1024" }, {
				"\"plan\":[", "\"plan\":[0," }, { "\"costs\":[[", "\"costs\":[[],[" }, { "\"history\":[", "\"history\":[null," }, {
					"\"baseWidth\":1,", "\"baseWidth\":256," }, { "\"seconds\":", "\"seconds\":NaN,\"x\":" } })
		{
			final String other = header.replace(forged[0], forged[1]);
			assertTrue(!other.equals(header), forged[0]);
			assertNull(read(checkpoint(other, body), forged[1]), forged[1]);
		}
	}

	private Checkpoint read(final byte[] bytes, final String how) throws IOException {
		Files.write(file, bytes);
		final Checkpoint read = Hostile.read(file, () -> Checkpoint.read(file), FIXED + TIMES_SIZE * bytes.length, how);
		if (read != null) accepted++;
		assertEquals(List.of("", "checkpoints", "checkpoints/a.checkpoint"), Hostile.below(folder));
		return read;
	}

	private byte[] checkpoint(final String json, final byte[] content) throws IOException {
		final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		final DataOutputStream out = new DataOutputStream(bytes);
		final byte[] text = json.getBytes(StandardCharsets.UTF_8);
		out.write(whole, 0, 8);
		out.writeInt(text.length);
		out.write(text);
		out.write(content);
		out.writeLong(0);
		return summed(bytes.toByteArray());
	}

	/** With the sum of all before the last eight bytes in these. */
	private static byte[] summed(final byte[] bytes) {
		if (bytes.length < 8) return bytes;
		final CRC32 sum = new CRC32();
		sum.update(bytes, 0, bytes.length - 8);
		ByteBuffer.wrap(bytes).putLong(bytes.length - 8, sum.getValue());
		return bytes;
	}
}

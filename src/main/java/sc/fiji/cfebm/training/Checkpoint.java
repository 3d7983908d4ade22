package sc.fiji.cfebm.training;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/**
 * All that a training needs to go on as if it had never stopped. The file: eight bytes of a magic word, the length of a JSON
 * header and the header, then arrays in double precision, big-endian, and a CRC-32 of everything.
 *
 * @param header what is not an array
 * @param finished parameters of the stages that are done
 * @param stage the state of the one in training
 */
record Checkpoint(Header header, List<StageParameters> finished, StageTrainer.Saved stage) {

	private static final long MAGIC = 0x43464542_4D637032L; // CFEBMcp2
	private static final int LONGEST_HEADER = 1 << 26;
	private static final Gson GSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();

	/**
	 * @param settings of the training
	 * @param images a fingerprint of the training images and their range
	 * @param channels of the images
	 * @param plan iterations of every stage
	 * @param costs seconds that an iteration of each stage was planned to take: score matching, contrastive
	 * @param stage the one in training
	 * @param fades whether it has a Fade path
	 * @param rollbacks of the watchdog in the stages that are done
	 * @param seconds of training so far
	 * @param history the steps so far, thinned
	 * @param device that computed last; null: the processor
	 * @param lengths of the arrays of the stage's state: now, good, lastGood, buffer
	 */
	record Header(TrainingSettings settings, long images, int channels, List<Integer> plan, List<double[]> costs, int stage,
		boolean fades, int rollbacks, double seconds, List<TrainingStep> history, String device, int[] lengths)
	{}

	void write(final Path file) throws IOException {
		final byte[] json = GSON.toJson(header).getBytes(StandardCharsets.UTF_8);
		AtomicFile.write(file, stream -> {
			final CheckedOutputStream checked = new CheckedOutputStream(stream, new CRC32());
			final DataOutputStream out = new DataOutputStream(checked);
			out.writeLong(MAGIC);
			out.writeInt(json.length);
			out.write(json);
			for (final StageParameters p : finished) {
				write(out, new double[] { p.beta() });
				write(out, p.values());
				for (final double[] u : p.companions())
					write(out, u);
			}
			out.writeInt(stage.rollbacks());
			write(out, stage.now());
			write(out, stage.good());
			write(out, stage.lastGood());
			final ByteBuffer floats = ByteBuffer.allocate(4 * stage.buffer().length);
			floats.asFloatBuffer().put(stage.buffer());
			out.write(floats.array());
			out.writeLong(checked.getChecksum().getValue());
		});
	}

	/** @throws IOException with one sentence naming the file, if it is damaged or no checkpoint */
	static Checkpoint read(final Path file) throws IOException {
		try {
			return readWhole(file);
		}
		catch (final IOException | RuntimeException e) {
			// What a spoilt header makes of it is anybody's guess; the sum is not known before the end.
			throw new IOException("The checkpoint " + file +
				" is damaged, or of another version: delete it to train from the beginning.", e);
		}
	}

	private static Checkpoint readWhole(final Path file) throws IOException {
		final long size = Files.size(file);
		try (CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(Files.newInputStream(file),
			1 << 16), new CRC32()); DataInputStream in = new DataInputStream(checked))
		{
			if (in.readLong() != MAGIC) throw new IOException("no checkpoint");
			final Header header = GSON.fromJson(new String(bytes(in, in.readInt(), Math.min(size, LONGEST_HEADER)),
				StandardCharsets.UTF_8), Header.class);
			check(header);
			final List<StageParameters> finished = new ArrayList<>();
			for (int s = 0; s < header.stage; s++) {
				final double beta = doubles(in, 1, size)[0];
				final StageParameters p = parameters(header, s, beta < 1, size);
				p.setBeta(beta);
				fill(in, p.values(), size);
				for (final double[] u : p.companions())
					fill(in, u, size);
				if (!p.isFinite()) throw new IOException("no numbers");
				finished.add(p);
			}
			final int state = StageTrainer.stateSize(parameters(header, header.stage, header.fades, size));
			for (int i = 0; i < 3; i++)
				if (header.lengths[i] != state) throw new IOException("wrong length");
			final StageTrainer.Saved stage = new StageTrainer.Saved(in.readInt(), doubles(in, state, size), doubles(in, state,
				size), doubles(in, state, size), floats(in, header.lengths[3], size));
			final long sum = checked.getChecksum().getValue();
			if (in.readLong() != sum || in.read() >= 0) throw new IOException("wrong sum");
			return new Checkpoint(header, finished, stage);
		}
	}

	/** Whether a header is one that a training may have written, as far as it would fail or never end otherwise. */
	private static void check(final Header h) throws IOException {
		final int stages = h.settings.stages(), side = NetworkSpec.resolution(h.stage);
		final boolean right = h.stage >= 0 && h.stage < stages && h.plan.size() == stages && h.plan.stream().allMatch(
			n -> n > 0) && h.costs.size() == stages && h.costs.stream().allMatch(c -> c.length == 2) && h.history.stream()
				.allMatch(Objects::nonNull) && h.lengths.length == 4 && h.lengths[3] >= 0 && h.lengths[3] <= (long) h.settings
					.recipe().contrastive().buffer() * side * side * h.channels && Double.isFinite(h.seconds);
		if (!right) throw new IOException("makes no sense");
	}

	/** Parameters of a stage, of zeros, unless the file is too short for them. */
	private static StageParameters parameters(final Header header, final int stage, final boolean fades, final long size)
		throws IOException
	{
		final NetworkSpec spec = header.settings.spec(header.channels);
		if (8 * spec.count(stage, fades) > size) throw new IOException("too short");
		return spec.zeros(stage, fades);
	}

	private static void write(final DataOutputStream out, final double[] values) throws IOException {
		final ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
		bytes.asDoubleBuffer().put(values);
		out.write(bytes.array());
	}

	private static void fill(final DataInputStream in, final double[] values, final long size) throws IOException {
		System.arraycopy(doubles(in, values.length, size), 0, values, 0, values.length);
	}

	private static double[] doubles(final DataInputStream in, final int count, final long size) throws IOException {
		final ByteBuffer bytes = ByteBuffer.wrap(bytes(in, 8L * count, size));
		final double[] values = new double[count];
		bytes.asDoubleBuffer().get(values);
		return values;
	}

	private static float[] floats(final DataInputStream in, final int count, final long size) throws IOException {
		final ByteBuffer bytes = ByteBuffer.wrap(bytes(in, 4L * count, size));
		final float[] values = new float[count];
		bytes.asFloatBuffer().get(values);
		return values;
	}

	/** Nothing is allocated that the file is too short for. */
	private static byte[] bytes(final DataInputStream in, final long count, final long most) throws IOException {
		if (count < 0 || count > most || count > Integer.MAX_VALUE - 64) throw new IOException("too short");
		final byte[] bytes = new byte[(int) count];
		in.readFully(bytes);
		return bytes;
	}
}

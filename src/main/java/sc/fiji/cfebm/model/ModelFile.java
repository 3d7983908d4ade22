package sc.fiji.cfebm.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.langevin.MixtureStart;
import sc.fiji.cfebm.stats.GaussianFit;
import sc.fiji.cfebm.stats.GaussianMixture;
import sc.fiji.cfebm.tensor.Float16;

/**
 * The file format {@code .cfebm}: a zip of {@code model.json} ({@link ModelHeader}) and, per stage, {@code stage-<s>.f32},
 * little-endian floats: the parameters in their order, then the power-iteration vectors; in a file of half precision
 * {@code stage-<s>.f16} instead. If chains have a start of their own, {@code start.f32}: the lowest and the highest value,
 * and of each part of the mixture its weight, mean and whitening. If the training images' colors are known, {@code palette.f32}; if
 * those of images to be translated are, {@code sources.f32}. Nothing is allocated that the file's own size does not warrant: an entry
 * of more than {@value #SMALL} bytes beyond {@value #MOST_RATIO} times its packed size is refused.
 */
final class ModelFile {

	private static final String START = "start.f32", PALETTE = "palette.f32", SOURCES = "sources.f32";
	private static final int LONGEST_HEADER = 1 << 20, MOST_BYTES = Integer.MAX_VALUE - 64, SMALL = 1 << 18, MOST_RATIO = 64;

	/** How numbers are stored; the name in lower case is the entries' ending. */
	enum Numbers {

		F32(4) {

			@Override
			void put(final ByteBuffer out, final double v) {
				out.putFloat((float) v);
			}

			@Override
			double get(final ByteBuffer in) {
				return in.getFloat();
			}
		},
		F16(2) {

			@Override
			void put(final ByteBuffer out, final double v) {
				out.putShort(Float16.bits(v));
			}

			@Override
			double get(final ByteBuffer in) {
				return Float16.value(in.getShort());
			}
		};

		final int size;

		Numbers(final int size) {
			this.size = size;
		}

		/** Null if there are none of that name. */
		static Numbers named(final String name) {
			return Arrays.stream(values()).filter(n -> n.toString().equals(name)).findFirst().orElse(null);
		}

		abstract void put(ByteBuffer out, double v);

		abstract double get(ByteBuffer in);

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT);
		}
	}

	/** A sentence for the user about a file, without the file's name. */
	static final class Damaged extends Exception {

		private static final long serialVersionUID = 1;
		static final String SENSELESS = "is damaged: its " + ModelHeader.NAME + " makes no sense.";

		Damaged(final String what) {
			super(what);
		}

	}

	private ModelFile() {}

	/** @throws IOException with one sentence naming the file, also if a weight does not fit the numbers */
	static void write(final Model model, final Path file, final Numbers weights) throws IOException {
		Model.requireWritable(file);
		try {
			AtomicFile.write(file, out -> write(model, weights, out));
		}
		catch (final IOException e) {
			throw new IOException("The model cannot be written to " + file + ": " + e.getMessage() + ".", e);
		}
		catch (final IllegalArgumentException e) {
			throw new IOException("The model cannot be written to " + file + ": " + e.getMessage(), e);
		}
	}

	private static void write(final Model model, final Numbers weights, final OutputStream out) throws IOException {
		final ZipOutputStream zip = new ZipOutputStream(out);
		AtomicFile.put(zip, ModelHeader.NAME, ModelHeader.of(model, weights).toJson());
		if (model.info().start() != null) AtomicFile.put(zip, START, bytes(model.info().start()));
		if (model.info().palette() != null) AtomicFile.put(zip, PALETTE, bytes(model.info().palette()));
		if (model.info().sources() != null) AtomicFile.put(zip, SOURCES, bytes(model.info().sources()));
		for (int s = 0; s < model.pyramid().stages(); s++)
			AtomicFile.put(zip, stageName(s, weights), bytes(model.pyramid().parameters(s), weights));
		zip.finish();
	}

	static Model read(final Path file) throws IOException {
		if (Files.isDirectory(file)) throw new IOException(file + " is a folder, not a model file (.cfebm).");
		if (!Files.exists(file)) throw new IOException("There is no model file " + file + (Files.exists(Model.ofPlanes(file)) ? ", only " + Model
			.ofPlanes(file).getFileName() + " for stacks, which goes with it: train it with planes=1." : "."));
		if (!Files.isReadable(file)) throw new IOException("The model file " + file +
			" cannot be read: check its permissions.");
		try (ZipFile zip = new ZipFile(file.toFile())) {
			return read(zip);
		}
		catch (final Damaged e) {
			throw new IOException("The model file " + file + " " + e.getMessage(), e);
		}
		catch (final IOException e) {
			throw new IOException(file + " is not a CF-EBM model, or it is damaged: it is no intact .cfebm file.", e);
		}
		catch (final IllegalArgumentException | ArithmeticException e) {
			throw new IOException("The model file " + file + " " + Damaged.SENSELESS, e);
		}
	}

	private static Model read(final ZipFile zip) throws IOException, Damaged {
		if (zip.getEntry(ModelHeader.NAME) == null) throw new Damaged("is not a CF-EBM model: it has no " + ModelHeader.NAME + ".");
		final ModelHeader header = ModelHeader.parse(content(zip, ModelHeader.NAME, -1, LONGEST_HEADER));
		final NetworkSpec spec = header.network();
		final List<StageParameters> stages = new ArrayList<>();
		for (int s = 0; s < header.betas().length; s++)
			stages.add(stage(zip, spec, s, header.betas()[s], header.numbers()));
		return new Model(header.info(header.start() ? start(zip, spec) : null, header.palette() == 0 ? null : palette(zip, PALETTE, header.palette(), header),
			header.sources() == null ? null : palette(zip, SOURCES, header.sources(), header)),
			new EnergyPyramid(stages));
	}

	/** Numbers of one part of a mixture of {@code size} features: weight, mean, whitening. */
	private static int numbersOfPart(final int size) {
		return 1 + size + size * (size + 1) / 2;
	}

	/** The lowest and highest value, then the parts. */
	private static MixtureStart start(final ZipFile zip, final NetworkSpec spec) throws IOException, Damaged {
		final int size = MixtureStart.SIDE * MixtureStart.SIDE * spec.channels(), each = numbersOfPart(size);
		final byte[] bytes = content(zip, START, -1, MOST_BYTES);
		final int parts = (bytes.length / Numbers.F32.size - 2) / each;
		if (parts < 1 || (2 + parts * each) * Numbers.F32.size != bytes.length) throw new Damaged("is damaged: " + START +
			" does not have the size it should have.");
		final FloatBuffer in = FloatBuffer.allocate(bytes.length / Numbers.F32.size).put(buffer(bytes).asFloatBuffer()).flip();
		requireFinite(in.array(), START);
		final double low = in.get(), high = in.get();
		final double[] weights = new double[parts];
		final List<GaussianFit> fits = new ArrayList<>();
		double sum = 0;
		for (int k = 0; k < parts; k++) {
			sum += weights[k] = in.get();
			final double[] mean = doubles(in, size);
			final double[][] whitening = new double[size][];
			for (int i = 0; i < size; i++)
				whitening[i] = doubles(in, i + 1);
			fits.add(new GaussianFit(mean, whitening));
		}
		// Rounded to floats, they may miss 1.
		for (int k = 0; k < parts; k++)
			weights[k] /= sum;
		return new MixtureStart(low, high, new GaussianMixture(fits, weights));
	}

	private static double[] doubles(final FloatBuffer in, final int count) {
		final double[] values = new double[count];
		for (int i = 0; i < count; i++)
			values[i] = in.get();
		return values;
	}

	private static Palette palette(final ZipFile zip, final String name, final int size, final ModelHeader header) throws IOException, Damaged {
		final float[] colors = new float[size * header.channels()];
		buffer(content(zip, name, (long) Numbers.F32.size * colors.length, MOST_BYTES)).asFloatBuffer().get(colors);
		requireFinite(colors, name);
		return new Palette(header.channels(), colors);
	}

	private static void requireFinite(final float[] values, final String entry) throws Damaged {
		for (final float v : values)
			if (!Float.isFinite(v)) throw new Damaged("is damaged: " + entry + " holds values that are no numbers.");
	}

	private static StageParameters stage(final ZipFile zip, final NetworkSpec spec, final int stage, final double beta,
		final Numbers weights) throws IOException, Damaged
	{
		final long size = weights.size * spec.count(stage, beta < 1);
		final ByteBuffer in = buffer(content(zip, stageName(stage, weights), size, MOST_BYTES));
		final StageParameters p = spec.zeros(stage, beta < 1);
		for (final double[] values : values(p))
			for (int i = 0; i < values.length; i++)
				values[i] = weights.get(in);
		p.setBeta(beta);
		if (!p.isFinite()) throw new Damaged("is damaged: stage " + stage + " holds values that are no numbers.");
		return p;
	}

	/** @param size the size the entry must have, or -1 */
	private static byte[] content(final ZipFile zip, final String name, final long size, final int most)
		throws IOException, Damaged
	{
		final ZipEntry entry = zip.getEntry(name);
		if (entry == null) throw new Damaged("is damaged: it has no " + name + ".");
		final long declared = entry.getSize(), packed = Math.min(entry.getCompressedSize(), Files.size(Path.of(zip.getName())));
		// Deflate shrinks zeros a thousandfold, but weights hardly: what unpacks to very much more is no model.
		if (declared < 0 || declared > most || size >= 0 && declared != size || declared > SMALL + MOST_RATIO * packed)
			throw new Damaged("is damaged: " + name + " does not have the size it should have.");
		try (InputStream in = zip.getInputStream(entry)) {
			final byte[] bytes = in.readNBytes((int) declared);
			final CRC32 crc = new CRC32();
			crc.update(bytes);
			if (bytes.length != declared || in.read() >= 0 || crc.getValue() != entry.getCrc()) throw new Damaged(
				"is damaged: " + name + " was changed or cut off.");
			return bytes;
		}
		catch (final IOException e) {
			throw new Damaged("is damaged: " + name + " cannot be unpacked.");
		}
	}

	/** What is stored of a stage, in its order. */
	private static List<double[]> values(final StageParameters p) {
		final List<double[]> values = new ArrayList<>(List.of(p.values()));
		values.addAll(p.companions());
		return values;
	}

	private static byte[] bytes(final StageParameters p, final Numbers weights) {
		final byte[] bytes = new byte[Math.multiplyExact(weights.size, values(p).stream().mapToInt(v -> v.length).sum())];
		final ByteBuffer out = buffer(bytes);
		for (final double[] values : values(p))
			for (final double v : values)
				weights.put(out, v);
		return bytes;
	}

	private static byte[] bytes(final MixtureStart start) {
		final GaussianMixture mixture = start.mixture();
		final byte[] bytes = new byte[Numbers.F32.size * (2 + mixture.parts().size() * numbersOfPart(mixture.size()))];
		final FloatBuffer out = buffer(bytes).asFloatBuffer().put((float) start.low()).put((float) start.high());
		for (int k = 0; k < mixture.parts().size(); k++) {
			final GaussianFit part = mixture.parts().get(k);
			DoubleStream.concat(DoubleStream.of(mixture.weights()[k]), DoubleStream.concat(DoubleStream.of(part.mean()), Arrays.stream(part
				.whitening()).flatMapToDouble(DoubleStream::of))).forEach(v -> out.put((float) v));
		}
		return bytes;
	}

	private static byte[] bytes(final Palette palette) {
		final byte[] bytes = new byte[Numbers.F32.size * palette.colors().length];
		buffer(bytes).asFloatBuffer().put(palette.colors());
		return bytes;
	}

	private static ByteBuffer buffer(final byte[] bytes) {
		return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
	}

	private static String stageName(final int stage, final Numbers weights) {
		return "stage-" + stage + "." + weights;
	}
}

package sc.fiji.cfebm.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.GaussianStart;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.stats.GaussianFit;
import sc.fiji.cfebm.stats.ScoreQuantiles;
import sc.fiji.cfebm.tensor.Float16;

/**
 * The file format {@code .cfebm}: a zip of {@code model.json} and, per stage, {@code stage-<s>.f32}, little-endian
 * floats: the parameters in their order, then the power-iteration vectors; in a file of half precision {@code
 * stage-<s>.f16} instead. If chains have a start of their own, {@code start.f32}: its mean, then its factor. If the training images' colors
 * are known, {@code palette.f32}. Version 1 had neither start, calibration nor half precision, version 2 no palette and another notion of what is normal; a model
 * without both is written as version 2. Nothing is allocated that the file's own size does not warrant:
 * an entry of more than {@value #SMALL} bytes beyond {@value #MOST_RATIO} times its packed size is refused.
 */
final class ModelFile {

	private static final String FORMAT = "cf-ebm model", JSON = "model.json", START = "start.f32", PALETTE = "palette.f32", LINEAR = "linear", ANSCOMBE = "anscombe";
	private static final int VERSION = 3, OLDER = 2, MOST_COLORS = 1 << 10, LONGEST_JSON = 1 << 20, MOST_STAGES = 7, MOST_BYTES =
		Integer.MAX_VALUE - 64, SMALL = 1 << 18, MOST_RATIO = 64;
	private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

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

		abstract void put(ByteBuffer out, double v);

		abstract double get(ByteBuffer in);

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT);
		}
	}

	/** {@code model.json}; only plain fields, so that no class name is ever read from a file. */
	private static final class Json {

		String format;
		int version;
		String kind;
		int channels, baseWidth;
		boolean spectralNorm;
		String fromImage = "1x1", domain = LINEAR, weights = Numbers.F32.toString();
		double[] betas;
		double rangeLow, rangeHigh;
		/** Of the domain “anscombe”, and of no other. */
		Double gain, intercept;
		double sigmaMin, sigmaMax;
		int langevinSteps;
		boolean start;
		/** Number of colors; 0 if there is no palette. */
		int palette;
		JsonCalibration calibration;
		Map<String, String> training;
	}

	private static final class JsonCalibration {

		int images, patches;
		boolean heldOut;
		double[][] energy, logGradient;
		/** Noise levels and factors of the spread; null if not measured. */
		double[][] uncertainty;
		/** Null if not measured. */
		JsonNormality normality;
	}

	private static final class JsonNormality {

		double[] levels;
		JsonFeatures surroundings, tiles, superposed;
		JsonRanks surroundingsRanks, far, tilesRanks;
		List<JsonRanks> views;
		int near;
		/** Files that were written before there was one have none, and their ranks are those without. */
		double discount;
	}

	private static final class JsonFeatures {

		double[] mean;
		double[][] whitening;
	}

	private static final class JsonRanks {

		double[] scores;
		int samples;
	}

	/** A sentence for the user about a file, without the file's name. */
	private static final class Damaged extends Exception {

		private static final long serialVersionUID = 1;

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
		AtomicFile.put(zip, JSON, GSON.toJson(json(model, weights)).getBytes(StandardCharsets.UTF_8));
		if (model.info().start() != null) AtomicFile.put(zip, START, bytes(model.info().start()));
		if (model.info().palette() != null) AtomicFile.put(zip, PALETTE, bytes(model.info().palette()));
		for (int s = 0; s < model.pyramid().stages(); s++)
			AtomicFile.put(zip, stageName(s, weights), bytes(model.pyramid().parameters(s), weights));
		zip.finish();
	}

	static Model read(final Path file) throws IOException {
		if (Files.isDirectory(file)) throw new IOException(file + " is a folder, not a model file (.cfebm).");
		if (!Files.exists(file)) throw new IOException("There is no model file " + file + ".");
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
		catch (final JsonParseException | IllegalArgumentException | ArithmeticException e) {
			throw new IOException("The model file " + file + " is damaged: its " + JSON + " makes no sense.", e);
		}
	}

	private static Model read(final ZipFile zip) throws IOException, Damaged {
		if (zip.getEntry(JSON) == null) throw new Damaged("is not a CF-EBM model: it has no " + JSON + ".");
		final Json json = GSON.fromJson(new String(content(zip, JSON, -1, LONGEST_JSON), StandardCharsets.UTF_8),
			Json.class);
		if (json == null || !FORMAT.equals(json.format)) throw new Damaged("is not a CF-EBM model: its " + JSON +
			" is another program's.");
		if (json.version > VERSION) throw new Damaged("was written by a newer version of CF-EBM (format " + json.version +
			", this version reads " + VERSION + "): update the plugin.");
		final Numbers weights = Arrays.stream(Numbers.values()).filter(n -> n.toString().equals(json.weights)).findFirst()
			.orElse(null);
		if (!"1x1".equals(json.fromImage) || !LINEAR.equals(json.domain) && !ANSCOMBE.equals(json.domain) || weights == null) throw new Damaged(
			"is of a kind that this version of CF-EBM does not know: update the plugin.");
		if (json.version < 1 || json.kind == null || json.betas == null || json.betas.length < 1 ||
			json.betas.length > MOST_STAGES) throw new Damaged("is damaged: its " + JSON + " is incomplete.");
		if (json.langevinSteps < 0 || json.langevinSteps > 10_000) throw new Damaged(
			"is damaged: its number of Langevin steps makes no sense.");
		final NetworkSpec spec = new NetworkSpec(json.channels, json.baseWidth, json.spectralNorm);
		final List<StageParameters> stages = new ArrayList<>();
		for (int s = 0; s < json.betas.length; s++)
			stages.add(stage(zip, spec, s, json.betas[s], weights));
		final Kind kind = Kind.valueOf(json.kind);
		if (kind == Kind.SCORE_MATCHING && !(json.sigmaMin > 0 && json.sigmaMax > json.sigmaMin &&
			json.sigmaMax < 1e6)) throw new Damaged("is damaged: its noise levels make no sense.");
		return new Model(new ModelInfo(kind, spec, new Normalization(json.rangeLow, json.rangeHigh), shot(json), json.sigmaMin,
			json.sigmaMax, json.langevinSteps, json.start ? start(zip, spec) : null, palette(zip, json), calibration(json), json.training == null
				? Map.of() : json.training), new EnergyPyramid(stages));
	}

	private static Anscombe shot(final Json json) throws Damaged {
		if (LINEAR.equals(json.domain)) return null;
		if (json.gain == null || json.intercept == null) throw new Damaged("is damaged: its " + JSON + " is incomplete.");
		return new Anscombe(json.gain, json.intercept);
	}

	private static GaussianStart start(final ZipFile zip, final NetworkSpec spec) throws IOException, Damaged {
		final int side = NetworkSpec.resolution(0), size = side * side * spec.channels(), factor = GaussianStart.factorSize(
			size);
		final ByteBuffer in = buffer(content(zip, START, Numbers.F32.size * ((long) size + factor), MOST_BYTES));
		final float[] mean = new float[size], lower = new float[factor];
		in.asFloatBuffer().get(mean).get(lower);
		for (final float[] values : List.of(mean, lower))
			for (final float v : values)
				if (!Float.isFinite(v)) throw new Damaged("is damaged: " + START + " holds values that are no numbers.");
		return new GaussianStart(mean, lower);
	}

	private static Palette palette(final ZipFile zip, final Json json) throws IOException, Damaged {
		if (json.palette == 0) return null;
		if (json.palette < 0 || json.palette > MOST_COLORS) throw new Damaged("is damaged: its number of colors makes no sense.");
		final ByteBuffer in = buffer(content(zip, PALETTE, (long) Numbers.F32.size * json.palette * json.channels, MOST_BYTES));
		final float[] colors = new float[json.palette * json.channels];
		in.asFloatBuffer().get(colors);
		for (final float v : colors)
			if (!Float.isFinite(v)) throw new Damaged("is damaged: " + PALETTE + " holds values that are no numbers.");
		return new Palette(json.channels, colors);
	}

	private static Calibration calibration(final Json json) throws Damaged {
		final JsonCalibration c = json.calibration;
		if (c == null) return null;
		final int stages = json.betas.length;
		if (c.energy == null || c.logGradient == null || c.energy.length != stages || c.logGradient.length != stages)
			throw new Damaged("is damaged: its calibration does not have one entry per stage.");
		final List<Calibration.Stage> entries = new ArrayList<>();
		for (int s = 0; s < stages; s++) {
			if (c.energy[s] == null || c.logGradient[s] == null) throw new Damaged("is damaged: its calibration is incomplete.");
			entries.add(new Calibration.Stage(c.energy[s], c.logGradient[s]));
		}
		if (c.uncertainty != null && (c.uncertainty.length != 2 || c.uncertainty[0] == null || c.uncertainty[1] == null))
			throw new Damaged("is damaged: its calibration is incomplete.");
		return new Calibration(c.images, c.patches, c.heldOut, entries, c.uncertainty == null ? null : new Uncertainty(
			c.uncertainty[0], c.uncertainty[1]), normality(c.normality));
	}

	private static NominalModel normality(final JsonNormality n) throws Damaged {
		// Before there were several views of a tile other features were measured, which say nothing to this version.
		if (n == null || n.views == null && n.far == null) return null;
		if (n.levels == null) throw new Damaged("is damaged: its calibration is incomplete.");
		return new NominalModel(n.levels, new NominalModel.Surroundings(features(n.surroundings), ranks(n.surroundingsRanks)),
			new NominalModel.Tiles(features(n.tiles), features(n.superposed), n.near, n.discount, views(n.views), ranks(n.far), ranks(n.tilesRanks)));
	}

	private static GaussianFit features(final JsonFeatures f) throws Damaged {
		if (f == null || f.mean == null || f.whitening == null) throw new Damaged("is damaged: its calibration is incomplete.");
		return new GaussianFit(f.mean, f.whitening);
	}

	private static ScoreQuantiles ranks(final JsonRanks r) throws Damaged {
		if (r == null || r.scores == null) throw new Damaged("is damaged: its calibration is incomplete.");
		return new ScoreQuantiles(r.scores, r.samples);
	}

	private static List<ScoreQuantiles> views(final List<JsonRanks> views) throws Damaged {
		if (views == null) throw new Damaged("is damaged: its calibration is incomplete.");
		final List<ScoreQuantiles> ranks = new ArrayList<>();
		for (final JsonRanks view : views)
			ranks.add(ranks(view));
		return ranks;
	}

	private static StageParameters stage(final ZipFile zip, final NetworkSpec spec, final int stage, final double beta,
		final Numbers weights) throws IOException, Damaged
	{
		final long size = (long) weights.size * StageParameters.count(spec, stage);
		final ByteBuffer in = buffer(content(zip, stageName(stage, weights), size, MOST_BYTES));
		final StageParameters p = new StageParameters(spec, stage);
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
		values.addAll(p.leftSingularVectors().values());
		return values;
	}

	private static byte[] bytes(final StageParameters p, final Numbers weights) {
		final byte[] bytes = new byte[Math.multiplyExact(weights.size, StageParameters.count(p.spec(), p.stage()))];
		final ByteBuffer out = buffer(bytes);
		for (final double[] values : values(p))
			for (final double v : values)
				weights.put(out, v);
		return bytes;
	}

	private static byte[] bytes(final GaussianStart start) {
		final byte[] bytes = new byte[Numbers.F32.size * (start.mean().length + start.factor().length)];
		buffer(bytes).asFloatBuffer().put(start.mean()).put(start.factor());
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

	private static Json json(final Model model, final Numbers weights) {
		final Json json = new Json();
		final ModelInfo info = model.info();
		json.format = FORMAT;
		json.version = isOlder(info) ? OLDER : VERSION;
		json.kind = info.kind().name();
		json.channels = info.network().channels();
		json.baseWidth = info.network().baseWidth();
		json.spectralNorm = info.network().spectralNorm();
		json.betas = new double[model.pyramid().stages()];
		for (int s = 0; s < json.betas.length; s++)
			json.betas[s] = model.pyramid().parameters(s).beta();
		json.rangeLow = info.range().low();
		json.rangeHigh = info.range().high();
		if (info.shot() != null) {
			json.domain = ANSCOMBE;
			json.gain = info.shot().gain();
			json.intercept = info.shot().intercept();
		}
		json.sigmaMin = info.sigmaMin();
		json.sigmaMax = info.sigmaMax();
		json.langevinSteps = info.langevinSteps();
		json.weights = weights.toString();
		json.start = info.start() != null;
		json.palette = info.palette() == null ? 0 : info.palette().size();
		if (info.calibration() != null) json.calibration = json(info.calibration());
		json.training = new LinkedHashMap<>(info.training());
		return json;
	}

	private static JsonCalibration json(final Calibration calibration) {
		final JsonCalibration json = new JsonCalibration();
		json.images = calibration.images();
		json.patches = calibration.patches();
		json.heldOut = calibration.heldOut();
		json.energy = calibration.stages().stream().map(Calibration.Stage::energy).toArray(double[][]::new);
		json.logGradient = calibration.stages().stream().map(Calibration.Stage::logGradient).toArray(double[][]::new);
		if (calibration.uncertainty() != null) json.uncertainty = new double[][] { calibration.uncertainty().sigma(),
			calibration.uncertainty().factor() };
		if (calibration.normality() != null) json.normality = json(calibration.normality());
		return json;
	}

	/** Whether programs that know version 2 can read it. */
	private static boolean isOlder(final ModelInfo info) {
		return info.palette() == null && (info.calibration() == null || info.calibration().normality() == null);
	}

	private static JsonNormality json(final NominalModel normality) {
		final JsonNormality json = new JsonNormality();
		json.levels = normality.levels();
		json.surroundings = json(normality.surroundings().features());
		json.surroundingsRanks = json(normality.surroundings().ranks());
		json.tiles = json(normality.tiles().features());
		json.superposed = json(normality.tiles().superposed());
		json.near = normality.tiles().near();
		json.discount = normality.tiles().discount();
		json.views = normality.tiles().views().stream().map(ModelFile::json).toList();
		json.far = json(normality.tiles().far());
		json.tilesRanks = json(normality.tiles().ranks());
		return json;
	}

	private static JsonFeatures json(final GaussianFit features) {
		final JsonFeatures json = new JsonFeatures();
		json.mean = features.mean();
		json.whitening = features.whitening();
		return json;
	}

	private static JsonRanks json(final ScoreQuantiles ranks) {
		final JsonRanks json = new JsonRanks();
		json.scores = ranks.scores();
		json.samples = ranks.samples();
		return json;
	}

	private static String stageName(final int stage, final Numbers weights) {
		return "stage-" + stage + "." + weights;
	}
}

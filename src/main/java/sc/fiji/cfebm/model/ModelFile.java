package sc.fiji.cfebm.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;

import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.tile.Normalization;

/**
 * The file format {@code .cfebm}: a zip of {@code model.json} and, per stage, {@code stage-<s>.f32}, little-endian
 * floats: the parameters in their order, then the power-iteration vectors. Nothing is allocated that the file's own
 * size does not warrant.
 */
final class ModelFile {

	private static final String FORMAT = "cf-ebm model", JSON = "model.json";
	private static final int VERSION = 1, LONGEST_JSON = 1 << 20, MOST_STAGES = 7;
	private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

	/** {@code model.json}; only plain fields, so that no class name is ever read from a file. */
	private static final class Json {

		String format;
		int version;
		String kind;
		int channels, baseWidth;
		boolean spectralNorm;
		String fromImage = "1x1", domain = "linear";
		double[] betas;
		double rangeLow, rangeHigh;
		double sigmaMin, sigmaMax;
		int langevinSteps;
		Map<String, String> training;
	}

	/** A sentence for the user about a file, without the file's name. */
	private static final class Damaged extends Exception {

		private static final long serialVersionUID = 1;

		Damaged(final String what) {
			super(what);
		}
	}

	private ModelFile() {}

	static void requireWritable(final Path file) throws IOException {
		final Path target = file.toAbsolutePath();
		final Path folder = target.getParent();
		if (Files.isDirectory(target)) throw new IOException("The model cannot be written to " + file +
			": it is a folder; name a file that ends in .cfebm.");
		if (folder == null || !Files.isDirectory(folder)) throw new IOException("The model cannot be written to " + file +
			": there is no folder " + folder + ".");
		try {
			// Permissions alone do not tell: a file system may be read-only or full.
			Files.delete(Files.createTempFile(folder, ".cfebm", ".tmp"));
		}
		catch (final IOException e) {
			throw new IOException("The model cannot be written to " + file + ": files cannot be made in the folder " +
				folder + ".", e);
		}
		if (Files.exists(target) && !Files.isWritable(target)) throw new IOException("The model cannot be written to " +
			file + ": the file there is read-only.");
	}

	static void write(final Model model, final Path file) throws IOException {
		requireWritable(file);
		final Path target = file.toAbsolutePath();
		// Not createTempFile: its file, and so the model, would be readable by its owner alone.
		final Path temporary = target.resolveSibling(".cfebm-" + UUID.randomUUID() + ".tmp");
		try {
			try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW))) {
				put(zip, JSON, GSON.toJson(json(model)).getBytes(StandardCharsets.UTF_8));
				for (int s = 0; s < model.pyramid().stages(); s++)
					put(zip, stageName(s), bytes(model.pyramid().parameters(s)));
			}
			move(temporary, target);
		}
		catch (final IOException e) {
			throw new IOException("The model cannot be written to " + file + ": " + e.getMessage() + ".", e);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	private static void move(final Path temporary, final Path target) throws IOException {
		try {
			Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (final AtomicMoveNotSupportedException e) {
			// Some network drives; the file is whole by now.
			Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
		}
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
		catch (final JsonParseException | IllegalArgumentException e) {
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
		if (!"1x1".equals(json.fromImage) || !"linear".equals(json.domain)) throw new Damaged(
			"is of a kind that this version of CF-EBM does not know: update the plugin.");
		if (json.version < 1 || json.kind == null || json.betas == null || json.betas.length < 1 ||
			json.betas.length > MOST_STAGES) throw new Damaged("is damaged: its " + JSON + " is incomplete.");
		if (json.langevinSteps < 0 || json.langevinSteps > 10_000) throw new Damaged(
			"is damaged: its number of Langevin steps makes no sense.");
		final NetworkSpec spec = new NetworkSpec(json.channels, json.baseWidth, json.spectralNorm);
		final List<StageParameters> stages = new ArrayList<>();
		for (int s = 0; s < json.betas.length; s++)
			stages.add(stage(zip, spec, s, json.betas[s]));
		final Kind kind = Kind.valueOf(json.kind);
		if (kind == Kind.SCORE_MATCHING && !(json.sigmaMin > 0 && json.sigmaMax > json.sigmaMin &&
			json.sigmaMax < 1e6)) throw new Damaged("is damaged: its noise levels make no sense.");
		return new Model(new ModelInfo(kind, spec, new Normalization(json.rangeLow, json.rangeHigh), json.sigmaMin,
			json.sigmaMax, json.langevinSteps, null, null, json.training == null ? Map.of() : json.training), new EnergyPyramid(
				stages));
	}

	private static StageParameters stage(final ZipFile zip, final NetworkSpec spec, final int stage,
		final double beta) throws IOException, Damaged
	{
		final int floats = StageParameters.count(spec, stage);
		final byte[] bytes = content(zip, stageName(stage), 4L * floats, Integer.MAX_VALUE - 64);
		final ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
		final StageParameters p = new StageParameters(spec, stage);
		read(in, p.values());
		for (final double[] u : p.leftSingularVectors().values())
			read(in, u);
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
		final long declared = entry.getSize();
		// Deflate shrinks at most about a thousandfold, so a small file that declares much more is lying.
		if (declared < 0 || declared > most || size >= 0 && declared != size || declared > 1100 * Math.max(1, entry
			.getCompressedSize())) throw new Damaged("is damaged: " + name + " does not have the size it should have.");
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

	private static void read(final ByteBuffer in, final double[] to) {
		for (int i = 0; i < to.length; i++)
			to[i] = in.getFloat();
	}

	private static byte[] bytes(final StageParameters p) {
		int floats = p.values().length;
		for (final double[] u : p.leftSingularVectors().values())
			floats += u.length;
		final ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(4, floats)).order(ByteOrder.LITTLE_ENDIAN);
		for (final double v : p.values())
			out.putFloat((float) v);
		for (final double[] u : p.leftSingularVectors().values())
			for (final double v : u)
				out.putFloat((float) v);
		return out.array();
	}

	private static Json json(final Model model) {
		final Json json = new Json();
		final ModelInfo info = model.info();
		json.format = FORMAT;
		json.version = VERSION;
		json.kind = info.kind().name();
		json.channels = info.network().channels();
		json.baseWidth = info.network().baseWidth();
		json.spectralNorm = info.network().spectralNorm();
		json.betas = new double[model.pyramid().stages()];
		for (int s = 0; s < json.betas.length; s++)
			json.betas[s] = model.pyramid().parameters(s).beta();
		json.rangeLow = info.range().low();
		json.rangeHigh = info.range().high();
		json.sigmaMin = info.sigmaMin();
		json.sigmaMax = info.sigmaMax();
		json.langevinSteps = info.langevinSteps();
		json.training = new LinkedHashMap<>(info.training());
		return json;
	}

	private static void put(final ZipOutputStream zip, final String name, final byte[] content) throws IOException {
		final ZipEntry entry = new ZipEntry(name);
		entry.setTime(0); // the same model gives the same file
		zip.putNextEntry(entry);
		zip.write(content);
		zip.closeEntry();
	}

	private static String stageName(final int stage) {
		return "stage-" + stage + ".f32";
	}
}

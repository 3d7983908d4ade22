package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.MixtureStart;
import sc.fiji.cfebm.stats.GaussianFit;
import sc.fiji.cfebm.stats.GaussianMixture;
import sc.fiji.cfebm.stats.ScoreQuantiles;

/** Thousands of model files that somebody spoilt on purpose. */
@Timeout(120)
class HostileModelsTest {

	private static final String JSON = "model.json";
	/** What reading may allocate: a few times what a small file's entries may unpack to. */
	private static final long FIXED = 24 << 20, TIMES_SIZE = 1000;

	@TempDir
	Path folder;
	private Path file;
	private byte[] whole;
	private Map<String, byte[]> entries;
	private Hostile hostile;
	private int accepted;

	@BeforeEach
	void write() throws IOException {
		final SplittableRandom rng = new SplittableRandom(1);
		final UnetSpec spec = new UnetSpec(1, List.of(1, 1), true, false, true, 2, EnergyForm.INNER_CORRECTED);
		final StageParameters coarse = spec.random(0, rng), fine = coarse.grow(rng);
		final float[] tiles = new float[100 * 64];
		for (int i = 0; i < tiles.length; i++)
			tiles[i] = (float) rng.nextGaussian();
		final double[] quantiles = IntStream.range(0, Calibration.QUANTILES).mapToDouble(i -> i).toArray();
		final Calibration.Stage stage = new Calibration.Stage(quantiles, quantiles);
		final GaussianFit features = new GaussianFit(new double[] { 1, 2 }, new double[][] { { 1 }, { 0, 1 } });
		final ScoreQuantiles scores = new ScoreQuantiles(new double[] { 1, 2, 3 }, 50);
		final Model model = new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, spec, new Normalization(0, 255), null, 0.02, 1, 0,
			MixtureStart.fit(tiles, 1, 1), new Palette(1, new float[] { -1, 0.5f, 1 }), new Calibration(2, 500, true, List.of(stage, stage), new Uncertainty(new double[] { 0.1,
				0.3 }, new double[] { 1.5, 1.25 }, new double[] { 0.05, 0 }), new NominalModel(new double[] { 0.1 }, new NominalModel.Surroundings(new GaussianMixture(List.of(
					new GaussianFit(new double[] { 4 }, new double[][] { { 1 } })), new double[] { 1 }), List.of(scores), scores), new NominalModel.Tiles(features, features, features.mean(), 1, 0.5, List.of(scores, scores, scores,
						scores), scores, scores))), Map.of("seed", "1")), new EnergyPyramid(List.of(coarse, fine)));
		file = Files.createDirectories(folder.resolve("models")).resolve("a.cfebm");
		model.write(file);
		whole = Files.readAllBytes(file);
		entries = new LinkedHashMap<>();
		try (ZipFile zip = new ZipFile(file.toFile())) {
			for (final ZipEntry e : java.util.Collections.list(zip.entries()))
				entries.put(e.getName(), zip.getInputStream(e).readAllBytes());
		}
		hostile = new Hostile(20261126);
		accepted = 0;
		assertNotNull(read(whole, "nothing"));
	}

	@Test
	void spoiltBytes() throws IOException {
		for (int k = 0; k < 2200; k++)
			read(hostile.bytes(whole), "spoilt bytes " + k);
		// Damage that hits nothing that is read, a date say, does no harm.
		assertTrue(accepted < 1100, accepted + " were accepted");
	}

	@Test
	void forgedJson() throws IOException {
		final String json = Hostile.text(entries.get(JSON));
		for (int k = 0; k < 2200; k++)
			read(zip(Map.of(JSON, hostile.json(json).getBytes(StandardCharsets.UTF_8))), "forged JSON " + k);
		assertTrue(accepted < 1100, accepted + " were accepted");
	}

	@Test
	void forgedEntries() throws IOException {
		final List<String> names = List.copyOf(entries.keySet());
		for (int k = 0; k < 1000; k++) {
			final String name = names.get(hostile.rng().nextInt(names.size())), other = names.get(hostile.rng().nextInt(names
				.size()));
			final byte[] content = entries.get(name);
			switch (hostile.rng().nextInt(6)) {
				case 0:
					read(zip(Map.of(name, hostile.values(content))), "values " + k);
					break;
				case 1:
					read(zip(Map.of(name, Arrays.copyOf(content, hostile.rng().nextInt(2 * content.length)))), "length " + k);
					break;
				case 2:
					read(zip(Map.of(name, entries.get(other))), "exchanged " + k);
					break;
				case 3:
					// The same name twice: the entry that is written last is renamed in the bytes.
					final String twin = name.substring(0, name.length() - 1) + "~";
					read(replace(zip(Map.of(twin, entries.get(other))), twin, name), "twice " + k);
					break;
				case 4:
					final String evil = "../".repeat(1 + hostile.rng().nextInt(3)) + "evil" + k;
					read(zip(Map.of(evil, content, "/" + evil, content, "C:\\evil", content)), "paths " + k);
					break;
				default:
					final String escaping = "../" + name.substring(3);
					final byte[] renamed = replace(whole, name, escaping);
					assertNull(read(renamed, "renamed " + k));
			}
		}
		assertEquals(List.of("", "models", "models/a.cfebm"), Hostile.below(folder));
	}

	/** Sizes that are declared, in the file's table of contents and in front of the entry, and are not there. */
	@Test
	void declaredBombs() throws IOException {
		final List<String> names = List.copyOf(entries.keySet());
		for (int k = 0; k < 500; k++) {
			final String name = names.get(hostile.rng().nextInt(names.size()));
			final byte[] b = whole.clone();
			final ByteBuffer in = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
			final int size = hostile.rng().nextBoolean() ? hostile.rng().nextInt() : 1 << (20 + hostile.rng().nextInt(11));
			final boolean packed = hostile.rng().nextBoolean();
			for (int at = 0; at < b.length - 46; at++) {
				final boolean local = in.getInt(at) == 0x04034b50, central = in.getInt(at) == 0x02014b50;
				if (!local && !central) continue;
				final int nameAt = at + (local ? 30 : 46), sizeAt = at + (local ? 18 : 20);
				if (nameAt + name.length() > b.length || !new String(b, nameAt, name.length(), StandardCharsets.US_ASCII).equals(
					name)) continue;
				in.putInt(sizeAt + 4, size);
				if (packed) in.putInt(sizeAt, Math.abs(size / 1000));
			}
			read(b, "declared size " + size + " of " + name);
		}
	}

	/** Entries that are really as large as they say, and nothing but zeros, with a model.json they would fit. */
	@Test
	void realBombs() throws IOException {
		final String json = Hostile.text(entries.get(JSON)), paper = json.replace("SCORE_MATCHING", "CONTRASTIVE").replace("\"unet\"",
			"\"other\"");
		for (final int[] network : new int[][] { { 1, 64 }, { 1, 32 }, { 200, 32 } }) {
			final int channels = network[0], width = network[1];
			refuseZeros(paper.replaceFirst("\"baseWidth\": 0", "\"baseWidth\": " + width), channels, new PaperSpec(channels, width, false));
			refuseZeros(json.replaceFirst("\"widths\": \\[[^]]*", "\"widths\": [" + 4 * width + "," + 3 * width), channels, new UnetSpec(channels,
				List.of(4 * width, 3 * width), true, false, true, 2, EnergyForm.INNER_CORRECTED));
		}
		for (final String piece : new String[] { "[],", "[[", "{\"a\":", "\"a\":\"\",", "0,", " ", "\"", "1" })
			for (int k = 0; k < 15; k++) {
				final int length = (1 << hostile.rng().nextInt(12, 21)) / piece.length(), at = hostile.rng().nextInt(json.length());
				read(zip(Map.of(JSON, (json.substring(0, at) + piece.repeat(length) + json.substring(at)).getBytes(
					StandardCharsets.UTF_8))), "much of " + piece);
			}
	}

	private void refuseZeros(final String json, final int channels, final NetworkSpec spec) throws IOException {
		final Map<String, byte[]> zeros = new LinkedHashMap<>();
		zeros.put(JSON, json.replace("\"channels\": 1", "\"channels\": " + channels).getBytes(StandardCharsets.UTF_8));
		for (int s = 0; s < 2; s++)
			zeros.put("stage-" + s + ".f32", new byte[(int) (4 * spec.count(s, false))]);
		assertNull(read(zip(zeros), "zeros of " + spec));
	}

	private Model read(final byte[] bytes, final String how) throws IOException {
		Files.write(file, bytes);
		final Model read = Hostile.read(file, () -> Model.read(file), FIXED + TIMES_SIZE * bytes.length, how);
		if (read != null) accepted++;
		assertEquals(List.of("a.cfebm"), Hostile.below(file.getParent()).subList(1, 2));
		return read;
	}

	/** The model's entries, some of them exchanged, and others. */
	private byte[] zip(final Map<String, byte[]> changed) throws IOException {
		final Map<String, byte[]> all = new LinkedHashMap<>(entries);
		all.putAll(changed);
		final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
			for (final Map.Entry<String, byte[]> e : all.entrySet()) {
				zip.putNextEntry(new ZipEntry(e.getKey()));
				zip.write(e.getValue());
			}
		}
		return bytes.toByteArray();
	}

	private static byte[] replace(final byte[] bytes, final String from, final String to) {
		final String s = new String(bytes, StandardCharsets.ISO_8859_1);
		assertTrue(s.contains(from) && from.length() == to.length());
		return s.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
	}
}

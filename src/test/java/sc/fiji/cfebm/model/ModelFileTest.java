package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.tile.Normalization;

class ModelFileTest {

	@TempDir
	Path folder;
	private Path file;
	private Model model;

	@BeforeEach
	void write() throws IOException {
		final SplittableRandom rng = new SplittableRandom(1);
		final NetworkSpec spec = new NetworkSpec(3, 2, true);
		final StageParameters coarse = StageParameters.random(spec, 0, rng), fine = coarse.grow(rng);
		fine.setBeta(0.25);
		coarse.roundToFloat();
		fine.roundToFloat();
		model = new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, spec, new Normalization(3, 4000.5), 0.02, 1, 0, null, null, Map.of(
			"seed", "1", "made by", "tést")), new EnergyPyramid(List.of(coarse, fine)));
		file = folder.resolve("a.cfebm");
		model.write(file);
	}

	@Test
	void readsBackWhatWasWritten() throws IOException {
		final Model read = Model.read(file);
		assertEquals(model.info(), read.info());
		assertEquals(2, read.pyramid().stages());
		for (int s = 0; s < 2; s++) {
			assertArrayEquals(model.pyramid().parameters(s).values(), read.pyramid().parameters(s).values());
			assertEquals(model.pyramid().parameters(s).beta(), read.pyramid().parameters(s).beta());
		}
		final float[] tile = new float[16 * 16 * 3];
		Arrays.fill(tile, 0.3f);
		final double[] a = new double[1], b = new double[1];
		try (EnergyNetwork x = model.pyramid().network(1); EnergyNetwork y = read.pyramid().network(1)) {
			x.evaluate(tile, 1, a, null);
			y.evaluate(tile, 1, b, null);
		}
		assertArrayEquals(a, b);
		assertEquals(List.of("a.cfebm"), names());
	}

	@Test
	void theSameModelGivesTheSameFileAndReplacesAnOldOne() throws IOException {
		final byte[] before = Files.readAllBytes(file);
		model.write(file);
		assertArrayEquals(before, Files.readAllBytes(file));
	}

	@Test
	void fileThatIsNoModelIsNamed() throws IOException {
		assertRefused(folder, "is a folder");
		assertRefused(folder.resolve("none.cfebm"), "There is no model file");
		final Path text = folder.resolve("text.cfebm");
		Files.writeString(text, "hello");
		assertRefused(text, "not a CF-EBM model");
		Files.write(text, new byte[0]);
		assertRefused(text, "not a CF-EBM model");
		final Path zip = folder.resolve("zip.cfebm");
		Files.copy(file, zip);
		edit(zip, "model.json", null);
		assertRefused(zip, "not a CF-EBM model");
	}

	@Test
	void damagedModelIsRefused() throws IOException {
		final byte[] bytes = Files.readAllBytes(file);
		Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
		assertRefused(file, "damaged");
		Files.write(file, bytes);
		edit(file, "stage-1.f32", new byte[40]);
		assertRefused(file, "stage-1.f32 does not have the size");
		Files.write(file, bytes);
		edit(file, "stage-1.f32", null);
		assertRefused(file, "it has no stage-1.f32");
	}

	@Test
	void jsonThatMakesNoSenseIsRefused() throws IOException {
		refuseJson("\"version\": 1", "\"version\": 2", "newer version of CF-EBM (format 2");
		refuseJson("\"version\": 1", "\"version\": -1", "incomplete");
		refuseJson("\"cf-ebm model\"", "\"other\"", "another program's");
		refuseJson("SCORE_MATCHING", "java.lang.Runtime", "makes no sense");
		refuseJson("\"channels\": 3", "\"channels\": -3", "makes no sense");
		refuseJson("\"channels\": 3", "\"channels\": 1", "does not have the size");
		refuseJson("\"baseWidth\": 2", "\"baseWidth\": 256", "does not have the size");
		refuseJson("\"baseWidth\": 2", "\"baseWidth\": 2000000000", "makes no sense");
		refuseJson("\"sigmaMin\": 0.02", "\"sigmaMin\": 2", "noise levels");
		refuseJson("\"rangeLow\": 3.0", "\"rangeLow\": 5000.0", "makes no sense");
		refuseJson("\"langevinSteps\": 0", "\"langevinSteps\": 2147483647", "Langevin steps");
		refuseJson("\"1x1\"", "\"3x3\"", "does not know");
		refuseJson("{", "[", "makes no sense");
	}

	@Test
	void randomDamageNeverGivesAnythingButASentence() throws IOException {
		final byte[] bytes = Files.readAllBytes(file);
		final SplittableRandom rng = new SplittableRandom(4);
		int refused = 0;
		for (int k = 0; k < 1500; k++) {
			final byte[] changed = rng.nextInt(10) == 0 ? Arrays.copyOf(bytes, rng.nextInt(bytes.length)) : bytes.clone();
			for (int n = 1 + rng.nextInt(4); n > 0 && changed.length > 0; n--) {
				// Half of the damage goes to the end, where a zip keeps its table of contents.
				final int from = rng.nextBoolean() ? 0 : Math.max(0, changed.length - 300);
				changed[from + rng.nextInt(changed.length - from)] = (byte) rng.nextInt();
			}
			Files.write(file, changed);
			try {
				Model.read(file);
			}
			catch (final IOException e) {
				refused++;
				assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
			}
		}
		assertTrue(refused > 500, "only " + refused + " of 1500 were refused");
	}

	@Test
	void targetThatCannotBeWrittenIsNamedAndNothingIsLeft() throws IOException {
		assertUnwritable(folder, "is a folder");
		assertUnwritable(folder.resolve("no").resolve("a.cfebm"), "there is no folder");
		assertUnwritable(Path.of("/proc/a.cfebm"), "files cannot be made");
		assertEquals(List.of("a.cfebm"), names());
	}

	private void refuseJson(final String from, final String to, final String message) throws IOException {
		write();
		final String json;
		try (FileSystem zip = FileSystems.newFileSystem(file)) {
			json = Files.readString(zip.getPath("model.json"));
		}
		assertTrue(json.contains(from), json);
		edit(file, "model.json", json.replaceFirst(java.util.regex.Pattern.quote(from), to).getBytes(
			StandardCharsets.UTF_8));
		assertRefused(file, message);
	}

	private static void edit(final Path file, final String entry, final byte[] content) throws IOException {
		try (FileSystem zip = FileSystems.newFileSystem(file)) {
			if (content == null) Files.delete(zip.getPath(entry));
			else Files.write(zip.getPath(entry), content, StandardOpenOption.TRUNCATE_EXISTING);
		}
	}

	private static void assertRefused(final Path file, final String part) {
		final String message = assertThrows(IOException.class, () -> Model.read(file)).getMessage();
		assertTrue(message.contains(part), message);
		assertTrue(message.contains(file.toString()), message);
		assertFalse(message.contains("Exception"), message);
	}

	private void assertUnwritable(final Path target, final String part) {
		for (final org.junit.jupiter.api.function.Executable call : List.<org.junit.jupiter.api.function.Executable> of(
			() -> model.write(target), () -> Model.requireWritable(target))) {
			final String message = assertThrows(IOException.class, call).getMessage();
			assertTrue(message.contains(part) && message.contains(target.toString()), message);
		}
	}

	private List<String> names() throws IOException {
		try (var files = Files.list(folder)) {
			return files.map(p -> p.getFileName().toString()).sorted().toList();
		}
	}
}

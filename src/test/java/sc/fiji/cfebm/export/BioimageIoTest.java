package sc.fiji.cfebm.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import sc.fiji.cfebm.model.Model;

/** Packages for bioimage.io, opened as a program does that knows their description alone. */
class BioimageIoTest {

	private static final byte[] COVER = { 1, 2, 3 };
	private static final Instant MADE = Instant.parse("2026-11-29T12:00:00.5Z");

	@TempDir
	Path dir;

	/** An array as NumPy writes it. */
	private record Array(long[] shape, float[] values) {}

	@ParameterizedTest
	@CsvSource({ "nuclei,1", "photo-color,3" })
	void theNetworkMakesOfTheTestWhatThePackageSays(final String name, final int channels) throws Exception {
		final Map<String, byte[]> files = write(name, "authors of " + name);
		final JsonObject description = description(files);
		assertEquals("model 0.5.3 CF-EBM denoiser " + name + " CC0-1.0 2026-11-29T12:00:00Z", String.join(" ", text(description, "type"), text(
			description, "format_version"), text(description, "name"), text(description, "license"), text(description, "timestamp")));
		final JsonObject network = description.getAsJsonObject("weights").getAsJsonObject("onnx");
		assertEquals(17, network.get("opset_version").getAsInt());
		final Array image = array(files, description, "inputs", 0), sigma = array(files, description, "inputs", 1);
		final Array denoised = array(files, description, "outputs", 0), gradient = array(files, description, "outputs", 1),
				energy = array(files, description, "outputs", 2);
		assertArrayEquals(new long[] { 1, channels, 150, 140 }, image.shape);
		assertArrayEquals(image.shape, denoised.shape);
		assertArrayEquals(new long[] { 1 }, energy.shape);
		try (OnnxRuntime runtime = new OnnxRuntime(files.get(text(network, "source")))) {
			final OnnxRuntime.Outputs found = runtime.run(image.values, image.shape, sigma.values, sigma.shape);
			assertClose(doubles(denoised.values), doubles(found.denoised()), 1e-4, "denoised");
			assertClose(doubles(gradient.values), doubles(found.gradient()), 1e-4, "gradient");
			assertClose(doubles(energy.values), doubles(found.energy()), 1e-4, "energy");
		}
		// And it is a test: what comes out is much smoother than what goes in.
		assertTrue(roughness(denoised) < 0.5 * roughness(image), roughness(denoised) + " of " + roughness(image));
		assertArrayEquals(Files.readAllBytes(model(name)), files.get(name + ".cfebm"));
		assertArrayEquals(COVER, files.get("cover.png"));
		final String documentation = new String(files.get("README.md"), StandardCharsets.UTF_8);
		assertTrue(documentation.contains("- Licence of the data: CC0 1.0\n") && documentation.contains("## Validation"), documentation);
	}

	@Test
	void allFilesThatItNamesAreThereWithTheirSums() throws Exception {
		final Map<String, byte[]> files = write("nuclei", "A. Person");
		final JsonObject description = description(files);
		final Map<String, String> sums = new HashMap<>();
		collect(description, sums);
		assertEquals(7, sums.size());
		for (final Map.Entry<String, String> sum : sums.entrySet())
			assertEquals(sum.getValue(), HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(files.get(sum.getKey()))), sum
				.getKey());
		for (final String named : List.of(text(description, "documentation"), description.getAsJsonArray("covers").get(0).getAsString()))
			assertTrue(files.containsKey(named), named);
		assertEquals(sums.size() + 3, files.size());
	}

	@Test
	void authorsAreNamedOneByOneWhateverIsInTheirNames() throws Exception {
		final String difficult = "É. \"Quote\" O'Neil: #1 \\ {x} & <y>";
		final Map<String, byte[]> files = write("nuclei", difficult, " Grace Hopper ", "");
		final JsonObject description = description(files);
		assertEquals(List.of(difficult, "Grace Hopper"), description.getAsJsonArray("authors").asList().stream().map(author -> text(author
			.getAsJsonObject(), "name")).toList());
	}

	@Test
	void aPackageNeedsAuthorsAndALicence() {
		assertEquals("No author is given: a package says who made the model, such as authors=[Ada Lovelace; Grace Hopper].", refusal(List.of(
			" "), "MIT"));
		assertEquals("No licence is given: a package needs one, such as CC0-1.0, CC-BY-4.0 or MIT.", refusal(List.of("A"), ""));
		assertEquals("“my own” is no licence's SPDX identifier: a package needs one, such as CC0-1.0, CC-BY-4.0 or MIT.", refusal(List.of("A"),
			"my own"));
	}

	private static String refusal(final List<String> authors, final String licence) {
		return assertThrows(IllegalArgumentException.class, () -> new BioimageIo.About("a", authors, licence, MADE)).getMessage();
	}

	private static Path model(final String name) {
		return Path.of("plugins/CF-EBM/models", name + ".cfebm");
	}

	private Map<String, byte[]> write(final String name, final String... authors) throws IOException {
		final Model model = Model.read(model(name));
		final int stage = model.pyramid().stages() - 1;
		final Path file = dir.resolve(name + ".zip");
		BioimageIo.write(model(name), model, stage, new BioimageIo.About(name, Arrays.asList(authors), "CC0-1.0", MADE), Reference.of(model,
			stage), COVER, file);
		final Map<String, byte[]> files = new HashMap<>();
		try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
			for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
				files.put(entry.getName(), zip.readAllBytes());
		}
		return files;
	}

	/** It is YAML as well; JSON can be read here. */
	private static JsonObject description(final Map<String, byte[]> files) {
		return JsonParser.parseString(new String(files.get("rdf.yaml"), StandardCharsets.UTF_8)).getAsJsonObject();
	}

	private static String text(final JsonObject object, final String key) {
		return object.get(key).getAsString();
	}

	private static void collect(final JsonElement element, final Map<String, String> sums) {
		if (element.isJsonArray()) element.getAsJsonArray().forEach(child -> collect(child, sums));
		if (!element.isJsonObject()) return;
		final JsonObject object = element.getAsJsonObject();
		if (object.has("sha256")) sums.put(text(object, "source"), text(object, "sha256"));
		object.entrySet().forEach(entry -> collect(entry.getValue(), sums));
	}

	private static Array array(final Map<String, byte[]> files, final JsonObject description, final String kind, final int index) {
		final ByteBuffer bytes = ByteBuffer.wrap(files.get(text(description.getAsJsonArray(kind).get(index).getAsJsonObject().getAsJsonObject(
			"test_tensor"), "source"))).order(ByteOrder.LITTLE_ENDIAN);
		final int header = bytes.getShort(8), begin = 10 + header;
		assertEquals(0, begin % 64);
		final String text = new String(bytes.array(), 10, header, StandardCharsets.US_ASCII);
		final Matcher m = Pattern.compile("\\{'descr': '<f4', 'fortran_order': False, 'shape': \\(([0-9, ]+)\\), \\} *\n").matcher(text);
		assertTrue(m.matches(), text);
		final long[] shape = Arrays.stream(m.group(1).split(", ?")).mapToLong(Long::parseLong).toArray();
		final float[] values = new float[(bytes.capacity() - begin) / 4];
		bytes.position(begin).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
		assertEquals(Arrays.stream(shape).reduce(1, (a, b) -> a * b), values.length);
		assertFalse(values.length == 0);
		return new Array(shape, values);
	}

	/** Root mean square of the differences of neighbours. */
	private static double roughness(final Array image) {
		double sum = 0;
		for (int i = 1; i < image.values.length; i++)
			sum += Math.pow(image.values[i] - image.values[i - 1], 2);
		return Math.sqrt(sum / image.values.length);
	}
}

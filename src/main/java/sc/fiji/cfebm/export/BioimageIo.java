package sc.fiji.cfebm.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelDescription;
import sc.fiji.cfebm.raster.Raster;

/**
 * Writes a stage of a model as a package that programs of bioimage.io read (model description, version 0.5): a zip of the ONNX network, a
 * computed image with what the network makes of it, the model file, and the description. That one is written as JSON, which is YAML, too.
 */
public final class BioimageIo {

	/**
	 * What a model file does not say.
	 *
	 * @param name of the model, as files are called
	 * @param authors who made it, at least one
	 * @param licence its SPDX identifier
	 * @param made when the package is made
	 */
	public record About(String name, List<String> authors, String licence, Instant made) {

		/** @throws IllegalArgumentException with one sentence, if nobody is named or the licence is none */
		public About {
			authors = authors.stream().map(String::strip).filter(author -> !author.isEmpty()).toList();
			if (authors.isEmpty()) throw new IllegalArgumentException("No author is given: a package says who made the model, such as " +
				"authors=[Ada Lovelace; Grace Hopper].");
			if (!licence.matches("[A-Za-z0-9][A-Za-z0-9.+-]*")) throw new IllegalArgumentException((licence.isBlank() ? "No licence is given"
				: "“" + licence + "” is no licence's SPDX identifier") + ": a package needs one, such as CC0-1.0, CC-BY-4.0 or MIT.");
		}
	}

	private static final String DESCRIPTION = "rdf.yaml", NETWORK = "network.onnx", DOCUMENTATION = "README.md", COVER = "cover.png";
	private static final String FORMAT = "0.5.3";
	/** Fewest pixels of a side: smaller images are computed, but there is little in them. */
	private static final int LEAST = 16;
	private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

	private BioimageIo() {}

	/**
	 * Writes a package, or leaves what was there as it was.
	 *
	 * @param modelFile that the model was read from; it is attached
	 * @param stage from 0, the coarsest
	 * @param reference of this stage
	 * @param cover a PNG image, at most twice as wide as high
	 * @throws IllegalArgumentException with one sentence, if the stage has no such form
	 * @throws IOException with one sentence naming the file
	 */
	public static void write(final Path modelFile, final Model model, final int stage, final About about, final Reference reference,
		final byte[] cover, final Path file) throws IOException
	{
		AtomicFile.requireWritable("The package", file);
		final Map<String, byte[]> files = new LinkedHashMap<>();
		files.put(NETWORK, OnnxExport.network(model, stage));
		final Raster noisy = reference.noisy();
		files.put("image.npy", npy(planar(noisy), 1, noisy.channels(), noisy.height(), noisy.width()));
		files.put("sigma.npy", npy(new float[] { (float) reference.sigma() }, 1, 1, 1, 1));
		files.put("denoised.npy", npy(planar(reference.denoised()), 1, noisy.channels(), noisy.height(), noisy.width()));
		files.put("gradient.npy", npy(planar(reference.gradient()), 1, noisy.channels(), noisy.height(), noisy.width()));
		files.put("energy.npy", npy(new float[] { (float) reference.energy() }, 1));
		files.put(COVER, cover);
		files.put(DOCUMENTATION, documentation(model, about).getBytes(StandardCharsets.UTF_8));
		files.put(about.name + ".cfebm", Files.readAllBytes(modelFile));
		files.put(DESCRIPTION, GSON.toJson(description(model, about, files)).getBytes(StandardCharsets.UTF_8));
		try {
			AtomicFile.writeZip(file, files);
		}
		catch (final IOException e) {
			throw new IOException("The package cannot be written to " + file + ": " + e.getMessage() + ".", e);
		}
	}

	private static Map<String, Object> description(final Model model, final About about, final Map<String, byte[]> files) {
		final Map<String, Object> d = new LinkedHashMap<>();
		d.put("type", "model");
		d.put("format_version", FORMAT);
		d.put("name", name(about));
		d.put("description", "Denoises images with white noise of a known standard deviation in one step, x - σ²∇E, and gives the energy and " +
			"its gradient. Trained without labels. Made with CF-EBM for Fiji.");
		d.put("timestamp", about.made.truncatedTo(ChronoUnit.SECONDS).toString());
		d.put("authors", about.authors.stream().map(author -> Map.of("name", author)).toList());
		d.put("cite", List.of(map("text", "Y. Zhao, J. Xie, P. Li: Learning Energy-Based Generative Models via Coarse-to-Fine Expanding and " +
			"Sampling. ICLR 2021.", "url", "https://openreview.net/forum?id=aD1_5zowqV")));
		d.put("license", about.licence);
		d.put("git_repo", "https://github.com/cfebm/cfebm-fiji");
		d.put("tags", List.of("denoising", "restoration", "energy-based", "unsupervised", "2d", "fiji", "onnx", model.channels() == 3 ? "rgb"
			: "gray"));
		d.put("documentation", DOCUMENTATION);
		d.put("covers", List.of(COVER));
		d.put("attachments", List.of(source(about.name + ".cfebm", files)));
		final String values = OnnxExport.values(model);
		d.put("inputs", List.of(tensor("image", "Images with white noise, as " + (model.info().shot() == null ? values :
			"transformed gray values (see the documentation)"), files, channels(model), map("min", LEAST, "step", 1)), tensor("sigma",
				"Standard deviation of the noise, in the same units", files, List.of("sigma"), 1)));
		d.put("outputs", List.of(tensor("denoised", "Images without the noise: x - σ²∇E", files, channels(model), null), tensor("gradient",
			"∇E, the derivative of the energy by the pixels", files, channels(model), null), map("id", "energy", "description",
				"E, low where an image with such noise is typical", "axes", List.of(map("type", "batch")), "data", map("type", "float32"),
				"test_tensor", source("energy.npy", files))));
		d.put("weights", map("onnx", source(NETWORK, files, "opset_version", OnnxGraph.OPSET)));
		return d;
	}

	private static String name(final About about) {
		return "CF-EBM denoiser " + about.name.replaceAll("[^A-Za-z0-9_-]+", "-");
	}

	/** @param size of height and width; null: that of the image */
	private static Map<String, Object> tensor(final String id, final String description, final Map<String, byte[]> files,
		final List<String> channels, final Object size)
	{
		final List<Map<String, Object>> axes = List.of(map("type", "batch"), map("type", "channel", "channel_names", channels), space("y",
			size), space("x", size));
		return map("id", id, "description", description, "axes", axes, "data", map("type", "float32"), "test_tensor", source(id + ".npy",
			files));
	}

	private static Map<String, Object> space(final String axis, final Object size) {
		return map("type", "space", "id", axis, "size", size == null ? map("tensor_id", "image", "axis_id", axis) : size);
	}

	private static List<String> channels(final Model model) {
		return switch (model.channels()) {
			case 1 -> List.of("gray");
			case 3 -> List.of("red", "green", "blue");
			default -> IntStream.range(0, model.channels()).mapToObj(c -> "channel" + c).toList();
		};
	}

	private static Map<String, Object> source(final String name, final Map<String, byte[]> files, final Object... more) {
		final Map<String, Object> source = map("source", name, "sha256", sha256(files.get(name)));
		source.putAll(map(more));
		return source;
	}

	private static Map<String, Object> map(final Object... keysAndValues) {
		final Map<String, Object> map = new LinkedHashMap<>();
		for (int i = 0; i < keysAndValues.length; i += 2)
			map.put((String) keysAndValues[i], keysAndValues[i + 1]);
		return map;
	}

	private static String documentation(final Model model, final About about) {
		return """
			# %s

			An energy-based model of images, trained with [CF-EBM for Fiji](https://github.com/cfebm/cfebm-fiji). Given noisy images x and the
			standard deviation σ of their noise it tells the energy E(x, σ), its gradient, and the images without the noise, x - σ²∇E.

			- **Input `image`** [N,%d,H,W], float: %s, of any range, scale and size. The network mirrors images at their borders by itself.
			- **Input `sigma`** [N,1,1,1], float: the noise's standard deviation in the same units, more than 0.
			- **Outputs** `denoised` and `gradient` [N,%2$d,H,W], `energy` [N].

			The training images' values are from %s to %s. The gain and the offset of an image make no difference. The plugin itself does a
			little more: it estimates σ, replaces hot and dead pixels, and changes no pixel by more than 5σ.

			## Training and data

			%s

			## Validation

			`image.npy` is a computed image, discs and stripes with white noise, and `denoised.npy`, `gradient.npy` and `energy.npy` are what the
			plugin's own engine makes of it. On your images, look at the difference between the image and the result: it is to look like
			noise, without structures of the image. Figures on test images, where there are any, are in the list above.
			""".formatted(name(about), model.channels(), OnnxExport.values(model), OnnxExport.scale(model).low(), OnnxExport.scale(model)
				.high(), ModelDescription.of(model).entrySet().stream().map(e -> "- " + e.getKey() + ": " + e.getValue()).collect(Collectors
					.joining("\n")));
	}

	/** From [H,W,C] to [C,H,W]. */
	private static float[] planar(final Raster image) {
		final int channels = image.channels(), area = image.width() * image.height();
		final float[] to = new float[area * channels];
		for (int i = 0; i < to.length; i++)
			to[i % channels * area + i / channels] = image.values()[i];
		return to;
	}

	/** NumPy's format, version 1.0: a header filled up to 64 bytes, then the values. */
	private static byte[] npy(final float[] values, final int... shape) {
		final String sides = Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
		final StringBuilder header = new StringBuilder("{'descr': '<f4', 'fortran_order': False, 'shape': (" + sides + (shape.length == 1 ? ","
			: "") + "), }");
		while ((10 + header.length() + 1) % 64 != 0)
			header.append(' ');
		header.append('\n');
		final ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
		bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0).putShort((short) header.length())
			.put(header.toString().getBytes(StandardCharsets.US_ASCII));
		bytes.asFloatBuffer().put(values);
		return bytes.array();
	}

	private static String sha256(final byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
		}
		catch (final NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}
}

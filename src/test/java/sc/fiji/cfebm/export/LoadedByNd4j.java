package sc.fiji.cfebm.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a program without this plugin does with exported energies of noisy images: prints, one line each, the energies, the estimate and
 * ∇E of one batch of images. Each argument is {@code file;prefix;shape of image;shape of sigma}, shapes as 2x8x16x1, with the prefix
 * of the outputs' names; images and σ are what {@link #image} and {@link #sigma} make. To be run without the plugin's classes on the class path.
 */
final class LoadedByNd4j {

	private LoadedByNd4j() {}

	/** Gray values from 40 to 120. */
	static float[] image(final int size) {
		final float[] values = new float[size];
		for (int i = 0; i < size; i++)
			values[i] = 80 + 40 * (float) Math.sin(1.7 * i + 0.001 * i * i);
		return values;
	}

	/** From 12 on. */
	static float[] sigma(final int size) {
		final float[] values = new float[size];
		for (int i = 0; i < size; i++)
			values[i] = 12 + 3 * (i % 5);
		return values;
	}

	public static void main(final String[] networks) throws Exception {
		Stranger.check();
		for (final String argument : networks) {
			final String[] parts = argument.split(";");
			final SameDiff network;
			try (ZipFile zip = new ZipFile(Path.of(parts[0]).toFile())) {
				network = SameDiff.load(zip.getInputStream(zip.getEntry("network.fb")), false);
			}
			final Map<String, INDArray> inputs = Map.of("image", array(parts[2], true), "sigma", array(parts[3], false));
			final String prefix = parts[1];
			final Map<String, INDArray> outputs = network.output(inputs, prefix + "energy", prefix + "estimate");
			if (!prefix.isEmpty()) network.setLossVariables(prefix + "total");
			network.createGradFunction("image");
			print("multiple", network.getVariable("multiple").getArr());
			print("range", network.getVariable("range").getArr());
			print("energy", outputs.get(prefix + "energy"));
			print("estimate", outputs.get(prefix + "estimate"));
			print("gradient", network.calculateGradients(inputs, "image").get("image"));
		}
	}

	private static INDArray array(final String shape, final boolean image) {
		final long[] sides = Arrays.stream(shape.split("x")).mapToLong(Long::parseLong).toArray();
		final int size = (int) Arrays.stream(sides).reduce(1, (a, b) -> a * b);
		return Nd4j.createFromArray(image ? image(size) : sigma(size)).reshape(sides);
	}

	private static void print(final String what, final INDArray values) {
		System.out.println(what + ": " + Arrays.stream(values.dup('c').data().asDouble()).mapToObj(Double::toString).collect(Collectors
			.joining(" ")));
	}
}

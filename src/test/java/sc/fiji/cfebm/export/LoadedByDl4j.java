package sc.fiji.cfebm.export;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a program without this plugin does with exported networks: prints the energies of images, one line per network. Each
 * argument is {@code file;channels;side}; the images are the little-endian floats in {@code file.images}. To be run without
 * the plugin's classes on the class path.
 */
final class LoadedByDl4j {

	private LoadedByDl4j() {}

	public static void main(final String[] networks) throws Exception {
		Stranger.check();
		for (final String network : networks) {
			final String[] parts = network.split(";");
			final int channels = Integer.parseInt(parts[1]), side = Integer.parseInt(parts[2]);
			final ComputationGraph graph = ModelSerializer.restoreComputationGraph(new File(parts[0]));
			final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(Path.of(parts[0] + ".images"))).order(ByteOrder.LITTLE_ENDIAN);
			final float[] images = new float[bytes.capacity() / Float.BYTES];
			bytes.asFloatBuffer().get(images);
			final double[] energies = graph.outputSingle(Nd4j.createFromArray(images).reshape(images.length / (channels * side * side),
				channels, side, side)).dup('c').data().asDouble();
			System.out.println("energies: " + Arrays.stream(energies).mapToObj(
				Double::toString).collect(Collectors.joining(" ")));
		}
	}
}

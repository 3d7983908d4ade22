package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

import sc.fiji.cfebm.raster.Raster;

/**
 * Denoisers of others by their published weights ({@code evaluation-only/peers} below the data folder; measured with, never
 * shipped): 3×3 convolutions with zero padding, ReLU between them, run by ND4J's oneDNN. Images are gray, [H,W,1], in gray
 * values of 0 to 255.
 */
final class PublishedNetwork {

	static final String DNCNN = "DnCNN-S (published weights)", FFDNET = "FFDNet (published weights)";

	/** The noise levels that DnCNN-S was trained for. */
	static final List<Integer> DNCNN_SIGMAS = List.of(15, 25, 50);

	/** @param weights [O,3,3,I] */
	private record Layer(INDArray weights, INDArray bias) {}

	private final List<Layer> layers;

	private PublishedNetwork(final List<Layer> layers) {
		this.layers = layers;
	}

	/**
	 * Those that are in the data folder: DnCNN-S for the three noise levels that it was trained for, FFDNet for any.
	 *
	 * @throws IOException if a file is missing or of another length
	 */
	static List<Baseline> read(final Path data) throws IOException {
		final Path peers = data.resolve("evaluation-only").resolve("peers");
		final Map<Integer, PublishedNetwork> dncnn = new LinkedHashMap<>();
		for (final int sigma : DNCNN_SIGMAS)
			dncnn.put(sigma, read(peers.resolve("dncnn").resolve("sigma" + sigma + ".f32"), 1, 64, 1, 17));
		final PublishedNetwork ffdnet = read(peers.resolve("ffdnet").resolve("gray.f32"), 5, 64, 4, 15);
		return List.of(new Baseline(DNCNN, Map.of("", (noisy, sigma) -> {
			final PublishedNetwork network = dncnn.get((int) sigma);
			if (network == null) throw new IllegalArgumentException("DnCNN-S is for noise of 15, 25 or 50, not " + sigma + ".");
			return network.residual(noisy);
		})), new Baseline(FFDNET, Map.of("", ffdnet::unshuffled)));
	}

	private static PublishedNetwork read(final Path file, final int inputs, final int width, final int outputs, final int depth)
		throws IOException
	{
		final FloatBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
		final List<Layer> layers = new ArrayList<>();
		for (int l = 0; l < depth; l++) {
			final int i = l == 0 ? inputs : width, o = l == depth - 1 ? outputs : width;
			final float[] weights = new float[o * i * 9], bias = new float[o];
			if (in.remaining() < weights.length + o) throw new IOException(file + " is too short for " + depth + " layers.");
			in.get(weights).get(bias);
			layers.add(new Layer(Nd4j.create(weights, new long[] { o, i, 3, 3 }).permute(0, 2, 3, 1).dup('c'), Nd4j.create(bias,
				new long[] { o })));
		}
		if (in.hasRemaining()) throw new IOException(file + " is too long for " + depth + " layers.");
		return new PublishedNetwork(layers);
	}

	/** x̂ = y - network(y), for intensities of 0 to 1. */
	private Raster residual(final Raster noisy) {
		final int w = noisy.width(), h = noisy.height();
		final float[] y = new float[w * h];
		for (int i = 0; i < y.length; i++)
			y[i] = noisy.values()[i] / 255;
		final float[] out = run(Nd4j.create(y, new long[] { 1, h, w, 1 }));
		for (int i = 0; i < y.length; i++)
			out[i] = 255 * (y[i] - out[i]);
		return new Raster(w, h, 1, out);
	}

	/** At half the resolution: four channels and σ in, four channels of the denoised image out. */
	private Raster unshuffled(final Raster noisy, final double sigma) {
		final int w = (noisy.width() + 1) / 2, h = (noisy.height() + 1) / 2;
		final float[] in = new float[w * h * 5];
		for (int p = 0; p < w * h; p++) {
			for (int k = 0; k < 4; k++)
				in[5 * p + k] = noisy.get(Math.min(2 * (p % w) + k / 2, noisy.width() - 1), Math.min(2 * (p / w) + k % 2, noisy
					.height() - 1), 0) / 255;
			in[5 * p + 4] = (float) (sigma / 255);
		}
		final float[] out = run(Nd4j.create(in, new long[] { 1, h, w, 5 }));
		final Raster denoised = new Raster(noisy.width(), noisy.height(), 1);
		for (int p = 0; p < w * h; p++)
			for (int k = 0; k < 4; k++) {
				final int x = 2 * (p % w) + k / 2, y = 2 * (p / w) + k % 2;
				if (x < denoised.width() && y < denoised.height()) denoised.values()[y * denoised.width() + x] = 255 * out[4 * p + k];
			}
		return denoised;
	}

	/** @param image [1,H,W,I] */
	private float[] run(final INDArray image) {
		INDArray x = image;
		for (int l = 0; l < layers.size(); l++) {
			final Layer layer = layers.get(l);
			final INDArray y = Nd4j.createUninitialized(x.dataType(), new long[] { 1, x.size(1), x.size(2), layer.bias.length() }, 'c');
			// Kernel, stride, padding 1, dilation 1; NHWC; weights [O,kH,kW,I].
			Nd4j.getExecutioner().exec(DynamicCustomOp.builder("conv2d").addInputs(x, layer.weights, layer.bias).addOutputs(y)
				.addIntegerArguments(3, 3, 1, 1, 1, 1, 1, 1, 0, 1, 2).build());
			if (l < layers.size() - 1) Nd4j.getExecutioner().exec(DynamicCustomOp.builder("relu").addInputs(y).addOutputs(y)
				.addFloatingPointArguments(0.0).build());
			x = y;
		}
		return x.dup('c').data().asFloat();
	}
}

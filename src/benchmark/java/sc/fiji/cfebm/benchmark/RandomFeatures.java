package sc.fiji.cfebm.benchmark;

import java.util.SplittableRandom;

import sc.fiji.cfebm.tensor.Op;
import sc.fiji.cfebm.tensor.Precision;
import sc.fiji.cfebm.tensor.Tensor;

/**
 * What a small convolutional network with fixed random weights sees in patches [N,r,r,C]: three 4×4 convolutions of
 * stride 2 with 16 channels and tanh; of each channel of each layer mean and standard deviation over the patch, 96
 * features. The filters of half of the first layer's channels sum to zero and are stronger, so that fine structure
 * counts beside brightness. Such features know nothing of objects; they do know brightness, contrast, edges and texture
 * at scales of 4 to 22 pixels, jointly.
 */
final class RandomFeatures {

	static final int COUNT = 96;
	private static final int LAYERS = 3, WIDTH = 16, KERNEL = 4, CHUNK = 100;

	private final int side, channels;
	private final double mean, deviation;

	/** @param reference patches whose mean and standard deviation become 0 and 1 */
	RandomFeatures(final float[] reference, final int side, final int channels) {
		this.side = side;
		this.channels = channels;
		double sum = 0, squares = 0;
		for (final float v : reference) {
			sum += v;
			squares += (double) v * v;
		}
		mean = sum / reference.length;
		deviation = Math.sqrt(Math.max(1e-12, squares / reference.length - mean * mean));
	}

	/** Features [N][96] of patches [N,r,r,C] in model units. */
	double[][] of(final float[] patches) {
		final int size = side * side * channels;
		final double[][] features = new double[patches.length / size][COUNT];
		final SplittableRandom rng = new SplittableRandom(1);
		float[] x = new float[patches.length];
		for (int i = 0; i < x.length; i++)
			x[i] = (float) ((patches[i] - mean) / deviation);
		for (int layer = 0, r = side, c = channels; layer < LAYERS; layer++, r /= 2, c = WIDTH) {
			x = convolved(x, features.length, r, c, weights(c, layer == 0, rng), biases(rng));
			pool(x, r / 2, features, layer * 2 * WIDTH);
		}
		return features;
	}

	private static double[] weights(final int channels, final boolean first, final SplittableRandom rng) {
		final int fanIn = KERNEL * KERNEL * channels;
		final double[] weights = new double[WIDTH * fanIn];
		for (int o = 0; o < WIDTH; o++) {
			double sum = 0;
			for (int i = 0; i < fanIn; i++)
				sum += weights[o * fanIn + i] = rng.nextGaussian() / Math.sqrt(fanIn);
			if (first && o % 2 == 1) for (int i = 0; i < fanIn; i++)
				weights[o * fanIn + i] = 4 * (weights[o * fanIn + i] - sum / fanIn);
			else if (!first) for (int i = 0; i < fanIn; i++)
				weights[o * fanIn + i] *= 2;
		}
		return weights;
	}

	private static double[] biases(final SplittableRandom rng) {
		return rng.doubles(WIDTH, -0.5, 0.5).toArray();
	}

	private static float[] convolved(final float[] in, final int count, final int r, final int c, final double[] weights,
		final double[] biases)
	{
		final int inSize = r * r * c, outSize = r / 2 * r / 2 * WIDTH;
		final float[] out = new float[count * outSize], chunk = new float[CHUNK * outSize];
		try (Tensor x = new Tensor(Precision.FLOAT, CHUNK, r, r, c);
				Tensor w = new Tensor(Precision.FLOAT, WIDTH, KERNEL, KERNEL, c);
				Tensor b = new Tensor(Precision.FLOAT, WIDTH);
				Tensor y = new Tensor(Precision.FLOAT, CHUNK, r / 2, r / 2, WIDTH);
				Op convolution = Op.conv2d(x, w, b, y, 2, 1);
				Op tanh = Op.tanh(y, y))
		{
			w.put(weights);
			b.put(biases);
			for (int first = 0; first < count; first += CHUNK) {
				final int used = Math.min(CHUNK, count - first);
				x.put(in, first * inSize, used * inSize);
				convolution.run();
				tanh.run();
				y.get(chunk);
				System.arraycopy(chunk, 0, out, first * outSize, used * outSize);
			}
		}
		return out;
	}

	private static void pool(final float[] x, final int r, final double[][] features, final int offset) {
		for (int n = 0; n < features.length; n++)
			for (int o = 0; o < WIDTH; o++) {
				double sum = 0, squares = 0;
				for (int p = 0; p < r * r; p++) {
					final double v = x[(n * r * r + p) * WIDTH + o];
					sum += v;
					squares += v * v;
				}
				final double m = sum / (r * r);
				features[n][offset + 2 * o] = m;
				features[n][offset + 2 * o + 1] = Math.sqrt(Math.max(0, squares / (r * r) - m * m));
			}
	}
}

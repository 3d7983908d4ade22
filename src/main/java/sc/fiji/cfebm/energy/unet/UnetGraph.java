package sc.fiji.cfebm.energy.unet;

import java.util.function.UnaryOperator;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.unet.UnetWeights.Conv;

/**
 * The network from an unshuffled image to its outputs, and back: described once, for every engine that has its {@link Layers}.
 *
 * @param <T> features
 */
final class UnetGraph<T> {

	/** @param back records what takes a gradient of {@code out} to one of what came in, and says where that lies */
	private record Part<T>(T out, UnaryOperator<T> back) {}

	private final UnetWeights weights;
	private final Layers<T> layers;

	private UnetGraph(final UnetWeights weights, final Layers<T> layers) {
		this.weights = weights;
		this.layers = layers;
	}

	/**
	 * Records it all.
	 *
	 * @param prefix of the first and last layer's names
	 * @param level the finest
	 * @param padding of the first layer
	 * @param in the unshuffled image, out the outputs, and their gradients
	 */
	static <T> void record(final UnetWeights weights, final Layers<T> layers, final String prefix, final int level, final int padding,
		final T in, final T out, final T outGradient, final T inGradient)
	{
		new UnetGraph<>(weights, layers).record(prefix, level, padding, in, out, outGradient, inGradient);
	}

	private void record(final String prefix, final int level, final int padding, final T in, final T out, final T outGradient,
		final T inGradient)
	{
		final Conv first = weights.conv(prefix + "first"), last = weights.conv(prefix + "last");
		final T features = layers.features(level, "features");
		layers.convolve(level, in, first, features, padding);
		final Part<T> body = level(level, features);
		layers.convolve(level, body.out, last, out, 1);
		final T gradient = layers.isTraining() ? layers.features(level, "gradient") : features;
		layers.convolveBack(level, body.out, last, outGradient, gradient, 1);
		layers.convolveBack(level, in, first, body.back.apply(gradient), inGradient, padding);
	}

	/** All between a level's features as they come and as they leave it. */
	private Part<T> level(final int level, final T x) {
		if (level == 0) {
			final Part<T> one = block("middle0", 0, x, null), two = block("middle1", 0, one.out, null);
			return new Part<>(two.out, g -> one.back.apply(two.back.apply(g)));
		}
		final int r = NetworkSpec.resolution(level);
		final Conv down = weights.conv("down" + r), up = weights.conv("up" + r);
		final Part<T> encode = block("encode" + r, level, x, null);
		final T coarse = layers.features(level - 1, "features");
		layers.down(level, encode.out, down, coarse);
		final Part<T> inner = level(level - 1, coarse);
		final T sum = layers.isTraining() ? layers.features(level, "sum") : encode.out;
		layers.upAdd(level, inner.out, up, encode.out, sum);
		final Part<T> decode = block("decode" + r, level, sum, up);
		return new Part<>(decode.out, g -> {
			final T both = decode.back.apply(g);
			final T below = layers.isTraining() ? layers.features(level - 1, "gradient") : inner.out;
			layers.upBack(level, inner.out, up, both, below);
			layers.downBackAdd(level, encode.out, down, inner.back.apply(below), both);
			return encode.back.apply(both);
		});
	}

	/** x + b(a(a(x))), the convolutions b and a after an activation each, written over x. @param bias see {@link Layers#activate} */
	private Part<T> block(final String name, final int level, final T x, final Conv bias) {
		final Conv a = weights.conv(name + ".a"), b = weights.conv(name + ".b");
		final T y1 = layers.features(level, layers.isTraining() ? name + ".1" : "scratch0");
		final T y2 = layers.features(level, layers.isTraining() ? name + ".2" : "scratch1");
		final T d1 = layers.features(level, name + ".derivative1"), d2 = layers.features(level, name + ".derivative2");
		layers.activate(level, x, bias, y1, d1);
		layers.convolveActivated(level, y1, a, y2, d2);
		layers.convolveAdd(level, y2, b, x);
		return new Part<>(x, g -> {
			final T g2 = layers.features(level, "scratch0");
			layers.convolveBackTimes(level, y2, b, g, d2, g2);
			layers.convolveBackTimesAdd(level, y1, a, g2, d1, g);
			return g;
		});
	}
}

package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import sc.fiji.cfebm.energy.unet.UnetWeights.Conv;
import sc.fiji.cfebm.tensor.Op;
import sc.fiji.cfebm.tensor.Tensor;

/**
 * The network R(z) written out for one shape of images [N,H,W,C]: every buffer allocated and every operation built once,
 * then only run; forward, and back with any cotangent as often as wanted. Belongs to one thread.
 */
final class UnetProgram implements AutoCloseable {

	/** One path from an image to the network's outputs and back, both unshuffled: [N,H/2,W/2,4C and more]. */
	private final class Path {

		final int height, width;
		final Tensor in, out, outGradient, inGradient;
		final List<Op> forward = new ArrayList<>(), inputBack = new ArrayList<>(), back = new ArrayList<>();
		final float[] buffer;
		/** Buffers that do not keep what is in them, by level and number; what the outputs' gradient flows through, by level. */
		private final Map<String, Tensor> scratch = new HashMap<>();

		/** @param prefix of its first and last layer's names */
		Path(final String prefix, final int level, final int height, final int width) {
			this.height = height;
			this.width = width;
			final Conv first = weights.conv(prefix + "first"), last = weights.conv(prefix + "last");
			in = tensor(count, height / 2, width / 2, first.columns);
			out = tensor(count, height / 2, width / 2, last.rows);
			outGradient = tensor(count, height / 2, width / 2, last.rows);
			inGradient = tensor(count, height / 2, width / 2, first.columns);
			buffer = new float[Math.max(in.size(), out.size())];
			final Tensor features = features(level, "features");
			forward.add(keep(Op.conv2d(in, first.weight, first.bias, features, 1, 1)));
			final Part body = level(level, features);
			forward.add(keep(Op.conv2d(body.out, last.weight, last.bias, out, 1, 1)));
			final Tensor gradient = training ? features(level, "gradient") : features;
			gradients(body.out, last, outGradient, gradient, 1, 1);
			gradients(in, first, body.back.apply(gradient), inGradient, 1, 1);
		}

		/** All between a level's features as they come and as they leave it. */
		private Part level(final int level, final Tensor x) {
			if (level == 0) {
				final Part one = block("middle0", 0, x, null), two = block("middle1", 0, one.out, null);
				return new Part(two.out, g -> one.back.apply(two.back.apply(g)));
			}
			final int r = UnetSpec.resolution(level);
			final Conv down = weights.conv("down" + r), up = weights.conv("up" + r);
			final Part encode = block("encode" + r, level, x, null);
			final Tensor coarse = features(level - 1, "features");
			forward.add(keep(Op.conv2d(encode.out, down.weight, down.bias, coarse, 2, 0)));
			final Part inner = level(level - 1, coarse);
			final Tensor above = scratch(level, 0);
			forward.add(keep(Op.conv2dTransposed(inner.out, up.weight, above, 2, 0)));
			final Tensor sum = training ? features(level, "sum") : encode.out;
			forward.add(keep(Op.add(encode.out, above, sum)));
			final Part decode = block("decode" + r, level, sum, up.bias);
			return new Part(decode.out, g -> {
				final Tensor both = decode.back.apply(g);
				final Tensor below = training ? features(level - 1, "gradient") : inner.out;
				inputBack.add(keep(Op.conv2d(both, up.weight, below, 2, 0)));
				if (training) back.add(keep(Op.transposedGradients(inner.out, up.weight, both, below, gradient(up, true), gradient(up,
					false), 2, 0)));
				final Tensor skipped = scratch(level, 0);
				gradients(encode.out, down, inner.back.apply(below), skipped, 2, 0);
				both(Op.add(both, skipped, both));
				return encode.back.apply(both);
			});
		}

		/** x + b(swish(a(swish(x)))), written over x. */
		private Part block(final String name, final int level, final Tensor x, final Tensor bias) {
			final Conv a = weights.conv(name + ".a"), b = weights.conv(name + ".b");
			final Tensor y1 = training ? features(level, name + ".1") : scratch(level, 0);
			final Tensor y2 = training ? features(level, name + ".2") : scratch(level, 1);
			final Tensor d1 = features(level, name + ".derivative1"), d2 = features(level, name + ".derivative2");
			final Tensor more = scratch(level, 0 + (training ? 1 : 0));
			forward.add(keep(Op.swish(x, bias, y1, d1)));
			forward.add(keep(Op.conv2d(y1, a.weight, a.bias, y2, 1, 1)));
			forward.add(keep(Op.swish(y2, null, y2, d2)));
			forward.add(keep(Op.conv2d(y2, b.weight, b.bias, more, 1, 1)));
			forward.add(keep(Op.add(x, more, x)));
			return new Part(x, g -> {
				final Tensor g2 = scratch(level, 0), g1 = scratch(level, 1);
				gradients(y2, b, g, g2, 1, 1);
				both(Op.multiply(g2, d2, g2));
				gradients(y1, a, g2, g1, 1, 1);
				both(Op.multiply(g1, d1, g1));
				both(Op.add(g, g1, g));
				return g;
			});
		}

		/** From the gradient of a convolution's output to those of its input and, on the way back for all, its parameters. */
		private void gradients(final Tensor x, final Conv conv, final Tensor dy, final Tensor dx, final int stride,
			final int padding)
		{
			inputBack.add(keep(Op.conv2dTransposed(dy, conv.weight, dx, stride, padding)));
			if (training) back.add(keep(Op.conv2dGradients(x, conv.weight, conv.bias, dy, dx, gradient(conv, true), gradient(conv,
				false), stride, padding)));
		}

		private void both(final Op op) {
			keep(op);
			inputBack.add(op);
			if (training) back.add(op);
		}

		private Tensor gradient(final Conv conv, final boolean weight) {
			final Tensor t = weight ? tensor(conv.rows, conv.kernel, conv.kernel, conv.columns) : tensor(conv.bias.size());
			gradients.add(new Gradient(this, t, weight ? conv.weightOffset : conv.biasOffset));
			return t;
		}

		/** A buffer for the features of a level. */
		private Tensor features(final int level, final String name) {
			// The path's finest level has half the resolution of its image.
			final int finest = weights.stage - (height == UnetProgram.this.height ? 0 : 1), shift = finest - level + 1;
			return scratch.computeIfAbsent(level + name, k -> tensor(count, height >> shift, width >> shift, weights.spec.width(
				level)));
		}

		private Tensor scratch(final int level, final int number) {
			return features(level, "scratch" + number);
		}

		private void run(final List<Op> ops) {
			for (int i = 0; i < ops.size(); i++)
				ops.get(i).run();
		}
	}

	/** @param back adds the operations that take a gradient of {@code out} to one of what came in, and says where that lies */
	private record Part(Tensor out, UnaryOperator<Tensor> back) {}

	/** @param offset in a vector of all convolutions' gradients */
	private record Gradient(Path path, Tensor tensor, int offset) {}

	private final UnetWeights weights;
	private final boolean training;
	private final int count, height, width, channels;
	private final List<Tensor> tensors = new ArrayList<>();
	private final List<Op> ops = new ArrayList<>();
	private final List<Gradient> gradients = new ArrayList<>();
	private Path primal, fade;
	private float[] image = new float[0], constants = new float[0];
	private boolean primalLoaded, fadeLoaded;

	/** @param training whether it keeps what gradients of the parameters need */
	UnetProgram(final UnetWeights weights, final int count, final int height, final int width, final boolean training) {
		this.weights = weights;
		this.count = count;
		this.height = height;
		this.width = width;
		this.training = training;
		channels = weights.spec.channels();
	}

	/** Runs the network. @param z images [N,H,W,C]; @param told constants [N,K] */
	void forward(final float[] z, final float[] told) {
		primalLoaded = weights.beta() > 0;
		fadeLoaded = weights.beta() < 1;
		try {
			if (primalLoaded) {
				if (primal == null) primal = new Path("", weights.stage, height, width);
				load(primal, z, told);
				primal.run(primal.forward);
			}
			if (!fadeLoaded) return;
			if (fade == null) {
				fade = new Path(UnetParameters.FADE, weights.stage - 1, height / 2, width / 2);
				image = new float[count * (height / 2) * (width / 2) * channels];
				constants = new float[count * weights.spec.constants().size()];
			}
			// Of the halved image, at half the noise level: the mean of four values of z, times two.
			sum(z, 0.5f, image);
			final int k = weights.spec.constants().size();
			for (int i = 0; i < constants.length; i++)
				constants[i] = (float) (told[i] + weights.spec.constants().get(i % k));
			load(fade, image, constants);
			fade.run(fade.forward);
		}
		catch (final OutOfMemoryError e) {
			close();
			throw e;
		}
	}

	/** What the network gave: R and, unless null, P [N,H,W,C]. */
	void read(final float[] r, final float[] p) {
		final float beta = (float) weights.beta();
		for (int output = 0; output < (p == null ? 1 : 2); output++) {
			final float[] to = output == 0 ? r : p;
			java.util.Arrays.fill(to, 0, count * height * width * channels, 0);
			if (primalLoaded) {
				primal.out.get(0, primal.buffer, primal.out.size());
				addImages(primal, primal.buffer, primal.out.dimension(3), output, beta, to);
			}
			if (fadeLoaded) {
				fade.out.get(0, fade.buffer, fade.out.size());
				java.util.Arrays.fill(image, 0);
				addImages(fade, fade.buffer, fade.out.dimension(3), output, 1, image);
				spread(image, 0.5f * (1 - beta), to);
			}
		}
	}

	/**
	 * Goes back, after {@link #forward}.
	 *
	 * @param r gradient of R [N,H,W,C]
	 * @param p that of P; null where there is none, or it is zero
	 * @param parameters whether those gradients are wanted: only if it keeps what they need
	 * @param z receives the gradient of z [N,H,W,C]; may be null
	 */
	void backward(final float[] r, final float[] p, final boolean parameters, final float[] z) {
		final float beta = (float) weights.beta();
		if (z != null) java.util.Arrays.fill(z, 0, count * height * width * channels, 0);
		if (primalLoaded) {
			java.util.Arrays.fill(primal.buffer, 0);
			takeImages(primal, primal.buffer, 0, beta, r);
			if (p != null) takeImages(primal, primal.buffer, 1, beta, p);
			primal.outGradient.put(primal.buffer, 0, primal.outGradient.size());
			primal.run(parameters ? primal.back : primal.inputBack);
			if (z != null) {
				primal.inGradient.get(0, primal.buffer, primal.inGradient.size());
				addImages(primal, primal.buffer, primal.inGradient.dimension(3), 0, 1, z);
			}
		}
		if (fadeLoaded) {
			java.util.Arrays.fill(fade.buffer, 0);
			sum(r, 0.5f * (1 - beta), image);
			takeImages(fade, fade.buffer, 0, 1, image);
			if (p != null) {
				sum(p, 0.5f * (1 - beta), image);
				takeImages(fade, fade.buffer, 1, 1, image);
			}
			fade.outGradient.put(fade.buffer, 0, fade.outGradient.size());
			fade.run(parameters ? fade.back : fade.inputBack);
			if (z != null) {
				fade.inGradient.get(0, fade.buffer, fade.inGradient.size());
				java.util.Arrays.fill(image, 0);
				addImages(fade, fade.buffer, fade.inGradient.dimension(3), 0, 1, image);
				spread(image, 0.5f, z);
			}
		}
	}

	/** Adds the gradients of the convolutions that the last way back left to a vector of {@link UnetWeights#size}. */
	void addGradients(final double[] to) {
		for (final Gradient g : gradients)
			if (g.path == primal ? primalLoaded : fadeLoaded) g.tensor.addTo(to, g.offset, 1);
	}

	/** An image [N,H,W,C] and constants, unshuffled, into a path's input; what is filled up stays zero. */
	private void load(final Path path, final float[] z, final float[] told) {
		final int depth = path.in.dimension(3), k = weights.spec.constants().size();
		java.util.Arrays.fill(path.buffer, 0);
		shuffle(path, depth, 0, (at, pixel) -> path.buffer[at] = z[pixel]);
		final int perImage = path.height / 2 * (path.width / 2);
		if (k > 0) for (int i = 0; i < count * perImage; i++)
			System.arraycopy(told, i / perImage * k, path.buffer, i * depth + 4 * channels, k);
		path.in.put(path.buffer, 0, path.in.size());
	}

	private void addImages(final Path path, final float[] from, final int depth, final int output, final float scale,
		final float[] to)
	{
		shuffle(path, depth, output, (at, pixel) -> to[pixel] += scale * from[at]);
	}

	private void takeImages(final Path path, final float[] to, final int output, final float scale, final float[] from) {
		shuffle(path, path.outGradient.dimension(3), output, (at, pixel) -> to[at] = scale * from[pixel]);
	}

	private interface Pair {

		void visit(int unshuffled, int pixel);
	}

	/** Visits the values of a path's images [N,H,W,C] with their places in [N,H/2,W/2,depth]. */
	private void shuffle(final Path path, final int depth, final int output, final Pair pair) {
		final int w = path.width, row = 2 * channels;
		for (int line = 0; line < count * path.height; line++) {
			final int start = line / 2 * (w / 2) * depth + output * 4 * channels + line % 2 * row;
			for (int x = 0; x < w / 2; x++)
				for (int i = 0; i < row; i++)
					pair.visit(start + x * depth + i, line * w * channels + x * row + i);
		}
	}

	/** Sums over 2×2 pixels, times a factor. */
	private void sum(final float[] x, final float scale, final float[] to) {
		final int w = width * channels;
		for (int line = 0; line < count * (height / 2); line++)
			for (int i = 0; i < w / 2; i++) {
				final int at = 2 * line * w + 2 * (i - i % channels) + i % channels;
				to[line * (w / 2) + i] = scale * (x[at] + x[at + channels] + x[at + w] + x[at + w + channels]);
			}
	}

	/** Adds each value, times a factor, to 2×2 pixels. */
	private void spread(final float[] x, final float scale, final float[] to) {
		final int w = width * channels;
		for (int line = 0; line < count * height; line++)
			for (int i = 0; i < w; i++)
				to[line * w + i] += scale * x[line / 2 * (w / 2) + i / (2 * channels) * channels + i % channels];
	}

	private Tensor tensor(final int... shape) {
		final Tensor t = new Tensor(weights.precision, shape);
		tensors.add(t);
		return t;
	}

	private Op keep(final Op op) {
		ops.add(op);
		return op;
	}

	@Override
	public void close() {
		ops.forEach(Op::close);
		tensors.forEach(Tensor::close);
		ops.clear();
		tensors.clear();
		gradients.clear();
		primal = fade = null;
	}
}

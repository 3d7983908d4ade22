package sc.fiji.cfebm.energy;

import java.util.ArrayList;
import java.util.List;

import sc.fiji.cfebm.energy.PaperParameters.Entry;
import sc.fiji.cfebm.tensor.Precision;
import sc.fiji.cfebm.tensor.Tensor;

/**
 * The weights a stage's convolutions really use, and the way from their gradients back to the parameters'. Whatever is
 * linear in the network of the paper is merged here once per parameter update, so that no image has to pay for it:
 * <ul>
 * <li>fromImage into the first 3×3 convolution and the skip of the block it feeds (no activation lies between);</li>
 * <li>a 3×3 convolution followed by 2×2 average pooling into one 4×4 convolution of stride 2;</li>
 * <li>β, the Fade path and the skip of the first block into one 1×1 convolution of the pooled image;</li>
 * <li>the 1/√2 after a block into the convolutions that read it, and the ½ of swish(p) = h·(1 + tanh h), h = p/2, into
 * the convolution that makes p;</li>
 * <li>equalised learning rate and spectral normalisation.</li>
 * </ul>
 */
final class FusedWeights implements AutoCloseable {

	private static final double HALF_SQRT = Math.sqrt(0.5);

	/** One convolution's weight and bias with their gradients, in native memory and (as double) on the heap. */
	static final class FusedConv implements AutoCloseable {

		final int outputs, kernel, inputs;
		final double[] w, b;
		final double[] dw, db;
		final Tensor weight, bias, weightGradient, biasGradient;
		/** Weights of the convolution that computes the input gradient; null where the transposed op is used. */
		final Tensor transposed;
		private final int block;
		private final List<Tensor> tensors = new ArrayList<>();

		/** @param block side of the square of pixels whose gradients the transposed weights compute at once, 0: none */
		FusedConv(final Precision precision, final int outputs, final int kernel, final int inputs, final int block) {
			this.outputs = outputs;
			this.kernel = kernel;
			this.inputs = inputs;
			this.block = block;
			w = new double[outputs * kernel * kernel * inputs];
			b = new double[outputs];
			dw = new double[w.length];
			db = new double[outputs];
			try {
				weight = tensor(precision, outputs, kernel, kernel, inputs);
				bias = tensor(precision, outputs);
				weightGradient = tensor(precision, outputs, kernel, kernel, inputs);
				biasGradient = tensor(precision, outputs);
				final int window = kernel + block - 1;
				transposed = block == 0 ? null : tensor(precision, block * block * inputs, window, window, outputs);
			}
			catch (final RuntimeException | Error e) {
				// Nobody else can, before the constructor is through.
				close();
				throw e;
			}
		}

		private Tensor tensor(final Precision precision, final int... shape) {
			final Tensor t = new Tensor(precision, shape);
			tensors.add(t);
			return t;
		}

		void upload() {
			weight.put(w);
			bias.put(b);
			if (transposed != null) transposed.put(transpose());
		}

		/**
		 * The input gradient of a convolution of stride 1 as a convolution of stride {@code block}: output channel
		 * (dy,dx,c) is pixel (dy,dx) of a block, channel c. Few-channel images would leave most lanes of the processor
		 * idle otherwise. With block 1 these are the flipped, transposed weights.
		 */
		private double[] transpose() {
			final int window = kernel + block - 1;
			final double[] t = new double[block * block * inputs * window * window * outputs];
			for (int dy = 0; dy < block; dy++)
				for (int dx = 0; dx < block; dx++)
					for (int ky = 0; ky < kernel; ky++)
						for (int kx = 0; kx < kernel; kx++)
							for (int i = 0; i < inputs; i++) {
								final int channel = (dy * block + dx) * inputs + i;
								final int to = ((channel * window + dy + kernel - 1 - ky) * window + dx + kernel - 1 - kx) *
									outputs;
								for (int o = 0; o < outputs; o++)
									t[to + o] = w[((o * kernel + ky) * kernel + kx) * inputs + i];
							}
			return t;
		}

		@Override
		public void close() {
			tensors.forEach(Tensor::close);
		}
	}

	/** The convolutions of one Expand block. */
	record Block(int resolution, FusedConv conv1, FusedConv conv2, FusedConv skip) {}

	final PaperSpec spec;
	final int stage;
	final Precision precision;
	final Block[] blocks;
	final FusedConv conv3, conv4, linear;
	/** β as a tensor [1]. */
	final Tensor beta;
	/** Side of the blocks of pixels in which the image gradient comes out of the first block's main path. */
	final int imageBlock;

	private final List<FusedConv> slots = new ArrayList<>();
	private PaperParameters parameters;
	/** β when the parameters were taken over. */
	private double share;

	FusedWeights(final PaperSpec spec, final int stage, final Precision precision) {
		this.spec = spec;
		this.stage = stage;
		this.precision = precision;
		imageBlock = spec.channels() == 1 ? 4 : spec.channels() < 8 ? 2 : 1;
		blocks = new Block[stage + 1];
		try {
			for (int j = 0; j <= stage; j++) {
				final int r = NetworkSpec.resolution(stage - j), out = spec.widthOut(r);
				final int in = j == 0 ? spec.channels() : spec.widthIn(r);
				blocks[j] = new Block(r, slot(out, 3, in, j == 0 ? imageBlock : 1), slot(out, 4, out, 0), slot(out, 1, in, 1));
			}
			final int w = spec.headWidth();
			conv3 = slot(w, 3, w, 1);
			conv4 = slot(w, 4, w, 0);
			linear = slot(1, 1, w, 1);
			beta = new Tensor(precision, 1);
		}
		catch (final RuntimeException | Error e) {
			slots.forEach(FusedConv::close);
			throw e;
		}
	}

	/** True while the Fade path has a share. */
	boolean isFading() {
		return share != 1;
	}

	/** Takes over parameters; {@code p} must not change before its gradient is asked for. */
	void update(final PaperParameters p) {
		if (!p.spec().equals(spec) || p.stage() != stage) throw new IllegalArgumentException("Parameters of stage " + p
			.stage() + " with " + p.spec() + " do not fit a network of stage " + stage + " with " + spec + ".");
		parameters = p;
		share = p.beta();
		final double[] image = normalized("fromImage");
		for (int j = 0; j < blocks.length; j++) {
			final Block block = blocks[j];
			final String name = "block" + block.resolution;
			final double[] w1 = normalized(name + ".conv1"), skip = normalized(name + ".skip");
			if (j == 0) {
				set(block.conv1.w, product(w1, image, spec.channels()), 0.5);
				set(block.skip.w, product(skip, image, spec.channels()), p.beta());
				set(block.skip.b, bias(name + ".skip"), p.beta());
				if (stage > 0) add(block.skip.w, normalized("fade"), Math.sqrt(2) * (1 - p.beta()));
			}
			else {
				set(block.conv1.w, w1, 0.5 * HALF_SQRT);
				set(block.skip.w, skip, HALF_SQRT);
				set(block.skip.b, bias(name + ".skip"), 1);
			}
			set(block.conv1.b, bias(name + ".conv1"), 0.5);
			pooled(normalized(name + ".conv2"), block.conv2);
			set(block.conv2.b, bias(name + ".conv2"), 0.5);
		}
		set(conv3.w, normalized("head.conv3"), 0.5 * HALF_SQRT);
		set(conv3.b, bias("head.conv3"), 0.5);
		set(conv4.w, normalized("head.conv4"), 0.5);
		set(conv4.b, bias("head.conv4"), 0.5);
		set(linear.w, normalized("head.linear"), 1);
		set(linear.b, bias("head.linear"), 1);
		slots.forEach(FusedConv::upload);
		beta.put(new double[] { p.beta() });
	}

	/** Sets the sums of gradients to zero. */
	void clearGradients() {
		for (final FusedConv s : slots) {
			java.util.Arrays.fill(s.dw, 0);
			java.util.Arrays.fill(s.db, 0);
		}
	}

	/** Adds what the operations just left in the gradient tensors to the sums. */
	void collectGradients() {
		for (final FusedConv s : slots) {
			s.weightGradient.addTo(s.dw);
			s.biasGradient.addTo(s.db);
		}
	}

	/** Adds the gradient with respect to the parameters to a flat vector laid out as they are. */
	void addParameterGradient(final double[] to) {
		final double[] image = normalized("fromImage");
		final double[] dImage = new double[image.length];
		final double b = share;
		for (int j = 0; j < blocks.length; j++) {
			final Block block = blocks[j];
			final String name = "block" + block.resolution;
			if (j == 0) {
				addNormalized(name + ".conv1", productLeft(block.conv1.dw, image, spec.channels()), 0.5, to);
				add(dImage, productRight(normalized(name + ".conv1"), block.conv1.dw, spec.channels()), 0.5);
				addNormalized(name + ".skip", productLeft(block.skip.dw, image, spec.channels()), b, to);
				add(dImage, productRight(normalized(name + ".skip"), block.skip.dw, spec.channels()), b);
				addBias(name + ".skip", block.skip.db, b, to);
				if (stage > 0) addNormalized("fade", block.skip.dw, Math.sqrt(2) * (1 - b), to);
			}
			else {
				addNormalized(name + ".conv1", block.conv1.dw, 0.5 * HALF_SQRT, to);
				addNormalized(name + ".skip", block.skip.dw, HALF_SQRT, to);
				addBias(name + ".skip", block.skip.db, 1, to);
			}
			addBias(name + ".conv1", block.conv1.db, 0.5, to);
			addNormalized(name + ".conv2", unpooled(block.conv2), 1, to);
			addBias(name + ".conv2", block.conv2.db, 0.5, to);
		}
		addNormalized("fromImage", dImage, 1, to);
		addNormalized("head.conv3", conv3.dw, 0.5 * HALF_SQRT, to);
		addBias("head.conv3", conv3.db, 0.5, to);
		addNormalized("head.conv4", conv4.dw, 0.5, to);
		addBias("head.conv4", conv4.db, 0.5, to);
		addNormalized("head.linear", linear.dw, 1, to);
		addBias("head.linear", linear.db, 1, to);
	}

	@Override
	public void close() {
		slots.forEach(FusedConv::close);
		beta.close();
	}

	private FusedConv slot(final int outputs, final int kernel, final int inputs, final int block) {
		final FusedConv slot = new FusedConv(precision, outputs, kernel, inputs, block);
		slots.add(slot);
		return slot;
	}

	/** A weight after spectral normalisation or with its equalised learning rate. */
	private double[] normalized(final String name) {
		final Entry e = parameters.entry(name);
		final double[] w = java.util.Arrays.copyOfRange(parameters.values(), e.offset(), e.offset() + e.size());
		final double scale = e.isConvolution() ? 1 / parameters.spectralNorm(name) : Math.sqrt(2.0 / e.fanIn());
		for (int i = 0; i < w.length; i++)
			w[i] *= scale;
		return w;
	}

	/** Adds scale · (gradient with respect to a normalized weight), taken back to the parameter, to a flat gradient. */
	private void addNormalized(final String name, final double[] gradient, final double scale, final double[] to) {
		final Entry e = parameters.entry(name);
		final double[] u = parameters.leftSingularVectors().get(name);
		if (u == null) {
			final double s = e.isConvolution() ? scale : scale * Math.sqrt(2.0 / e.fanIn());
			for (int i = 0; i < gradient.length; i++)
				to[e.offset() + i] += s * gradient[i];
			return;
		}
		final double[] w = parameters.values();
		final int columns = e.fanIn();
		final double[] v = SpectralNorm.right(w, e.offset(), e.outputs(), columns, u);
		final double sigma = SpectralNorm.sigma(w, e.offset(), u, v);
		double dot = 0;
		for (int i = 0; i < gradient.length; i++)
			dot += gradient[i] * w[e.offset() + i];
		for (int o = 0; o < u.length; o++)
			for (int i = 0; i < columns; i++) {
				final int k = o * columns + i;
				to[e.offset() + k] += scale * (gradient[k] / sigma - dot / (sigma * sigma) * u[o] * v[i]);
			}
	}

	private double[] bias(final String name) {
		final Entry e = parameters.entry(name + ".bias");
		return java.util.Arrays.copyOfRange(parameters.values(), e.offset(), e.offset() + e.size());
	}

	private void addBias(final String name, final double[] gradient, final double scale, final double[] to) {
		final int offset = parameters.entry(name + ".bias").offset();
		for (int i = 0; i < gradient.length; i++)
			to[offset + i] += scale * gradient[i];
	}

	private static void set(final double[] to, final double[] from, final double scale) {
		for (int i = 0; i < to.length; i++)
			to[i] = scale * from[i];
	}

	private static void add(final double[] to, final double[] from, final double scale) {
		for (int i = 0; i < to.length; i++)
			to[i] += scale * from[i];
	}

	/** A·F for A [rows,I] and F [I,C]. */
	private static double[] product(final double[] a, final double[] f, final int c) {
		final int inner = f.length / c, rows = a.length / inner;
		final double[] out = new double[rows * c];
		for (int r = 0; r < rows; r++)
			for (int i = 0; i < inner; i++)
				for (int k = 0; k < c; k++)
					out[r * c + k] += a[r * inner + i] * f[i * c + k];
		return out;
	}

	/** The gradient of A·F with respect to A: G·Fᵀ for G [rows,C]. */
	private static double[] productLeft(final double[] g, final double[] f, final int c) {
		final int inner = f.length / c, rows = g.length / c;
		final double[] out = new double[rows * inner];
		for (int r = 0; r < rows; r++)
			for (int i = 0; i < inner; i++)
				for (int k = 0; k < c; k++)
					out[r * inner + i] += g[r * c + k] * f[i * c + k];
		return out;
	}

	/** The gradient of A·F with respect to F: Aᵀ·G. */
	private static double[] productRight(final double[] a, final double[] g, final int c) {
		final int rows = g.length / c, inner = a.length / rows;
		final double[] out = new double[inner * c];
		for (int r = 0; r < rows; r++)
			for (int i = 0; i < inner; i++)
				for (int k = 0; k < c; k++)
					out[i * c + k] += a[r * inner + i] * g[r * c + k];
		return out;
	}

	/** Half a 3×3 convolution followed by 2×2 average pooling, as a 4×4 convolution of stride 2 (padding 1 stays 1). */
	private static void pooled(final double[] w3, final FusedConv slot) {
		java.util.Arrays.fill(slot.w, 0);
		forEachPooledTap(slot, (from, to) -> {
			for (int i = 0; i < slot.inputs; i++)
				slot.w[to + i] += 0.125 * w3[from + i];
		});
	}

	private static double[] unpooled(final FusedConv slot) {
		final double[] dw3 = new double[slot.outputs * 9 * slot.inputs];
		forEachPooledTap(slot, (from, to) -> {
			for (int i = 0; i < slot.inputs; i++)
				dw3[from + i] += 0.125 * slot.dw[to + i];
		});
		return dw3;
	}

	private interface Tap {

		/** @param from offset in the 3×3 weight, @param to offset in the 4×4 weight */
		void visit(int from, int to);
	}

	private static void forEachPooledTap(final FusedConv slot, final Tap tap) {
		for (int o = 0; o < slot.outputs; o++)
			for (int ky = 0; ky < 3; ky++)
				for (int kx = 0; kx < 3; kx++)
					for (int dy = 0; dy < 2; dy++)
						for (int dx = 0; dx < 2; dx++)
							tap.visit(((o * 3 + ky) * 3 + kx) * slot.inputs, ((o * 4 + ky + dy) * 4 + kx + dx) *
								slot.inputs);
	}
}

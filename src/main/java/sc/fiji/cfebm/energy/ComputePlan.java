package sc.fiji.cfebm.energy;

import java.util.ArrayList;
import java.util.List;

import sc.fiji.cfebm.energy.FusedWeights.Block;
import sc.fiji.cfebm.energy.FusedWeights.FusedConv;
import sc.fiji.cfebm.platform.Convolution;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Op;
import sc.fiji.cfebm.tensor.Precision;
import sc.fiji.cfebm.tensor.Tensor;

/**
 * A stage's network written out for one number of tiles: every buffer allocated and every operation built once, then
 * only run. Shapes are [N,H,W,C].
 */
final class ComputePlan implements AutoCloseable {

	/** An activation swish(2h) = h·(1 + tanh h) with what its derivative needs. */
	private record Activation(Tensor h, Tensor tanh, Tensor y) {}

	private final FusedWeights weights;
	private final Precision precision;
	final int count;
	private final List<Tensor> tensors = new ArrayList<>();
	private final List<Op> ops = new ArrayList<>();

	/** Operations in their order; a step that only runs while the Fade path has a share is marked as such. */
	private record Step(Op op, boolean whileFading, boolean unlessFading) {}

	private final List<Step> forward = new ArrayList<>();
	private final List<Step> inputBackward = new ArrayList<>();
	private final List<Step> parameterBackward = new ArrayList<>();

	private final Tensor image, energy, energyGradient, mainGradient, skipGradient;
	private final float[] mainBuffer, skipBuffer;
	private final double[] energyBuffer;
	private boolean unitWeights;

	ComputePlan(final FusedWeights weights, final int count) {
		this.weights = weights;
		this.count = count;
		precision = weights.precision;
		try {
			final int channels = weights.spec.channels(), r = NetworkSpec.resolution(weights.stage);
			image = tensor(count, r, r, channels);

			// Forward, keeping what the way back needs.
			final int n = weights.blocks.length;
			final Tensor[] in = new Tensor[n], pooled = new Tensor[n];
			final Activation[] act1 = new Activation[n], act2 = new Activation[n];
			Tensor z = image;
			for (int j = 0; j < n; j++) {
				final Block block = weights.blocks[j];
				final int q = block.resolution(), out = block.conv1().outputs;
				in[j] = z;
				act1[j] = activation(q, out);
				convolve(z, block.conv1(), act1[j].h, 1, 1);
				activate(act1[j]);
				act2[j] = activation(q / 2, out);
				convolve(act1[j].y, block.conv2(), act2[j].h, 2, 1);
				activate(act2[j]);
				pooled[j] = tensor(count, q / 2, q / 2, block.skip().inputs);
				step(forward, Op.averagePool(z, pooled[j]));
				z = tensor(count, q / 2, q / 2, out);
				convolve(pooled[j], block.skip(), z, 1, 0);
				if (j == 0 && weights.stage > 0) {
					forward.add(new Step(keep(Op.multiply(act2[j].y, weights.beta, act2[j].h)), true, false));
					forward.add(new Step(keep(Op.add(act2[j].h, z, z)), true, false));
					forward.add(new Step(keep(Op.add(act2[j].y, z, z)), false, true));
				}
				else step(forward, Op.add(act2[j].y, z, z));
			}
			final int w = weights.spec.headWidth();
			final Activation act3 = activation(4, w), act4 = activation(1, w);
			convolve(z, weights.conv3, act3.h, 1, 1);
			activate(act3);
			convolve(act3.y, weights.conv4, act4.h, 1, 0);
			activate(act4);
			energy = tensor(count, 1, 1, 1);
			convolve(act4.y, weights.linear, energy, 1, 0);

			// Back: the same buffers serve the gradient of the image and that of the parameters.
			energyGradient = tensor(count, 1, 1, 1);
			final Tensor g4 = tensor(count, 1, 1, w), g3 = tensor(count, 4, 4, w);
			step(inputBackward, Op.conv2d(energyGradient, weights.linear.transposed, g4, 1, 0));
			gradients(act4.y, weights.linear, energyGradient, g4, 1, 0);
			differentiate(act4, g4, g4);
			step(inputBackward, Op.conv2dTransposed(g4, weights.conv4.weight, g3, 1, 0));
			gradients(act3.y, weights.conv4, g4, g3, 1, 0);
			differentiate(act3, g3, g3);
			Tensor gz = tensor(count, 4, 4, w);
			step(inputBackward, Op.conv2d(g3, weights.conv3.transposed, gz, 1, 1));
			gradients(z, weights.conv3, g3, gz, 1, 1);
			Tensor main = null, skip = null;
			for (int j = n - 1; j >= 0; j--) {
				final Block block = weights.blocks[j];
				final int q = block.resolution(), out = block.conv1().outputs, inputs = block.conv1().inputs;
				final Tensor g2 = tensor(count, q / 2, q / 2, out), g1 = tensor(count, q, q, out);
				differentiate(act2[j], gz, g2);
				if (j == 0 && weights.stage > 0) for (final List<Step> list : List.of(inputBackward, parameterBackward))
					list.add(new Step(keep(Op.multiply(g2, weights.beta, g2)), true, false));
				step(inputBackward, Op.conv2dTransposed(g2, block.conv2().weight, g1, 2, 1));
				gradients(act1[j].y, block.conv2(), g2, g1, 2, 1);
				differentiate(act1[j], g1, g1);
				skip = tensor(count, q / 2, q / 2, inputs);
				step(inputBackward, Op.conv2d(gz, block.skip().transposed, skip, 1, 0));
				gradients(pooled[j], block.skip(), gz, skip, 1, 0);
				if (j == 0) {
					final int b = weights.imageBlock;
					main = tensor(count, q / b, q / b, b * b * inputs);
					step(inputBackward, Op.conv2d(g1, block.conv1().transposed, main, b, 1));
					// The image's gradient is not wanted here, but ND4J's operation computes all three.
					gradients(image, block.conv1(), g1, NativeRuntime.convolution() == Convolution.SHIFTED_GEMM ? null : tensor(count,
						q, q, inputs), 1, 1);
				}
				else {
					final Tensor gin = tensor(count, q, q, inputs), spread = tensor(count, q, q, inputs);
					step(inputBackward, Op.conv2d(g1, block.conv1().transposed, gin, 1, 1));
					gradients(in[j], block.conv1(), g1, gin, 1, 1);
					for (final List<Step> list : List.of(inputBackward, parameterBackward)) {
						step(list, Op.averagePoolGradient(in[j], skip, spread));
						step(list, Op.add(gin, spread, gin));
					}
					gz = gin;
				}
			}
			mainGradient = main;
			skipGradient = skip;
			mainBuffer = new float[main.size()];
			skipBuffer = new float[skip.size()];
			energyBuffer = new double[count];
		}
		catch (final RuntimeException | Error e) {
			// Nobody else can, before the constructor is through.
			close();
			throw e;
		}
	}

	/** Energies and, unless null, image gradients of {@code used} tiles, from and to given offsets in tiles. */
	void evaluate(final float[] tiles, final int first, final int used, final double[] energies,
		final float[] gradient)
	{
		load(tiles, first, used);
		run(forward);
		read(energies, first, used);
		if (gradient == null) return;
		if (!unitWeights) energyGradient.fill(1);
		unitWeights = true;
		run(inputBackward);
		final int r = NetworkSpec.resolution(weights.stage), c = weights.spec.channels();
		mainGradient.get(mainBuffer);
		skipGradient.get(skipBuffer);
		assemble(gradient, first * r * r * c, used, r, c);
	}

	/** Leaves the parameter gradient of Σ weight·E over {@code used} tiles in the weights' gradient tensors. */
	void parameterGradient(final float[] tiles, final double[] imageWeights, final int first, final int used,
		final double[] energies)
	{
		load(tiles, first, used);
		run(forward);
		read(energies, first, used);
		final double[] w = new double[count];
		System.arraycopy(imageWeights, first, w, 0, used);
		energyGradient.put(w);
		unitWeights = false;
		run(parameterBackward);
	}

	/** Puts the main path's gradient, which comes in blocks of pixels, and the pooled skip's together. */
	private void assemble(final float[] gradient, final int offset, final int used, final int r, final int c) {
		final int b = weights.imageBlock, blocks = r / b, half = r / 2;
		for (int n = 0; n < used; n++)
			for (int y = 0; y < r; y++)
				for (int x = 0; x < r; x++) {
					final int to = offset + ((n * r + y) * r + x) * c;
					final int main = (((n * blocks + y / b) * blocks + x / b) * b * b + y % b * b + x % b) * c;
					final int skip = ((n * half + y / 2) * half + x / 2) * c;
					for (int i = 0; i < c; i++)
						gradient[to + i] = mainBuffer[main + i] + 0.25f * skipBuffer[skip + i];
				}
	}

	private void load(final float[] tiles, final int first, final int used) {
		final int size = image.size() / count;
		image.put(tiles, first * size, used * size);
		// What earlier calls left in unused places has weight 0, but 0·NaN would spoil the weight gradients.
		if (used < count) image.clear(used * size);
	}

	private void read(final double[] energies, final int first, final int used) {
		if (energies == null) return;
		energy.get(energyBuffer);
		System.arraycopy(energyBuffer, 0, energies, first, used);
	}

	private void run(final List<Step> steps) {
		final boolean fading = weights.isFading();
		for (int i = 0; i < steps.size(); i++) {
			final Step s = steps.get(i);
			if (fading ? !s.unlessFading : !s.whileFading) s.op.run();
		}
	}

	private Tensor tensor(final int... shape) {
		final Tensor t = new Tensor(precision, shape);
		tensors.add(t);
		return t;
	}

	private Activation activation(final int side, final int width) {
		return new Activation(tensor(count, side, side, width), tensor(count, side, side, width), tensor(count, side, side,
			width));
	}

	private void convolve(final Tensor x, final FusedConv slot, final Tensor y, final int stride, final int padding) {
		step(forward, Op.conv2d(x, slot.weight, slot.bias, y, stride, padding));
	}

	private void gradients(final Tensor x, final FusedConv slot, final Tensor dy, final Tensor dx, final int stride,
		final int padding)
	{
		step(parameterBackward, Op.conv2dGradients(x, slot.weight, slot.bias, dy, dx, slot.weightGradient,
			slot.biasGradient, stride, padding));
	}

	private void activate(final Activation a) {
		step(forward, Op.tanh(a.h, a.tanh));
		step(forward, Op.multiply(a.h, a.tanh, a.y));
		step(forward, Op.add(a.y, a.h, a.y));
	}

	/** gh = gy·(1 + t + y - y·t), with h as scratch; gh may be gy. */
	private void differentiate(final Activation a, final Tensor gy, final Tensor gh) {
		for (final List<Step> list : List.of(inputBackward, parameterBackward)) {
			step(list, Op.multiply(a.y, a.tanh, a.h));
			step(list, Op.subtract(a.y, a.h, a.h));
			step(list, Op.add(a.h, a.tanh, a.h));
			step(list, Op.multiply(a.h, gy, a.h));
			step(list, Op.add(gy, a.h, gh));
		}
	}

	private Op keep(final Op op) {
		ops.add(op);
		return op;
	}

	private void step(final List<Step> list, final Op op) {
		list.add(new Step(keep(op), false, false));
	}

	@Override
	public void close() {
		ops.forEach(Op::close);
		tensors.forEach(Tensor::close);
	}
}

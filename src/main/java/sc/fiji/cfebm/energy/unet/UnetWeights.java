package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import sc.fiji.cfebm.energy.unet.UnetParameters.Entry;
import sc.fiji.cfebm.tensor.Precision;
import sc.fiji.cfebm.tensor.Tensor;

/**
 * The weights that a stage's convolutions really use, in native memory, and the way from their gradients back to the
 * parameters'. All programs of an energy read the same ones. Between layers there are not features x but h = x/2, so
 * that swish(x) = h·(1 + tanh h) takes no product more: what makes a feature has the ½ in its weights. Channels of images are filled up with
 * zeros to a multiple of eight, which the processor works on at once.
 */
final class UnetWeights implements AutoCloseable {

	private static final int LANES = 8;

	/** One convolution: its parameters, and what is made of them. */
	static final class Conv {

		final String name;
		final int kernel;
		/** Channels with those filled up, outputs first (of a transposed convolution its inputs). */
		final int rows, columns;
		final Tensor weight, bias;
		private final double weightScale, biasScale;
		/** Where its gradient lies in a vector of all. */
		final int weightOffset, biasOffset;

		Conv(final UnetWeights owner, final Entry e, final Entry b, final double weightScale, final double biasScale) {
			name = e.name();
			kernel = e.shape()[1];
			rows = filled(e.shape()[0], name.endsWith("last"));
			columns = filled(e.shape()[3], name.endsWith("first"));
			weight = owner.tensor(rows, kernel, kernel, columns);
			bias = owner.tensor(filled(b.size(), name.endsWith("last")));
			this.weightScale = weightScale;
			this.biasScale = biasScale;
			weightOffset = owner.size;
			biasOffset = weightOffset + weight.size();
			owner.size = biasOffset + bias.size();
		}
	}

	final UnetSpec spec;
	final int stage;
	final boolean fades;
	final Precision precision;
	private final List<Tensor> tensors = new ArrayList<>();
	private final Map<String, Conv> convs = new LinkedHashMap<>();
	private int size;
	private double beta;

	UnetWeights(final UnetParameters p, final Precision precision) {
		spec = p.spec();
		stage = p.stage();
		fades = p.fades();
		this.precision = precision;
		try {
			for (final Entry e : p.entries())
				if (!e.isBias()) convs.put(e.name(), conv(e, p.entry(e.name() + UnetParameters.BIAS)));
			update(p);
		}
		catch (final RuntimeException | Error e) {
			// Nobody else can, before the constructor is through.
			close();
			throw e;
		}
	}

	private Conv conv(final Entry e, final Entry bias) {
		final boolean last = e.name().endsWith("last"), resampled = e.name().startsWith("up") || e.name().startsWith("down");
		return new Conv(this, e, bias, last ? 2 : resampled ? 1 : 0.5, last ? 1 : 0.5);
	}

	private Tensor tensor(final int... shape) {
		final Tensor t = new Tensor(precision, shape);
		tensors.add(t);
		return t;
	}

	/** Takes over parameters. No program must run meanwhile. */
	void update(final UnetParameters p) {
		if (!p.spec().equals(spec) || p.stage() != stage || p.fades() != fades) throw new IllegalArgumentException(
			"Parameters of stage " + p.stage() + " with " + p.spec() + " do not fit a network of stage " + stage + " with " + spec +
				".");
		beta = p.beta();
		final double[] values = p.values();
		for (final Conv c : convs.values()) {
			final Entry e = p.entry(c.name), b = p.entry(c.name + UnetParameters.BIAS);
			final double[] w = new double[c.weight.size()], bias = new double[c.bias.size()];
			final int inputs = e.shape()[3];
			for (int tap = 0, taps = e.size() / inputs; tap < taps; tap++)
				for (int i = 0, from = e.offset() + tap * inputs, at = tap * c.columns; i < inputs; i++)
					w[at + i] = c.weightScale * values[from + i];
			if (spec.zeroSum() && c.name.endsWith("first")) project(w, 0, c);
			for (int i = 0; i < b.size(); i++)
				bias[i] = c.biasScale * values[b.offset() + i];
			// The bias of what comes from below is left out there, as features are added up: what reads the sum has it.
			final Entry below = p.entry(c.name.replace("decode", "up").replace(".b", UnetParameters.BIAS));
			if (c.name.startsWith("decode") && c.name.endsWith(".b")) for (int i = 0; i < b.size(); i++)
				bias[i] += c.biasScale * values[below.offset() + i];
			c.weight.put(w);
			c.bias.put(bias);
		}
	}

	Conv conv(final String name) {
		return convs.get(name);
	}

	Iterable<Conv> convs() {
		return convs.values();
	}

	double beta() {
		return beta;
	}

	/** Length of a vector of the gradients of all convolutions. */
	int size() {
		return size;
	}

	/** Adds the gradient of the parameters to a flat vector laid out as they are. @param gradient is spoilt */
	void addParameterGradient(final UnetParameters layout, final double[] gradient, final double[] to) {
		for (final Conv c : convs.values()) {
			final Entry e = layout.entry(c.name), b = layout.entry(c.name + UnetParameters.BIAS);
			if (spec.zeroSum() && c.name.endsWith("first")) project(gradient, c.weightOffset, c);
			final int inputs = e.shape()[3];
			for (int tap = 0, taps = e.size() / inputs; tap < taps; tap++)
				for (int i = 0, at = e.offset() + tap * inputs, from = c.weightOffset + tap * c.columns; i < inputs; i++)
					to[at + i] += c.weightScale * gradient[from + i];
			for (int i = 0, n = b.size(); i < n; i++)
				to[b.offset() + i] += c.biasScale * gradient[c.biasOffset + i];
		}
	}

	/** Takes the mean over the pixels that an output sees of an image's channel off. */
	private void project(final double[] w, final int offset, final Conv c) {
		final int taps = c.kernel * c.kernel, n = 4 * taps;
		for (int o = 0; o < c.rows; o++)
			for (int channel = 0; channel < spec.channels(); channel++) {
				double sum = 0;
				for (int k = 0; k < n; k++)
					sum += w[at(offset, o, k, channel, c)];
				for (int k = 0; k < n; k++)
					w[at(offset, o, k, channel, c)] -= sum / n;
			}
	}

	private int at(final int offset, final int output, final int k, final int channel, final Conv c) {
		return offset + (output * c.kernel * c.kernel + k / 4) * c.columns + k % 4 * spec.channels() + channel;
	}

	private static int filled(final int channels, final boolean fill) {
		return fill ? (channels + LANES - 1) / LANES * LANES : channels;
	}

	@Override
	public void close() {
		tensors.forEach(Tensor::close);
	}
}

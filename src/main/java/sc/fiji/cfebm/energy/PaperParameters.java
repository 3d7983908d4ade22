package sc.fiji.cfebm.energy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The trainable parameters of one stage of the paper's network, and what else decides its energy: β and the
 * power-iteration vectors of spectral normalisation.
 * <p>
 * Entries, for a stage of resolution r: {@code fromImage} [w,C] (without a bias: the convolutions after it have one),
 * {@code fade} [w',C] (the next coarser resolution's fromImage; not in stage 0), for each Expand block from r down to
 * 8 {@code block<r>.conv1} [O,3,3,I], {@code .conv2} [O,3,3,O], {@code .skip} [O,I], each with a bias [O], then
 * {@code head.conv3} [w,3,3,w], {@code head.conv4} [w,4,4,w], {@code head.linear} [1,w], each with a bias.
 */
public final class PaperParameters implements StageParameters {

	/** Where an entry lies in the flat vector, and its shape with the outputs first. */
	public record Entry(String name, int offset, int... shape) {

		/** Number of values. */
		public int size() {
			int size = 1;
			for (final int s : shape)
				size *= s;
			return size;
		}

		/** Number of outputs; for a bias that of its values. */
		public int outputs() {
			return shape[0];
		}

		/** Inputs to one output value. */
		public int fanIn() {
			return size() / shape[0];
		}

		public boolean isBias() {
			return name.endsWith(".bias");
		}

		/** A 3×3 or 4×4 convolution; the other weights have an equalised learning rate. */
		public boolean isConvolution() {
			return shape.length == 4;
		}
	}

	private final PaperSpec spec;
	private final int stage;
	private final Map<String, Entry> entries = new LinkedHashMap<>();
	private final int size;
	private final double[] values;
	private final Map<String, double[]> leftSingularVectors = new LinkedHashMap<>();
	private double beta = 1;

	/** Number of values of a stage, parameters and power-iteration vectors, without allocating the parameters. */
	public static int count(final PaperSpec spec, final int stage) {
		final PaperParameters p = new PaperParameters(spec, stage, false);
		int count = p.size;
		for (final double[] u : p.leftSingularVectors.values())
			count += u.length;
		return count;
	}

	/** All parameters zero, β = 1. */
	public PaperParameters(final PaperSpec spec, final int stage) {
		this(spec, stage, true);
	}

	private PaperParameters(final PaperSpec spec, final int stage, final boolean allocate) {
		this.spec = spec;
		this.stage = stage;
		int size = 0;
		final int r = NetworkSpec.resolution(stage);
		size += enter("fromImage", size, spec.widthIn(r), spec.channels());
		if (stage > 0) size += enter("fade", size, spec.widthIn(r / 2), spec.channels());
		for (int q = r; q >= 8; q /= 2) {
			final int in = spec.widthIn(q), out = spec.widthOut(q);
			size += enterWithBias("block" + q + ".conv1", size, out, 3, 3, in);
			size += enterWithBias("block" + q + ".conv2", size, out, 3, 3, out);
			size += enterWithBias("block" + q + ".skip", size, out, in);
		}
		final int w = spec.headWidth();
		size += enterWithBias("head.conv3", size, w, 3, 3, w);
		size += enterWithBias("head.conv4", size, w, 4, 4, w);
		size += enterWithBias("head.linear", size, 1, w);
		this.size = size;
		values = allocate ? new double[size] : null;
		if (spec.spectralNorm()) for (final Entry e : entries.values())
			if (e.isConvolution()) leftSingularVectors.put(e.name(), new double[e.outputs()]);
	}

	/**
	 * Random parameters: convolutions He-normal, the weights with equalised learning rate N(0,1), biases zero.
	 */
	public static PaperParameters random(final PaperSpec spec, final int stage, final RandomGenerator rng) {
		final PaperParameters p = new PaperParameters(spec, stage);
		for (final Entry e : p.entries.values())
			p.randomize(e, rng);
		return p;
	}

	/**
	 * The next finer stage: a copy of this one, this one's fromImage as its Fade path, and one random Expand block
	 * and fromImage in front; β is 0, so that its energy is this one's of the mean-pooled image.
	 */
	@Override
	public PaperParameters grow(final RandomGenerator rng) {
		final PaperParameters p = random(spec, stage + 1, rng);
		for (final Entry e : entries.values()) {
			if (e.name().equals("fade")) continue;
			final Entry to = p.entry(e.name().equals("fromImage") ? "fade" : e.name());
			System.arraycopy(values, e.offset(), p.values, to.offset(), e.size());
			if (leftSingularVectors.containsKey(e.name())) p.leftSingularVectors.put(e.name(), leftSingularVectors.get(e
				.name()).clone());
		}
		p.beta = 0;
		return p;
	}

	/**
	 * The next finer stage as one that was never trained: its Primal path gives what its Fade path gives, so that for any β
	 * its energy is this one's of the mean-pooled image. With F the effective weights of a random fromImage and W those of
	 * the Fade path, the block's skip is √2·W·F⁺, with the pseudo-inverse, and its main path is zero. This stage must have β = 1. Where a
	 * fromImage has fewer outputs than the image has channels, the energy is as near to it as can be.
	 */
	public PaperParameters growPassing(final RandomGenerator rng) {
		final PaperParameters p = grow(rng);
		final Entry fromImage = p.entry("fromImage"), fade = p.entry("fade");
		final String block = "block" + NetworkSpec.resolution(stage + 1);
		final Entry skip = p.entry(block + ".skip"), conv2 = p.entry(block + ".conv2");
		final RealMatrix f = p.matrix(fromImage), w = p.matrix(fade);
		final RealMatrix s = w.multiply(new SingularValueDecomposition(f).getSolver().getInverse());
		// fromImage and Fade have the same equalised learning rate, which cancels; the skip's own has to be taken out.
		final double scale = Math.sqrt(2) / Math.sqrt(2.0 / skip.fanIn());
		for (int i = 0; i < skip.size(); i++)
			p.values[skip.offset() + i] = scale * s.getEntry(i / skip.fanIn(), i % skip.fanIn());
		Arrays.fill(p.values, conv2.offset(), conv2.offset() + conv2.size(), 0);
		p.beta = 1;
		return p;
	}

	private RealMatrix matrix(final Entry e) {
		final RealMatrix m = new Array2DRowRealMatrix(e.outputs(), e.fanIn());
		for (int i = 0; i < e.size(); i++)
			m.setEntry(i / e.fanIn(), i % e.fanIn(), values[e.offset() + i]);
		return m;
	}

	@Override
	public boolean fades() {
		return stage > 0;
	}

	@Override
	public PaperParameters copy() {
		final PaperParameters p = new PaperParameters(spec, stage);
		System.arraycopy(values, 0, p.values, 0, values.length);
		leftSingularVectors.forEach((name, u) -> p.leftSingularVectors.put(name, u.clone()));
		p.beta = beta;
		return p;
	}

	@Override
	public int channels() {
		return spec.channels();
	}

	@Override
	public List<double[]> companions() {
		return List.copyOf(leftSingularVectors.values());
	}

	@Override
	public void follow(final int iterations) {
		iterateSpectralNorm(iterations);
	}

	@Override
	public EnergyNetwork network() {
		return new EnergyNetwork(this);
	}

	@Override
	public boolean fits(final StageParameters other) {
		return other instanceof PaperParameters && ((PaperParameters) other).spec.equals(spec);
	}

	public PaperSpec spec() {
		return spec;
	}

	@Override
	public int stage() {
		return stage;
	}

	/** The flat vector itself, not a copy. */
	@Override
	public double[] values() {
		return values;
	}

	/** Share of the Primal path, 0 to 1. */
	@Override
	public double beta() {
		return beta;
	}

	@Override
	public void setBeta(final double beta) {
		if (!(beta >= 0 && beta <= 1)) throw new IllegalArgumentException("β must be between 0 and 1, not " + beta + ".");
		this.beta = stage == 0 ? 1 : beta;
	}

	public Iterable<Entry> entries() {
		return entries.values();
	}

	public Entry entry(final String name) {
		return entries.get(name);
	}

	/**
	 * The power-iteration vector u of each spectrally normalised convolution, by name; the vectors themselves, not
	 * copies. Empty without spectral normalisation.
	 */
	public Map<String, double[]> leftSingularVectors() {
		return leftSingularVectors;
	}

	/**
	 * What spectral normalisation divides the weight of this name by: its largest singular value, as the power iteration knows
	 * it. 1 for weights that are not spectrally normalised.
	 */
	public double spectralNorm(final String name) {
		final double[] u = leftSingularVectors.get(name);
		if (u == null) return 1;
		final Entry e = entry(name);
		return SpectralNorm.sigma(values, e.offset(), u, SpectralNorm.right(values, e.offset(), e.outputs(), e.fanIn(), u));
	}

	/** Lets the power-iteration vectors follow the weights; does nothing without spectral normalisation. */
	public void iterateSpectralNorm(final int iterations) {
		leftSingularVectors.forEach((name, u) -> {
			final Entry e = entry(name);
			SpectralNorm.iterate(values, e.offset(), e.outputs(), e.fanIn(), u, iterations);
		});
	}

	private void randomize(final Entry e, final RandomGenerator rng) {
		if (e.isBias()) return;
		final double scale = e.isConvolution() ? Math.sqrt(2.0 / e.fanIn()) : 1;
		for (int i = 0; i < e.size(); i++)
			values[e.offset() + i] = scale * rng.nextGaussian();
		final double[] u = leftSingularVectors.get(e.name());
		if (u == null) return;
		for (int i = 0; i < u.length; i++)
			u[i] = rng.nextGaussian();
		SpectralNorm.iterate(values, e.offset(), e.outputs(), e.fanIn(), u, 15);
	}

	private int enter(final String name, final int offset, final int... shape) {
		final Entry e = new Entry(name, offset, shape);
		entries.put(name, e);
		return e.size();
	}

	private int enterWithBias(final String name, final int offset, final int... shape) {
		final int size = enter(name, offset, shape);
		return size + enter(name + ".bias", offset + size, shape[0]);
	}
}

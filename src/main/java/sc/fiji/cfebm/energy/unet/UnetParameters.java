package sc.fiji.cfebm.energy.unet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageParameters;

/**
 * The trainable parameters of one stage's network as one flat vector, and β. Values are in double precision so that an
 * optimiser step is never lost to rounding; the network computes in float.
 * <p>
 * Entries, convolutions as [O,k,k,I], each followed by its bias: {@code first} [w,3,3,4C] or, where it is told what is bright,
 * [w,3,3,5C+1], its inputs ordered (row, column, channel) of two by two pixels, then their brightness (channel) and the noise level; from the finest level, of r px, to that of 16 px
 * {@code encode<r>.a} and {@code .b} [w,3,3,w] and {@code down<r>} [w',2,2,w] to the coarser level's width w'; {@code middle0.a},
 * {@code .b}, {@code middle1.a}, {@code .b}; from 16 px to the finest {@code up<r>} [w',2,2,w] (a transposed convolution: its
 * inputs first; its bias has w values) and {@code decode<r>.a}, {@code .b}; {@code last} [4C,3,3,w], its outputs ordered as the
 * first's inputs, those of a second output behind. A stage that was grown has {@code fade.first} and {@code fade.last}, too: the
 * first and last layer of the stage before.
 */
public final class UnetParameters implements StageParameters {

	/** Where an entry lies in the flat vector, and its shape. */
	public record Entry(String name, int offset, int... shape) {

		/** Number of values. */
		public int size() {
			int size = 1;
			for (final int s : shape)
				size *= s;
			return size;
		}

		public boolean isBias() {
			return name.endsWith(BIAS);
		}

		/** Inputs to one output value. */
		public int fanIn() {
			return name.startsWith("up") ? shape[0] : size() / shape[0];
		}
	}

	static final String FADE = "fade.", BIAS = ".bias";
	/** What second convolutions of blocks, and the last layer, begin smaller by. */
	private static final double SECOND = 0.3, LAST = 0.1;

	private final UnetSpec spec;
	private final int stage;
	private final boolean fades;
	private final Map<String, Entry> entries = new LinkedHashMap<>();
	private final int size;
	private final double[] values;
	private double beta = 1;

	/** All parameters zero, β = 1. @param fades whether it has the layers of the stage before, too */
	public UnetParameters(final UnetSpec spec, final int stage, final boolean fades) {
		this(spec, stage, fades, true);
	}

	/** Number of values, without allocating them. */
	static long count(final UnetSpec spec, final int stage, final boolean fades) {
		return new UnetParameters(spec, stage, fades, false).size;
	}

	private UnetParameters(final UnetSpec spec, final int stage, final boolean fades, final boolean allocate) {
		if (stage < 0 || stage >= spec.stages()) throw new IllegalArgumentException("There are stages 0 to " + (spec.stages() - 1) +
			", not " + stage + ".");
		if (fades && stage == 0) throw new IllegalArgumentException("No stage comes before the first.");
		this.spec = spec;
		this.stage = stage;
		this.fades = fades;
		int size = 0;
		final int w = spec.width(stage);
		size += enter("first", size, w, 3, 3, spec.inputs());
		for (int level = stage; level > 0; level--) {
			size += block("encode" + NetworkSpec.resolution(level), size, level);
			size += enter("down" + NetworkSpec.resolution(level), size, spec.width(level - 1), 2, 2, spec.width(level));
		}
		size += block("middle0", size, 0);
		size += block("middle1", size, 0);
		for (int level = 1; level <= stage; level++) {
			size += enter("up" + NetworkSpec.resolution(level), size, spec.width(level - 1), 2, 2, spec.width(level));
			size += block("decode" + NetworkSpec.resolution(level), size, level);
		}
		size += enter("last", size, spec.outputs(), 3, 3, w);
		if (fades) {
			final int before = spec.width(stage - 1);
			size += enter(FADE + "first", size, before, 3, 3, spec.inputs());
			size += enter(FADE + "last", size, spec.outputs(), 3, 3, before);
		}
		this.size = size;
		values = allocate ? new double[size] : null;
	}

	/** Random weights for the training to begin with, biases zero, β = 1. */
	public static UnetParameters random(final UnetSpec spec, final int stage, final RandomGenerator rng) {
		final UnetParameters p = new UnetParameters(spec, stage, false);
		p.entries.values().forEach(e -> p.randomize(e, rng));
		return p;
	}

	/**
	 * The next finer stage: a copy of this one's inner network between a random new level, this one's first and last layer as
	 * its Fade path; β is 0, so that its energy is this one's of the mean-pooled image at half the noise level.
	 *
	 * @throws IllegalStateException if this one's β is not 1, or it is the finest
	 */
	@Override
	public UnetParameters grow(final RandomGenerator rng) {
		if (beta != 1) throw new IllegalStateException("A stage with β = " + beta + " is not finished.");
		if (stage + 1 >= spec.stages()) throw new IllegalStateException("There is no width for another stage.");
		final UnetParameters p = new UnetParameters(spec, stage + 1, true);
		for (final Entry e : p.entries.values()) {
			final boolean ends = e.name.startsWith("first") || e.name.startsWith("last");
			final Entry from = e.name.startsWith(FADE) ? entry(e.name.substring(FADE.length())) : ends ? null : entry(e.name);
			if (from == null) p.randomize(e, rng);
			else System.arraycopy(values, from.offset, p.values, e.offset, e.size());
		}
		p.beta = 0;
		return p;
	}

	/** The same network without its Fade path if β is 1; this one if it has a share, or there is none. */
	@Override
	public UnetParameters trimmed() {
		if (beta != 1 || !fades) return this;
		final UnetParameters p = new UnetParameters(spec, stage, false);
		System.arraycopy(values, 0, p.values, 0, p.values.length);
		return p;
	}

	@Override
	public UnetParameters copy() {
		final UnetParameters p = new UnetParameters(spec, stage, fades);
		System.arraycopy(values, 0, p.values, 0, values.length);
		p.beta = beta;
		return p;
	}

	/**
	 * The same network for a spec that differs in what it can be told alone, or in how many neighbouring planes it looks at, with the same one
	 * in the middle: inputs of the first layer and outputs of the last that both have are kept, others begin at zero, so that it says what it
	 * said, unless it looked at more planes.
	 *
	 * @throws IllegalArgumentException if the specs differ in anything else
	 */
	public UnetParameters adapted(final UnetSpec other) {
		// What several planes have taught is of no use for single ones.
		final int planes = other.planes() == 1 ? spec.planes() : other.planes();
		if (!new UnetSpec(spec.imageChannels() * planes, spec.widths(), other.told(), other.correlated(), spec.zeroSum(), spec.box(), spec
			.form(), planes).equals(other)) throw new IllegalArgumentException("A network with " + spec + " does not become one with " + other +
				".");
		final UnetParameters p = new UnetParameters(other, stage, fades);
		p.beta = beta;
		for (final Entry e : p.entries.values()) {
			final Entry from = entry(e.name);
			final boolean first = e.name.endsWith("first"), last = e.name.endsWith("last") || e.name.endsWith("last" + BIAS);
			// Of the first layer inputs are the last index, of the last one outputs the first.
			final int inputs = first ? other.inputs() : last ? e.size() / other.outputs() : e.size();
			final int ownInputs = first ? spec.inputs() : inputs;
			for (int i = 0; i < e.size(); i++) {
				final int input = first ? input(i % inputs, other) : i % inputs;
				final int row = last ? output(i / inputs, other) : i / inputs;
				if (input >= 0 && row >= 0) p.values[e.offset + i] = values[from.offset + row * ownInputs + input];
			}
		}
		return p;
	}

	/** Which of this network's inputs another one's is; -1: none. */
	private int input(final int of, final UnetSpec other) {
		if (of < 4 * other.channels()) return pixel(of, other);
		final int correlation = of - other.correlationInput();
		if (correlation >= 0) return spec.correlated() ? spec.correlationInput() + correlation : -1;
		return spec.told() ? of : -1;
	}

	/** Likewise of outputs. */
	private int output(final int of, final UnetSpec other) {
		final int pixel = pixel(of % (4 * other.channels()), other);
		return pixel < 0 ? -1 : of / (4 * other.channels()) * 4 * spec.channels() + pixel;
	}

	/** Likewise of the unshuffled image's channels. */
	private int pixel(final int of, final UnetSpec other) {
		if (spec.planes() == other.planes()) return of;
		final int channel = of % other.channels() - (other.planes() - spec.planes()) / 2 * spec.imageChannels();
		return channel < 0 || channel >= spec.channels() ? -1 : of / other.channels() * spec.channels() + channel;
	}

	@Override
	public int channels() {
		return spec.channels();
	}

	@Override
	public UnetEnergy network() {
		return new UnetEnergy(this);
	}

	@Override
	public UnetEnergy networkOfOneThread() {
		return UnetEnergy.ofOneThread(this);
	}

	@Override
	public boolean fits(final StageParameters other) {
		return other instanceof UnetParameters && ((UnetParameters) other).spec.equals(spec);
	}

	public UnetSpec spec() {
		return spec;
	}

	@Override
	public int stage() {
		return stage;
	}

	/** Whether it has the first and last layer of the stage before, too. */
	@Override
	public boolean fades() {
		return fades;
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

	/** @throws IllegalArgumentException if it is not between 0 and 1, or less than 1 without a Fade path */
	@Override
	public void setBeta(final double beta) {
		if (!(beta >= 0 && beta <= 1)) throw new IllegalArgumentException("β must be between 0 and 1, not " + beta + ".");
		if (beta < 1 && !fades) throw new IllegalArgumentException("Without a Fade path β is 1, not " + beta + ".");
		this.beta = beta;
	}

	public Iterable<Entry> entries() {
		return entries.values();
	}

	/** @return null if there is none of this name */
	public Entry entry(final String name) {
		return entries.get(name);
	}

	private void randomize(final Entry e, final RandomGenerator rng) {
		if (e.isBias()) return;
		final boolean block = e.name.endsWith(".a") || e.name.endsWith(".b");
		// What reads an activation begins larger than what reads the stream itself.
		double scale = 1 / Math.sqrt(block ? e.fanIn() : 3 * e.fanIn());
		if (e.name.endsWith(".b")) scale *= SECOND;
		if (e.name.equals("last")) scale *= LAST;
		for (int i = 0; i < e.size(); i++)
			values[e.offset + i] = scale * rng.nextGaussian();
	}

	private int block(final String name, final int offset, final int level) {
		final int w = spec.width(level);
		final int size = enter(name + ".a", offset, w, 3, 3, w);
		return size + enter(name + ".b", offset + size, w, 3, 3, w);
	}

	/** A weight and its bias. */
	private int enter(final String name, final int offset, final int... shape) {
		final Entry w = new Entry(name, offset, shape);
		final Entry b = new Entry(name + BIAS, offset + w.size(), shape[name.startsWith("up") ? 3 : 0]);
		entries.put(w.name, w);
		entries.put(b.name, b);
		return w.size() + b.size();
	}
}

package sc.fiji.cfebm.langevin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.tiling.GradientField;

/**
 * Langevin dynamics x ← x - a·∇E(x) + s·z along a {@link Schedule}. Nothing is allocated between steps. The same seed
 * gives the same chain. Not thread-safe: one chain, one thread, one generator.
 */
public final class LangevinChain {

	/** Sees every k-th state. */
	@FunctionalInterface
	public interface Listener {

		/**
		 * @param step steps done, from 1
		 * @param x the state itself: to be read now, not kept
		 */
		void state(int step, float[] x);
	}

	private final GradientField field;
	private final RandomGenerator rng;
	private final List<GradientTerm> terms = new ArrayList<>();
	private final List<Projection> projections = new ArrayList<>();
	private float[] gradient = new float[0], begin, slope;
	private boolean clamped, corrected;
	private double stepLimit = Double.POSITIVE_INFINITY;
	private Listener listener;
	private int every = 1;
	private BooleanSupplier canceled = () -> false;

	/** @param rng this chain's own generator */
	public LangevinChain(final GradientField field, final RandomGenerator rng) {
		this.field = field;
		this.rng = rng;
	}

	/** Adds a gradient to the energy's at every step. */
	public LangevinChain addGradientTerm(final GradientTerm term) {
		terms.add(term);
		return this;
	}

	/** Puts the state right after every step. */
	public LangevinChain project(final Projection projection) {
		projections.add(projection);
		return this;
	}

	/**
	 * Clamps the state to [-1, 1] after the last step, as the paper does after each stage. Projections come later: known
	 * pixels keep values beyond.
	 */
	public LangevinChain clamped() {
		clamped = true;
		return this;
	}

	/**
	 * Takes each step that neither adds noise nor ends without any with the mean of the gradients at its two ends (Heun's method), for which it
	 * computes two: the flow of an annealed chain is bent, and so takes fewer steps.
	 */
	public LangevinChain corrected() {
		corrected = true;
		return this;
	}

	/** Bounds how far a·∇E may move one value in one step, in model units. */
	public LangevinChain stepLimit(final double limit) {
		if (!(limit > 0)) throw new IllegalArgumentException("The step limit must be positive, not " + limit + ".");
		stepLimit = limit;
		return this;
	}

	/** Shows the state after every k-th step and after the last. */
	public LangevinChain listen(final int k, final Listener l) {
		if (k < 1) throw new IllegalArgumentException("A listener sees every k-th state with k at least 1, not " + k + ".");
		every = k;
		listener = l;
		return this;
	}

	/** Asked before each step. */
	public LangevinChain cancelWhen(final BooleanSupplier condition) {
		canceled = condition;
		return this;
	}

	/**
	 * Runs the chain.
	 *
	 * @param x the state, changed in place, in model units
	 * @throws CancellationException within one step after the user asked to stop
	 */
	public void run(final float[] x, final Schedule schedule) {
		if (gradient.length != x.length) gradient = new float[x.length];
		for (int t = 0; t < schedule.length(); t++) {
			if (canceled.getAsBoolean()) throw new CancellationException("Canceled.");
			gradient(x, schedule.levels()[t]);
			if (corrected && schedule.noises()[t] == 0 && schedule.levels()[t + 1] > 0) correct(x, schedule.steps()[t], schedule.levels()[t + 1]);
			step(x, schedule.steps()[t], schedule.noises()[t]);
			if (clamped && t == schedule.length() - 1) for (int i = 0; i < x.length; i++)
				x[i] = Math.max(-1, Math.min(1, x[i]));
			for (int i = 0; i < projections.size(); i++)
				projections.get(i).apply(x, schedule.levels()[t + 1], rng);
			if (listener != null && ((t + 1) % every == 0 || t == schedule.length() - 1)) listener.state(t + 1, x);
		}
	}

	private void gradient(final float[] x, final double level) {
		field.gradient(x, level, gradient);
		for (int i = 0; i < terms.size(); i++)
			terms.get(i).add(x, level, gradient);
	}

	/** From the gradient at a step's beginning to the mean of it and that at its end; the state stays. */
	private void correct(final float[] x, final double step, final double level) {
		if (begin == null || begin.length != x.length) {
			begin = new float[x.length];
			slope = new float[x.length];
		}
		System.arraycopy(x, 0, begin, 0, x.length);
		System.arraycopy(gradient, 0, slope, 0, x.length);
		step(x, step, 0);
		gradient(x, level);
		System.arraycopy(begin, 0, x, 0, x.length);
		for (int i = 0; i < x.length; i++)
			gradient[i] = 0.5f * (gradient[i] + slope[i]);
	}

	private void step(final float[] x, final double a, final double s) {
		final float step = (float) a, limit = (float) stepLimit;
		for (int i = 0; i < x.length; i++)
			x[i] -= Math.max(-limit, Math.min(limit, step * gradient[i]));
		if (s != 0) Noise.add(x, s, rng);
	}
}

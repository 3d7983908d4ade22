package sc.fiji.cfebm.langevin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

import sc.fiji.cfebm.energy.ResidentImages;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientField;

/**
 * Langevin dynamics x ← x - a·∇E(x) + s·z along a {@link Schedule}. Nothing is allocated between steps. The same seed
 * gives the same chain, to rounding on whatever device. Not thread-safe: one chain, one thread, one noise.
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

	/** How far, in units of its level, a step may move a pixel: no noise is as strong as that, and networks are far out now and then. */
	public static final double MOST = 5;

	private final GradientField field;
	private final PlacedNoise noise;
	private final List<GradientTerm> terms = new ArrayList<>();
	private final List<Projection> projections = new ArrayList<>();
	private float[] gradient = new float[0], begin, slope;
	private boolean clamped, corrected;
	private double gradientLimit = Double.POSITIVE_INFINITY;
	private Listener listener;
	private IntConsumer counter = step -> {};
	private int every = 1;
	private BooleanSupplier canceled = () -> false;

	/** @param noise of this chain alone: run again, it has the same */
	public LangevinChain(final GradientField field, final PlacedNoise noise) {
		this.field = field;
		this.noise = noise;
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

	/** Bounds each value of the gradient, to either side: no step must follow a network where it is far out. */
	public LangevinChain gradientLimit(final double limit) {
		if (!(limit > 0)) throw new IllegalArgumentException("The gradient's limit must be positive, not " + limit + ".");
		gradientLimit = limit;
		return this;
	}

	/** Shows the state after every k-th step and after the last; a state that lies elsewhere is fetched for that. */
	public LangevinChain listen(final int k, final Listener l) {
		if (k < 1) throw new IllegalArgumentException("A listener sees every k-th state with k at least 1, not " + k + ".");
		every = k;
		listener = l;
		return this;
	}

	/** Told the number of steps done after each of them, which takes no state from where it lies. */
	public LangevinChain count(final IntConsumer c) {
		counter = c;
		return this;
	}

	/** Asked before each step. */
	public LangevinChain cancelWhen(final BooleanSupplier condition) {
		canceled = condition;
		return this;
	}

	/**
	 * Runs the chain: where its energy is computed, if the state can lie there ({@link GradientField#resident}), else on the array. The steps
	 * are the same but for the rounding of floats.
	 *
	 * @param x the state, changed in place, in model units
	 * @throws CancellationException within one step after the user asked to stop
	 */
	public void run(final float[] x, final Schedule schedule) {
		int t = elsewhere(x, schedule);
		if (t < schedule.length() && gradient.length != x.length) gradient = new float[x.length];
		for (; t < schedule.length(); t++) {
			throwIfCanceled();
			gradient(x, schedule.levels()[t]);
			if (isCorrected(schedule, t)) correct(x, schedule.steps()[t], schedule.levels()[t + 1]);
			step(x, schedule.steps()[t]);
			if (schedule.noises()[t] != 0) noise.add(x, schedule.noises()[t], PlacedNoise.ofStep(t));
			if (clamped && t == schedule.length() - 1) for (int i = 0; i < x.length; i++)
				x[i] = Math.max(-1, Math.min(1, x[i]));
			for (int i = 0; i < projections.size(); i++)
				projections.get(i).apply(x, schedule.levels()[t + 1], noise, PlacedNoise.afterStep(t));
			show(x, schedule, t);
		}
	}

	/**
	 * Runs the chain where its energy is computed.
	 *
	 * @return how many steps the array's state has done
	 */
	private int elsewhere(final float[] x, final Schedule schedule) {
		final KnownPixels known = projections.size() == 1 && projections.get(0) instanceof KnownPixels ? (KnownPixels) projections.get(0)
			: null;
		if (clamped || !terms.isEmpty() || projections.size() > (known == null ? 0 : 1)) return 0;
		int done = 0;
		try (ResidentImages state = field.resident(x, noise)) {
			if (state == null) return 0;
			if (known != null) state.know(known.values(), known.unknown());
			for (int t = 0; t < schedule.length(); t++) {
				throwIfCanceled();
				state.gradient(schedule.levels()[t], gradientLimit);
				if (isCorrected(schedule, t)) state.correct(schedule.steps()[t], schedule.levels()[t + 1], gradientLimit);
				state.step(schedule.steps()[t], schedule.noises()[t], PlacedNoise.ofStep(t));
				if (known != null) state.hold(known.noise(schedule.levels()[t + 1]), PlacedNoise.afterStep(t));
				if (t == schedule.length() - 1 || isShown(schedule, t)) {
					state.read(x);
					done = t + 1;
				}
				show(x, schedule, t);
			}
		}
		catch (final ResidentImages.LostException e) {
			// The array has the state of a step before, and the noise is the same wherever it is drawn.
		}
		return done;
	}

	private void throwIfCanceled() {
		if (canceled.getAsBoolean()) throw new CancellationException("Canceled.");
	}

	private boolean isCorrected(final Schedule schedule, final int t) {
		return corrected && schedule.noises()[t] == 0 && schedule.levels()[t + 1] > 0;
	}

	private boolean isShown(final Schedule schedule, final int t) {
		return listener != null && ((t + 1) % every == 0 || t == schedule.length() - 1);
	}

	private void show(final float[] x, final Schedule schedule, final int t) {
		counter.accept(t + 1);
		if (isShown(schedule, t)) listener.state(t + 1, x);
	}

	private void gradient(final float[] x, final double level) {
		field.gradient(x, level, gradient);
		for (int i = 0; i < terms.size(); i++)
			terms.get(i).add(x, level, gradient);
		final float limit = (float) gradientLimit;
		if (!Float.isInfinite(limit)) for (int i = 0; i < gradient.length; i++)
			gradient[i] = Math.max(-limit, Math.min(limit, gradient[i]));
	}

	/** From the gradient at a step's beginning to the mean of it and that at its end; the state stays. */
	private void correct(final float[] x, final double step, final double level) {
		if (begin == null || begin.length != x.length) {
			begin = new float[x.length];
			slope = new float[x.length];
		}
		System.arraycopy(x, 0, begin, 0, x.length);
		System.arraycopy(gradient, 0, slope, 0, x.length);
		step(x, step);
		gradient(x, level);
		System.arraycopy(begin, 0, x, 0, x.length);
		for (int i = 0; i < x.length; i++)
			gradient[i] = 0.5f * (gradient[i] + slope[i]);
	}

	private void step(final float[] x, final double a) {
		final float step = (float) a;
		for (int i = 0; i < x.length; i++)
			x[i] -= step * gradient[i];
	}
}

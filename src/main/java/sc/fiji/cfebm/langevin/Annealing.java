package sc.fiji.cfebm.langevin;

/**
 * How the chains of an energy E(x, σ) fall from noise at every stage.
 *
 * @param highest noise level at which the coarsest stage starts, in model units: high enough to hide all detail. Each finer stage starts a
 *          little lower, as detail is weaker there
 * @param lowest last level above 0
 * @param steps Langevin steps K per stage
 * @param fresh share η of the exact reverse chain's fresh noise; 0: the deterministic flow, whose steps are corrected (see
 *          {@link LangevinChain#corrected})
 */
public record Annealing(double highest, double lowest, int steps, double fresh) {

	/** Noise that hides detail, found by experiment (docs/experiments.md). */
	private static final double HIGHEST = 1;
	/** Of a stage's first level, by that of the coarser stage. */
	private static final double FALL = 0.75;
	/** What changes a given image goes no lower: the last step takes so little away whole. */
	public static final double LOWEST = 0.02;
	/** η of the chains that an energy is trained against, whose steps are to cost one gradient each. */
	private static final double FRESH = 0.5;

	/**
	 * The usual levels for energies trained between two noise levels, along the flow: its samples are the best (docs/experiments.md). Fine detail
	 * is made at the lowest.
	 */
	public static Annealing of(final double sigmaMin, final double sigmaMax, final int steps) {
		return new Annealing(Math.max(sigmaMin, Math.min(HIGHEST, sigmaMax)), sigmaMin, steps, 0);
	}

	/** The same with fresh noise in every step, for training. */
	public Annealing refreshed() {
		return new Annealing(highest, lowest, steps, FRESH);
	}

	/** The lowest level of chains that change a given image, of an energy that knows noise from {@code sigmaMin} on. */
	public static double lowest(final double sigmaMin) {
		return Math.max(LOWEST, sigmaMin);
	}

	/** The chain of a stage, 0 the coarsest. Fresh noise shrinks with its steps, so that it loses little variance. */
	public Schedule schedule(final int stage) {
		return Schedule.reverse(Math.max(lowest, highest * Math.pow(FALL, stage)), lowest, steps, fresh);
	}
}

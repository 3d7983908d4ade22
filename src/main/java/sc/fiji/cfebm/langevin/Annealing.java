package sc.fiji.cfebm.langevin;

/**
 * How the chains of an energy E(x, σ) fall from noise, coarse to fine: stage 0 from {@code first}, every finer stage from
 * {@code next}, all to {@code lowest}.
 *
 * @param first noise level at which stage 0 starts, in model units
 * @param next noise level at which a finer stage takes over the doubled image: high enough to hide its squares
 * @param lowest last level above 0
 * @param steps Langevin steps K per stage
 * @param fresh share η of the exact reverse chain's fresh noise; 0: the deterministic flow, whose steps are corrected (see
 *          {@link LangevinChain#corrected})
 */
public record Annealing(double first, double next, double lowest, int steps, double fresh) {

	/** Noise that hides squares of 2×2, found by experiment (docs/experiments.md). */
	public static final double FIRST = 1, NEXT = 0.3;
	/** A level so low is taken away whole by the last step: lower ones take steps and change nothing that can be seen. */
	public static final double LOWEST = 0.02;
	/** η of the chains that an energy is trained against, whose steps are to cost one gradient each. */
	private static final double FRESH = 0.5;

	/** The usual levels for energies trained between two noise levels, along the flow: its samples are the best (docs/experiments.md). */
	public static Annealing of(final double sigmaMin, final double sigmaMax, final int steps) {
		final double lowest = lowest(sigmaMin);
		return new Annealing(Math.max(lowest, Math.min(FIRST, sigmaMax)), Math.max(lowest, Math.min(NEXT, sigmaMax)), lowest, steps, 0);
	}

	/** The same with fresh noise in every step, for training. */
	public Annealing refreshed() {
		return new Annealing(first, next, lowest, steps, FRESH);
	}

	/** The lowest level of chains of an energy that knows noise from {@code sigmaMin} on. */
	public static double lowest(final double sigmaMin) {
		return Math.max(LOWEST, sigmaMin);
	}

	/** A stage's chain. Fresh noise shrinks with its steps, so that it loses little variance. */
	public Schedule schedule(final int stage) {
		return Schedule.reverse(stage == 0 ? first : next, lowest, steps, fresh);
	}
}

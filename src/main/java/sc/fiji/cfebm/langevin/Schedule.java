package sc.fiji.cfebm.langevin;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/**
 * The steps of a chain, x ← x - a·∇E(x) + s·z with z ~ N(0,I).
 * <p>
 * For an energy E(x, σ) trained by score matching the chain follows σ∇E, and x - σ·σ∇E is the mean of the clean images given x
 * (Tweedie), so the steps a are differences of noise levels. For a contrastive energy the step and noise are those of
 * its training.
 *
 * @param levels noise level σ_t of the state before step t, and after the last; all zero where there is none
 * @param steps a of each step
 * @param noises s of each step
 */
public record Schedule(double[] levels, double[] steps, double[] noises) {

	public Schedule {
		if (steps.length != noises.length || levels.length != steps.length + 1) throw new IllegalArgumentException(
			"A schedule of " + steps.length + " steps needs as many noises and one level more.");
	}

	/** How far below its first level a posterior chain's last one lies, where the energy knows levels so low. */
	public static final double POSTERIOR_DEPTH = 20;

	/** Number of steps. */
	public int length() {
		return steps.length;
	}

	/**
	 * The paper's: a = 1 and s falling linearly from 0.015 to 0 over the stages together.
	 *
	 * @param perStage K
	 * @param stage which stage's part, from 0
	 * @param stages number of stages of the whole chain
	 */
	public static Schedule paper(final int perStage, final int stage, final int stages) {
		require(perStage);
		final double[] steps = new double[perStage], noises = new double[perStage];
		final int last = Math.max(1, perStage * stages - 1);
		for (int t = 0; t < perStage; t++) {
			steps[t] = 1;
			noises[t] = 0.015 * (1 - (double) (stage * perStage + t) / last);
		}
		return new Schedule(new double[perStage + 1], steps, noises);
	}

	/** Gradient descent, a = 1 without noise: the paper's chains from image to image. */
	public static Schedule descent(final int length) {
		require(length);
		final double[] steps = new double[length];
		Arrays.fill(steps, 1);
		return new Schedule(new double[length + 1], steps, new double[length]);
	}

	/**
	 * The whole denoised image in every step, at geometric levels, without noise.
	 *
	 * @param from first level σ_0
	 * @param to last level, at most {@code from}
	 * @param length number of steps
	 */
	public static Schedule denoising(final double from, final double to, final int length) {
		final double[] levels = levels(from, to, length);
		return new Schedule(levels, Arrays.copyOf(levels, length), new double[length]);
	}

	/**
	 * Annealing for an energy E(x, σ): geometric levels, then one step to 0. After each step the level is split into what
	 * is left of the old noise and a share c of fresh noise; c = 0 is the deterministic flow.
	 *
	 * @param from first level σ_0
	 * @param to last level before 0, at most {@code from}
	 * @param length number of steps
	 * @param fresh c, 0 to 1
	 */
	public static Schedule annealed(final double from, final double to, final int length, final double fresh) {
		requireShare(fresh);
		return split(levels(from, to, length), (before, after) -> fresh);
	}

	/**
	 * The exact reverse chain of white noise, c_t = √(1 - σ²_{t+1}/σ²_t): started at a noisy image of level
	 * {@code from} it samples the posterior of the clean image.
	 */
	public static Schedule posterior(final double from, final double to, final int length) {
		return reverse(from, to, length, 1);
	}

	/**
	 * Chains between the exact reverse chain and the deterministic flow, c_t = η·√(1 - σ²_{t+1}/σ²_t). With exact
	 * gradients and many steps all of them give the same distribution; with few, less fresh noise keeps more of the
	 * variance, and with gradients of a network more of the detail.
	 *
	 * @param fresh η, 1 for the exact reverse chain, 0 for the flow
	 */
	public static Schedule reverse(final double from, final double to, final int length, final double fresh) {
		requireShare(fresh);
		return split(levels(from, to, length), (before, after) -> fresh * Math.sqrt(1 - after * after / (before * before)));
	}

	/** @param share c from the level before a step and the one after it */
	private static Schedule split(final double[] levels, final DoubleBinaryOperator share) {
		final double[] steps = new double[levels.length - 1], noises = new double[levels.length - 1];
		for (int t = 0; t < steps.length; t++) {
			final double c = share.applyAsDouble(levels[t], levels[t + 1]);
			steps[t] = levels[t] - levels[t + 1] * Math.sqrt(1 - c * c);
			noises[t] = c * levels[t + 1];
		}
		return new Schedule(levels, steps, noises);
	}

	private static double[] levels(final double from, final double to, final int length) {
		require(length);
		if (!(to > 0) || !(from >= to) || Double.isInfinite(from)) throw new IllegalArgumentException(
			"Noise levels fall from a finite level to a positive one, not from " + from + " to " + to + ".");
		final double[] levels = new double[length + 1];
		for (int t = 0; t < length; t++)
			levels[t] = length == 1 ? from : from * Math.pow(to / from, t / (length - 1.0));
		return levels;
	}

	private static void requireShare(final double fresh) {
		if (!(fresh >= 0 && fresh <= 1)) throw new IllegalArgumentException(
			"The share of fresh noise lies between 0 and 1, not at " + fresh + ".");
	}

	private static void require(final int length) {
		if (length < 1) throw new IllegalArgumentException("A chain needs at least one step, not " + length + ".");
	}
}

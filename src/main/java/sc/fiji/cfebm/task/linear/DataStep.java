package sc.fiji.cfebm.task.linear;

import java.util.Arrays;

/**
 * The image that fits both an observation and an image that is expected: the least Σ w·(y - H·x)² + prior·Σ (x - z)², by conjugate
 * gradients that begin at z and are preconditioned by the operator ({@link LinearOperator#precondition}). For one channel; not
 * thread-safe.
 */
final class DataStep {

	private final LinearOperator operator;
	private final Coefficients coefficients;
	private final float[] seen, residual, direction, step, solved, change;

	DataStep(final LinearOperator operator) {
		this.operator = operator;
		coefficients = Coefficients.of(operator);
		seen = new float[operator.observedWidth() * operator.observedHeight()];
		residual = new float[coefficients.count()];
		direction = new float[residual.length];
		step = new float[residual.length];
		solved = new float[residual.length];
		change = new float[residual.length];
	}

	/**
	 * @param observed y; where a weight is 0, its value does not matter if it is finite
	 * @param weights w of each observed pixel, none below 0, some above: 1 over the variance of its noise
	 * @param prior positive
	 * @param image z; becomes the solution
	 * @param iterations at most
	 * @param enough share of the first residual's square, as the preconditioner measures it, below which nothing is left to do
	 */
	void solve(final float[] observed, final float[] weights, final double prior, final float[] image, final int iterations,
		final double enough)
	{
		operator.apply(image, seen);
		double sum = 0;
		int count = 0;
		for (int i = 0; i < seen.length; i++) {
			seen[i] = weights[i] * (observed[i] - seen[i]);
			if (weights[i] > 0) {
				sum += weights[i];
				count++;
			}
		}
		final double weight = sum / Math.max(1, count);
		coefficients.adjoint(seen, residual);
		coefficients.precondition(weight, prior, residual, solved);
		System.arraycopy(solved, 0, direction, 0, solved.length);
		Arrays.fill(change, 0);
		double product = coefficients.dot(residual, solved);
		final double small = enough * product;
		for (int k = 0; k < iterations && product > small; k++) {
			coefficients.apply(direction, seen);
			for (int i = 0; i < seen.length; i++)
				seen[i] *= weights[i];
			coefficients.adjoint(seen, step);
			for (int i = 0; i < step.length; i++)
				step[i] += (float) (prior * direction[i]);
			final double length = product / coefficients.dot(direction, step);
			for (int i = 0; i < step.length; i++) {
				change[i] += (float) (length * direction[i]);
				residual[i] -= (float) (length * step[i]);
			}
			if (k == iterations - 1) break;
			coefficients.precondition(weight, prior, residual, solved);
			final double next = coefficients.dot(residual, solved), share = next / product;
			for (int i = 0; i < step.length; i++)
				direction[i] = (float) (solved[i] + share * direction[i]);
			product = next;
		}
		coefficients.addTo(image, change);
	}
}

package sc.fiji.cfebm.task.linear;

/**
 * The image that fits both an observation and an image that is expected: the least Σ w·(y - H·x)² + prior·Σ (x - z)², by conjugate
 * gradients that begin at z and are preconditioned by the operator ({@link LinearOperator#precondition}). For one channel; not
 * thread-safe.
 */
final class DataStep {

	/**
	 * Share of the first residual's square, as the preconditioner measures it, below which nothing is left to do: with less done motion blur is
	 * restored half a decibel worse, with more nothing gains (docs/experiments.md).
	 */
	private static final double SMALL = 1e-5;

	private final LinearOperator operator;
	private final float[] seen, residual, direction, step, solved;

	DataStep(final LinearOperator operator) {
		this.operator = operator;
		seen = new float[operator.observedWidth() * operator.observedHeight()];
		residual = new float[operator.width() * operator.height()];
		direction = new float[residual.length];
		step = new float[residual.length];
		solved = new float[residual.length];
	}

	/**
	 * @param observed y; where a weight is 0, its value does not matter if it is finite
	 * @param weights w of each observed pixel, none below 0, some above: 1 over the variance of its noise
	 * @param prior positive
	 * @param image z; becomes the solution
	 * @param iterations at most
	 */
	void solve(final float[] observed, final float[] weights, final double prior, final float[] image, final int iterations) {
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
		operator.adjoint(seen, residual);
		operator.precondition(weight, prior, residual, solved);
		System.arraycopy(solved, 0, direction, 0, solved.length);
		double product = dot(residual, solved);
		final double enough = SMALL * product;
		for (int k = 0; k < iterations && product > enough; k++) {
			operator.apply(direction, seen);
			for (int i = 0; i < seen.length; i++)
				seen[i] *= weights[i];
			operator.adjoint(seen, step);
			for (int i = 0; i < step.length; i++)
				step[i] += (float) (prior * direction[i]);
			final double length = product / dot(direction, step);
			for (int i = 0; i < step.length; i++) {
				image[i] += (float) (length * direction[i]);
				residual[i] -= (float) (length * step[i]);
			}
			if (k == iterations - 1) return;
			operator.precondition(weight, prior, residual, solved);
			final double next = dot(residual, solved), share = next / product;
			for (int i = 0; i < step.length; i++)
				direction[i] = (float) (solved[i] + share * direction[i]);
			product = next;
		}
	}

	private static double dot(final float[] a, final float[] b) {
		double sum = 0;
		for (int i = 0; i < a.length; i++)
			sum += (double) a[i] * b[i];
		return sum;
	}
}

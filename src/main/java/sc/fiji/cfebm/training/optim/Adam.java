package sc.fiji.cfebm.training.optim;

/** Adam (Kingma and Ba, ICLR 2015) on a flat parameter vector. */
public final class Adam {

	private static final double EPSILON = 1e-8;

	private final double beta1, beta2;
	/** The running means of the gradient and of its square, and how often they have moved: all that it remembers. */
	public final double[] mean, square;
	public int steps;

	public Adam(final int size, final double beta1, final double beta2) {
		this.beta1 = beta1;
		this.beta2 = beta2;
		mean = new double[size];
		square = new double[size];
	}

	/** Moves the parameters against the gradient. */
	public void step(final double[] parameters, final double[] gradient, final double learningRate) {
		steps++;
		final double rate = learningRate / (1 - Math.pow(beta1, steps)), c = 1 / (1 - Math.pow(beta2, steps));
		for (int i = 0; i < parameters.length; i++) {
			final double g = gradient[i];
			mean[i] += (1 - beta1) * (g - mean[i]);
			square[i] += (1 - beta2) * (g * g - square[i]);
			parameters[i] -= rate * mean[i] / (Math.sqrt(c * square[i]) + EPSILON);
		}
	}
}

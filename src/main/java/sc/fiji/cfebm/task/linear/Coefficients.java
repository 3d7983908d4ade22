package sc.fiji.cfebm.task.linear;

/**
 * A linear operator on images that are given by other numbers than their pixels: by those in which conjugate gradients are cheap. Not
 * thread-safe.
 */
interface Coefficients {

	/** How many numbers an image has. */
	int count();

	/** H·x. @param observed receives it, [observedHeight, observedWidth] */
	void apply(float[] coefficients, float[] observed);

	/** Hᵀ·y. @param observed y, [observedHeight, observedWidth]; not changed */
	void adjoint(float[] observed, float[] coefficients);

	/** As {@link LinearOperator#precondition}. */
	void precondition(double weight, double prior, float[] right, float[] solution);

	/** Σ a·b over the pixels of two images. */
	double dot(float[] a, float[] b);

	/** Adds an image to another one. @param image [height, width] */
	void addTo(float[] image, float[] coefficients);

	/** Those that suit an operator. */
	static Coefficients of(final LinearOperator operator) {
		return operator instanceof Blur ? ((Blur) operator).spectra() : new Pixels(operator);
	}

	/** The pixels themselves. */
	final class Pixels implements Coefficients {

		private final LinearOperator operator;

		Pixels(final LinearOperator operator) {
			this.operator = operator;
		}

		@Override
		public int count() {
			return operator.width() * operator.height();
		}

		@Override
		public void apply(final float[] coefficients, final float[] observed) {
			operator.apply(coefficients, observed);
		}

		@Override
		public void adjoint(final float[] observed, final float[] coefficients) {
			operator.adjoint(observed, coefficients);
		}

		@Override
		public void precondition(final double weight, final double prior, final float[] right, final float[] solution) {
			operator.precondition(weight, prior, right, solution);
		}

		@Override
		public double dot(final float[] a, final float[] b) {
			double sum = 0;
			for (int i = 0; i < a.length; i++)
				sum += (double) a[i] * b[i];
			return sum;
		}

		@Override
		public void addTo(final float[] image, final float[] coefficients) {
			for (int i = 0; i < image.length; i++)
				image[i] += coefficients[i];
		}
	}
}

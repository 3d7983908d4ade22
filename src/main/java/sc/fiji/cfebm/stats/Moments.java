package sc.fiji.cfebm.stats;

/**
 * Mean and covariance of samples.
 *
 * @param mean μ, [D]
 * @param covariance Σ, [D,D], symmetric: mean of the products of differences from μ, so divided by the number of samples
 */
public record Moments(double[] mean, double[][] covariance) {

	/** Samples that need not lie in memory. */
	@FunctionalInterface
	public interface Samples {

		/**
		 * @param index of the sample, from 0
		 * @param values receives its D values
		 */
		void get(int index, double[] values);
	}

	/**
	 * Measures them; every sample is asked for twice.
	 *
	 * @param count number of samples, at least 1
	 * @param size number D of values of each
	 */
	public static Moments of(final int count, final int size, final Samples samples) {
		final double[] mean = new double[size], sample = new double[size];
		for (int n = 0; n < count; n++) {
			samples.get(n, sample);
			for (int i = 0; i < size; i++)
				mean[i] += sample[i] / count;
		}
		final double[][] covariance = new double[size][size];
		for (int n = 0; n < count; n++) {
			samples.get(n, sample);
			for (int i = 0; i < size; i++)
				for (int j = 0; j <= i; j++)
					covariance[i][j] += (sample[i] - mean[i]) * (sample[j] - mean[j]) / count;
		}
		for (int i = 0; i < size; i++)
			for (int j = 0; j < i; j++)
				covariance[j][i] = covariance[i][j];
		return new Moments(mean, covariance);
	}
}

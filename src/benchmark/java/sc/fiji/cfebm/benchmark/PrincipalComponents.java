package sc.fiji.cfebm.benchmark;

import java.util.Arrays;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * The mean and the directions of largest variance.
 *
 * @param mean of the samples
 * @param directions orthonormal, the one of largest variance first
 */
record PrincipalComponents(double[] mean, double[][] directions) {

	/** @param samples N rows of D values */
	static PrincipalComponents of(final double[][] samples, final int count) {
		final int d = samples[0].length;
		final double[] mean = new double[d];
		for (final double[] sample : samples)
			for (int i = 0; i < d; i++)
				mean[i] += sample[i] / samples.length;
		final double[][] covariance = new double[d][d];
		final double[] centred = new double[d];
		for (final double[] sample : samples) {
			for (int i = 0; i < d; i++)
				centred[i] = sample[i] - mean[i];
			for (int i = 0; i < d; i++)
				for (int j = 0; j < d; j++)
					covariance[i][j] += centred[i] * centred[j];
		}
		final EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(covariance, false));
		final double[][] directions = new double[count][];
		for (int k = 0; k < count; k++)
			directions[k] = eigen.getEigenvector(k).toArray();
		return new PrincipalComponents(mean, directions);
	}

	/** The squared length of what the directions leave of a sample. */
	double residual(final double[] sample) {
		final double[] centred = new double[sample.length];
		Arrays.setAll(centred, i -> sample[i] - mean[i]);
		double left = dot(centred, centred);
		for (final double[] direction : directions) {
			final double along = dot(centred, direction);
			left -= along * along;
		}
		return Math.max(0, left);
	}

	private static double dot(final double[] a, final double[] b) {
		double sum = 0;
		for (int i = 0; i < a.length; i++)
			sum += a[i] * b[i];
		return sum;
	}
}

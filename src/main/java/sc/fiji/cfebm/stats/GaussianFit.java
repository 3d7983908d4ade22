package sc.fiji.cfebm.stats;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A Gaussian distribution of features, and how far from its mean others are.
 *
 * @param mean of each of the D features
 * @param whitening the rows of a lower triangular matrix W, 1 to D values each: W·(x - mean) has variance 1 in all directions
 */
public record GaussianFit(double[] mean, double[][] whitening) {

	/** Shares of samples that make no difference. */
	private static final double NEGLIGIBLE = 1e-6;

	public GaussianFit {
		if (mean.length == 0 || whitening.length != mean.length) throw new IllegalArgumentException(
			"Features need as many means as rows of their whitening.");
		for (int i = 0; i < mean.length; i++) {
			if (whitening[i] == null || whitening[i].length != i + 1) throw new IllegalArgumentException("A whitening is triangular.");
			if (!(whitening[i][i] > 0)) throw new IllegalArgumentException("The diagonal of a whitening is positive.");
			double sum = mean[i];
			for (final double v : whitening[i])
				sum += v;
			if (!Double.isFinite(sum)) throw new IllegalArgumentException("Features must be finite.");
		}
	}

	/**
	 * Fits mean and covariance.
	 *
	 * @param samples N rows of D features
	 * @param shrinkage share of the covariance, 0 to 1, that is replaced by the features' variances alone, so that few samples do
	 *          not make up directions in which nothing varies
	 */
	public static GaussianFit fit(final double[][] samples, final double shrinkage) {
		final int n = samples.length, d = samples[0].length;
		final Moments moments = Moments.of(n, d, (i, sample) -> System.arraycopy(samples[i], 0, sample, 0, d));
		final double unbiased = n / Math.max(1.0, n - 1);
		final double[] deviation = new double[d];
		for (int i = 0; i < d; i++)
			deviation[i] = Math.sqrt(unbiased * moments.covariance()[i][i]) + 1e-6;
		return of(moments.mean(), moments.covariance(), unbiased, deviation, shrinkage);
	}

	/**
	 * Fits mean and covariance to a share of each sample.
	 *
	 * @param shares [N], 0 or more, not all 0
	 * @param shrinkage likewise
	 * @param least standard deviations, [D], positive: variances are larger by their squares
	 */
	static GaussianFit fit(final double[][] samples, final double[] shares, final double shrinkage, final double[] least) {
		final int d = samples[0].length;
		final double[] mean = new double[d], deviation = new double[d];
		final double[][] covariance = new double[d][d];
		double sum = 0;
		for (int n = 0; n < samples.length; n++) {
			sum += shares[n];
			for (int i = 0; i < d; i++)
				mean[i] += shares[n] * samples[n][i];
		}
		for (int i = 0; i < d; i++)
			mean[i] /= sum;
		for (int n = 0; n < samples.length; n++) {
			// Most samples belong to one part.
			if (shares[n] < NEGLIGIBLE) continue;
			for (int i = 0; i < d; i++)
				for (int j = 0; j <= i; j++)
					covariance[i][j] += shares[n] / sum * (samples[n][i] - mean[i]) * (samples[n][j] - mean[j]);
		}
		for (int i = 0; i < d; i++)
			deviation[i] = Math.hypot(Math.sqrt(covariance[i][i]), least[i]);
		return of(mean, covariance, 1, deviation, shrinkage);
	}

	/** @param covariance whose lower triangle counts; times {@code unbiased} */
	private static GaussianFit of(final double[] mean, final double[][] covariance, final double unbiased, final double[] deviation,
		final double shrinkage)
	{
		final int d = mean.length;
		final RealMatrix correlation = new Array2DRowRealMatrix(d, d);
		for (int i = 0; i < d; i++)
			for (int j = 0; j <= i; j++) {
				final double r = i == j ? 1 : (1 - shrinkage) * unbiased * covariance[i][j] / (deviation[i] * deviation[j]);
				correlation.setEntry(i, j, r);
				correlation.setEntry(j, i, r);
			}
		final double[][] lower = new CholeskyDecomposition(correlation, 1e-9, 1e-9).getL().getData(), whitening = inverse(lower);
		for (int i = 0; i < d; i++)
			for (int j = 0; j <= i; j++)
				whitening[i][j] /= deviation[j];
		return new GaussianFit(mean, whitening);
	}

	/** Of a lower triangular matrix. */
	private static double[][] inverse(final double[][] lower) {
		final int d = lower.length;
		final double[][] inverse = new double[d][];
		for (int i = 0; i < d; i++) {
			inverse[i] = new double[i + 1];
			inverse[i][i] = 1 / lower[i][i];
			for (int j = 0; j < i; j++) {
				double sum = 0;
				for (int k = j; k < i; k++)
					sum += lower[i][k] * inverse[k][j];
				inverse[i][j] = -sum / lower[i][i];
			}
		}
		return inverse;
	}

	/** Number D of features. */
	public int size() {
		return mean.length;
	}

	/** The standard deviation of one feature. */
	public double deviation(final int feature) {
		// Of the covariance, the inverse of Wᵀ·W: the squared length of the solution y of Wᵀ·y = e is its entry.
		final double[] y = new double[feature + 1];
		double sum = 0;
		for (int i = feature; i >= 0; i--) {
			double right = i == feature ? 1 : 0;
			for (int j = i + 1; j <= feature; j++)
				right -= whitening[j][i] * y[j];
			y[i] = right / whitening[i][i];
			sum += y[i] * y[i];
		}
		return Math.sqrt(sum);
	}

	/** The covariance, [D][D]: the inverse of Wᵀ·W. */
	double[][] covariance() {
		final int d = mean.length;
		final double[][] lower = inverse(whitening), covariance = new double[d][d];
		for (int i = 0; i < d; i++)
			for (int j = 0; j <= i; j++) {
				for (int k = 0; k <= j; k++)
					covariance[i][j] += lower[i][k] * lower[j][k];
				covariance[j][i] = covariance[i][j];
			}
		return covariance;
	}

	/** The Mahalanobis distance from the mean; about √D for a sample of the distribution. */
	public double distance(final double[] features) {
		return distance(features, mean.length);
	}

	/** The same of so many of the first features, whatever the others are. */
	public double distance(final double[] features, final int count) {
		double sum = 0;
		for (int i = 0; i < count; i++) {
			final double v = whitened(features, i);
			sum += v * v;
		}
		return Math.sqrt(sum);
	}

	/** The direction in which samples around the mean and others around a place are told apart best, if both vary as these: Σ⁻¹·(a - mean). */
	public double[] towards(final double[] a) {
		final double[] direction = new double[mean.length];
		for (int i = 0; i < mean.length; i++) {
			final double v = whitened(a, i);
			for (int j = 0; j <= i; j++)
				direction[j] += whitening[i][j] * v;
		}
		return direction;
	}

	/** W·(x - mean). */
	double[] whitened(final double[] features) {
		final double[] white = new double[mean.length];
		for (int i = 0; i < white.length; i++)
			white[i] = whitened(features, i);
		return white;
	}

	/** Entry i of W·(x - mean). */
	private double whitened(final double[] features, final int i) {
		double v = 0;
		for (int j = 0; j <= i; j++)
			v += whitening[i][j] * (features[j] - mean[j]);
		return v;
	}

	/** The logarithm of the probability density, but for a constant that depends on the number of features alone. */
	public double logDensity(final double[] features) {
		final double distance = distance(features);
		double volume = 0;
		for (int i = 0; i < mean.length; i++)
			volume += Math.log(Math.abs(whitening[i][i]));
		return volume - distance * distance / 2;
	}
}

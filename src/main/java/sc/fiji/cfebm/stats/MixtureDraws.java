package sc.fiji.cfebm.stats;

import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/**
 * Draws of a mixture of Gaussians given some of the features: of the conditional distribution, exactly. With the known features
 * first, the Cholesky factor L of a part's covariance says all: known features are L·z of a z that can be solved for, which has the
 * part's likelihood, and goes on with fresh numbers to draw the others. Not thread-safe.
 */
public final class MixtureDraws {

	/** How improbable known features may be to one part, in standard deviations: no draw is to lie farther out than that. */
	private static final double FARTHEST = 4;

	private final GaussianMixture mixture;
	/** The features, the known ones first. */
	private final int[] order;
	private final int known;
	/** L of each part, in that order, and the logarithm of its weight over the volume of the known features. */
	private final double[][][] lower;
	private final double[] logs;
	/** z of the known features of each part. */
	private final double[][] z;

	/** @param known which features will be given, [D] */
	public MixtureDraws(final GaussianMixture mixture, final boolean[] known) {
		this.mixture = mixture;
		order = IntStream.concat(IntStream.range(0, known.length).filter(i -> known[i]), IntStream.range(0, known.length).filter(i -> !known[i])).toArray();
		this.known = (int) IntStream.range(0, known.length).filter(i -> known[i]).count();
		final int parts = mixture.parts().size();
		lower = new double[parts][][];
		logs = new double[parts];
		z = new double[parts][order.length];
		for (int k = 0; k < parts; k++) {
			lower[k] = factor(mixture.parts().get(k).covariance());
			logs[k] = Math.log(mixture.weights()[k]);
			for (int i = 0; i < this.known; i++)
				logs[k] -= Math.log(lower[k][i][i]);
		}
	}

	private double[][] factor(final double[][] covariance) {
		final double[][] ordered = new double[order.length][order.length];
		for (int i = 0; i < order.length; i++)
			for (int j = 0; j < order.length; j++)
				ordered[i][j] = covariance[order[i]][order[j]];
		// The inverse of an inverse: symmetric and positive up to rounding.
		return new CholeskyDecomposition(new Array2DRowRealMatrix(ordered, false), 1e-6, 0).getL().getData();
	}

	/**
	 * Draws the features that are not known.
	 *
	 * @param features [D], the known ones given; the others are written
	 */
	public void complete(final double[] features, final RandomGenerator rng) {
		final int part = part(features, rng);
		final double[] mean = mixture.parts().get(part).mean(), numbers = z[part];
		for (int i = 0; i < known; i++)
			numbers[i] = Math.max(-FARTHEST, Math.min(FARTHEST, numbers[i]));
		for (int i = known; i < order.length; i++) {
			numbers[i] = rng.nextGaussian();
			double v = mean[order[i]];
			for (int j = 0; j <= i; j++)
				v += lower[part][i][j] * numbers[j];
			features[order[i]] = v;
		}
	}

	/** One that the known features belong to. */
	private int part(final double[] features, final RandomGenerator rng) {
		final double[] likelihoods = logs.clone();
		double most = Double.NEGATIVE_INFINITY, left = 0;
		for (int k = 0; k < likelihoods.length; k++) {
			final double[] mean = mixture.parts().get(k).mean();
			for (int i = 0; i < known; i++) {
				double v = features[order[i]] - mean[order[i]];
				for (int j = 0; j < i; j++)
					v -= lower[k][i][j] * z[k][j];
				z[k][i] = v / lower[k][i][i];
				likelihoods[k] -= z[k][i] * z[k][i] / 2;
			}
			most = Math.max(most, likelihoods[k]);
		}
		for (int k = 0; k < likelihoods.length; k++)
			left += likelihoods[k] = Math.exp(likelihoods[k] - most);
		left *= rng.nextDouble();
		int part = 0;
		while (part < likelihoods.length - 1 && (left -= likelihoods[part]) > 0)
			part++;
		return part;
	}
}

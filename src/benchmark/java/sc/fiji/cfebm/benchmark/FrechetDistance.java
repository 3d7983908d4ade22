package sc.fiji.cfebm.benchmark;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.correlation.Covariance;

/**
 * Fréchet distance |μ₁-μ₂|² + tr(Σ₁ + Σ₂ - 2(Σ₁^½Σ₂Σ₁^½)^½) between Gaussians fitted to the {@link RandomFeatures} of
 * two sets of patches [N,r,r,C], each feature in units of its standard deviation over the reference. As the FID (Heusel
 * et al., 2017) with another network: for comparisons on the same reference alone, not with published FIDs. Few samples
 * make it too large, about in proportion to 1/N; so compare sets of the same N, at least 1 000.
 */
final class FrechetDistance {

	private final RandomFeatures network;
	private final double[] deviations;
	private final Gaussian reference;

	/** @param reference real patches [N,r,r,C] in model units */
	FrechetDistance(final float[] reference, final int side, final int channels) {
		network = new RandomFeatures(reference, side, channels);
		final double[][] features = network.of(reference);
		deviations = new double[RandomFeatures.COUNT];
		for (int f = 0; f < deviations.length; f++)
			deviations[f] = Math.max(1e-6, Math.sqrt(StatUtils.variance(column(features, f))));
		this.reference = gaussian(features);
	}

	/** The distance of patches [N,r,r,C] to the reference. */
	double to(final float[] patches) {
		return between(reference, gaussian(network.of(patches)));
	}

	/** A mean [D] and a covariance [D,D]. */
	record Gaussian(double[] mean, RealMatrix covariance) {}

	static double between(final Gaussian a, final Gaussian b) {
		final EigenDecomposition eigen = new EigenDecomposition(symmetric(a.covariance));
		final int d = a.mean.length;
		final RealMatrix root = new Array2DRowRealMatrix(d, d);
		for (int i = 0; i < d; i++)
			root.setEntry(i, i, Math.sqrt(Math.max(0, eigen.getRealEigenvalue(i))));
		final RealMatrix sqrt = eigen.getV().multiply(root).multiply(eigen.getVT());
		double distance = a.covariance.getTrace() + b.covariance.getTrace();
		for (final double v : new EigenDecomposition(symmetric(sqrt.multiply(b.covariance).multiply(sqrt)))
			.getRealEigenvalues())
			distance -= 2 * Math.sqrt(Math.max(0, v));
		for (int i = 0; i < d; i++)
			distance += (a.mean[i] - b.mean[i]) * (a.mean[i] - b.mean[i]);
		return Math.max(0, distance);
	}

	/** Without the rounding errors that would make commons-math take it for a matrix with complex eigenvalues. */
	private static RealMatrix symmetric(final RealMatrix m) {
		return m.add(m.transpose()).scalarMultiply(0.5);
	}

	private Gaussian gaussian(final double[][] features) {
		final double[] mean = new double[deviations.length];
		for (int f = 0; f < mean.length; f++) {
			for (final double[] row : features)
				row[f] /= deviations[f];
			mean[f] = StatUtils.mean(column(features, f));
		}
		return new Gaussian(mean, new Covariance(features).getCovarianceMatrix());
	}

	private static double[] column(final double[][] rows, final int column) {
		return java.util.Arrays.stream(rows).mapToDouble(row -> row[column]).toArray();
	}
}

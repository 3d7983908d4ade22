package sc.fiji.cfebm.color;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

import sc.fiji.cfebm.raster.Raster;

/**
 * Which colors images have, as a normal distribution: brightness and contrast of gray images. An image with other colors
 * can be given these by the linear map that changes it least (Monge and Kantorovitch's for normal distributions; Pitié and
 * Kokaram, CVMP 2007).
 *
 * @param mean μ, [C]
 * @param covariance Σ, [C,C]
 */
public record Colors(double[] mean, double[][] covariance) {

	/**
	 * The colors of an image.
	 *
	 * @param pool mean colors of squares of so many pixels a side are counted, at the right and lower border of what is left
	 */
	public static Colors of(final Raster image, final int pool) {
		final int c = image.channels();
		final double[] sum = new double[c], color = new double[c];
		final double[][] squares = new double[c][c];
		int count = 0;
		for (int y = 0; y < image.height(); y += pool)
			for (int x = 0; x < image.width(); x += pool, count++) {
				mean(image, x, y, Math.min(pool, image.width() - x), Math.min(pool, image.height() - y), color);
				for (int i = 0; i < c; i++) {
					sum[i] += color[i];
					for (int j = 0; j < c; j++)
						squares[i][j] += color[i] * color[j];
				}
			}
		for (int i = 0; i < c; i++)
			for (int j = 0; j < c; j++)
				squares[i][j] = squares[i][j] / count - sum[i] / count * sum[j] / count;
		for (int i = 0; i < c; i++)
			sum[i] /= count;
		return new Colors(sum, squares);
	}

	private static void mean(final Raster image, final int x0, final int y0, final int w, final int h, final double[] mean) {
		for (int i = 0; i < mean.length; i++) {
			mean[i] = 0;
			for (int y = y0; y < y0 + h; y++)
				for (int x = x0; x < x0 + w; x++)
					mean[i] += image.get(x, y, i) / (double) (w * h);
		}
	}

	/**
	 * An image of these colors with the others instead: μ' + ((1 - s)·I + s·T)·(x - μ), T = Σ^-½·(Σ^½·Σ'·Σ^½)^½·Σ^-½.
	 *
	 * @param image [H,W,C]
	 * @param floor standard deviation that is added to both distributions: contrast below it is not raised to the others'
	 * @param share s of the other's contrast, 0 to 1; the mean is the other's in any case
	 * @return a new image
	 */
	public Raster changed(final Raster image, final Colors to, final double floor, final double share) {
		final int c = mean.length;
		final RealMatrix ridge = ridge(c, floor);
		final RealMatrix from = new Array2DRowRealMatrix(covariance).add(ridge), target = new Array2DRowRealMatrix(to.covariance)
			.add(ridge), root = power(from, 0.5), inverse = power(from, -0.5);
		final double[][] t = inverse.multiply(power(root.multiply(target).multiply(root), 0.5)).multiply(inverse).getData();
		final Raster out = new Raster(image.width(), image.height(), c);
		for (int p = 0; p < out.values().length; p += c)
			for (int i = 0; i < c; i++) {
				double v = to.mean[i];
				for (int j = 0; j < c; j++)
					v += ((i == j ? 1 - share : 0) + share * t[i][j]) * (image.values()[p + j] - mean[j]);
				out.values()[p + i] = (float) v;
			}
		return out;
	}

	/**
	 * What of an image's change is no change of its colors all over: the change less A·x + b, the linear function of colors that comes nearest to it.
	 *
	 * @param image x, [H,W,C]
	 * @param change [H,W,C]
	 * @param floor standard deviation that is added to the image's: contrast below it explains nothing
	 * @return [H,W,C], a new image
	 */
	public static Raster unexplained(final Raster image, final Raster change, final double floor) {
		final int c = image.channels(), count = image.width() * image.height();
		final Colors own = of(image, 1), moved = of(change, 1);
		final double[][] cross = new double[c][c];
		for (int p = 0; p < image.values().length; p += c)
			for (int i = 0; i < c; i++)
				for (int j = 0; j < c; j++)
					cross[i][j] += (change.values()[p + i] - moved.mean[i]) * (image.values()[p + j] - own.mean[j]) / count;
		final double[][] a = new Array2DRowRealMatrix(cross).multiply(power(new Array2DRowRealMatrix(own.covariance).add(ridge(c, floor)),
			-1)).getData();
		final Raster out = change.copy();
		for (int p = 0; p < out.values().length; p += c)
			for (int i = 0; i < c; i++) {
				double explained = moved.mean[i];
				for (int j = 0; j < c; j++)
					explained += a[i][j] * (image.values()[p + j] - own.mean[j]);
				out.values()[p + i] -= (float) explained;
			}
		return out;
	}

	private static RealMatrix ridge(final int channels, final double floor) {
		return MatrixUtils.createRealIdentityMatrix(channels).scalarMultiply(floor * floor);
	}

	private static RealMatrix power(final RealMatrix m, final double exponent) {
		// Rounding must not make it look asymmetric, with complex eigenvalues.
		final EigenDecomposition eigen = new EigenDecomposition(m.add(m.transpose()).scalarMultiply(0.5));
		final double[] values = eigen.getRealEigenvalues();
		for (int i = 0; i < values.length; i++)
			values[i] = Math.pow(Math.max(1e-12, values[i]), exponent);
		return eigen.getV().multiply(MatrixUtils.createRealDiagonalMatrix(values)).multiply(eigen.getVT());
	}
}

package sc.fiji.cfebm.benchmark;

import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A linear transform of square blocks, C = T·X·Tᵀ, whose basis functions have norm 1: white noise keeps its σ. Not
 * thread-safe.
 */
final class BlockTransform {

	/** What bior1.5's low-pass takes of the differences one and two pairs away, beside Haar's mean. */
	private static final double NEAR = 22 / 128.0, FAR = 3 / 128.0;

	/** Pixels along one side of a block. */
	final int side;
	private final float[] forward, forwardTransposed, inverse, inverseTransposed;
	private final float[] half;

	private BlockTransform(final RealMatrix t) {
		side = t.getRowDimension();
		final RealMatrix back = new LUDecomposition(t).getSolver().getInverse();
		forward = values(t);
		forwardTransposed = values(t.transpose());
		inverse = values(back);
		inverseTransposed = values(back.transpose());
		half = new float[side * side];
	}

	/** The orthonormal discrete cosine transform (DCT-II). */
	static BlockTransform cosine(final int side) {
		final RealMatrix t = MatrixUtils.createRealMatrix(side, side);
		for (int k = 0; k < side; k++)
			for (int x = 0; x < side; x++)
				t.setEntry(k, x, Math.sqrt((k == 0 ? 1.0 : 2.0) / side) * Math.cos(Math.PI * (2 * x + 1) * k / (2.0 * side)));
		return new BlockTransform(t);
	}

	/**
	 * The biorthogonal wavelet 1.5 (Cohen, Daubechies and Feauveau), periodic, down to one mean: Haar's high-pass, and a
	 * low-pass of ten taps that is Haar's plus a share of the neighbouring differences.
	 *
	 * @param side a power of two
	 */
	static BlockTransform wavelet(final int side) {
		final RealMatrix t = MatrixUtils.createRealMatrix(side, side);
		for (int x = 0; x < side; x++) {
			final double[] signal = new double[side];
			signal[x] = 1;
			for (int n = side; n > 1; n /= 2)
				split(signal, n / 2);
			t.setColumn(x, signal);
		}
		for (int k = 0; k < side; k++)
			t.setRowVector(k, t.getRowVector(k).unitVector());
		return new BlockTransform(t);
	}

	/** Replaces the first 2·pairs values by as many means and differences. */
	private static void split(final double[] signal, final int pairs) {
		final double[] mean = new double[pairs], difference = new double[pairs];
		for (int k = 0; k < pairs; k++) {
			mean[k] = (signal[2 * k] + signal[2 * k + 1]) * Math.sqrt(0.5);
			difference[k] = (signal[2 * k] - signal[2 * k + 1]) * Math.sqrt(0.5);
		}
		for (int k = 0; k < pairs; k++) {
			signal[k] = mean[k] + NEAR * (difference[at(k + 1, pairs)] - difference[at(k - 1, pairs)]) - FAR * (difference[at(k +
				2, pairs)] - difference[at(k - 2, pairs)]);
			signal[pairs + k] = difference[k];
		}
	}

	private static int at(final int k, final int n) {
		return Math.floorMod(k, n);
	}

	/** Transforms the block of an image whose first pixel is at {@code from}; its coefficients are written densely. */
	void forward(final float[] image, final int from, final int width, final float[] coefficients, final int to) {
		multiply(image, from, width, forwardTransposed, 0, half, 0);
		multiply(forward, 0, side, half, 0, coefficients, to);
	}

	/** Transforms coefficients back to a dense block; input and output may be the same place. */
	void inverse(final float[] coefficients, final int from, final float[] block, final int to) {
		multiply(coefficients, from, side, inverseTransposed, 0, half, 0);
		multiply(inverse, 0, side, half, 0, block, to);
	}

	/** The product of two square matrices, the rows of the left one {@code stride} apart. */
	private void multiply(final float[] left, final int leftAt, final int stride, final float[] right, final int rightAt,
		final float[] out, final int outAt)
	{
		for (int i = 0; i < side; i++) {
			final int row = outAt + i * side;
			for (int j = 0; j < side; j++)
				out[row + j] = left[leftAt + i * stride] * right[rightAt + j];
			for (int k = 1; k < side; k++) {
				final float factor = left[leftAt + i * stride + k];
				final int other = rightAt + k * side;
				for (int j = 0; j < side; j++)
					out[row + j] += factor * right[other + j];
			}
		}
	}

	private float[] values(final RealMatrix m) {
		final float[] values = new float[side * side];
		for (int i = 0; i < values.length; i++)
			values[i] = (float) m.getEntry(i / side, i % side);
		return values;
	}
}

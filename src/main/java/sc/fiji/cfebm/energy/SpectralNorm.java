package sc.fiji.cfebm.energy;

/**
 * Spectral normalisation (Miyato et al., ICLR 2018): a weight W [O,I] is divided by its largest singular value, which
 * power iteration follows with a left singular vector u. The gradient goes through σ = uᵀWv with u and v held.
 */
final class SpectralNorm {

	private SpectralNorm() {}

	/** Improves u by power iterations on the matrix at {@code offset} of {@code w}; u has length 1 afterwards. */
	static void iterate(final double[] w, final int offset, final int rows, final int columns, final double[] u,
		final int iterations)
	{
		for (int k = 0; k < iterations; k++) {
			final double[] v = right(w, offset, rows, columns, u);
			for (int o = 0; o < rows; o++) {
				double sum = 0;
				for (int i = 0; i < columns; i++)
					sum += w[offset + o * columns + i] * v[i];
				u[o] = sum;
			}
			normalize(u);
		}
	}

	/** v = Wᵀu/|Wᵀu|. */
	static double[] right(final double[] w, final int offset, final int rows, final int columns, final double[] u) {
		final double[] v = new double[columns];
		for (int o = 0; o < rows; o++)
			for (int i = 0; i < columns; i++)
				v[i] += u[o] * w[offset + o * columns + i];
		normalize(v);
		return v;
	}

	/** σ = uᵀWv, kept away from zero. */
	static double sigma(final double[] w, final int offset, final double[] u, final double[] v) {
		double sigma = 0;
		for (int o = 0; o < u.length; o++) {
			double sum = 0;
			for (int i = 0; i < v.length; i++)
				sum += w[offset + o * v.length + i] * v[i];
			sigma += u[o] * sum;
		}
		return Math.max(sigma, 1e-12);
	}

	private static void normalize(final double[] v) {
		double sum = 0;
		for (final double x : v)
			sum += x * x;
		final double scale = 1 / Math.max(Math.sqrt(sum), 1e-12);
		for (int i = 0; i < v.length; i++)
			v[i] *= scale;
	}
}

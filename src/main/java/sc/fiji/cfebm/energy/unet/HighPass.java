package sc.fiji.cfebm.energy.unet;

import sc.fiji.cfebm.energy.WholeImage;

/**
 * What remains of images [N,H,W,C] when each pixel's surroundings are taken off: the mean over a square, mirrored at the
 * border; and the transpose of that. While a stage fades in, it is a mixture with the same of the halved image.
 */
final class HighPass {

	private final int radius, channels;

	/** @param radius of a square of side 2r + 1; 0: nothing is taken off */
	HighPass(final int radius, final int channels) {
		this.radius = radius;
		this.channels = channels;
	}

	/** to = β·(x - mean x) + (1 - β)·U(Dx - mean Dx), with D halving and U doubling. {@code to} must not be x. */
	void apply(final float[] x, final int count, final int height, final int width, final double beta, final float[] to) {
		mixed(x, count, height, width, beta, false, to);
	}

	/** The transpose of {@link #apply}. */
	void applyTransposed(final float[] x, final int count, final int height, final int width, final double beta, final float[] to) {
		mixed(x, count, height, width, beta, true, to);
	}

	private void mixed(final float[] x, final int count, final int height, final int width, final double beta,
		final boolean transposed, final float[] to)
	{
		final int size = count * height * width * channels;
		if (radius == 0) {
			System.arraycopy(x, 0, to, 0, size);
			return;
		}
		if (beta == 1) {
			plain(x, count, height, width, transposed, to);
			return;
		}
		plain(x, count, height, width, transposed, to);
		// U(A(Dx)) and its transpose Dᵀ(Aᵀ(Uᵀx)): sums over 2×2 pixels, a quarter of each on the way in or out.
		final float[] half = new float[size / 4], other = new float[size / 4];
		final int line = width * channels, shorter = line / 2;
		for (int i = 0; i < half.length; i++) {
			final int at = i / shorter * 2 * line + i % shorter / channels * 2 * channels + i % channels;
			half[i] = 0.25f * (x[at] + x[at + channels] + x[at + line] + x[at + line + channels]);
		}
		plain(half, count, height / 2, width / 2, transposed, other);
		for (int i = 0; i < size; i++)
			to[i] = (float) (beta * to[i] + (1 - beta) * other[i / line / 2 * shorter + i % line / channels / 2 * channels + i %
				channels]);
	}

	private void plain(final float[] x, final int count, final int height, final int width, final boolean transposed,
		final float[] to)
	{
		final int line = width * channels, area = height * line;
		System.arraycopy(x, 0, to, 0, count * area);
		for (int n = 0; n < count; n++) {
			for (int y = 0; y < height; y++)
				for (int c = 0; c < channels; c++)
					mean(to, n * area + y * line + c, channels, width, transposed);
			for (int i = 0; i < line; i++)
				mean(to, n * area + i, line, height, transposed);
		}
		for (int i = 0; i < count * area; i++)
			to[i] = x[i] - to[i];
	}

	/** The running mean, or its transpose, of {@code n} values {@code apart} from each other, in place. */
	private void mean(final float[] x, final int at, final int apart, final int n, final boolean transposed) {
		final int side = 2 * radius + 1;
		final double[] sums = new double[n + side];
		if (!transposed) {
			for (int i = 0; i < n + side - 1; i++)
				sums[i + 1] = sums[i] + x[at + WholeImage.mirrored(i - radius, n) * apart];
			for (int i = 0; i < n; i++)
				x[at + i * apart] = (float) ((sums[i + side] - sums[i]) / side);
			return;
		}
		// Each value goes to all it is a mean of: where it begins to count, and where it ends.
		for (int i = 0; i < n; i++) {
			sums[i] += x[at + i * apart];
			sums[i + side] -= x[at + i * apart];
		}
		for (int i = 0; i < n; i++)
			x[at + i * apart] = 0;
		double sum = 0;
		for (int i = 0; i < n + side - 1; i++) {
			sum += sums[i];
			x[at + WholeImage.mirrored(i - radius, n) * apart] += (float) (sum / side);
		}
	}
}

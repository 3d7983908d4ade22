package sc.fiji.cfebm.energy.unet;

import sc.fiji.cfebm.energy.WholeImage;

/**
 * What remains of images [N,H,W,C] when each pixel's surroundings are taken off: the mean over a square, mirrored at the
 * border; and the transpose of that. While a stage fades in, it is a mixture with the same of the halved image.
 */
final class HighPass {

	/** Lines of a strip, about: many beside those that its first sums take. */
	private static final int LINES = 256;

	private final int radius, channels;
	/** One over the pixels of a square. */
	private final double area;

	/** @param radius of a square of side 2r + 1; 0: nothing is taken off */
	HighPass(final int radius, final int channels) {
		this.radius = radius;
		this.channels = channels;
		area = 1.0 / ((2 * radius + 1) * (2 * radius + 1));
	}

	/**
	 * to = β·(x - mean x) + (1 - β)·U(Dx - mean Dx), with D halving and U doubling.
	 *
	 * @param to must not be x
	 * @param workers share a large image's lines; null: the calling thread does all. The bits do not depend on how many there are
	 */
	void apply(final float[] x, final int count, final int height, final int width, final double beta, final float[] to,
		final Workers workers)
	{
		mixed(x, count, height, width, beta, this::plain, workers, to);
	}

	/** The transpose of {@link #apply}. */
	void applyTransposed(final float[] x, final int count, final int height, final int width, final double beta, final float[] to,
		final Workers workers)
	{
		mixed(x, count, height, width, beta, this::plainTransposed, workers, to);
	}

	/** One image that begins somewhere in an array, with as much in another. */
	private interface Plain {

		void run(float[] x, int at, int height, int width, Workers workers, float[] to);
	}

	private void mixed(final float[] x, final int count, final int height, final int width, final double beta, final Plain plain,
		final Workers workers, final float[] to)
	{
		final int size = count * height * width * channels;
		if (radius == 0) {
			System.arraycopy(x, 0, to, 0, size);
			return;
		}
		each(x, count, height, width, plain, workers, to);
		if (beta == 1) return;
		// U(A(Dx)) and its transpose Dᵀ(Aᵀ(Uᵀx)): sums over 2×2 pixels, a quarter of each on the way in or out.
		final float[] half = new float[size / 4], other = new float[size / 4];
		final int line = width * channels, shorter = line / 2;
		for (int i = 0; i < half.length; i++) {
			final int at = i / shorter * 2 * line + i % shorter / channels * 2 * channels + i % channels;
			half[i] = 0.25f * (x[at] + x[at + channels] + x[at + line] + x[at + line + channels]);
		}
		each(half, count, height / 2, width / 2, plain, workers, other);
		for (int i = 0; i < size; i++)
			to[i] = (float) (beta * to[i] + (1 - beta) * other[i / line / 2 * shorter + i % line / channels / 2 * channels + i %
				channels]);
	}

	private void each(final float[] x, final int count, final int height, final int width, final Plain plain, final Workers workers,
		final float[] to)
	{
		for (int n = 0; n < count; n++)
			plain.run(x, n * height * width * channels, height, width, workers, to);
	}

	private interface Strip {

		void run(int first, int end);
	}

	/** Lines in strips that depend on the image alone. */
	private static void inStrips(final int height, final Workers workers, final Strip strip) {
		final int strips = Math.max(1, height / LINES);
		final Workers.Piece piece = (worker, s) -> strip.run((int) ((long) height * s / strips), (int) ((long) height * (s + 1) / strips));
		if (workers != null && strips > 1) workers.run(strips, piece);
		else for (int s = 0; s < strips; s++)
			piece.run(0, s);
	}

	/** Sums go down from line to line and along each line: what a line needs is in the cache. */
	private void plain(final float[] x, final int at, final int height, final int width, final Workers workers, final float[] to) {
		final int line = width * channels;
		inStrips(height, workers, (first, end) -> {
			final double[] sum = new double[line], sums = new double[line + (2 * radius + 1) * channels];
			for (int y = first - radius; y <= first + radius; y++)
				add(x, at + WholeImage.mirrored(y, height) * line, sum);
			for (int y = first; y < end; y++) {
				along(sum, width, sums);
				final int from = at + y * line;
				for (int i = 0; i < line; i++)
					to[from + i] = (float) (x[from + i] - area * (sums[i + (2 * radius + 1) * channels] - sums[i]));
				move(x, at + WholeImage.mirrored(y + radius + 1, height) * line, at + WholeImage.mirrored(y - radius, height) * line, sum);
			}
		});
	}

	/** Sums of the first so many values of a line with its mirrored borders, each channel's for itself. */
	private void along(final double[] x, final int width, final double[] sums) {
		for (int i = -radius; i <= width - 1 + radius; i++) {
			final int from = (i >= 0 && i < width ? i : WholeImage.mirrored(i, width)) * channels, to = (i + radius) * channels;
			for (int c = 0; c < channels; c++)
				sums[to + channels + c] = sums[to + c] + x[from + c];
		}
	}

	/** Each value goes to all that it is part of the mean of: to sums around all places, also mirrored ones, which then go to their pixels. */
	private void plainTransposed(final float[] x, final int at, final int height, final int width, final Workers workers,
		final float[] to)
	{
		final int line = width * channels;
		final double[][] outside = outside(x, at, height, line);
		inStrips(height, workers, (first, end) -> {
			final double[] sum = new double[line], all = new double[line], mean = new double[line];
			final double[] sums = new double[(width + 4 * radius + 1) * channels];
			for (int y = Math.max(0, first - radius); y <= Math.min(height - 1, first + radius); y++)
				add(x, at + y * line, sum);
			for (int y = first; y < end; y++) {
				System.arraycopy(sum, 0, all, 0, line);
				for (int k = 0; k < 2 * radius; k++)
					if (WholeImage.mirrored(k < radius ? k - radius : height + k - radius, height) == y) for (int i = 0; i < line; i++)
						all[i] += outside[k][i];
				alongTransposed(all, width, sums, mean);
				final int from = at + y * line;
				for (int i = 0; i < line; i++)
					to[from + i] = (float) (x[from + i] - area * mean[i]);
				if (y + radius + 1 < height) add(x, at + (y + radius + 1) * line, sum);
				if (y - radius >= 0) subtract(x, at + (y - radius) * line, sum);
			}
		});
	}

	/** The sums around the mirrored lines: above from the outermost on, below from the innermost on. */
	private double[][] outside(final float[] x, final int at, final int height, final int line) {
		final double[][] outside = new double[2 * radius][];
		final double[] above = new double[line], below = new double[line];
		for (int k = 0; k < radius; k++) {
			if (k < height) {
				add(x, at + k * line, above);
				add(x, at + (height - 1 - k) * line, below);
			}
			outside[k] = above.clone();
			outside[2 * radius - 1 - k] = below.clone();
		}
		return outside;
	}

	private void alongTransposed(final double[] x, final int width, final double[] sums, final double[] to) {
		final int line = width * channels, before = 2 * radius * channels, side = (2 * radius + 1) * channels;
		for (int i = 0; i < line; i++)
			sums[before + channels + i] = sums[before + i] + x[i];
		for (int i = before + line; i < before + line + before; i++)
			sums[channels + i] = sums[i];
		// The sum around place p begins there, counted from the outermost mirrored one.
		for (int i = 0; i < line; i++)
			to[i] = sums[radius * channels + side + i] - sums[radius * channels + i];
		for (int k = 0; k < 2 * radius; k++) {
			final int place = k < radius ? k - radius : width + k - radius, from = (place + radius) * channels;
			final int pixel = WholeImage.mirrored(place, width) * channels;
			for (int c = 0; c < channels; c++)
				to[pixel + c] += sums[from + side + c] - sums[from + c];
		}
	}

	private static void add(final float[] x, final int at, final double[] to) {
		for (int i = 0; i < to.length; i++)
			to[i] += x[at + i];
	}

	private static void subtract(final float[] x, final int at, final double[] to) {
		for (int i = 0; i < to.length; i++)
			to[i] -= x[at + i];
	}

	private static void move(final float[] x, final int in, final int out, final double[] to) {
		for (int i = 0; i < to.length; i++)
			to[i] += (double) x[in + i] - x[out + i];
	}
}

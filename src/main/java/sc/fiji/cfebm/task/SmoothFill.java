package sc.fiji.cfebm.task;

import java.util.stream.IntStream;

import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/**
 * Continues an image smoothly into its holes: the surface x through the known pixels with the smallest bend·Σ(Lx)² +
 * stretch·Σ|∇x|², L the Laplacian over four neighbours (fewer at the border of the image). With both it is a spline under
 * tension (Smith and Wessel, 1990): near known pixels it goes on with their slope, far from them it is flat as a membrane
 * and does not overshoot. The length √(bend/stretch), in pixels, lies between near and far.
 *
 * @param bend weight of bending, at least 0
 * @param stretch weight of stretching, at least 0; not both are 0
 */
public record SmoothFill(double bend, double stretch) {

	/** A membrane: every pixel is the mean of its neighbours. */
	public static final SmoothFill HARMONIC = new SmoothFill(0, 1);
	/** A thin plate. */
	public static final SmoothFill BIHARMONIC = new SmoothFill(1, 0);
	/** Length 2 pixels: the best of both, on nuclei and photographs (docs/experiments.md). */
	public static final SmoothFill TENSION = new SmoothFill(4, 1);

	/** Squared residual at which a solution is good enough, per pixel and in units of the image's variance. */
	private static final double GOOD = 1e-9, ROUGH = 1e-5;
	private static final int MOST_STEPS = 20_000;

	/**
	 * Fills the hole.
	 *
	 * @param image [H,W,C] in any units; its values in the hole have no influence
	 * @param hole [H,W], true where a pixel is to be filled in; at least one pixel is known
	 * @param progress asked whether to stop
	 * @return a copy of the image with other values in the hole
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public Raster fill(final Raster image, final boolean[] hole, final Progress progress) {
		return fill(image, hole, GOOD, progress);
	}

	/** As {@link #fill}, in a fraction of the time: where what is filled in is surroundings alone. */
	public Raster roughly(final Raster image, final boolean[] hole, final Progress progress) {
		return fill(image, hole, ROUGH, progress);
	}

	private Raster fill(final Raster image, final boolean[] hole, final double good, final Progress progress) {
		final Raster filled = start(image, hole, good, progress);
		for (int c = 0; c < image.channels(); c++)
			new Solver(filled, c, hole).run(good, progress);
		return filled;
	}

	/** Known pixels as they are, and what a fill at half the scale says in the hole: that saves most of the steps. */
	private Raster start(final Raster image, final boolean[] hole, final double good, final Progress progress) {
		final int w = image.width(), h = image.height(), c = image.channels();
		final Raster coarse = new Raster((w + 1) / 2, (h + 1) / 2, c);
		final boolean[] unknown = new boolean[coarse.width() * coarse.height()];
		boolean any = false;
		for (int p = 0; p < unknown.length; p++) {
			int known = 0;
			for (int k = 0; k < 4; k++) {
				final int x = Math.min(p % coarse.width() * 2 + k % 2, w - 1), y = Math.min(p / coarse.width() * 2 + k / 2, h - 1);
				if (hole[y * w + x]) continue;
				known++;
				for (int i = 0; i < c; i++)
					coarse.values()[p * c + i] += image.get(x, y, i);
			}
			for (int i = 0; i < c && known > 1; i++)
				coarse.values()[p * c + i] /= known;
			unknown[p] = known == 0;
			any |= unknown[p];
		}
		final Raster start = Resample.doubled(any ? fill(coarse, unknown, good, progress) : coarse, w, h);
		for (int p = 0; p < hole.length; p++)
			if (!hole[p]) System.arraycopy(image.values(), p * c, start.values(), p * c, c);
		return start;
	}

	/** Conjugate gradients for one channel. */
	private final class Solver {

		private final Raster image;
		private final int channel;
		private final boolean[] hole;
		/** Pixels of the hole; and with them their neighbours, whose Laplacian they are part of. */
		private final int[] inside, around;
		private final double[] laplacian;

		Solver(final Raster image, final int channel, final boolean[] hole) {
			this.image = image;
			this.channel = channel;
			this.hole = hole;
			final int w = image.width();
			inside = IntStream.range(0, hole.length).filter(p -> hole[p]).toArray();
			around = IntStream.range(0, hole.length).filter(p -> hole[p] || p % w > 0 && hole[p - 1] || p % w < w - 1 && hole[p +
				1] || p >= w && hole[p - w] || p + w < hole.length && hole[p + w]).toArray();
			laplacian = new double[hole.length];
		}

		void run(final double good, final Progress progress) {
			final int n = hole.length;
			final double[] x = new double[n], residual = new double[n], direction = new double[n], product = new double[n];
			double mean = 0, variance = 0;
			for (int p = 0; p < n; p++) {
				x[p] = image.values()[p * image.channels() + channel];
				mean += x[p] / n;
			}
			for (int p = 0; p < n; p++)
				variance += (x[p] - mean) * (x[p] - mean) / n;
			multiply(x, product);
			for (final int p : inside)
				direction[p] = residual[p] = -product[p];
			double squares = dot(residual, residual);
			for (int step = 0; step < MOST_STEPS && squares > good * variance * inside.length; step++) {
				progress.throwIfCanceled();
				multiply(direction, product);
				final double a = squares / dot(direction, product), before = squares;
				for (final int p : inside) {
					x[p] += a * direction[p];
					residual[p] -= a * product[p];
				}
				squares = dot(residual, residual);
				for (final int p : inside)
					direction[p] = residual[p] + squares / before * direction[p];
			}
			for (final int p : inside)
				image.values()[p * image.channels() + channel] = (float) x[p];
		}

		/** The energy's gradient in the hole, half of it: bend·LLx + stretch·Lx. */
		private void multiply(final double[] x, final double[] to) {
			for (final int p : around)
				laplacian[p] = laplacian(x, p);
			for (final int p : inside)
				to[p] = stretch * laplacian[p] + (bend == 0 ? 0 : bend * laplacian(laplacian, p));
		}

		/** Minus the Laplacian. */
		private double laplacian(final double[] x, final int p) {
			final int w = image.width(), column = p % w;
			double sum = 0;
			if (column > 0) sum += x[p] - x[p - 1];
			if (column < w - 1) sum += x[p] - x[p + 1];
			if (p >= w) sum += x[p] - x[p - w];
			if (p + w < x.length) sum += x[p] - x[p + w];
			return sum;
		}

		private double dot(final double[] a, final double[] b) {
			double sum = 0;
			for (final int p : inside)
				sum += a[p] * b[p];
			return sum;
		}
	}
}

package sc.fiji.cfebm.task;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.SecondMoment;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

import sc.fiji.cfebm.raster.Gaussian;

/**
 * How what a plane shows moves from plane to plane: for each pixel a displacement by which it goes on evenly, so that the planes before and
 * behind show the same at displaced places. The plane itself need not be known. From coarse to fine, Gauss-Newton steps make the planes agree in
 * a Gaussian window around each pixel (Lucas and Kanade, IJCAI 1981), and displacements are averaged with those around, by how much there is to
 * be seen. Where nothing is to be seen, nothing moves. The figures were chosen on made movies (docs/experiments.md). The result is the same whatever
 * the number of threads.
 */
final class Motion {

	/**
	 * Sizes of the image, each half of the one before, and steps at each; steps of a quick search, of which there are fewer at the largest size. A
	 * step is at most one pixel long.
	 */
	private static final int SIZES = 3, STEPS = 10, QUICK = 4, LARGE = 2;
	/** Least side of an image that is halved, in pixels. */
	private static final int LEAST = 32;
	/** Standard deviations of the Gaussian windows that planes are compared in, that displacements are averaged in, and before halving, in pixels. */
	private static final double WINDOW = 2, AVERAGED = 3, BLUR = 1;
	/**
	 * What noise adds to the structure tensor, in units of its variance, and how much of that a displacement counts for where nothing is seen. Its
	 * least share of the tensor, so that rounding of floats makes no determinant 0.
	 */
	private static final double DAMPING = 16, BLANK = 0.0025, ROUNDING = 1e-5;
	/** What is left of the noise of a plane in its half. */
	private static final double HALF = 0.25;
	/** Samples to each side that an interpolated value is computed from. */
	private static final int TAPS = 3;
	/** What is nearer to a pixel counts as on it. */
	private static final double ON = 1e-6;
	private static final double[] SINES = new double[2 * TAPS], COSINES = new double[2 * TAPS];
	static {
		for (int k = 0; k < SINES.length; k++) {
			SINES[k] = Math.sin(Math.PI * (k - TAPS + 1) / TAPS);
			COSINES[k] = Math.cos(Math.PI * (k - TAPS + 1) / TAPS);
		}
	}

	/** Of the displacements, which are those of every pixel, or of every second one in every second row. */
	private final int width, height;
	private final boolean isHalf, isParallel;
	private final float[] x, y;

	private Motion(final int width, final int height, final boolean isHalf, final boolean isParallel) {
		this.width = width;
		this.height = height;
		this.isHalf = isHalf;
		this.isParallel = isParallel;
		x = new float[width * height];
		y = new float[width * height];
	}

	/**
	 * Of a plane between others.
	 *
	 * @param planes [H,W] each, finite, in any units; two or more; not changed
	 * @param places of the planes, by how many planes they lie behind the one between them; negative before it
	 * @param sigma of the planes' noise in the same units, positive
	 */
	static Motion between(final float[][] planes, final int[] places, final int width, final int height, final double sigma) {
		return new Motion(width, height, false, true).found(alike(planes), places, sigma, SIZES, STEPS, STEPS);
	}

	/**
	 * Of a plane and others around it that are noisy, in fewer steps, with displacements of every second pixel alone.
	 *
	 * @param halves the planes' ({@link #half}), two or more; not changed
	 * @param places of the planes, by how many planes they lie behind the one that the motion is of; its own is 0
	 * @param width of the planes
	 * @param sigma of the planes' noise in the same units, positive
	 * @param parallel whether to use other threads, too
	 */
	static Motion ofHalves(final float[][] halves, final int[] places, final int width, final int height, final double sigma,
		final boolean parallel)
	{
		return new Motion((width + 1) / 2, (height + 1) / 2, true, parallel).found(alike(halves), places, HALF * sigma, SIZES, QUICK, LARGE);
	}

	/** Planes with one mean and one standard deviation: what fades does not move. */
	private static float[][] alike(final float[][] planes) {
		final float[][] alike = new float[planes.length][planes[0].length];
		double first = 0;
		for (int p = 0; p < planes.length; p++) {
			final SecondMoment moment = new SecondMoment();
			for (final float v : planes[p])
				moment.increment(v);
			final double spread = new StandardDeviation(moment).getResult(), mean = new Mean(moment).getResult();
			if (p == 0) first = spread;
			final double factor = first > 0 && spread > 0 ? first / spread : 1;
			for (int i = 0; i < alike[p].length; i++)
				alike[p][i] = (float) (factor * (planes[p][i] - mean));
		}
		return alike;
	}

	/** @param steps at smaller sizes @param last steps at this size */
	private Motion found(final float[][] planes, final int[] places, final double sigma, final int sizes, final int steps, final int last) {
		if (sizes > 1 && Math.min(width, height) >= LEAST) {
			final float[][] halves = Arrays.stream(planes).map(plane -> half(plane, width, height)).toArray(float[][]::new);
			final Motion half = new Motion((width + 1) / 2, (height + 1) / 2, true, isParallel).found(halves, places, HALF * sigma, sizes - 1, steps,
				steps);
			for (int i = 0; i < x.length; i++) {
				x[i] = half.atPixel(half.x, i % width, i / width);
				y[i] = half.atPixel(half.y, i % width, i / width);
			}
		}
		for (int step = 0; step < last; step++)
			step(planes, places, sigma);
		return this;
	}

	/** A plane [H,W] with a quarter of the pixels, the means of four of what is blurred. */
	static float[] half(final float[] plane, final int width, final int height) {
		final int w = (width + 1) / 2, h = (height + 1) / 2;
		final float[] smooth = Gaussian.smoothed(plane, width, height, BLUR), half = new float[w * h];
		for (int i = 0; i < half.length; i++)
			half[i] = linear(smooth, width, height, 2 * (i % w) + 0.5, 2 * (i / w) + 0.5);
		return half;
	}

	/** A displacement of a pixel, from those of every second one. */
	private float atPixel(final float[] displacements, final int u, final int v) {
		return 2 * linear(displacements, width, height, (u - 0.5) / 2, (v - 0.5) / 2);
	}

	private void forEachRow(final int rows, final IntConsumer work) {
		final IntStream all = IntStream.range(0, rows);
		(isParallel ? all.parallel() : all).forEach(work);
	}

	private void step(final float[][] planes, final int[] places, final double sigma) {
		final int n = x.length;
		final float[] xx = new float[n], xy = new float[n], yy = new float[n], bx = new float[n], by = new float[n];
		forEachRow(height, row -> {
			final double[] value = new double[planes.length], slopeX = new double[planes.length], slopeY = new double[planes.length];
			for (int i = row * width; i < (row + 1) * width; i++) {
				double mean = 0, meanX = 0, meanY = 0;
				for (int p = 0; p < planes.length; p++) {
					final double u = i - row * width + places[p] * (double) x[i], v = row + places[p] * (double) y[i];
					value[p] = linear(planes[p], width, height, u, v);
					slopeX[p] = places[p] * 0.5 * (linear(planes[p], width, height, u + 1, v) - linear(planes[p], width, height, u - 1, v));
					slopeY[p] = places[p] * 0.5 * (linear(planes[p], width, height, u, v + 1) - linear(planes[p], width, height, u, v - 1));
					mean += value[p] / planes.length;
					meanX += slopeX[p] / planes.length;
					meanY += slopeY[p] / planes.length;
				}
				for (int p = 0; p < planes.length; p++) {
					final double d = value[p] - mean, dx = slopeX[p] - meanX, dy = slopeY[p] - meanY;
					xx[i] += (float) (dx * dx);
					xy[i] += (float) (dx * dy);
					yy[i] += (float) (dy * dy);
					bx[i] += (float) (dx * d);
					by[i] += (float) (dy * d);
				}
			}
		});
		final float[] a = window(xx), b = window(xy), c = window(yy), right = window(bx), down = window(by);
		final double noise = Math.max(DAMPING * sigma * sigma, Float.MIN_NORMAL / BLANK);
		// Weighted sums; the arrays are used again.
		for (int i = 0; i < n; i++) {
			final double damping = noise + ROUNDING * (a[i] + c[i]);
			final double ax = a[i] + damping, ay = c[i] + damping, determinant = ax * ay - (double) b[i] * b[i];
			final double dx = (b[i] * down[i] - ay * right[i]) / determinant, dy = (b[i] * right[i] - ax * down[i]) / determinant, far = Math.max(1,
				Math.hypot(dx, dy));
			xx[i] = (float) (a[i] + c[i] + BLANK * noise);
			bx[i] = (float) (xx[i] * (x[i] + dx / far));
			by[i] = (float) (xx[i] * (y[i] + dy / far));
		}
		final float[] weights = Gaussian.smoothed(xx, width, height, AVERAGED), sumX = Gaussian.smoothed(bx, width, height, AVERAGED), sumY = Gaussian
			.smoothed(by, width, height, AVERAGED);
		for (int i = 0; i < n; i++) {
			x[i] = sumX[i] / weights[i];
			y[i] = sumY[i] / weights[i];
		}
	}

	private float[] window(final float[] values) {
		return Gaussian.smoothed(values, width, height, WINDOW);
	}

	/**
	 * What a plane shows, where it is in the plane that the motion is of. Between pixels it is interpolated (Lanczos's window of three).
	 *
	 * @param plane [h,w]; not changed
	 * @param place by how many planes it lies behind that one
	 */
	float[] undone(final float[] plane, final int place, final int w, final int h) {
		final float[] undone = new float[plane.length];
		forEachRow(h, row -> {
			final double[] across = new double[2 * TAPS], along = new double[2 * TAPS];
			for (int column = 0; column < w; column++) {
				final int i = row * w + column;
				final double dx = isHalf ? atPixel(x, column, row) : x[i], dy = isHalf ? atPixel(y, column, row) : y[i];
				final double u = column + place * dx, v = row + place * dy;
				final int left = (int) Math.floor(u), top = (int) Math.floor(v);
				weigh(u - left, across);
				weigh(v - top, along);
				final boolean inside = left >= TAPS - 1 && left < w - TAPS && top >= TAPS - 1 && top < h - TAPS;
				double sum = 0;
				for (int k = 0; k < along.length; k++) {
					final int first = (top + k - TAPS + 1) * w + left - TAPS + 1;
					double line = 0;
					for (int l = 0; l < across.length; l++)
						line += across[l] * (inside ? plane[first + l] : at(plane, w, h, left + l - TAPS + 1, top + k - TAPS + 1));
					sum += along[k] * line;
				}
				undone[i] = (float) sum;
			}
		});
		return undone;
	}

	/** Of the samples around a place that lies so far behind one: sinc(t) sinc(t/3) of their distances t; their sum is 1. */
	private static void weigh(final double behind, final double[] weights) {
		// Where the formula is 0 by 0; a place just before a pixel may round to 1.
		if (behind < ON || behind > 1 - ON) {
			Arrays.fill(weights, 0);
			weights[behind < ON ? TAPS - 1 : TAPS] = 1;
			return;
		}
		final double sine = Math.sin(Math.PI * behind / TAPS), cosine = Math.cos(Math.PI * behind / TAPS);
		double sum = 0;
		for (int k = 0; k < weights.length; k++) {
			final double t = behind - (k - TAPS + 1);
			// But for a factor that all have.
			weights[k] = (k % 2 == 0 ? 1 : -1) * (sine * COSINES[k] - cosine * SINES[k]) / (t * t);
			sum += weights[k];
		}
		for (int k = 0; k < weights.length; k++)
			weights[k] /= sum;
	}

	private static float linear(final float[] plane, final int width, final int height, final double x, final double y) {
		final int left = (int) Math.floor(x), top = (int) Math.floor(y);
		final double u = x - left, v = y - top;
		final float a, b, c, d;
		if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
			final int i = top * width + left;
			a = plane[i];
			b = plane[i + 1];
			c = plane[i + width];
			d = plane[i + width + 1];
		}
		else {
			a = at(plane, width, height, left, top);
			b = at(plane, width, height, left + 1, top);
			c = at(plane, width, height, left, top + 1);
			d = at(plane, width, height, left + 1, top + 1);
		}
		return (float) ((1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d));
	}

	/** The nearest pixel, where there is none. */
	private static float at(final float[] plane, final int width, final int height, final int x, final int y) {
		return plane[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
	}
}

package sc.fiji.cfebm.benchmark;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.linear.Blur;

/**
 * Classical deconvolution of gray images, at its best with the truth known: Wiener's filter, and Richardson and Lucy's iteration, alone or with
 * total variation (Dey et al., Microscopy Research and Technique 69, 2006). All look for an image that reaches beyond what is observed, as ours does.
 */
final class RichardsonLucy {

	private static final int ITERATIONS = 150, CONJUGATE = 12;
	/** Iterations without getting better after which it never does. */
	private static final int WORSE = 30;
	private static final float LEAST = 1e-3f;

	private RichardsonLucy() {}

	/**
	 * An image, and at which setting it was best.
	 *
	 * @param setting the number of iterations, or Wiener's constant
	 */
	record Best(Raster image, double quality, double setting) {}

	/**
	 * @param variation weight of the total variation; 0: none
	 */
	static Best restore(final Raster observed, final Blur blur, final double variation, final ToDoubleFunction<Raster> quality) {
		final float[] x = new float[blur.width() * blur.height()], ratio = new float[x.length], share = new float[x.length], y = observed.values(),
				seen = new float[y.length];
		double mean = 0;
		for (final float v : y)
			mean += v / y.length;
		Arrays.fill(x, Math.max(LEAST, (float) mean));
		Arrays.fill(seen, 1);
		blur.adjoint(seen, share);
		Best best = null;
		for (int k = 1; k <= ITERATIONS; k++) {
			blur.apply(x, seen);
			for (int i = 0; i < y.length; i++)
				seen[i] = Math.max(0, y[i]) / Math.max(LEAST, seen[i]);
			blur.adjoint(seen, ratio);
			final float[] divergence = variation > 0 ? divergence(x, blur.width()) : null;
			for (int i = 0; i < x.length; i++)
				x[i] = share[i] < 0.01f ? x[i] : Math.max(0, x[i] * ratio[i] / share[i] / (divergence == null ? 1 : Math.max(0.1f, 1 - (float) variation *
					divergence[i])));
			if (k > 20 && k % 5 != 0) continue;
			final Raster image = new Raster(observed.width(), observed.height(), 1, blur.seen(x));
			final double q = quality.applyAsDouble(image);
			if (best == null || q > best.quality) best = new Best(image, q, k);
			if (k > best.setting + WORSE) break;
		}
		return best;
	}

	/** Of the direction of the gradient. */
	private static float[] divergence(final float[] x, final int w) {
		final float[] px = new float[x.length], py = new float[x.length], out = new float[x.length];
		for (int i = 0; i < x.length; i++) {
			final float dx = i % w < w - 1 ? x[i + 1] - x[i] : 0, dy = i + w < x.length ? x[i + w] - x[i] : 0, n = (float) Math.sqrt(dx * dx + dy * dy +
				1e-2f);
			px[i] = dx / n;
			py[i] = dy / n;
		}
		for (int i = 0; i < x.length; i++)
			out[i] = px[i] - (i % w > 0 ? px[i - 1] : 0) + py[i] - (i >= w ? py[i - w] : 0);
		return out;
	}

	/** The image nearest to the mean, weighed by a constant, that fits what was observed. */
	static Best wiener(final Raster observed, final Blur blur, final ToDoubleFunction<Raster> quality) {
		double mean = 0;
		for (final float v : observed.values())
			mean += v / observed.values().length;
		Best best = null;
		for (double constant = 1e-4; constant < 1; constant *= 2) {
			final float[] y = observed.values().clone(), right = new float[blur.width() * blur.height()];
			for (int i = 0; i < y.length; i++)
				y[i] -= (float) mean;
			blur.adjoint(y, right);
			final float[] x = solve(blur, constant, right);
			for (int i = 0; i < x.length; i++)
				x[i] += (float) mean;
			final Raster image = new Raster(observed.width(), observed.height(), 1, blur.seen(x));
			final double q = quality.applyAsDouble(image);
			if (best == null || q > best.quality) best = new Best(image, q, constant);
		}
		return best;
	}

	/** (HᵀH + constant)·x = right, by preconditioned conjugate gradients. */
	private static float[] solve(final Blur blur, final double constant, final float[] right) {
		final float[] x = new float[right.length], r = right.clone(), z = new float[r.length], p = new float[r.length], q = new float[r.length],
				seen = new float[blur.observedWidth() * blur.observedHeight()];
		double product = 0;
		for (int k = 0; k < CONJUGATE; k++) {
			blur.precondition(1, constant, r, z);
			final double next = dot(r, z);
			for (int i = 0; i < p.length; i++)
				p[i] = (float) (z[i] + (k == 0 ? 0 : next / product * p[i]));
			product = next;
			blur.apply(p, seen);
			blur.adjoint(seen, q);
			for (int i = 0; i < q.length; i++)
				q[i] += (float) (constant * p[i]);
			final double step = product / dot(p, q);
			for (int i = 0; i < x.length; i++) {
				x[i] += (float) (step * p[i]);
				r[i] -= (float) (step * q[i]);
			}
		}
		return x;
	}

	private static double dot(final float[] a, final float[] b) {
		double sum = 0;
		for (int i = 0; i < a.length; i++)
			sum += (double) a[i] * b[i];
		return sum;
	}
}

package sc.fiji.cfebm.training.data;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Neighbouring planes made of single images, as a stack's slices or a movie's frames are: the same field, moved by whole or part pixels,
 * here and there in another way, things that move over it, that come and go with the focus, that bleach; and now and then a plane that
 * shows something else, so that a network learns not to mix what does not belong together.
 */
final class MadeNeighbours {

	/** How far around a patch its surroundings are needed, in pixels. */
	static final int MARGIN = 16;

	/** Shares of the slabs that do not move; that move by whole pixels; that bend; with things that move otherwise; out of focus; whose layers fade. */
	private static final double STILL = 0.15, WHOLE = 0.25, BENT = 0.3, THINGS = 0.5, BLURRED = 0.3, LAYERS = 0.25, BLEACHED = 0.5;
	/** Share of the slabs with a plane at one end that shows something else. */
	private static final double OTHER = 0.06;
	/** Slowest and fastest motion from plane to plane, in pixels. */
	private static final double SLOWEST = 0.05, FASTEST = 8;
	/** Widest blur of a plane next to the one in focus, and the least, in pixels. */
	private static final double SHARPEST = 0.2, WIDEST = 1.5;
	/** Values of a grid of random displacements, each way. */
	private static final int KNOTS = 4;

	private final int side, planes, wide;
	private final RandomGenerator rng;

	private MadeNeighbours(final int side, final int planes, final RandomGenerator rng) {
		this.side = side;
		this.planes = planes;
		this.rng = rng;
		wide = side + 2 * MARGIN;
	}

	/**
	 * Makes one slab.
	 *
	 * @param patches of side + 2·{@link #MARGIN} pixels a side, of any image: the first is what is to be seen
	 * @param side of the slab in pixels
	 * @param planes how many, odd
	 * @return [side, side, planes]
	 */
	static float[] of(final Supplier<float[]> patches, final int side, final int planes, final RandomGenerator rng) {
		return new MadeNeighbours(side, planes, rng).make(patches);
	}

	private float[] make(final Supplier<float[]> patches) {
		final float[] slab = new float[side * side * planes], first = patches.get();
		final Motion motion = new Motion(rng.nextDouble() >= STILL);
		final boolean layers = rng.nextDouble() < LAYERS, things = !layers && rng.nextDouble() < THINGS;
		final float[] second = layers || things ? patches.get() : null;
		final Motion own = second == null ? null : new Motion(true);
		final Things shape = things ? new Things() : null;
		final double[] shares = shares(layers), blurs = blurs(), gains = gains(first);
		for (int p = 0; p < planes; p++) {
			final int t = p - planes / 2;
			float[] plane = motion.moved(first, t);
			if (second != null) mix(plane, own.moved(second, layers ? 0 : t), shape, own, t, shares[p]);
			if (blurs[p] > 0) plane = blurred(plane, blurs[p]);
			for (int i = 0; i < plane.length; i++)
				slab[i * planes + p] = (float) (gains[p] * (plane[i] - gains[planes]) + gains[planes]);
		}
		if (rng.nextDouble() < OTHER) replace(slab, patches.get(), rng.nextBoolean());
		return slab;
	}

	/** From one end on to the plane beside the middle, all show something else. */
	private void replace(final float[] slab, final float[] other, final boolean before) {
		final int from = before ? 0 : planes / 2 + 1 + rng.nextInt(planes / 2), to = before ? 1 + rng.nextInt(planes / 2) : planes;
		final float[] plane = new Motion(false).moved(other, 0);
		for (int i = 0; i < plane.length; i++)
			for (int p = from; p < to; p++)
				slab[i * planes + p] = plane[i];
	}

	/** Of the second layer in each plane, 0 to 1. */
	private double[] shares(final boolean layers) {
		final double[] shares = new double[planes];
		final double at = planes * (rng.nextDouble() - 0.5), width = 0.5 + 2 * rng.nextDouble();
		final boolean flashes = rng.nextInt(5) == 0;
		for (int p = 0; p < planes; p++) {
			final double t = p - planes / 2;
			shares[p] = layers ? 1 / (1 + Math.exp(-(t - at) / (0.5 * width))) : flashes && Math.abs(t - at) > 0.5 ? 0 : 1;
		}
		return shares;
	}

	private double[] blurs() {
		final double[] blurs = new double[planes];
		if (rng.nextDouble() >= BLURRED) return blurs;
		final double step = SHARPEST * Math.pow(WIDEST / SHARPEST, rng.nextDouble()), focus = rng.nextInt(planes) - planes / 2;
		for (int p = 0; p < planes; p++)
			blurs[p] = step * Math.abs(p - planes / 2 - focus);
		return blurs;
	}

	/** Of each plane, and last the value that they are gains from. */
	private double[] gains(final float[] first) {
		final double[] gains = new double[planes + 1];
		Arrays.fill(gains, 1);
		float lowest = first[0];
		for (final float v : first)
			lowest = Math.min(lowest, v);
		gains[planes] = lowest;
		if (rng.nextDouble() >= BLEACHED) return gains;
		final double bleaching = 0.1 * (rng.nextDouble() - 0.3), flicker = 0.1 * rng.nextDouble() * rng.nextDouble();
		for (int p = 0; p < planes; p++)
			gains[p] = Math.exp(-bleaching * (p - planes / 2) + flicker * rng.nextGaussian());
		return gains;
	}

	/** Where there are things the other layer is seen, or all over where it is the share that tells. */
	private void mix(final float[] plane, final float[] other, final Things shape, final Motion of, final int t, final double share) {
		for (int y = 0; y < side; y++)
			for (int x = 0; x < side; x++) {
				final int i = y * side + x;
				final double s = share * (shape == null ? 1 : shape.at(x - of.vx * t, y - of.vy * t));
				plane[i] += (float) (s * (other[i] - plane[i]));
			}
	}

	private float[] blurred(final float[] plane, final double width) {
		final int radius = (int) Math.ceil(2.5 * width);
		final double[] taps = new double[2 * radius + 1];
		double sum = 0;
		for (int i = 0; i < taps.length; i++)
			sum += taps[i] = Math.exp(-(i - radius) * (i - radius) / (2 * width * width));
		final float[] rows = new float[plane.length], all = new float[plane.length];
		for (int i = 0; i < plane.length; i++)
			for (int k = -radius; k <= radius; k++)
				rows[i] += (float) (taps[k + radius] / sum * plane[i / side * side + inside(i % side + k)]);
		for (int i = 0; i < plane.length; i++)
			for (int k = -radius; k <= radius; k++)
				all[i] += (float) (taps[k + radius] / sum * rows[inside(i / side + k) * side + i % side]);
		return all;
	}

	private int inside(final int at) {
		final int m = at < 0 ? -at - 1 : at >= side ? 2 * side - 1 - at : at;
		return Math.max(0, Math.min(side - 1, m));
	}

	/** A few round or long things with soft edges. */
	private final class Things {

		private final int count = 1 + rng.nextInt(4);
		private final double[][] all = new double[count][];

		Things() {
			for (int k = 0; k < count; k++) {
				final double angle = Math.PI * rng.nextDouble(), radius = 2 * Math.pow(8, rng.nextDouble()), longer = 1 + 3 * rng.nextDouble() * rng
					.nextDouble();
				all[k] = new double[] { side * rng.nextDouble(), side * rng.nextDouble(), Math.cos(angle) / (radius * longer), Math.sin(angle) / (radius *
					longer), Math.cos(angle) / radius, Math.sin(angle) / radius, radius };
			}
		}

		/** 0 outside to 1 inside. */
		double at(final double x, final double y) {
			double most = 0;
			for (final double[] t : all) {
				final double dx = x - t[0], dy = y - t[1];
				final double u = dx * t[2] + dy * t[3], v = dy * t[4] - dx * t[5];
				most = Math.max(most, Math.min(1, Math.max(0, (1 - Math.sqrt(u * u + v * v)) * t[6] + 0.5)));
			}
			return most;
		}
	}

	/** How what is seen moves from plane to plane. */
	private final class Motion {

		private final double vx, vy, x0, y0;
		private final double[] bend;
		private final double[] shake = new double[2 * planes];
		private final boolean whole;

		Motion(final boolean moves) {
			whole = !moves || rng.nextDouble() < WHOLE;
			final double speed = moves ? SLOWEST * Math.pow(FASTEST / SLOWEST, rng.nextDouble()) : 0, angle = 2 * Math.PI * rng.nextDouble();
			vx = whole ? Math.rint(speed * Math.cos(angle)) : speed * Math.cos(angle);
			vy = whole ? Math.rint(speed * Math.sin(angle)) : speed * Math.sin(angle);
			// The middle plane is as blurred by being moved as the others.
			x0 = whole ? 0 : rng.nextDouble();
			y0 = whole ? 0 : rng.nextDouble();
			if (!whole && rng.nextInt(3) == 0) for (int i = 0; i < shake.length; i++)
				shake[i] = rng.nextGaussian() * rng.nextDouble();
			bend = whole || rng.nextDouble() >= BENT ? null : new double[2 * KNOTS * KNOTS];
			final double strength = 2 * rng.nextDouble() * rng.nextDouble();
			if (bend != null) for (int i = 0; i < bend.length; i++)
				bend[i] = strength * rng.nextGaussian();
		}

		/** The patch within its surroundings, moved; beyond these their border goes on. */
		float[] moved(final float[] wider, final int t) {
			final float[] to = new float[side * side];
			final int p = t + planes / 2;
			final double[] u = new double[4], v = new double[4];
			for (int y = 0; y < side; y++)
				for (int x = 0; x < side; x++) {
					final double fx = clamp(MARGIN + x + x0 - vx * t + shake[2 * p] - (bend == null ? 0 : t * bent(0, x, y)));
					final double fy = clamp(MARGIN + y + y0 - vy * t + shake[2 * p + 1] - (bend == null ? 0 : t * bent(KNOTS * KNOTS, x, y)));
					final int ix = (int) fx, iy = (int) fy;
					if (whole) to[y * side + x] = wider[iy * wide + ix];
					else {
						weights(fx - ix, u);
						weights(fy - iy, v);
						double sum = 0;
						for (int j = 0; j < 4; j++) {
							final int line = (iy + j - 1) * wide + ix - 1;
							sum += v[j] * (u[0] * wider[line] + u[1] * wider[line + 1] + u[2] * wider[line + 2] + u[3] * wider[line + 3]);
						}
						to[y * side + x] = (float) sum;
					}
				}
			return to;
		}

		private double clamp(final double at) {
			return Math.max(1, Math.min(wide - 3, at));
		}

		/** Between the knots, smoothly. */
		private double bent(final int from, final int x, final int y) {
			final double gx = x * (KNOTS - 1.0) / side, gy = y * (KNOTS - 1.0) / side;
			final int ix = (int) gx, iy = (int) gy, at = from + iy * KNOTS + ix;
			final double sx = smooth(gx - ix), sy = smooth(gy - iy);
			return (1 - sy) * ((1 - sx) * bend[at] + sx * bend[at + 1]) + sy * ((1 - sx) * bend[at + KNOTS] + sx * bend[at + KNOTS + 1]);
		}

		private double smooth(final double s) {
			return s * s * (3 - 2 * s);
		}

		/** Catmull and Rom's. */
		private void weights(final double s, final double[] w) {
			w[0] = 0.5 * s * (-1 + s * (2 - s));
			w[1] = 1 + 0.5 * s * s * (3 * s - 5);
			w[2] = 0.5 * s * (1 + s * (4 - 3 * s));
			w[3] = 0.5 * s * s * (s - 1);
		}
	}
}

package sc.fiji.cfebm.task.inpaint;

import sc.fiji.cfebm.raster.Distances;
import sc.fiji.cfebm.raster.Raster;

/**
 * How far draws of what is deep in a hole are apart. They are too few there to tell it for each pixel, and too alike: it is the root mean
 * square of what they tell around it, the wider the deeper, times up to a factor (docs/experiments.md).
 */
final class DeepSpread {

	/** Pixels from a hole's border to where it begins, and to where nothing changes any more. */
	private static final int SHALLOW = 8, DEEPEST = 64;
	/** Half of the side of a square of which the mean is taken, as a share of how much deeper a pixel lies; and how often: so no square is seen. */
	private static final double AROUND = 0.17;
	private static final int TIMES = 3;
	/** The factor, and from how many pixels deeper on it counts in full. */
	private static final double FACTOR = 1.35, FULL = 8;

	private DeepSpread() {}

	/**
	 * @param spread of draws [H,W,C], in any units; not changed
	 * @param hole [H,W]; nothing else counts
	 */
	static Raster of(final Raster spread, final boolean[] hole) {
		final int w = spread.width(), c = spread.channels();
		final float[] depths = Distances.toUnmarked(hole, w, DEEPEST);
		final double[] inside = new double[hole.length];
		for (int p = 0; p < hole.length; p++)
			inside[p] = hole[p] ? 1 : 0;
		final double[] counts = sums(inside, w);
		final Raster out = spread.copy();
		for (int channel = 0; channel < c; channel++) {
			final double[] squares = new double[hole.length];
			for (int p = 0; p < hole.length; p++)
				squares[p] = inside[p] * spread.values()[p * c + channel] * spread.values()[p * c + channel];
			for (int t = 0; t < TIMES; t++) {
				final double[] all = sums(squares, w);
				for (int p = 0; p < hole.length; p++) {
					final int reach = (int) (AROUND * (depths[p] - SHALLOW));
					if (reach > 0) squares[p] = around(all, p, w, hole.length / w, reach) / around(counts, p, w, hole.length / w, reach);
				}
			}
			for (int p = 0; p < hole.length; p++) {
				final double deeper = depths[p] - SHALLOW;
				if (deeper > 0) out.values()[p * c + channel] = (float) ((1 + (FACTOR - 1) * Math.min(1, deeper / FULL)) * Math.sqrt(Math.max(0,
					squares[p])));
			}
		}
		return out;
	}

	/** Of all that lies above and to the left [H+1,W+1]. */
	private static double[] sums(final double[] values, final int w) {
		final double[] sums = new double[(w + 1) * (values.length / w + 1)];
		for (int p = 0; p < values.length; p++) {
			final int at = (p / w + 1) * (w + 1) + p % w + 1;
			sums[at] = values[p] + sums[at - 1] + sums[at - w - 1] - sums[at - w - 2];
		}
		return sums;
	}

	/** The sum over a square around a pixel. */
	private static double around(final double[] sums, final int p, final int w, final int h, final int reach) {
		final int x = p % w, y = p / w, left = Math.max(0, x - reach), right = Math.min(w, x + reach + 1);
		final int top = Math.max(0, y - reach) * (w + 1), bottom = Math.min(h, y + reach + 1) * (w + 1);
		return sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left];
	}
}

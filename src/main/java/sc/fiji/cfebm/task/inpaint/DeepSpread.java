package sc.fiji.cfebm.task.inpaint;

import sc.fiji.cfebm.raster.Distances;
import sc.fiji.cfebm.raster.Raster;

/**
 * How far draws of what is deep in a hole are apart. They are too few there to tell it for each pixel, and too alike: it is the root mean
 * square of what they tell over a square, which grows with the depth, times up to a factor (docs/experiments.md).
 */
final class DeepSpread {

	/** Pixels from a hole's border to where it begins, and to where nothing changes any more. */
	private static final int SHALLOW = 8, DEEPEST = 64;
	/** Half of the square's side, as a share of how much deeper a pixel lies; the factor, and from how many pixels deeper on it counts in full. */
	private static final double AROUND = 0.3, FACTOR = 1.35, FULL = 8;

	private DeepSpread() {}

	/**
	 * @param spread of draws [H,W,C], in any units; not changed
	 * @param hole [H,W]; nothing else counts
	 */
	static Raster of(final Raster spread, final boolean[] hole) {
		final int w = spread.width(), h = spread.height(), c = spread.channels();
		final float[] depths = Distances.toUnmarked(hole, w, DEEPEST);
		final Raster out = spread.copy();
		for (int channel = 0; channel < c; channel++) {
			// Sums over all that lies above and to the left.
			final double[] squares = new double[(w + 1) * (h + 1)], counts = new double[squares.length];
			for (int y = 0; y < h; y++)
				for (int x = 0; x < w; x++) {
					final int p = y * w + x, at = (y + 1) * (w + 1) + x + 1;
					final double v = hole[p] ? spread.values()[p * c + channel] : 0;
					squares[at] = v * v + squares[at - 1] + squares[at - w - 1] - squares[at - w - 2];
					counts[at] = (hole[p] ? 1 : 0) + counts[at - 1] + counts[at - w - 1] - counts[at - w - 2];
				}
			for (int p = 0; p < hole.length; p++) {
				final double deeper = depths[p] - SHALLOW;
				if (deeper <= 0) continue;
				final int reach = (int) (AROUND * deeper), x = p % w, y = p / w;
				final int left = Math.max(0, x - reach), right = Math.min(w, x + reach + 1), top = Math.max(0, y - reach) * (w + 1), bottom = Math.min(h, y +
					reach + 1) * (w + 1);
				final double sum = squares[bottom + right] - squares[bottom + left] - squares[top + right] + squares[top + left], count = counts[bottom +
					right] - counts[bottom + left] - counts[top + right] + counts[top + left];
				out.values()[p * c + channel] = (float) ((1 + (FACTOR - 1) * Math.min(1, deeper / FULL)) * Math.sqrt(Math.max(0, sum) / count));
			}
		}
		return out;
	}
}

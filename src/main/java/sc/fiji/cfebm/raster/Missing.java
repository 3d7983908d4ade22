package sc.fiji.cfebm.raster;

import java.util.stream.IntStream;

/** Pixels that have no value: one of their channels is NaN or infinite. */
public final class Missing {

	private Missing() {}

	/** [H,W], true where a pixel is missing; null if none is. */
	public static boolean[] in(final Raster image) {
		boolean[] missing = null;
		final int c = image.channels();
		for (int i = 0; i < image.values().length; i++)
			if (!Float.isFinite(image.values()[i])) {
				if (missing == null) missing = new boolean[image.width() * image.height()];
				missing[i / c] = true;
			}
		return missing;
	}

	/**
	 * The pixels that are asked for and there.
	 *
	 * @param where [H,W], the pixels that are asked for; null: all
	 * @param missing [H,W]; null: none
	 * @return [H,W]; null: all
	 */
	public static boolean[] without(final boolean[] where, final boolean[] missing) {
		if (missing == null) return where;
		final boolean[] there = new boolean[missing.length];
		for (int p = 0; p < there.length; p++)
			there[p] = !missing[p] && (where == null || where[p]);
		return there;
	}

	/** An image with NaN in all channels where pixels are missing; the image itself if none is. */
	public static Raster marked(final Raster image, final boolean[] missing) {
		if (missing == null) return image;
		final Raster marked = image.copy();
		for (int i = 0; i < marked.values().length; i++)
			if (missing[i / image.channels()]) marked.values()[i] = Float.NaN;
		return marked;
	}

	/** Whether no pixel is left that has a value. */
	public static boolean isAll(final boolean[] missing) {
		if (missing == null) return false;
		for (final boolean m : missing)
			if (!m) return false;
		return true;
	}

	/**
	 * The largest rectangle of an image without a missing pixel; single missing pixels are filled with the mean of their neighbours first.
	 *
	 * @param least its width and height at least
	 * @return the image itself if none is missing; null if there is no such rectangle
	 */
	public static Raster largestWhole(final Raster image, final int least) {
		if (in(image) == null) return image;
		final Raster filled = withoutSingle(image);
		final boolean[] missing = in(filled);
		if (missing == null) return filled;
		final int w = image.width();
		Window largest = null;
		// How many whole pixels lie above one another, and a stack of the columns in which they rise.
		final int[] heights = new int[w + 1], rising = new int[w + 1];
		for (int y = 0; y < image.height(); y++) {
			int n = 0;
			for (int x = 0; x <= w; x++) {
				heights[x] = x == w || missing[y * w + x] ? 0 : heights[x] + 1;
				while (n > 0 && heights[rising[n - 1]] >= heights[x]) {
					final int height = heights[rising[--n]], left = n == 0 ? 0 : rising[n - 1] + 1;
					if (height >= least && x - left >= least && (largest == null || (long) height * (x - left) > (long) largest.width() * largest
						.height())) largest = new Window(left, y + 1 - height, x - left, height);
				}
				rising[n++] = x;
			}
		}
		return largest == null ? null : largest.cut(filled);
	}

	/** Missing pixels without another beside, above or below them get the mean of those four. */
	private static Raster withoutSingle(final Raster image) {
		final Raster filled = image.copy();
		final boolean[] missing = in(image);
		final int w = image.width(), c = image.channels();
		for (int p = 0; p < missing.length; p++) {
			if (!missing[p]) continue;
			final int x = p % w;
			final int[] around = IntStream.of(x > 0 ? p - 1 : -1, x < w - 1 ? p + 1 : -1, p - w, p + w < missing.length ? p + w : -1).filter(
				q -> q >= 0).toArray();
			if (around.length == 0 || IntStream.of(around).anyMatch(q -> missing[q])) continue;
			for (int k = 0; k < c; k++) {
				final int channel = k;
				filled.values()[p * c + k] = (float) IntStream.of(around).mapToDouble(q -> image.values()[q * c + channel]).average()
					.orElseThrow();
			}
		}
		return filled;
	}
}

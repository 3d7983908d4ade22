package sc.fiji.cfebm.raster;

/** Euclidean distances between pixels, exact up to a largest one. */
public final class Distances {

	private Distances() {}

	/**
	 * How far marked pixels are from the nearest one that is not marked: first along columns, then along rows over these.
	 *
	 * @param marked [H,W]
	 * @param width W
	 * @param most larger distances, and those to nowhere, are given as this; at least 1
	 * @return [H,W], in pixels; 0 where a pixel is not marked
	 */
	public static float[] toUnmarked(final boolean[] marked, final int width, final int most) {
		final int[] columns = columns(marked, width, most);
		final float[] distances = new float[marked.length];
		for (int p = 0; p < marked.length; p++) {
			final int x = p % width;
			int square = most * most;
			for (int u = Math.max(0, x - most); u <= Math.min(width - 1, x + most); u++) {
				final int column = columns[p - x + u];
				square = Math.min(square, column * column + (u - x) * (u - x));
			}
			distances[p] = (float) Math.sqrt(square);
		}
		return distances;
	}

	/** Distances within each column. */
	private static int[] columns(final boolean[] marked, final int width, final int most) {
		final int[] columns = new int[marked.length];
		for (int p = 0; p < marked.length; p++)
			columns[p] = !marked[p] ? 0 : p < width ? most : Math.min(most, columns[p - width] + 1);
		for (int p = marked.length - width - 1; p >= 0; p--)
			columns[p] = Math.min(columns[p], columns[p + width] + 1);
		return columns;
	}
}

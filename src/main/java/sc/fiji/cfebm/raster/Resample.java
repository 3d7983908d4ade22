package sc.fiji.cfebm.raster;

/** Halving and doubling, the changes of scale from a stage to the next, and a mean that keeps the size. */
public final class Resample {

	private Resample() {}

	/** Every pixel as a square of 2×2, cut to a size whose half, rounded up, is this image's. */
	public static Raster doubled(final Raster in, final int width, final int height) {
		if ((width + 1) / 2 != in.width() || (height + 1) / 2 != in.height()) throw new IllegalArgumentException("A " + in
			.width() + "×" + in.height() + " image does not double to " + width + "×" + height + ".");
		final int c = in.channels();
		final Raster out = new Raster(width, height, c);
		for (int y = 0; y < height; y++)
			for (int x = 0; x < width; x++)
				System.arraycopy(in.values(), in.index(x / 2, y / 2, 0), out.values(), out.index(x, y, 0), c);
		return out;
	}

	/** Means of squares of 2×2 pixels; of what sticks out of the image, those of what is there. */
	public static Raster halved(final Raster in) {
		final int c = in.channels();
		final Raster out = new Raster((in.width() + 1) / 2, (in.height() + 1) / 2, c);
		for (int y = 0; y < out.height(); y++)
			for (int x = 0; x < out.width(); x++)
				for (int k = 0; k < c; k++) {
					final int right = Math.min(2 * x + 1, in.width() - 1), below = Math.min(2 * y + 1, in.height() - 1);
					out.values()[out.index(x, y, k)] = 0.25f * (in.get(2 * x, 2 * y, k) + in.get(right, 2 * y, k) + in.get(2 * x, below, k) + in
						.get(right, below, k));
				}
		return out;
	}

	/** Mean over 3×3 pixels, mirrored at the border; a third of white noise is left. */
	public static Raster smoothed(final Raster in) {
		final int w = in.width(), h = in.height(), c = in.channels();
		final Raster out = new Raster(w, h, c);
		final float[] from = in.values(), to = out.values(), column = new float[w * c];
		for (int y = 0; y < h; y++) {
			final int above = TileGrid.mirror(y - 1, h) * column.length, here = y * column.length, below = TileGrid.mirror(y + 1, h) * column.length;
			for (int i = 0; i < column.length; i++)
				column[i] = from[above + i] + from[here + i] + from[below + i];
			for (int x = 0; x < w; x++) {
				final int left = TileGrid.mirror(x - 1, w) * c, right = TileGrid.mirror(x + 1, w) * c;
				for (int k = 0; k < c; k++)
					to[here + x * c + k] = (column[left + k] + column[x * c + k] + column[right + k]) / 9;
			}
		}
		return out;
	}
}

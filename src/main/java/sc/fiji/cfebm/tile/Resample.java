package sc.fiji.cfebm.tile;

/** Doubling, the change of scale from a stage to the next, and a mean that keeps the size. */
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

	/** Mean over 3×3 pixels, mirrored at the border; a third of white noise is left. */
	public static Raster smoothed(final Raster in) {
		final Raster out = new Raster(in.width(), in.height(), in.channels());
		for (int y = 0; y < in.height(); y++)
			for (int x = 0; x < in.width(); x++)
				for (int c = 0; c < in.channels(); c++) {
					float sum = 0;
					for (int k = 0; k < 9; k++)
						sum += in.get(TileGrid.mirror(x + k % 3 - 1, in.width()), TileGrid.mirror(y + k / 3 - 1, in.height()), c);
					out.values()[out.index(x, y, c)] = sum / 9;
				}
		return out;
	}
}

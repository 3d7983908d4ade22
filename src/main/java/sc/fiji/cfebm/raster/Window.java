package sc.fiji.cfebm.raster;

/**
 * The part of an image that some of its pixels can feel: two tiles around them. A small selection in a large image costs
 * no more than in a small one. It begins at multiples of a tile's side, so that tiles of a fixed grid, and coarse pixels,
 * lie as they would for the whole image.
 *
 * @param x of its left column in the image, in pixels
 * @param y of its top row
 * @param width in pixels
 * @param height in pixels
 */
public record Window(int x, int y, int width, int height) {

	/**
	 * @param where [H,W] of the image, at least one pixel marked; null: all of them
	 * @param side of a tile in pixels
	 */
	public static Window around(final boolean[] where, final Raster image, final int side) {
		final int w = image.width(), h = image.height();
		if (where == null) return new Window(0, 0, w, h);
		int left = w, right = 0, top = h, bottom = 0;
		for (int p = 0; p < where.length; p++)
			if (where[p]) {
				left = Math.min(left, p % w);
				right = Math.max(right, p % w + 1);
				top = Math.min(top, p / w);
				bottom = Math.max(bottom, p / w + 1);
			}
		final int x = Math.max(0, (left / side - 2) * side), y = Math.max(0, (top / side - 2) * side);
		return new Window(x, y, Math.min(w, right + 2 * side) - x, Math.min(h, bottom + 2 * side) - y);
	}

	/** This part of an image; the image itself, if it is the whole. */
	public Raster cut(final Raster from) {
		if (isAllOf(from)) return from;
		final Raster part = new Raster(width, height, from.channels());
		for (int row = 0; row < height; row++)
			System.arraycopy(from.values(), from.index(x, y + row, 0), part.values(), part.index(0, row, 0), width * from
				.channels());
		return part;
	}

	/** This part of a mask [H,W]. */
	public boolean[] cut(final boolean[] from, final int fromWidth) {
		final boolean[] part = new boolean[width * height];
		for (int row = 0; row < height; row++)
			System.arraycopy(from, (y + row) * fromWidth + x, part, row * width, width);
		return part;
	}

	/** Puts the part's pixels that are marked in the part's mask into the whole image. */
	public void paste(final Raster part, final boolean[] where, final Raster to) {
		for (int p = 0; p < where.length; p++)
			if (where[p]) System.arraycopy(part.values(), p * part.channels(), to.values(), to.index(x + p % width, y + p / width,
				0), part.channels());
	}

	/** The part in the place it was cut from, zeros around it; the part itself, if it is the whole. */
	public Raster uncut(final Raster part, final Raster whole) {
		if (isAllOf(whole)) return part;
		final Raster out = new Raster(whole.width(), whole.height(), part.channels());
		for (int row = 0; row < height; row++)
			System.arraycopy(part.values(), part.index(0, row, 0), out.values(), out.index(x, y + row, 0), width * part
				.channels());
		return out;
	}

	private boolean isAllOf(final Raster image) {
		return width == image.width() && height == image.height();
	}
}

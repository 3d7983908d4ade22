package sc.fiji.cfebm.raster;

/**
 * A rectangular part of an image, such as the one that some of its pixels can feel: a small selection in a large image costs no
 * more than in a small one. Such a part begins at multiples of a tile's side, so that tiles of a fixed grid, and coarse pixels,
 * lie as they would for the whole image.
 *
 * @param x of its left column in the image, in pixels
 * @param y of its top row
 * @param width in pixels
 * @param height in pixels
 */
public record Window(int x, int y, int width, int height) {

	/**
	 * Two tiles around the marked pixels.
	 *
	 * @param where [H,W] of the image, at least one pixel marked; null: all of them
	 * @param side of a tile in pixels
	 */
	public static Window around(final boolean[] where, final Raster image, final int side) {
		return where == null ? all(image) : bounds(where, image).grown(2 * side, side, image);
	}

	/** The whole of an image. */
	public static Window all(final Raster image) {
		return new Window(0, 0, image.width(), image.height());
	}

	/**
	 * The smallest one with all marked pixels.
	 *
	 * @param where [H,W] of the image, at least one pixel marked
	 */
	public static Window bounds(final boolean[] where, final Raster image) {
		final int w = image.width();
		int left = w, right = 0, top = image.height(), bottom = 0;
		for (int p = 0; p < where.length; p++)
			if (where[p]) {
				left = Math.min(left, p % w);
				right = Math.max(right, p % w + 1);
				top = Math.min(top, p / w);
				bottom = Math.max(bottom, p / w + 1);
			}
		return new Window(left, top, right - left, bottom - top);
	}

	/**
	 * This one with so many pixels more at each side, as far as the image goes; it begins at multiples of a tile's side.
	 *
	 * @param side of a tile in pixels
	 */
	public Window grown(final int margin, final int side, final Raster image) {
		final int left = Math.max(0, Math.floorDiv(x - margin, side) * side), top = Math.max(0, Math.floorDiv(y - margin, side) * side);
		return new Window(left, top, Math.min(image.width(), x + width + margin) - left, Math.min(image.height(), y + height + margin) -
			top);
	}

	/** This one, at least so wide and high, around the same middle as far as the image, which is at least as large, allows. */
	public Window atLeast(final int side, final Raster image) {
		final int w = Math.max(width, side), h = Math.max(height, side);
		return new Window(Math.max(0, Math.min(image.width() - w, x - (w - width) / 2)), Math.max(0, Math.min(image.height() - h, y - (h -
			height) / 2)), w, h);
	}

	/** Where it lies in the image at half the size, see {@link Resample#halved}. */
	public Window halved() {
		return new Window(x / 2, y / 2, (width + 1) / 2, (height + 1) / 2);
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
	public Raster embed(final Raster part, final Raster whole) {
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

package sc.fiji.cfebm.raster;

/**
 * Square tiles on a grid that covers an image [H,W,C], from an origin that may lie outside it. Pixels of a tile beyond
 * the border are the image mirrored there (the border pixel repeats). Every pixel of the image lies in exactly one
 * tile.
 *
 * @param width W in pixels
 * @param height H in pixels
 * @param channels C
 * @param side side of a tile in pixels
 * @param originX how far left of the image the grid begins, 0 to side - 1
 * @param originY how far above it
 */
public record TileGrid(int width, int height, int channels, int side, int originX, int originY) {

	public int columns() {
		return (width + originX + side - 1) / side;
	}

	public int rows() {
		return (height + originY + side - 1) / side;
	}

	/** Number of tiles. */
	public int count() {
		return columns() * rows();
	}

	/** Values of one tile [side,side,C]. */
	public int tileSize() {
		return side * side * channels;
	}

	/** Copies a tile out of an image. */
	public void gather(final int tile, final float[] image, final float[] tiles, final int offset) {
		final int x0 = left(tile), y0 = top(tile);
		int to = offset;
		for (int y = 0; y < side; y++) {
			final int row = mirror(y0 + y, height) * width;
			for (int x = 0; x < side; x++) {
				final int from = (row + mirror(x0 + x, width)) * channels;
				for (int c = 0; c < channels; c++)
					tiles[to++] = image[from + c];
			}
		}
	}

	/** Copies the part of a tile that lies inside the image into it. */
	public void scatter(final int tile, final float[] tiles, final int offset, final float[] image) {
		final int x0 = left(tile), y0 = top(tile);
		final int first = Math.max(0, -x0), last = Math.min(side, width - x0);
		for (int y = Math.max(0, -y0); y < Math.min(side, height - y0); y++)
			System.arraycopy(tiles, offset + (y * side + first) * channels, image, ((y0 + y) * width + x0 + first) *
				channels, (last - first) * channels);
	}

	/** Adds weight(x,y)·tile to an image, for the part of the tile inside it; weight is [side,side]. */
	public void scatterAdd(final int tile, final float[] tiles, final int offset, final float[] weight,
		final float[] image)
	{
		final int x0 = left(tile), y0 = top(tile);
		for (int y = Math.max(0, -y0); y < Math.min(side, height - y0); y++)
			for (int x = Math.max(0, -x0); x < Math.min(side, width - x0); x++) {
				final float w = weight[y * side + x];
				final int from = offset + (y * side + x) * channels, to = ((y0 + y) * width + x0 + x) * channels;
				for (int c = 0; c < channels; c++)
					image[to + c] += w * tiles[from + c];
			}
	}

	/** True if any pixel of the tile inside the image is marked in a mask [H,W]. */
	public boolean touches(final int tile, final boolean[] mask) {
		final int x0 = left(tile), y0 = top(tile);
		for (int y = Math.max(0, y0); y < Math.min(height, y0 + side); y++)
			for (int x = Math.max(0, x0); x < Math.min(width, x0 + side); x++)
				if (mask[y * width + x]) return true;
		return false;
	}

	private int left(final int tile) {
		return tile % columns() * side - originX;
	}

	private int top(final int tile) {
		return tile / columns() * side - originY;
	}

	/** The pixel that a position in a line of n mirrored pixels shows. */
	public static int mirror(final int position, final int n) {
		final int p = Math.floorMod(position, 2 * n);
		return p < n ? p : 2 * n - 1 - p;
	}
}

package sc.fiji.cfebm.training;

import java.util.List;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.Resample;
import sc.fiji.cfebm.tile.TileGrid;

/**
 * Random patches of the training images: every image with a chance in proportion to its area, every position alike,
 * images smaller than a patch mirrored at their borders; flipped and turned where asked for.
 */
final class PatchSource {

	private final List<Raster> images;
	private final int side;
	private final boolean flips, turns;
	private final double[] cumulativeArea;

	/**
	 * @param images in model units, all with the same channels
	 * @param side of a patch at the finest stage, in pixels
	 */
	PatchSource(final List<Raster> images, final int side, final boolean flips, final boolean turns) {
		this.images = images;
		this.side = side;
		this.flips = flips;
		this.turns = turns;
		cumulativeArea = new double[images.size()];
		double sum = 0;
		for (int i = 0; i < cumulativeArea.length; i++)
			cumulativeArea[i] = sum += (double) images.get(i).width() * images.get(i).height();
	}

	int channels() {
		return images.get(0).channels();
	}

	/** So many patches [N,r,r,C], mean-pooled from the finest stage's size to {@code resolution}. */
	float[] draw(final int count, final int resolution, final RandomGenerator rng) {
		final int c = channels(), size = side * side * c;
		float[] patches = new float[count * size];
		final float[] upright = new float[size];
		for (int n = 0; n < count; n++) {
			final Raster image = choose(rng);
			final int x = rng.nextInt(Math.max(1, image.width() - side + 1)), y = rng.nextInt(Math.max(1, image.height() -
				side + 1));
			cut(image, x, y, upright);
			orient(upright, c, turns ? rng.nextInt(4) : 0, flips && rng.nextBoolean(), patches, n * size);
		}
		for (int r = side; r > resolution; r /= 2)
			patches = Resample.halveTiles(patches, count, r, c);
		return patches;
	}

	private Raster choose(final RandomGenerator rng) {
		final double at = rng.nextDouble() * cumulativeArea[cumulativeArea.length - 1];
		int i = 0;
		while (cumulativeArea[i] <= at && i < cumulativeArea.length - 1)
			i++;
		return images.get(i);
	}

	private void cut(final Raster image, final int x0, final int y0, final float[] to) {
		final int c = image.channels();
		for (int y = 0; y < side; y++)
			for (int x = 0; x < side; x++)
				System.arraycopy(image.values(), image.index(TileGrid.mirror(x0 + x, image.width()), TileGrid.mirror(y0 + y,
					image.height()), 0), to, (y * side + x) * c, c);
	}

	private void orient(final float[] from, final int c, final int quarterTurns, final boolean flip, final float[] to,
		final int offset)
	{
		final int last = side - 1;
		for (int y = 0; y < side; y++)
			for (int x = 0; x < side; x++) {
				final int u = flip ? last - x : x;
				final int fx = quarterTurns == 0 ? u : quarterTurns == 1 ? last - y : quarterTurns == 2 ? last - u : y;
				final int fy = quarterTurns == 0 ? y : quarterTurns == 1 ? u : quarterTurns == 2 ? last - y : last - u;
				System.arraycopy(from, (fy * side + fx) * c, to, offset + (y * side + x) * c, c);
			}
	}
}

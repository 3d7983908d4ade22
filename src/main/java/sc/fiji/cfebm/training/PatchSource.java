package sc.fiji.cfebm.training;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.TileGrid;

/**
 * Random patches of the training images: every image with a chance in proportion to its area, every position alike,
 * images smaller than a patch mirrored at their borders; flipped and turned where asked for.
 */
public final class PatchSource {

	private final List<Raster> images;
	private final int side;
	private final boolean flips, turns;
	private final double[] cumulativeArea;

	/**
	 * @param images in model units, all with the same channels
	 * @param side of a patch at the finest stage, in pixels
	 */
	public PatchSource(final List<Raster> images, final int side, final boolean flips, final boolean turns) {
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
	public float[] draw(final int count, final int resolution, final RandomGenerator rng) {
		final int c = channels(), size = resolution * resolution * c;
		final float[] patches = new float[count * size], upright = new float[size];
		for (int n = 0; n < count; n++) {
			final Raster image = choose(rng);
			final int x = rng.nextInt(Math.max(1, image.width() - side + 1)), y = rng.nextInt(Math.max(1, image.height() -
				side + 1));
			cut(image, x, y, resolution, upright);
			orient(upright, resolution, c, turns ? rng.nextInt(4) : 0, flips && rng.nextBoolean(), patches, n * size);
		}
		return patches;
	}

	private Raster choose(final RandomGenerator rng) {
		final double at = rng.nextDouble() * cumulativeArea[cumulativeArea.length - 1];
		int i = 0;
		while (cumulativeArea[i] <= at && i < cumulativeArea.length - 1)
			i++;
		return images.get(i);
	}

	private void cut(final Raster image, final int x0, final int y0, final int resolution, final float[] to) {
		final int c = image.channels(), pool = side / resolution;
		final float share = 1f / (pool * pool);
		Arrays.fill(to, 0);
		for (int y = 0; y < side; y++) {
			final int fromY = TileGrid.mirror(y0 + y, image.height());
			for (int x = 0; x < side; x++) {
				final int from = image.index(TileGrid.mirror(x0 + x, image.width()), fromY, 0);
				final int pixel = (y / pool * resolution + x / pool) * c;
				for (int i = 0; i < c; i++)
					to[pixel + i] += share * image.values()[from + i];
			}
		}
	}

	private static void orient(final float[] from, final int side, final int c, final int quarterTurns, final boolean flip, final float[] to,
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

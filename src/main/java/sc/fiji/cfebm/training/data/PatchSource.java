package sc.fiji.cfebm.training.data;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.TileGrid;

/**
 * Random patches of the training images: every image with a chance in proportion to its area, every position alike,
 * but empty background, where there is much of it, less often; images smaller than a patch mirrored at their borders;
 * flipped and turned where asked for. Images stay in gray values, patches are in model units. Patches of neighbouring planes are cut out of
 * images that have them as channels, and made of others ({@link MadeNeighbours}).
 */
public final class PatchSource {

	private final List<Raster> images;
	private final Normalization range;
	private final int side, planes;
	private final boolean flips, turns;
	private final double[] cumulativeArea;
	private final BackgroundSampling background;
	private final double keep;

	/**
	 * @param images in gray values, all with the same channels; shared, not copied
	 * @param range the gray values that become -1 and 1
	 * @param side of a patch at the finest stage, in pixels
	 * @param everywhereAlike whether background is drawn as often as it is there, see {@link BackgroundSampling}
	 */
	public PatchSource(final List<Raster> images, final Normalization range, final int side, final boolean flips,
		final boolean turns, final boolean everywhereAlike)
	{
		this(images, 1, range, side, flips, turns, everywhereAlike);
	}

	/** @param planes how many neighbouring planes a patch has; 1: patches are as the images are; else images have one channel, or as many */
	public PatchSource(final List<Raster> images, final int planes, final Normalization range, final int side, final boolean flips,
		final boolean turns, final boolean everywhereAlike)
	{
		this.planes = planes;
		this.images = images;
		this.range = range;
		this.side = side;
		this.flips = flips;
		this.turns = turns;
		cumulativeArea = new double[images.size()];
		double sum = 0;
		for (int i = 0; i < cumulativeArea.length; i++)
			cumulativeArea[i] = sum += (double) images.get(i).width() * images.get(i).height();
		background = everywhereAlike ? null : new BackgroundSampling(images, side);
		keep = everywhereAlike ? 1 : background.keep();
	}

	/** Side of a patch at the finest stage, in pixels. */
	public int side() {
		return side;
	}

	public int channels() {
		return planes > 1 ? planes : images.get(0).channels();
	}

	/** So many patches [N,r,r,C] in model units, mean-pooled from the finest stage's size to {@code resolution}. */
	public float[] draw(final int count, final int resolution, final RandomGenerator rng) {
		final int c = channels(), size = resolution * resolution * c;
		final float[] patches = new float[count * size], upright = new float[size], row = new float[side * c];
		for (int n = 0; n < count; n++) {
			Raster image;
			int i, x, y;
			do {
				i = choose(rng);
				image = images.get(i);
				x = rng.nextInt(Math.max(1, image.width() - side + 1));
				y = rng.nextInt(Math.max(1, image.height() - side + 1));
			}
			while (keep < 1 && background.isEmpty(i, x, y) && rng.nextDouble() >= keep);
			if (image.channels() == c) cut(image, x, y, resolution, row, upright);
			else make(image, x, y, resolution, rng, upright);
			orient(upright, resolution, c, turns ? rng.nextInt(4) : 0, flips && rng.nextBoolean(), patches, n * size);
		}
		range.toModel(patches);
		return patches;
	}

	/** Neighbouring planes of an image that has none. */
	private void make(final Raster image, final int x, final int y, final int resolution, final RandomGenerator rng, final float[] to) {
		final boolean[] begun = new boolean[1];
		final float[] slab = MadeNeighbours.of(() -> {
			final Raster from = begun[0] ? images.get(choose(rng)) : image;
			final float[] patch = begun[0] ? wider(from, rng.nextInt(Math.max(1, from.width() - side + 1)), rng.nextInt(Math.max(1, from
				.height() - side + 1))) : wider(from, x, y);
			begun[0] = true;
			return patch;
		}, side, planes, rng);
		cut(new Raster(side, side, planes, slab), 0, 0, resolution, new float[side * planes], to);
	}

	/** A patch, mirrored where it has no surroundings: the middle plane of an image that has several. */
	private float[] wider(final Raster image, final int x, final int y) {
		final int wide = side + 2 * MadeNeighbours.MARGIN;
		final float[] patch = new float[wide * wide];
		for (int i = 0; i < patch.length; i++)
			patch[i] = image.values()[image.index(TileGrid.mirror(x + i % wide - MadeNeighbours.MARGIN, image.width()), TileGrid.mirror(y + i /
				wide - MadeNeighbours.MARGIN, image.height()), image.channels() / 2)];
		return patch;
	}

	private int choose(final RandomGenerator rng) {
		final int at = Arrays.binarySearch(cumulativeArea, rng.nextDouble() * cumulativeArea[cumulativeArea.length - 1]);
		// Between two images or, hardly ever, exactly where one ends and the next begins.
		return Math.min(at < 0 ? -at - 1 : at + 1, cumulativeArea.length - 1);
	}

	private void cut(final Raster image, final int x0, final int y0, final int resolution, final float[] row,
		final float[] to)
	{
		final int c = image.channels(), pool = side / resolution;
		final float share = 1f / (pool * pool);
		int next = 0;
		for (int y = 0; y < resolution; y++) {
			Arrays.fill(row, 0);
			for (int k = 0; k < pool; k++)
				addRow(image, x0, TileGrid.mirror(y0 + y * pool + k, image.height()), row);
			for (int x = 0; x < row.length; x += pool * c)
				for (int i = x; i < x + c; i++) {
					float sum = 0;
					for (int k = i; k < i + pool * c; k += c)
						sum += row[k];
					to[next++] = share * sum;
				}
		}
	}

	private void addRow(final Raster image, final int x0, final int y, final float[] row) {
		final float[] values = image.values();
		final int c = image.channels();
		if (x0 + side <= image.width()) {
			final int from = image.index(x0, y, 0);
			for (int i = 0; i < row.length; i++)
				row[i] += values[from + i];
		}
		else for (int i = 0; i < row.length; i++)
			row[i] += values[image.index(TileGrid.mirror(x0 + i / c, image.width()), y, i % c)];
	}

	private static void orient(final float[] from, final int side, final int c, final int quarterTurns, final boolean flip,
		final float[] to, final int offset)
	{
		// What a step along a row and along a column of the result is in the patch, and where its corner comes from.
		final int right = c * (quarterTurns % 2 == 0 ? 1 : side) * (quarterTurns < 2 == flip ? -1 : 1);
		final int down = c * (quarterTurns % 2 == 0 ? side : 1) * (quarterTurns == 1 || quarterTurns == 2 ? -1 : 1);
		final int corner = (right < 0 ? -right * (side - 1) : 0) + (down < 0 ? -down * (side - 1) : 0);
		for (int y = 0; y < side; y++)
			for (int i = 0; i < c; i++) {
				final int first = corner + y * down + i, next = offset + y * side * c + i;
				for (int x = 0; x < side; x++)
					to[next + x * c] = from[first + x * right];
			}
	}
}

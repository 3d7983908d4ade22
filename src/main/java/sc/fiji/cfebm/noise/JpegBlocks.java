package sc.fiji.cfebm.noise;

import sc.fiji.cfebm.raster.Raster;

/**
 * Whether an image was compressed by JPEG so far that it shows: inside of its blocks of 8×8 pixels neighbours differ less than across
 * their borders, since each block has lost fine frequencies on its own.
 */
final class JpegBlocks {

	private static final int SIDE = 8;
	/** By what share differences across borders must exceed those inside, and how many times as much as those differ among themselves. */
	private static final double LEAST = 0.035, TIMES = 1.7;
	/** Fewest pixels that tell. */
	private static final int FEWEST = 1 << 12;

	private JpegBlocks() {}

	/** @param image [H,W,C]; missing pixels do not count */
	static boolean areIn(final Raster image) {
		return image.width() * image.height() >= FEWEST && show(image, 1, 0) && show(image, 0, 1);
	}

	/** Along rows or columns; the blocks may begin anywhere, as in a part of an image. */
	private static boolean show(final Raster image, final int dx, final int dy) {
		final double[] sums = new double[SIDE], counts = new double[SIDE];
		for (int y = dy; y < image.height(); y++)
			for (int x = dx; x < image.width(); x++)
				for (int c = 0; c < image.channels(); c++) {
					final double difference = Math.abs(image.get(x, y, c) - image.get(x - dx, y - dy, c));
					if (!Double.isFinite(difference)) continue;
					// The root: edges of the image's own have little say.
					sums[(dx * x + dy * y) % SIDE] += Math.sqrt(difference);
					counts[(dx * x + dy * y) % SIDE]++;
				}
		int border = 0;
		for (int i = 0; i < SIDE; i++) {
			sums[i] /= Math.max(1, counts[i]);
			if (sums[i] > sums[border]) border = i;
		}
		double least = Double.POSITIVE_INFINITY, most = 0, inside = 0;
		for (int i = 1; i < SIDE; i++) {
			final double mean = sums[(border + i) % SIDE];
			least = Math.min(least, mean);
			most = Math.max(most, mean);
			inside += mean / (SIDE - 1);
		}
		final double excess = sums[border] / inside - 1;
		return excess > LEAST && excess > TIMES * (most / least - 1);
	}
}

package sc.fiji.cfebm.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import sc.fiji.cfebm.raster.Raster;

/**
 * Where images show empty background. A patch is looked at as a grid of 8×8 blocks (4×4 for the smallest patches). It
 * is empty if the blocks' means differ no more than white noise makes them differ, or by little beside what the image,
 * or the whole data set, has to show. Patches are judged on a grid of half their side; a position goes by its nearest
 * neighbour there.
 */
final class BackgroundSampling {

	/** The largest share of empty patches among those drawn. Data with less are drawn from as they are. */
	static final double SHARE = 0.25;
	/** Content is drawn at most so many times as often as it is there, so that a few cells do not become the world. */
	private static final double MOST = 10;
	/** Variance of the blocks' means over what white noise of the pixels' variance gives, below which all is noise. */
	private static final double NOISE = 2;
	/** Standard deviation of the blocks' means, as a share of the strongest in the image, below which it is faint. */
	private static final double FAINT = 0.1;
	/** An image whose strongest is below this share of the data set's strongest is measured by that: it may be empty. */
	private static final double DIM = 0.1;
	/** The strongest is this quantile. */
	private static final double STRONG = 0.98;

	private final int stride;
	private final int[] columns;
	private final boolean[][] empty;
	private final double share;

	/**
	 * @param images [H,W,C] in gray values of any scale
	 * @param side of a patch in pixels, at least 8
	 */
	BackgroundSampling(final List<Raster> images, final int side) {
		stride = side / 2;
		columns = images.stream().mapToInt(image -> cells(image.width())).toArray();
		final List<float[]> contrasts = new ArrayList<>();
		for (final Raster image : images)
			contrasts.add(contrasts(image, Math.max(2, side / 8)));
		final double[] strongest = contrasts.stream().mapToDouble(BackgroundSampling::strongest).toArray();
		final double overall = Arrays.stream(strongest).max().orElse(0);
		empty = new boolean[images.size()][];
		double area = 0, emptyArea = 0;
		for (int i = 0; i < empty.length; i++) {
			final float[] contrast = contrasts.get(i);
			final double faint = FAINT * Math.max(strongest[i], DIM * overall);
			empty[i] = new boolean[contrast.length];
			int count = 0;
			for (int k = 0; k < contrast.length; k++)
				if (empty[i][k] = contrast[k] <= faint) count++;
			final double pixels = (double) images.get(i).width() * images.get(i).height();
			area += pixels;
			emptyArea += pixels * count / contrast.length;
		}
		share = emptyArea / area;
	}

	/** The share of all patches that is empty. */
	double share() {
		return share;
	}

	/** With which chance an empty patch is kept when it comes up, so that at most {@link #SHARE} of those kept are. */
	double keep() {
		if (share <= SHARE) return 1;
		return Math.max(SHARE * (1 - share) / ((1 - SHARE) * share), ((1 / MOST) - (1 - share)) / share);
	}

	/** Whether the patch with its upper left corner there is empty. */
	boolean isEmpty(final int image, final int x, final int y) {
		return empty[image][cell(y) * columns[image] + cell(x)];
	}

	private int cells(final int length) {
		return cell(Math.max(0, length - 2 * stride)) + 1;
	}

	private int cell(final int position) {
		return (position + stride / 2) / stride;
	}

	/** Per patch of the grid the standard deviation of its blocks' means; 0 if that is no more than noise. */
	private float[] contrasts(final Raster image, final int block) {
		final Blocks blocks = new Blocks(image, block);
		final int across = cells(image.width()), step = stride / block;
		final float[] contrasts = new float[across * cells(image.height())];
		for (int k = 0; k < contrasts.length; k++)
			contrasts[k] = (float) blocks.contrast(k % across * step, k / across * step, 2 * step);
		return contrasts;
	}

	private static double strongest(final float[] contrasts) {
		final float[] sorted = contrasts.clone();
		Arrays.sort(sorted);
		return sorted[(int) Math.ceil(STRONG * (sorted.length - 1))];
	}

	/** Mean and variance of an image's blocks, summed over the channels where that is no difference. */
	private static final class Blocks {

		private final int width, height, channels, pixels;
		private final float[] mean, variance;

		/** @param side of a block in pixels; what is left over at the right and at the bottom does not count */
		Blocks(final Raster image, final int side) {
			width = Math.max(1, image.width() / side);
			height = Math.max(1, image.height() / side);
			channels = image.channels();
			pixels = side * side;
			mean = new float[width * height * channels];
			variance = new float[width * height * channels];
			final int w = Math.min(side, image.width()), h = Math.min(side, image.height());
			for (int i = 0; i < mean.length; i++) {
				final int x = i / channels % width * side, y = i / channels / width * side;
				// Sums from the first pixel's value: gray values may be large and lie close together.
				final double origin = image.get(x, y, i % channels);
				double sum = 0, squares = 0;
				for (int v = y; v < y + h; v++)
					for (int u = x; u < x + w; u++) {
						final double d = image.get(u, v, i % channels) - origin;
						sum += d;
						squares += d * d;
					}
				final int n = w * h;
				mean[i] = (float) (origin + sum / n);
				variance[i] = n < 2 ? 0 : (float) Math.max(0, (squares - sum * sum / n) / (n - 1));
			}
		}

		double contrast(final int left, final int top, final int side) {
			final int right = Math.min(width, left + side), bottom = Math.min(height, top + side), count = (right - left) *
				(bottom - top);
			if (count < 2) return 0;
			double between = 0, within = 0;
			for (int c = 0; c < channels; c++) {
				double sum = 0, squares = 0;
				final double origin = mean[(top * width + left) * channels + c];
				for (int y = top; y < bottom; y++)
					for (int x = left; x < right; x++) {
						final int i = (y * width + x) * channels + c;
						final double d = mean[i] - origin;
						sum += d;
						squares += d * d;
						within += variance[i] / count;
					}
				between += Math.max(0, (squares - sum * sum / count) / (count - 1));
			}
			return between * pixels <= NOISE * within ? 0 : Math.sqrt(between);
		}
	}
}

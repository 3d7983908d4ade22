package sc.fiji.cfebm.api;

import java.util.concurrent.CancellationException;

import net.imglib2.Interval;
import net.imglib2.RandomAccessible;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.RealType;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.AnomalyDetector;

/**
 * Maps what is unusual in parts of images; all parts of one image under one range of gray values. The map is that of the whole image,
 * as {@link Cfebm#anomalies} gives it, to rounding; where a piece is all of the image, bit by bit. Near the image's borders places are
 * compared with those at borders of nominal images, and an image without borders has none. Pixels that are NaN or infinite are NaN in the
 * map; holes that are larger than the surroundings ({@link #around}) of a piece are continued from what is seen there.
 */
public final class CellAnomaly extends Cells<AnomalyDetector> {

	private final Normalization range;

	/** As many networks as the computer has processors, pieces of {@value #PIECE} pixels, the range of the training images. */
	public CellAnomaly(final Model model) {
		this(model, model.range(), Runtime.getRuntime().availableProcessors(), PIECE);
	}

	/**
	 * @param range the gray values that become -1 and 1
	 * @param threads how many threads may compute at the same moment; a network is made when it is needed first
	 * @param piece side of a piece in pixels, a multiple of 64 from 64 to 2048
	 * @throws IllegalArgumentException with one sentence, if the model does not know what is nominal, or a number makes no sense
	 */
	public CellAnomaly(final Model model, final Normalization range, final int threads, final int piece) {
		super(model, threads, piece, around(model), () -> AnomalyDetector.ofOneThread(model));
		this.range = range;
	}

	/** How much around a piece it is computed from, in pixels. */
	public static int around(final Model model) {
		return AnomalyDetector.reach(model);
	}

	/**
	 * Maps a part of an image.
	 *
	 * @param in the image in gray values; where it has borders, it is at least as large as the model's tile, and the part lies inside
	 * @param out what is wanted, at its place in the image, [W,H,…] of a floating-point type: 2.33 or more is found in 1 % of nominal
	 *          patches. An image [W,H,3,…] has a map [W,H,…]
	 * @param progress asked before each piece whether to stop
	 * @throws IllegalArgumentException with one sentence, if they don't fit each other or the model, or gray values are far from the range
	 * @throws CancellationException before the next piece after the progress asked to stop, or if the thread is interrupted while it waits;
	 *           part of the target is then written
	 */
	public <T extends RealType<T>, U extends RealType<U>> void map(final RandomAccessible<T> in, final RandomAccessibleInterval<U> out,
		final Progress progress)
	{
		compute(in, out, progress);
	}

	@Override
	boolean hasColors() {
		return false;
	}

	@Override
	void requireBorders(final Interval borders) {
		AnomalyDetector.requireSize(model, borders.dimension(0), borders.dimension(1));
	}

	@Override
	Raster computed(final AnomalyDetector network, final Raster cut, final Place where) {
		return network.map(cut, (x, y) -> {
			final long nearest = Math.min(Math.min(beyond(where.left(), x), beyond(where.right(), cut.width() - 1 - x)), Math.min(beyond(where.top(),
				y), beyond(where.bottom(), cut.height() - 1 - y)));
			return (int) Math.min(nearest, Integer.MAX_VALUE);
		}, range);
	}

	private static long beyond(final long border, final int pixels) {
		return border == Long.MAX_VALUE ? border : border + pixels;
	}
}

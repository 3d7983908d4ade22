package sc.fiji.cfebm.api;

import net.imglib2.Interval;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.view.Views;

/** The planes of n-dimensional images: their first two dimensions, or three with channels, at every place in the others. */
final class Planes {

	private Planes() {}

	/** How many planes there are. */
	static long count(final Interval image, final int planar) {
		long count = 1;
		for (int d = planar; d < image.numDimensions(); d++)
			count = Math.multiplyExact(count, image.dimension(d));
		return count;
	}

	/** Where the {@code index}-th plane begins. */
	static long[] position(final Interval image, final int planar, final long index) {
		final long[] position = image.minAsLongArray();
		long rest = index;
		for (int d = planar; d < position.length; d++) {
			position[d] += rest % image.dimension(d);
			rest /= image.dimension(d);
		}
		return position;
	}

	/** The plane of an image that has one. */
	static <T> RandomAccessibleInterval<T> only(final RandomAccessibleInterval<T> image, final int planar) {
		RandomAccessibleInterval<T> plane = image;
		for (int d = image.numDimensions() - 1; d >= planar; d--)
			plane = Views.hyperSlice(plane, d, image.min(d));
		return plane;
	}
}

package sc.fiji.cfebm.api;

import net.imglib2.Interval;
import net.imglib2.RandomAccessible;
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

	/** The plane at a place. */
	static <T> RandomAccessible<T> at(final RandomAccessible<T> image, final int planar, final long[] position) {
		RandomAccessible<T> plane = image;
		for (int d = position.length - 1; d >= planar; d--)
			plane = Views.hyperSlice(plane, d, position[d]);
		return plane;
	}

	/** The same of an image with borders. */
	static <T> RandomAccessibleInterval<T> at(final RandomAccessibleInterval<T> image, final int planar, final long[] position) {
		RandomAccessibleInterval<T> plane = image;
		for (int d = position.length - 1; d >= planar; d--)
			plane = Views.hyperSlice(plane, d, position[d]);
		return plane;
	}

	/** The plane of an image that has one. */
	static <T> RandomAccessibleInterval<T> only(final RandomAccessibleInterval<T> image, final int planar) {
		return at(image, planar, image.minAsLongArray());
	}
}

package sc.fiji.cfebm.raster;

import net.imglib2.Cursor;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.IntegerType;
import net.imglib2.type.numeric.RealType;
import net.imglib2.view.Views;

/**
 * The way from ImgLib2 images to the engine's {@link Raster}s and back. An image is [W,H] (one channel) or [W,H,C]
 * (dimension 2 = channels), of any {@link RealType} and any origin. Both directions copy; nothing is shared.
 */
public final class Rasters {

	private Rasters() {}

	/**
	 * Copies an image; its values stay as they are (gray values stay gray values).
	 *
	 * @throws IllegalArgumentException if the image is not [W,H] or [W,H,C], has no pixels, or is too large for one array
	 */
	public static <T extends RealType<T>> Raster read(final RandomAccessibleInterval<T> img) {
		checkShape(img);
		final Raster raster = new Raster((int) img.dimension(0), (int) img.dimension(1), channels(img));
		final Cursor<T> cursor = Views.flatIterable(img).cursor();
		forEach(raster, i -> raster.values()[i] = cursor.next().getRealFloat());
		return raster;
	}

	/**
	 * Copies a raster's values into an image the caller owns. For integer types they are rounded to the nearest
	 * integer and clamped to the type's range; floating-point types take them as they are.
	 *
	 * @throws IllegalArgumentException if the target's width, height or number of channels is not the raster's
	 */
	public static <T extends RealType<T>> void write(final Raster raster, final RandomAccessibleInterval<T> target) {
		requireSize(target, raster.width(), raster.height(), raster.channels());
		final Cursor<T> cursor = Views.flatIterable(target).cursor();
		final T type = Views.flatIterable(target).firstElement();
		if (type instanceof IntegerType) {
			final double min = type.getMinValue(), max = type.getMaxValue();
			forEach(raster, i -> cursor.next().setReal(
				Math.min(max, Math.max(min, Math.floor(raster.values()[i] + 0.5)))));
		}
		else forEach(raster, i -> cursor.next().setReal(raster.values()[i]));
	}

	/** @throws IllegalArgumentException with one sentence, if an image's width, height or number of channels is another */
	public static void requireSize(final RandomAccessibleInterval<?> target, final int width, final int height, final int channels) {
		checkShape(target);
		if (target.dimension(0) != width || target.dimension(1) != height || channels(target) != channels)
			throw new IllegalArgumentException("An image of " + describe(width, height, channels) + " can't be written into one of " +
				describe(target.dimension(0), target.dimension(1), channels(target)) + ".");
	}

	private interface Visitor { void visit(int index); }

	/** Visits a raster's values in ImgLib2's flat order: x fastest, then y, then channels. */
	private static void forEach(final Raster raster, final Visitor visitor) {
		final int step = raster.channels();
		for (int c = 0; c < step; c++)
			for (int i = c; i < raster.values().length; i += step)
				visitor.visit(i);
	}

	private static int channels(final RandomAccessibleInterval<?> img) {
		return img.numDimensions() == 2 ? 1 : (int) img.dimension(2);
	}

	private static void checkShape(final RandomAccessibleInterval<?> img) {
		final int n = img.numDimensions();
		if (n != 2 && n != 3)
			throw new IllegalArgumentException("An image here has 2 dimensions, or 3 with channels last, not " + n + ".");
		final double size = (double) img.dimension(0) * img.dimension(1) * (n == 2 ? 1 : img.dimension(2));
		if (size < 1) throw new IllegalArgumentException("The image has no pixels.");
		if (size > Integer.MAX_VALUE - 8)
			throw new IllegalArgumentException("An image of " + describe(img.dimension(0), img.dimension(1), channels(img)) +
				" is too large: a plane may have at most 2^31 values.");
	}

	private static String describe(final long width, final long height, final long channels) {
		return width + "×" + height + (channels == 1 ? " with 1 channel" : " with " + channels + " channels");
	}
}

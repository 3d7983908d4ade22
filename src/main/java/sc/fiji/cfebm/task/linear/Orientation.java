package sc.fiji.cfebm.task.linear;

import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.raster.Raster;

/**
 * One of the eight ways to turn and mirror an image. A network has preferences of direction; where each turn of a restoration sees the image in
 * another way, they do not add up.
 *
 * @param way any number from 0 on; 0 leaves the image as it is, and so on again from 8
 */
record Orientation(int way) {

	/** @param image [H,W,C]; not changed */
	Raster of(final Raster image) {
		return turned(image, true);
	}

	/** Of noise. */
	Correlation of(final Correlation correlation) {
		return isTransposed() ? correlation.transposed() : correlation;
	}

	private boolean isTransposed() {
		return (way & 4) != 0;
	}

	/** The inverse of {@link #of(Raster)}. */
	Raster back(final Raster image) {
		return turned(image, false);
	}

	private Raster turned(final Raster from, final boolean there) {
		final boolean swapped = isTransposed();
		final Raster to = swapped ? new Raster(from.height(), from.width(), from.channels()) : new Raster(from.width(), from.height(), from.channels());
		final Raster plain = there ? from : to, other = there ? to : from;
		for (int v = 0; v < other.height(); v++)
			for (int u = 0; u < other.width(); u++) {
				final int a = swapped ? v : u, b = swapped ? u : v;
				final int x = (way & 1) == 0 ? a : plain.width() - 1 - a, y = (way & 2) == 0 ? b : plain.height() - 1 - b;
				System.arraycopy(from.values(), there ? from.index(x, y, 0) : from.index(u, v, 0), to.values(), there ? to.index(u, v, 0) : to.index(x, y, 0), from
					.channels());
			}
		return to;
	}
}

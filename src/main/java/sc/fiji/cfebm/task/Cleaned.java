package sc.fiji.cfebm.task;

import sc.fiji.cfebm.raster.LineOffsets;
import sc.fiji.cfebm.raster.Outliers;
import sc.fiji.cfebm.raster.Raster;

/**
 * An image without what is no noise that a model knows: stripes of rows or columns, if that is asked for, and single pixels far from all
 * around them.
 *
 * @param image [H,W,C] in gray values
 * @param rows how large the offsets of rows were that were taken off, a standard deviation in gray values; 0: none were
 * @param columns the same of columns
 * @param outliers how many pixels were replaced
 */
public record Cleaned(Raster image, double rows, double columns, int outliers) {

	/** What is done to single pixels that are far from all around them. */
	public enum Single {
		KEPT, REPLACED
	}

	/**
	 * @param image is not changed; missing pixels, NaN or infinite, stay as they are
	 * @param lines of which offsets are taken off
	 */
	public static Cleaned of(final Raster image, final LineOffsets.Which lines, final Single single) {
		final LineOffsets offsets = LineOffsets.in(image, lines);
		final Raster even = offsets == null ? image : offsets.image();
		final Outliers outliers = single == Single.KEPT ? null : Outliers.in(even);
		return new Cleaned(outliers == null ? even : outliers.image(), offsets == null ? 0 : offsets.rows(), offsets == null ? 0 : offsets
			.columns(), outliers == null ? 0 : outliers.count());
	}
}

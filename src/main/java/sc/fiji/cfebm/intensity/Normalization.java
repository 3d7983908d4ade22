package sc.fiji.cfebm.intensity;

import sc.fiji.cfebm.raster.Raster;

/**
 * The affine map between gray values and model units: {@code low} becomes -1 and {@code high} becomes 1. Nothing is
 * clamped, so the way back is exact up to float rounding.
 *
 * @param low the gray value that becomes -1
 * @param high the gray value that becomes 1, above {@code low}
 */
public record Normalization(double low, double high) {

	/** RGB colors have one range for all images. */
	public static final Normalization RGB = new Normalization(0, 255);

	public Normalization {
		if (!(high > low) || Double.isInfinite(high - low))
			throw new IllegalArgumentException("A range of gray values needs a lower end below its upper end, not " + low +
				" to " + high + ".");
	}

	/** Gray values to model units, as a new image. */
	public Raster toModel(final Raster gray) {
		return affine(gray, 2 / (high - low), -1 - 2 * low / (high - low));
	}

	/** Gray values to model units, in place. */
	public void toModel(final float[] gray) {
		affine(gray, gray, 2 / (high - low), -1 - 2 * low / (high - low));
	}

	/** Model units to gray values, as a new image. */
	public Raster toGray(final Raster model) {
		return affine(model, (high - low) / 2, (high + low) / 2);
	}

	/** A difference in gray values (a noise level, say) in model units. */
	public double toModel(final double grayDifference) {
		return 2 * grayDifference / (high - low);
	}

	/** A difference in model units in gray values. */
	public double toGray(final double modelDifference) {
		return modelDifference * (high - low) / 2;
	}

	private static Raster affine(final Raster in, final double scale, final double offset) {
		final Raster out = new Raster(in.width(), in.height(), in.channels());
		affine(in.values(), out.values(), scale, offset);
		return out;
	}

	private static void affine(final float[] from, final float[] to, final double scale, final double offset) {
		for (int i = 0; i < to.length; i++)
			to[i] = (float) (from[i] * scale + offset);
	}
}

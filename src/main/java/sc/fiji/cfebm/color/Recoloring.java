package sc.fiji.cfebm.color;

import java.util.List;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/**
 * A map of colors from one palette to another, the same for all images: mean and covariance by the linear map that changes them
 * least ({@link Colors#transfer}), and on top of that the rest of the palette by a smooth one ({@link Transport}), of which a share is gone.
 * The smooth one moves an image's details with their surroundings, so that noise is neither blown up nor flattened.
 */
public final class Recoloring {

	private final Colors from, to;
	private final double floor, contrast, share;
	/** Null: the smooth map is not taken. */
	private final Transport transport;

	/**
	 * The map from a palette.
	 *
	 * @param floor standard deviation of what is taken for noise: contrast below it is not raised to the other's
	 * @param contrast share of the other's contrast, 0 to 1; the mean is the other's in any case
	 * @param share of the way to the other's palette, 0 to 1
	 */
	public Recoloring(final Palette from, final Palette to, final double floor, final double contrast, final double share) {
		this(from, new Raster(from.size(), 1, from.channels(), from.colors()), to, floor, contrast, share);
	}

	private Recoloring(final Palette from, final Raster smooth, final Palette to, final double floor, final double contrast, final double share) {
		this.from = from.moments();
		this.to = to.moments();
		this.floor = floor;
		this.contrast = contrast;
		this.share = share;
		transport = share > 0 ? new Transport(Palette.of(List.of(linear(smooth))), to) : null;
	}

	/** The map from an image's own palette, and where it is smoothed from that of the smoothed image, whose contrast is less. */
	public static Recoloring of(final Raster image, final Palette to, final double floor, final double contrast, final double share) {
		return new Recoloring(Palette.of(List.of(image)), smoothed(image), to, floor, contrast, share);
	}

	/**
	 * @param image [H,W,C] in the first palette's units
	 * @return a new image, in the other's
	 */
	public Raster apply(final Raster image) {
		final Raster out = linear(image);
		if (transport != null) transport.add(smoothed(out), share, out);
		return out;
	}

	private Raster linear(final Raster image) {
		return from.transfer(image, to, floor, contrast);
	}

	private static Raster smoothed(final Raster image) {
		return Resample.smoothed(Resample.smoothed(image));
	}
}

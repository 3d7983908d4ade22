package sc.fiji.cfebm.raster;

/** Pixels that have no value: one of their channels is NaN or infinite. */
public final class Missing {

	private Missing() {}

	/** [H,W], true where a pixel is missing; null if none is. */
	public static boolean[] in(final Raster image) {
		boolean[] missing = null;
		final int c = image.channels();
		for (int i = 0; i < image.values().length; i++)
			if (!Float.isFinite(image.values()[i])) {
				if (missing == null) missing = new boolean[image.width() * image.height()];
				missing[i / c] = true;
			}
		return missing;
	}

	/** Whether no pixel is left that has a value. */
	public static boolean isAll(final boolean[] missing) {
		if (missing == null) return false;
		for (final boolean m : missing)
			if (!m) return false;
		return true;
	}
}

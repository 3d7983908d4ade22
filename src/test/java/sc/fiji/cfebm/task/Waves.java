package sc.fiji.cfebm.task;

import sc.fiji.cfebm.raster.Raster;

/** Images that a small model learns in seconds. */
public final class Waves {

	private Waves() {}

	/** Soft waves in two directions, [H,W,1] in gray values between 0 and 200. */
	public static Raster waves(final int width, final int height, final double phase) {
		final Raster r = new Raster(width, height, 1);
		for (int y = 0; y < height; y++)
			for (int x = 0; x < width; x++)
				r.values()[r.index(x, y, 0)] = (float) (100 + 60 * Math.sin(0.35 * x + phase) + 40 * Math.cos(0.3 * y - 0.1 *
					x + 2 * phase));
		return r;
	}
}

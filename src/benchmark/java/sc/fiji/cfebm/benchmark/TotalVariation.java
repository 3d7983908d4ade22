package sc.fiji.cfebm.benchmark;

import sc.fiji.cfebm.raster.Raster;

/** Denoising by total variation: the image u with the least |u - y|²/(2λ) + ∫|∇u|, by Chambolle's iteration (2004). */
final class TotalVariation {

	private static final int ITERATIONS = 200;
	private static final float STEP = 0.25f;

	private TotalVariation() {}

	/**
	 * @param noisy a gray image
	 * @param weight λ in gray values
	 */
	static Raster denoise(final Raster noisy, final double weight) {
		final int w = noisy.width(), h = noisy.height();
		final float lambda = (float) weight;
		// u = y + λ·div p; p is the direction of ∇u, at most of length 1.
		final float[] px = new float[w * h], py = new float[w * h], u = noisy.values().clone();
		for (int k = 0; k < ITERATIONS; k++) {
			for (int y = 0; y < h; y++)
				for (int i = y * w; i < (y + 1) * w; i++) {
					final float dx = i < (y + 1) * w - 1 ? (u[i + 1] - u[i]) / lambda : 0, dy = y < h - 1 ? (u[i + w] - u[i]) / lambda : 0;
					final float shrink = 1 / (1 + STEP * (float) Math.sqrt(dx * dx + dy * dy));
					px[i] = (px[i] + STEP * dx) * shrink;
					py[i] = (py[i] + STEP * dy) * shrink;
				}
			for (int y = 0; y < h; y++)
				for (int i = y * w; i < (y + 1) * w; i++)
					u[i] = noisy.values()[i] + lambda * (px[i] - (i > y * w ? px[i - 1] : 0) + py[i] - (y > 0 ? py[i - w] : 0));
		}
		return new Raster(w, h, 1, u);
	}
}

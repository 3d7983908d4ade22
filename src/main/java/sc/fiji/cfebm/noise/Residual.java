package sc.fiji.cfebm.noise;

import sc.fiji.cfebm.raster.Raster;

/**
 * What a restoration took off an image, compared with what noise may be: in units of the noise's standard deviation it has a mean square
 * of 1, of 64 pixels hardly ever more than twice that. Where it is far more, the image is unlike what the model knows, or its noise is
 * unlike what it was taken for.
 *
 * @param share of the blocks of 8×8 pixels whose residual is more than noise can be, 0 to 1
 * @param x column of the middle of the worst one; -1 if there is none
 * @param y its row
 * @param where [H,W], true in those blocks; null if there is none
 */
public record Residual(double share, int x, int y, boolean[] where) {

	private static final int BLOCK = 8;
	/**
	 * Root mean square of a block's residual, in standard deviations, that is beyond noise: of white noise, and of noise whose
	 * neighbours are correlated, of which a block has few independent values.
	 */
	private static final double MOST = 1.5, MOST_CORRELATED = 2.2;
	/** Share of blocks that are beyond noise now and then in good results, too. */
	private static final double FEW = 5e-4;
	/** Least variance of shots, in those of one photon: none were counted in the dark, but some may have been. */
	private static final double DARK = 0.25;

	/**
	 * @param noisy [H,W,C] in gray values
	 * @param restored the same without noise; pixels that are the same in both, as what was not asked for is, do not count
	 * @param noise what the noise was taken for
	 */
	public static Residual of(final Raster noisy, final Raster restored, final NoiseModel noise) {
		final int c = noisy.channels(), columns = noisy.width() / BLOCK, rows = noisy.height() / BLOCK;
		final double most = noise.correlation().isAny() ? MOST_CORRELATED : MOST;
		final double least = noise.shot() == null ? 0 : DARK * noise.shot().gain() * noise.shot().gain();
		int counted = 0, beyond = 0, worst = -1;
		final boolean[] where = new boolean[noisy.width() * noisy.height()];
		double highest = 0;
		for (int b = 0; b < rows * columns; b++) {
			double sum = 0;
			int n = 0;
			for (int i = 0; i < BLOCK * BLOCK * c; i++) {
				final int at = noisy.index(b % columns * BLOCK + i / c % BLOCK, b / columns * BLOCK + i / c / BLOCK, i % c);
				final double before = noisy.values()[at], after = restored.values()[at], sigma = noise.sigmaAt(after);
				if (before == after || !Double.isFinite(before)) continue;
				sum += (before - after) * (before - after) / Math.max(sigma * sigma, least);
				n++;
			}
			if (n < BLOCK * BLOCK * c / 2) continue;
			counted++;
			if (sum / n <= most * most) continue;
			beyond++;
			for (int i = 0; i < BLOCK * BLOCK; i++)
				where[(b / columns * BLOCK + i / BLOCK) * noisy.width() + b % columns * BLOCK + i % BLOCK] = true;
			if (sum / n > highest) {
				highest = sum / n;
				worst = b;
			}
		}
		return worst < 0 ? new Residual(0, -1, -1, null) : new Residual((double) beyond / counted, worst % columns * BLOCK + BLOCK / 2, worst /
			columns * BLOCK + BLOCK / 2, where);
	}

	/** Whether something is there that is no noise. */
	public boolean isAlarming() {
		return share > FEW;
	}
}

package sc.fiji.cfebm.benchmark;

import sc.fiji.cfebm.raster.Raster;

/** Denoising by thresholding the cosine transforms of all 8×8 blocks, and averaging the blocks (Coifman and Donoho, 1995). */
final class SlidingCosine {

	private SlidingCosine() {}

	/**
	 * @param noisy a gray image
	 * @param threshold below which coefficients become 0, in gray values; blocks with fewer others count for more
	 */
	static Raster denoise(final Raster noisy, final double threshold) {
		final BlockTransform transform = BlockTransform.cosine(8);
		final int w = noisy.width(), h = noisy.height(), side = transform.side;
		final float[] block = new float[side * side], sum = new float[w * h], weight = new float[w * h];
		for (int y = 0; y + side <= h; y++)
			for (int x = 0; x + side <= w; x++) {
				transform.forward(noisy.values(), y * w + x, w, block, 0);
				int kept = 1;
				for (int i = 1; i < block.length; i++)
					if (Math.abs(block[i]) > threshold) kept++;
					else block[i] = 0;
				transform.inverse(block, 0, block, 0);
				for (int i = 0; i < block.length; i++) {
					final int at = (y + i / side) * w + x + i % side;
					sum[at] += block[i] / kept;
					weight[at] += 1f / kept;
				}
			}
		final Raster out = new Raster(w, h, 1);
		for (int i = 0; i < sum.length; i++)
			out.values()[i] = sum[i] / weight[i];
		return out;
	}
}

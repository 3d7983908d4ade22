package sc.fiji.cfebm.task;

import sc.fiji.cfebm.raster.Gaussian;

/**
 * What the results of neighbouring planes differ by though the planes show the same. Planes are averaged with those beside them as far as what
 * they differ by there is no more than what is left of the noise: the local linear estimate of least squares (Lee, IEEE Transactions on
 * Pattern Analysis and Machine Intelligence 2, 1980), along a stack. What moves or changes differs by more, and stays. The figures were chosen
 * on made movies (docs/experiments.md).
 */
final class Flicker {

	/** What is left of noise of standard deviation 1 in the difference of two results. */
	private static final double LEFT = 0.18;
	/** What a neighbour that shows the same weighs. */
	private static final double SHARE = 0.25;
	/** Standard deviation of the Gaussian window that differences are looked at in, in pixels; a pixel's own counts for at least half. */
	private static final double WINDOW = 1.5, OWN = 0.5;

	/** How far away from a pixel what it becomes is told, in pixels. */
	static final int REACH = Gaussian.reach(WINDOW);

	private Flicker() {}

	/**
	 * Takes off a plane what of it is flicker beside another one.
	 *
	 * @param steadied [H,W] is changed; at first the plane
	 * @param plane [H,W], denoised
	 * @param other the result of the plane before or behind
	 * @param sigma of the noise that was taken off, in the same units
	 */
	static void takeOff(final float[] steadied, final float[] plane, final float[] other, final int width, final int height, final double sigma) {
		final float[] squares = new float[plane.length];
		for (int i = 0; i < squares.length; i++)
			squares[i] = (other[i] - plane[i]) * (other[i] - plane[i]);
		final float[] around = Gaussian.smoothed(squares, width, height, WINDOW);
		final double left = LEFT * sigma * LEFT * sigma;
		for (int i = 0; i < squares.length; i++) {
			final double seen = Math.max(around[i], OWN * squares[i]), same = seen <= left ? 1 : left / seen;
			steadied[i] += (float) (SHARE * same * same * (other[i] - plane[i]));
		}
	}
}

package sc.fiji.cfebm.energy;

import java.util.Arrays;

/** A plane in the middle of its neighbours, as these alone foretell it: the polynomial through each pixel's values, which is a cubic for four. */
public final class MissingPlane {

	private MissingPlane() {}

	/**
	 * What each of so many neighbouring planes weighs: Lagrange's polynomial at the place of the middle one, whose own weight is 0.
	 *
	 * @param planes k, odd, 3 or more
	 * @return k weights, whose sum is 1
	 */
	public static float[] weights(final int planes) {
		final boolean[] there = new boolean[planes];
		Arrays.fill(there, true);
		return weights(there);
	}

	/**
	 * Puts what the other planes foretell in the place of the middle one.
	 *
	 * @param slabs [...,k] in any units
	 * @param from first of the values that are looked at, and the one behind the last: multiples of k
	 * @param weights k, as of {@link #weights(int)}
	 */
	public static void foretell(final float[] slabs, final int from, final int to, final float[] weights) {
		final int k = weights.length, middle = k / 2;
		for (int i = from; i < to; i += k) {
			float sum = 0;
			for (int p = 0; p < k; p++)
				if (p != middle) sum += weights[p] * slabs[i + p];
			slabs[i + middle] = sum;
		}
	}

	/**
	 * Weights where some of the neighbours are not there.
	 *
	 * @param there which are, of k; the middle one never is
	 * @return k weights, 0 for those that are not there
	 */
	public static float[] weights(final boolean[] there) {
		final float[] weights = new float[there.length];
		final int half = there.length / 2;
		for (int p = -half; p <= half; p++) {
			if (p == 0 || !there[p + half]) continue;
			double w = 1;
			for (int q = -half; q <= half; q++)
				if (q != 0 && q != p && there[q + half]) w *= -q / (double) (p - q);
			weights[p + half] = (float) w;
		}
		return weights;
	}
}

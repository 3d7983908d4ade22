package sc.fiji.cfebm.energy;

import java.util.stream.IntStream;

/** A plane among others, as these foretell it: the polynomial through each pixel's values, which is a cubic for four. */
public final class MissingPlane {

	private MissingPlane() {}

	/**
	 * What each of k neighbouring planes weighs for the middle one, whose own weight is 0.
	 *
	 * @param planes k, odd, 3 or more
	 * @return k weights, whose sum is 1
	 */
	public static float[] weights(final int planes) {
		final int half = planes / 2;
		final float[] others = weights(IntStream.rangeClosed(-half, half).filter(p -> p != 0).toArray(), 0), weights = new float[planes];
		System.arraycopy(others, 0, weights, 0, half);
		System.arraycopy(others, half, weights, half + 1, half);
		return weights;
	}

	/**
	 * What each of some planes weighs for one that is elsewhere: Lagrange's polynomial.
	 *
	 * @param places where the planes are, no two at the same
	 * @param wanted where the other one is
	 * @return one weight for each place; their sum is 1
	 */
	public static float[] weights(final int[] places, final int wanted) {
		final float[] weights = new float[places.length];
		for (int p = 0; p < places.length; p++) {
			double w = 1;
			for (final int q : places)
				if (q != places[p]) w *= (wanted - q) / (double) (places[p] - q);
			weights[p] = (float) w;
		}
		return weights;
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
}

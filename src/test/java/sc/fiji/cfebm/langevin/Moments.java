package sc.fiji.cfebm.langevin;

import java.util.function.IntPredicate;

/** Mean and variance of numbers. */
public record Moments(int count, double mean, double variance) {

	public static Moments of(final float[] x) {
		return of(x, i -> true);
	}

	/** Of the numbers at the positions that are chosen. */
	public static Moments of(final float[] x, final IntPredicate chosen) {
		int n = 0;
		double mean = 0, squares = 0;
		for (int i = 0; i < x.length; i++)
			if (chosen.test(i)) {
				final double d = x[i] - mean;
				mean += d / ++n;
				squares += d * (x[i] - mean);
			}
		return new Moments(n, mean, squares / (n - 1));
	}

	/** Standard error of the mean. */
	public double error() {
		return Math.sqrt(variance / count);
	}
}

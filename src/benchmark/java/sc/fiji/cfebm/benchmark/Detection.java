package sc.fiji.cfebm.benchmark;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** How well scores tell unusual images from normal ones: areas under the receiver operating curve, with intervals. */
final class Detection {

	private static final int DRAWS = 1000;
	private static final double TAIL = 0.025;

	/**
	 * A figure with its uncertainty.
	 *
	 * @param low lower end of the interval that holds 95 % of bootstrap draws
	 * @param high its upper end
	 */
	record Interval(double value, double low, double high) {

		/** As in tables. */
		@Override
		public String toString() {
			return String.format(java.util.Locale.ROOT, "%.3f (%.3f–%.3f)", value, low, high);
		}
	}

	private Detection() {}

	/** The chance that an unusual image scores higher than a normal one; ties count half. */
	static double auroc(final double[] normal, final double[] unusual) {
		final double[] sorted = normal.clone();
		Arrays.sort(sorted);
		double sum = 0;
		for (final double v : unusual)
			sum += 0.5 * (below(sorted, v) + below(sorted, Math.nextUp(v)));
		return sum / normal.length / unusual.length;
	}

	/** How many of the sorted values are below v. */
	private static int below(final double[] sorted, final double v) {
		int low = 0, high = sorted.length;
		while (low < high) {
			final int middle = (low + high) / 2;
			if (sorted[middle] < v) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** The AUROC with its interval by bootstrap over normal and unusual images, seed 1. */
	static Interval aurocInterval(final double[] normal, final double[] unusual) {
		final SplittableRandom rng = new SplittableRandom(1);
		final double[] n = new double[normal.length], u = new double[unusual.length], draws = new double[DRAWS];
		for (int d = 0; d < DRAWS; d++) {
			for (int i = 0; i < n.length; i++)
				n[i] = normal[rng.nextInt(n.length)];
			for (int i = 0; i < u.length; i++)
				u[i] = unusual[rng.nextInt(u.length)];
			draws[d] = auroc(n, u);
		}
		return interval(auroc(normal, unusual), draws);
	}

	/**
	 * A figure of a set of images with its interval by bootstrap over the images, seed 1.
	 *
	 * @param figure of a set given as indices of images, which may repeat; draws where it is not a number do not count
	 */
	static Interval bootstrap(final int images, final ToDoubleFunction<int[]> figure) {
		final RandomGenerator rng = new SplittableRandom(1);
		final double[] draws = new double[DRAWS];
		for (int d = 0; d < DRAWS; d++)
			draws[d] = figure.applyAsDouble(rng.ints(images, 0, images).toArray());
		return interval(figure.applyAsDouble(java.util.stream.IntStream.range(0, images).toArray()), Arrays.stream(draws).filter(
			Double::isFinite).toArray());
	}

	private static Interval interval(final double value, final double[] draws) {
		Arrays.sort(draws);
		final int tail = (int) (TAIL * draws.length);
		return new Interval(value, draws[tail], draws[draws.length - 1 - tail]);
	}
}

package sc.fiji.cfebm.intensity;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.raster.Raster;

/** Finds the range of gray values that becomes [-1, 1]. */
public final class Ranges {

	private static final int SAMPLES = 1 << 20;

	private Ranges() {}

	/**
	 * The 0.1 and 99.9 percentiles of all values of all planes and channels together. Above 2^20 values a random
	 * sample of that size stands for them; it is drawn with a fixed seed, so the same planes give the same range. If the
	 * percentiles coincide (nearly everything is background), the smallest and largest value are taken; if those
	 * coincide too, a narrow range around the one value.
	 *
	 * @param planes gray values; read once, one plane after another
	 * @throws IllegalArgumentException if there are no planes, or a value is not a finite number
	 */
	public static Normalization ofPercentiles(final Iterable<Raster> planes) {
		final double[] sample = new double[SAMPLES];
		final SplittableRandom random = new SplittableRandom(0);
		double min = Double.POSITIVE_INFINITY, max = Double.NEGATIVE_INFINITY;
		long n = 0;
		for (final Raster plane : planes)
			for (final float v : plane.values()) {
				if (!Float.isFinite(v))
					throw new IllegalArgumentException("A pixel is not a finite number (" + v + ").");
				min = Math.min(min, v);
				max = Math.max(max, v);
				final long slot = n < SAMPLES ? n : random.nextLong(n + 1);
				if (slot < SAMPLES) sample[(int) slot] = v;
				n++;
			}
		if (n == 0) throw new IllegalArgumentException("A range of gray values needs at least one pixel.");
		final Percentile percentile = new Percentile();
		percentile.setData(Arrays.copyOf(sample, (int) Math.min(n, SAMPLES)));
		final double low = percentile.evaluate(0.1), high = percentile.evaluate(99.9);
		if (high > low) return new Normalization(low, high);
		if (max > min) return new Normalization(min, max);
		final double margin = Math.max(0.5, Math.abs(min) * 1e-3);
		return new Normalization(min - margin, min + margin);
	}
}

package sc.fiji.cfebm.noise;

import java.util.List;

/**
 * The line under which an image's variance hardly ever lies: noise is everywhere, and structure only adds to it. Blocks of like
 * brightness, a bin, lie on the line but for chance, or above it by what structure adds: the logarithm of their variance over the line's
 * is Gaussian around 0, or exponential. The line is the likeliest of those through two bins.
 */
final class Envelope {

	/** Relative standard deviation of the variance in one block (a chi-squared distribution of 14), and what a line is not quite true to. */
	private static final double ONE_BLOCK = 0.378, SLACK = 0.05;
	/** Density of less variance than the line has, which neither noise nor structure explains. */
	private static final double TOO_LITTLE = 1e-3;
	/** Share of the bins that have as little structure as noise alone makes. */
	private static final double PLAIN = 0.2;

	/**
	 * Blocks of like brightness.
	 *
	 * @param mean of their values
	 * @param variance of their noise, and of what structure looks like noise; above 0
	 * @param coarse variance as pixels that are not next to each other have it
	 * @param blocks how many they are
	 */
	record Bin(double mean, double variance, double coarse, int blocks) {}

	/**
	 * A line through two bins.
	 *
	 * @param slope 0 or more
	 * @param intercept at value 0
	 * @param likelihood its logarithm
	 */
	private record Line(double slope, double intercept, double likelihood) {}

	private final List<Bin> bins;
	/** Coarse over fine variance where there is noise alone, white or correlated: it is alike everywhere. */
	private final double plain;

	Envelope(final List<Bin> bins) {
		this.bins = bins;
		plain = bins.isEmpty() ? 0 : bins.stream().mapToDouble(b -> b.coarse / b.variance).sorted().toArray()[(int) (PLAIN * bins.size())];
	}

	/**
	 * The bins on a line that grows with brightness.
	 *
	 * @param likelier by how much more than for a level one the logarithm of its likelihood is at least
	 * @return none if there is no such line
	 */
	List<Bin> growing(final double likelier) {
		Line level = null, growing = null;
		for (final Bin a : bins) {
			level = likeliest(level, 0, a.variance);
			for (final Bin b : bins)
				if (b.mean > a.mean && b.variance > a.variance) {
					final double slope = (b.variance - a.variance) / (b.mean - a.mean);
					growing = likeliest(growing, slope, a.variance - slope * a.mean);
				}
		}
		if (growing == null || growing.likelihood < level.likelihood + likelier) return List.of();
		final Line line = growing;
		return bins.stream().filter(b -> on(b, line.slope * b.mean + line.intercept) > above(b, line.slope * b.mean + line.intercept)).toList();
	}

	private Line likeliest(final Line best, final double slope, final double intercept) {
		double sum = 0;
		for (final Bin bin : bins) {
			final double line = slope * bin.mean + intercept;
			if (line <= 0) return best;
			sum += Math.log(on(bin, line) + above(bin, line));
		}
		return best == null || sum > best.likelihood ? new Line(slope, intercept, sum) : best;
	}

	/** Density of a bin that lies on a line. */
	private double on(final Bin bin, final double line) {
		final double deviation = Math.hypot(ONE_BLOCK / Math.sqrt(bin.blocks), SLACK), z = Math.log(bin.variance / line) / deviation;
		return noise(bin) * Math.exp(-z * z / 2) / deviation / Math.sqrt(2 * Math.PI);
	}

	/** Density of one that lies above. */
	private double above(final Bin bin, final double line) {
		final double excess = Math.log(bin.variance / line);
		return excess > 0 ? (1 - noise(bin)) * Math.exp(-excess) : TOO_LITTLE;
	}

	/** Probability that a bin is noise alone, before its variance is looked at. */
	private double noise(final Bin bin) {
		final double more = Math.max(1, bin.coarse / bin.variance / plain);
		return 1 / (1 + more * more);
	}
}

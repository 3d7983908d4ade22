package sc.fiji.cfebm.stats;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * How large a score is among those of nominal samples, as a quantile z of the standard normal distribution: 0 for the median, 2.33
 * where 1 % of nominal samples score higher.
 *
 * @param scores quantiles of nominal samples' scores, finite and ascending: the first is that of {@link #FIRST}, each
 *          further one is {@link #STEP} higher; at least two
 * @param samples number n of samples that do not overlap; a rate finer than some in n cannot be told
 */
public record ScoreQuantiles(double[] scores, int samples) {

	/** Standard normal quantile of the lowest score, and how far they are apart. */
	public static final double FIRST = -2.5, STEP = 0.1;

	private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);
	/** Samples beyond the last quantile. */
	private static final int BEYOND = 2;
	/** So many of the last quantiles tell how scores go on beyond them. */
	private static final int TAIL = 8;
	/** Fewest samples for a rate: in n samples there must be so many. */
	private static final int FEWEST = 10;
	/** Least difference between two quantiles, relative to their size. */
	private static final double LEAST = 1e-9;

	public ScoreQuantiles {
		if (scores.length < 2 || samples < 1) throw new IllegalArgumentException("Quantiles need at least two scores.");
		for (int i = 0; i < scores.length; i++)
			if (!Double.isFinite(scores[i]) || i > 0 && scores[i] <= scores[i - 1]) throw new IllegalArgumentException(
				"Scores must be finite and ascending.");
	}

	/**
	 * @param scores of nominal samples, finite; samples may overlap
	 * @param samples how many there are that do not overlap
	 */
	public static ScoreQuantiles of(final double[] scores, final int samples) {
		final double last = NORMAL.inverseCumulativeProbability(Math.max(0.5, 1 - (double) BEYOND / samples));
		final double[] quantiles = new double[2 + (int) Math.max(0, (last - FIRST) / STEP - 1)];
		final Percentile percentile = new Percentile();
		percentile.setData(scores);
		for (int i = 0; i < quantiles.length; i++) {
			quantiles[i] = percentile.evaluate(100 * NORMAL.cumulativeProbability(FIRST + i * STEP));
			// Scores that are all alike, of images that are, shall have an order nevertheless.
			if (i > 0) quantiles[i] = Math.max(quantiles[i], quantiles[i - 1] + LEAST * (1 + Math.abs(quantiles[i - 1])));
		}
		return new ScoreQuantiles(quantiles, samples);
	}

	/** The z of a score: increasing, continuous, and beyond the quantiles linear, as steep as near their ends. */
	public double zScore(final double score) {
		if (Double.isNaN(score)) return score;
		final int n = scores.length, tail = Math.min(TAIL, n - 1);
		if (score >= scores[n - 1]) return FIRST + STEP * (n - 1) + beyond(score - scores[n - 1], scores[n - 1] - scores[n - 1 - tail],
			tail);
		if (score < scores[0]) return FIRST + beyond(score - scores[0], scores[tail] - scores[0], tail);
		final int found = Arrays.binarySearch(scores, score), i = found >= 0 ? Math.min(found, n - 2) : -found - 2;
		return FIRST + STEP * (i + (score - scores[i]) / (scores[i + 1] - scores[i]));
	}

	/** The lowest rate that {@link #threshold} takes; 1 or more: it takes none. */
	public double finestRate() {
		return (double) FEWEST / samples;
	}

	/** Rounded up to two digits. */
	public static String percent(final double share) {
		return BigDecimal.valueOf(share).movePointRight(2).round(new MathContext(2, RoundingMode.CEILING)).stripTrailingZeros().toPlainString() + " %";
	}

	private static double beyond(final double distance, final double width, final int steps) {
		return STEP * steps * distance / width;
	}

	/**
	 * The z that a share of nominal samples reaches.
	 *
	 * @param rate above 0 and below 1
	 * @param what the samples are called
	 * @throws IllegalArgumentException with one sentence, if that is too small a share of so many samples
	 */
	public double threshold(final double rate, final String what) {
		if (samples <= FEWEST) throw new IllegalArgumentException("The model was calibrated on " + samples + " nominal " + what +
			", too few to tell a rate of false alarms: train longer or on more images.");
		if (!(rate > 0 && rate < 1)) throw new IllegalArgumentException(
			"The rate of false alarms must be above 0 and below 1, not " + rate + ".");
		// The finest rate itself shall pass, however it is rounded.
		if (rate * samples < FEWEST - 1e-9) throw new IllegalArgumentException("A rate of false alarms of " + percent(rate) + " needs " +
			(long) Math.ceil(FEWEST / rate - 1e-9) + " nominal " + what + ", and the model was calibrated on " + samples + ": it can tell " + percent(
				finestRate()) + " or more.");
		return NORMAL.inverseCumulativeProbability(1 - rate);
	}
}

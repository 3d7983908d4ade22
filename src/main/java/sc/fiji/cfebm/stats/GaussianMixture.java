package sc.fiji.cfebm.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A mixture of Gaussian distributions of features: of images that show several kinds of things, each with a distribution of its own.
 *
 * @param parts of D features each, at least one
 * @param weights of the parts, positive; their sum is 1
 */
public record GaussianMixture(List<GaussianFit> parts, double[] weights) {

	/** Rounds of expectation and maximisation: further ones hardly change what is unusual. */
	private static final int ROUNDS = 25, FIRST_ROUNDS = 10;
	/** Samples that are looked at. */
	private static final int MOST = 12_000;
	/** Samples that a part needs for each feature, or it is left out. */
	private static final int PER_FEATURE = 4;
	/** Least deviation of a part's features, as a share of that of all samples. */
	private static final double NARROWEST = 0.01;
	/** Difference of logarithms of densities from which on the smaller one makes none. */
	private static final double NEGLIGIBLE = 40;

	public GaussianMixture {
		parts = List.copyOf(parts);
		double sum = 0;
		for (final double w : weights) {
			if (!(w > 0)) throw new IllegalArgumentException("The weights of a mixture are positive.");
			sum += w;
		}
		if (parts.isEmpty() || parts.size() != weights.length || !(Math.abs(sum - 1) < 1e-6)) throw new IllegalArgumentException(
			"A mixture needs a weight for each of its parts, 1 in sum.");
		for (final GaussianFit part : parts)
			if (part.size() != parts.get(0).size()) throw new IllegalArgumentException("All parts of a mixture are of the same features.");
	}

	/**
	 * Fits a mixture by expectation and maximisation, beginning with clusters.
	 *
	 * @param samples N rows of D features, finite
	 * @param most parts; fewer if there are few samples
	 * @param shrinkage least share of each part's correlations that is left out, 0 to 1; of parts with few samples more is
	 * @param seed the same gives the same mixture
	 */
	public static GaussianMixture fit(final double[][] samples, final int most, final double shrinkage, final long seed) {
		final Random random = new Random(seed);
		final double[][] chosen = samples.length <= MOST ? samples : random.ints(MOST, 0, samples.length).mapToObj(i -> samples[i]).toArray(
			double[][]::new);
		final int n = chosen.length, d = chosen[0].length, count = Math.max(1, Math.min(most, n / (PER_FEATURE * d)));
		final GaussianFit all = GaussianFit.fit(chosen, Math.max(shrinkage, d / (double) (d + n)));
		if (count == 1) return new GaussianMixture(List.of(all), new double[] { 1 });
		GaussianMixture mixture = weighted(chosen, all, clusters(chosen, all, count, random), shrinkage);
		for (int round = 0; round < ROUNDS; round++)
			mixture = weighted(chosen, all, mixture.shares(chosen), shrinkage);
		return mixture;
	}

	/** Which part each sample belongs to, [K][N]: Lloyd's algorithm on whitened features, from centres that lie far apart. */
	private static double[][] clusters(final double[][] samples, final GaussianFit all, final int count, final Random random) {
		final int n = samples.length;
		final double[][] white = Arrays.stream(samples).map(all::whitened).toArray(double[][]::new), centres = new double[count][];
		final double[] nearest = new double[n];
		Arrays.fill(nearest, 1);
		for (int k = 0; k < count; k++) {
			double left = random.nextDouble() * Arrays.stream(nearest).sum();
			int at = 0;
			while (at < n - 1 && (left -= nearest[at]) > 0)
				at++;
			centres[k] = white[at].clone();
			for (int i = 0; i < n; i++)
				nearest[i] = k == 0 ? squared(white[i], centres[k]) : Math.min(nearest[i], squared(white[i], centres[k]));
		}
		final int[] of = new int[n];
		for (int round = 0; round < FIRST_ROUNDS; round++) {
			final double[][] sums = new double[count][white[0].length];
			final int[] members = new int[count];
			for (int i = 0; i < n; i++) {
				for (int k = 0; k < count; k++)
					if (squared(white[i], centres[k]) < squared(white[i], centres[of[i]])) of[i] = k;
				members[of[i]]++;
				for (int j = 0; j < sums[0].length; j++)
					sums[of[i]][j] += white[i][j];
			}
			for (int k = 0; k < count; k++)
				for (int j = 0; members[k] > 0 && j < sums[0].length; j++)
					centres[k][j] = sums[k][j] / members[k];
		}
		final double[][] shares = new double[count][n];
		for (int i = 0; i < n; i++)
			shares[of[i]][i] = 1;
		return shares;
	}

	private static double squared(final double[] a, final double[] b) {
		double sum = 0;
		for (int j = 0; j < a.length; j++)
			sum += (a[j] - b[j]) * (a[j] - b[j]);
		return sum;
	}

	/** @param shares [K][N] of each sample that belong to each part; parts with too little are dropped */
	private static GaussianMixture weighted(final double[][] samples, final GaussianFit all, final double[][] shares, final double shrinkage) {
		final int d = all.size();
		final double[] least = IntStream.range(0, d).mapToDouble(i -> NARROWEST * all.deviation(i)).toArray();
		final List<GaussianFit> parts = new ArrayList<>();
		final List<Double> weights = new ArrayList<>();
		for (final double[] share : shares) {
			final double members = Arrays.stream(share).sum();
			if (members < PER_FEATURE * d) continue;
			parts.add(GaussianFit.fit(samples, share, Math.max(shrinkage, 3 * d / (3 * d + members)), least));
			weights.add(members);
		}
		final double sum = weights.stream().mapToDouble(w -> w).sum();
		return parts.isEmpty() ? new GaussianMixture(List.of(all), new double[] { 1 }) : new GaussianMixture(parts, weights.stream().mapToDouble(w -> w / sum).toArray());
	}

	private double[][] shares(final double[][] samples) {
		final double[][] shares = new double[parts.size()][samples.length];
		for (int i = 0; i < samples.length; i++) {
			final double[] logs = logs(samples[i]);
			final double sum = logSum(logs);
			for (int k = 0; k < logs.length; k++)
				shares[k][i] = Math.exp(logs[k] - sum);
		}
		return shares;
	}

	/** Number D of features. */
	public int size() {
		return parts.get(0).size();
	}

	/** The mean of one feature. */
	public double mean(final int feature) {
		return IntStream.range(0, weights.length).mapToDouble(k -> weights[k] * parts.get(k).mean()[feature]).sum();
	}

	/** The standard deviation of one feature. */
	public double deviation(final int feature) {
		final double mean = mean(feature);
		return Math.sqrt(IntStream.range(0, weights.length).mapToDouble(k -> weights[k] * (Math.pow(parts.get(k).deviation(feature), 2) + Math
			.pow(parts.get(k).mean()[feature] - mean, 2))).sum());
	}

	/**
	 * How improbable features are: -2 ln of their probability density, but for a constant that depends on the number of features alone. Of one
	 * part it is the squared Mahalanobis distance and a constant.
	 */
	public double surprise(final double[] features) {
		return surprises().applyAsDouble(features);
	}

	/** {@link #surprise} for many samples, several times as fast. Belongs to one thread. */
	public ToDoubleFunction<double[]> surprises() {
		final int d = size();
		final double[] constants = new double[weights.length], difference = new double[d];
		for (int k = 0; k < constants.length; k++)
			constants[k] = Math.log(weights[k]) + parts.get(k).logDensity(parts.get(k).mean());
		return features -> {
			double most = Double.NEGATIVE_INFINITY, sum = 0;
			for (int k = 0; k < constants.length; k++) {
				final double[] mean = parts.get(k).mean();
				for (int i = 0; i < d; i++)
					difference[i] = features[i] - mean[i];
				double log = constants[k];
				// Parts that are far improbable make no difference.
				for (int i = 0; i < d && log > most - NEGLIGIBLE; i++) {
					final double[] row = parts.get(k).whitening()[i];
					double v = 0;
					for (int j = 0; j <= i; j++)
						v += row[j] * difference[j];
					log -= v * v / 2;
				}
				if (log <= most - NEGLIGIBLE) continue;
				if (log > most) {
					sum = sum * Math.exp(most - log) + 1;
					most = log;
				}
				else sum += Math.exp(log - most);
			}
			return -2 * (most + Math.log(sum));
		};
	}

	private double[] logs(final double[] features) {
		final double[] logs = new double[weights.length];
		for (int k = 0; k < logs.length; k++)
			logs[k] = Math.log(weights[k]) + parts.get(k).logDensity(features);
		return logs;
	}

	private static double logSum(final double[] logs) {
		double most = Double.NEGATIVE_INFINITY, sum = 0;
		for (final double l : logs)
			most = Math.max(most, l);
		for (final double l : logs)
			sum += Math.exp(l - most);
		return most + Math.log(sum);
	}
}

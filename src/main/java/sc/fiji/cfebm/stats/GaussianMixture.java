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
	/** Samples that a part needs for each feature, or it is left out; the second where features are of one kind. */
	private static final int PER_FEATURE = 4, PER_ALIKE = 1;
	/** Correlations count as little as if so many samples for each feature had had none; the second where features are of one kind. */
	private static final double PRIOR = 3, PRIOR_ALIKE = 0.3;
	/** Least deviation of a part's features, as a share of that of all samples. */
	private static final double NARROWEST = 0.01;
	/** Of a part that no sample belongs to. */
	private static final double LEAST_WEIGHT = 1e-12;
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

	/** Fits a mixture to features of several kinds, whose clusters are sought after whitening; parameters as of the other. */
	public static GaussianMixture fit(final double[][] samples, final int most, final double shrinkage, final long seed) {
		return fit(samples, most, shrinkage, false, seed);
	}

	/**
	 * Fits a mixture by expectation and maximisation, beginning with clusters.
	 *
	 * @param samples N rows of D features, finite
	 * @param most parts; fewer if there are few samples
	 * @param shrinkage least share of each part's correlations that is left out, 0 to 1; of parts with few samples more is
	 * @param alike whether the features are of one kind, so that samples are similar whose features hardly differ
	 * @param seed the same gives the same mixture
	 */
	public static GaussianMixture fit(final double[][] samples, final int most, final double shrinkage, final boolean alike, final long seed) {
		final Random random = new Random(seed);
		final double[][] chosen = samples.length <= MOST ? samples : random.ints(MOST, 0, samples.length).mapToObj(i -> samples[i]).toArray(
			double[][]::new);
		final int n = chosen.length, d = chosen[0].length, least = (alike ? PER_ALIKE : PER_FEATURE) * d, count = Math.max(1, Math.min(most, n / least));
		final GaussianFit all = GaussianFit.fit(chosen, Math.max(shrinkage, d / (double) (d + n)));
		if (count == 1) return new GaussianMixture(List.of(all), new double[] { 1 });
		final double prior = (alike ? PRIOR_ALIKE : PRIOR) * d;
		final int[] likely = new int[n];
		final double[][] clustered = alike ? chosen : Arrays.stream(chosen).map(all::whitened).toArray(double[][]::new);
		GaussianMixture mixture = weighted(chosen, all, clusters(clustered, count, random), least, prior, shrinkage);
		for (int round = 0; round < ROUNDS; round++)
			mixture = weighted(chosen, all, mixture.shares(chosen, likely), least, prior, shrinkage);
		// The last round, too, dropped parts, whose samples belong to others now; a part that has none any more keeps a weight.
		return new GaussianMixture(mixture.parts, Arrays.stream(mixture.shares(chosen, likely)).mapToDouble(share -> Math.max(LEAST_WEIGHT, Arrays.stream(
			share).sum() / n)).toArray());
	}

	/** Which part each sample belongs to, [K][N]: Lloyd's algorithm, from centres that lie far apart. */
	private static double[][] clusters(final double[][] samples, final int count, final Random random) {
		final int n = samples.length;
		final double[][] centres = new double[count][];
		final double[] nearest = new double[n];
		Arrays.fill(nearest, 1);
		for (int k = 0; k < count; k++) {
			double left = random.nextDouble() * Arrays.stream(nearest).sum();
			int at = 0;
			while (at < n - 1 && (left -= nearest[at]) > 0)
				at++;
			centres[k] = samples[at].clone();
			for (int i = 0; i < n; i++)
				nearest[i] = k == 0 ? squared(samples[i], centres[k]) : Math.min(nearest[i], squared(samples[i], centres[k]));
		}
		final int[] of = new int[n];
		for (int round = 0; round < FIRST_ROUNDS; round++) {
			final double[][] sums = new double[count][samples[0].length];
			final int[] members = new int[count];
			for (int i = 0; i < n; i++) {
				for (int k = 0; k < count; k++)
					if (squared(samples[i], centres[k]) < squared(samples[i], centres[of[i]])) of[i] = k;
				members[of[i]]++;
				for (int j = 0; j < sums[0].length; j++)
					sums[of[i]][j] += samples[i][j];
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

	/**
	 * @param shares [K][N] of each sample that belong to each part
	 * @param fewest samples of a part, or it is dropped
	 * @param prior samples without correlations that each part has besides
	 */
	private static GaussianMixture weighted(final double[][] samples, final GaussianFit all, final double[][] shares, final int fewest,
		final double prior, final double shrinkage)
	{
		final int d = all.size();
		final double[] least = IntStream.range(0, d).mapToDouble(i -> NARROWEST * all.deviation(i)).toArray();
		final List<GaussianFit> parts = new ArrayList<>();
		final List<Double> weights = new ArrayList<>();
		for (final double[] share : shares) {
			final double members = Arrays.stream(share).sum();
			if (members < fewest) continue;
			parts.add(GaussianFit.fit(samples, share, Math.max(shrinkage, prior / (prior + members)), least));
			weights.add(members);
		}
		final double sum = weights.stream().mapToDouble(w -> w).sum();
		return parts.isEmpty() ? new GaussianMixture(List.of(all), new double[] { 1 }) : new GaussianMixture(parts, weights.stream().mapToDouble(w -> w / sum).toArray());
	}

	/** @param likely the part that each sample most likely belongs to, if known, [N]; written */
	private double[][] shares(final double[][] samples, final int[] likely) {
		final double[][] shares = new double[parts.size()][samples.length];
		final double[] constants = constants(), logs = new double[constants.length], difference = new double[size()];
		for (int i = 0; i < samples.length; i++) {
			final int first = Math.min(likely[i], constants.length - 1);
			double most = logs[first] = log(first, constants[first], samples[i], difference, Double.NEGATIVE_INFINITY);
			for (int k = 0; k < logs.length; k++) {
				if (k != first) logs[k] = log(k, constants[k], samples[i], difference, most - NEGLIGIBLE);
				if (logs[k] > most) {
					most = logs[k];
					likely[i] = k;
				}
			}
			double sum = 0;
			for (int k = 0; k < logs.length; k++)
				sum += shares[k][i] = Math.exp(logs[k] - most);
			for (int k = 0; k < logs.length; k++)
				shares[k][i] /= sum;
		}
		return shares;
	}

	/** The logarithm of each part's density at its mean, times its weight. */
	private double[] constants() {
		return IntStream.range(0, weights.length).mapToDouble(k -> Math.log(weights[k]) + parts.get(k).logDensity(parts.get(k).mean())).toArray();
	}

	/**
	 * The logarithm of a part's density times its weight.
	 *
	 * @param constant that of its mean
	 * @param difference [D], to work in
	 * @param least what is below it need not be right
	 */
	private double log(final int part, final double constant, final double[] features, final double[] difference, final double least) {
		final double[] mean = parts.get(part).mean();
		for (int i = 0; i < difference.length; i++)
			difference[i] = features[i] - mean[i];
		double log = constant;
		for (int i = 0; i < difference.length && log > least; i++) {
			final double[] row = parts.get(part).whitening()[i];
			double v = 0;
			for (int j = 0; j <= i; j++)
				v += row[j] * difference[j];
			log -= v * v / 2;
		}
		return log;
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
		final double[] constants = constants(), difference = new double[size()];
		return features -> {
			double most = Double.NEGATIVE_INFINITY, sum = 0;
			for (int k = 0; k < constants.length; k++) {
				// Parts that are far improbable make no difference.
				final double log = log(k, constants[k], features, difference, most - NEGLIGIBLE);
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
}

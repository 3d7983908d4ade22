package sc.fiji.cfebm.color;

import java.util.Arrays;

import sc.fiji.cfebm.raster.Raster;

/**
 * A smooth map of colors that carries one palette to another with little movement: the mean T(x) of the target's colors under the
 * plan of optimal transport for the squared distance, regularised by entropy (Cuturi, NIPS 2013; as a map of any color, Pooladian
 * and Niles-Weed 2021), so that like colors move alike. As the gradient of a convex function it turns no order of colors around.
 * Colors nearer to each other than √ε come out nearly the same: what is as fine as noise must be kept apart from what is mapped.
 */
final class Transport {

	/** ε, in squared model units: colors nearer to each other than its root, a twelfth of the range, are moved to nearly the same. */
	private static final double ENTROPY = 0.03;
	/** ε falls to its value by this factor an iteration, from the largest cost, and then there are so many more. */
	private static final double FALL = 0.75;
	private static final int ITERATIONS = 40;
	/** Nodes per channel of the table from which a pixel's movement is interpolated, by number of channels. */
	private static final int[] NODES = { 0, 257, 65, 25 };

	/** How far beyond the palette's colors the table reaches, as a share of their range; colors farther out move as those at its end. */
	private static final float BEYOND = 0.125f;

	private final int nodes;
	/** Per channel, the table's first color and its last. */
	private final float[] low, high;
	/** The movement of colors on a grid, the last channel innermost. */
	private final float[] table;

	Transport(final Palette from, final Palette to) {
		if (from.channels() != to.channels()) throw new IllegalArgumentException("A palette of " + from.channels() +
			" channels cannot become one of " + to.channels() + ".");
		final int c = from.channels();
		nodes = NODES[c];
		low = new float[c];
		high = new float[c];
		Arrays.fill(low, Float.POSITIVE_INFINITY);
		Arrays.fill(high, Float.NEGATIVE_INFINITY);
		for (int i = 0; i < from.colors().length; i++) {
			low[i % c] = Math.min(low[i % c], from.colors()[i]);
			high[i % c] = Math.max(high[i % c], from.colors()[i]);
		}
		for (int k = 0; k < c; k++) {
			final float beyond = BEYOND * (high[k] - low[k]);
			low[k] -= beyond;
			high[k] += beyond;
		}
		table = table(new Plan(from, to));
	}

	/** Adds the movement of all colors of an image, times {@code share}, to {@code out}: the same for a color in whatever image. */
	void add(final Raster image, final double share, final Raster out) {
		final int c = low.length;
		final float[] values = image.values();
		final int[] cell = new int[c];
		final double[] offset = new double[c];
		for (int p = 0; p < values.length; p += c) {
			for (int k = 0; k < c; k++) {
				final double at = high[k] > low[k] ? (values[p + k] - low[k]) / (double) (high[k] - low[k]) * (nodes - 1) : 0;
				cell[k] = (int) Math.max(0, Math.min(nodes - 2, at));
				offset[k] = Math.max(0, Math.min(1, at - cell[k]));
			}
			for (int corner = 0; corner < 1 << c; corner++) {
				double weight = share;
				int index = 0;
				for (int k = 0; k < c; k++) {
					final int upper = corner >> k & 1;
					weight *= upper == 1 ? offset[k] : 1 - offset[k];
					index = index * nodes + cell[k] + upper;
				}
				for (int k = 0; k < c; k++)
					out.values()[p + k] += (float) (weight * table[index * c + k]);
			}
		}
	}

	private float[] table(final Plan plan) {
		final int c = low.length;
		final float[] movement = new float[(int) Math.pow(nodes, c) * c];
		final double[] color = new double[c], mean = new double[c];
		for (int i = 0; i < movement.length; i += c) {
			for (int k = c - 1, rest = i / c; k >= 0; k--, rest /= nodes)
				color[k] = low[k] + (high[k] - low[k]) * (double) (rest % nodes) / (nodes - 1);
			plan.mean(color, mean);
			for (int k = 0; k < c; k++)
				movement[i + k] = (float) (mean[k] - color[k]);
		}
		return movement;
	}

	/** The colors it leads to, and their potentials. */
	private static final class Plan {

		private final int c;
		private final float[] colors;
		private final double[] potential, weights;

		/** Sinkhorn's iterations with logarithms, as the plan's entries span hundreds of orders of magnitude. */
		Plan(final Palette from, final Palette to) {
			c = to.channels();
			colors = to.colors();
			potential = new double[to.size()];
			weights = new double[to.size()];
			final double[][] costs = new double[from.size()][to.size()], transposed = new double[to.size()][from.size()];
			double largest = 0;
			for (int i = 0; i < from.size(); i++)
				for (int j = 0; j < to.size(); j++) {
					for (int k = 0; k < c; k++) {
						final double d = from.colors()[i * c + k] - (double) colors[j * c + k];
						costs[i][j] += d * d / 2;
					}
					transposed[j][i] = costs[i][j];
					largest = Math.max(largest, costs[i][j]);
				}
			final double[] other = new double[from.size()];
			int left = ITERATIONS;
			for (double entropy = Math.max(ENTROPY, largest); left > 0; entropy = Math.max(ENTROPY, FALL * entropy)) {
				if (entropy == ENTROPY) left--;
				balance(costs, potential, entropy, other);
				balance(transposed, other, entropy, potential);
			}
		}

		/** f_i = -ε·log mean_j exp((g_j - c_ij)/ε). */
		private static void balance(final double[][] costs, final double[] g, final double entropy, final double[] f) {
			for (int i = 0; i < f.length; i++) {
				double most = Double.NEGATIVE_INFINITY, sum = 0;
				for (int j = 0; j < g.length; j++)
					most = Math.max(most, g[j] - costs[i][j]);
				for (int j = 0; j < g.length; j++)
					sum += Math.exp((g[j] - costs[i][j] - most) / entropy);
				f[i] = -most - entropy * Math.log(sum / g.length);
			}
		}

		/** The mean of the colors under the plan from a color, which may be any. */
		void mean(final double[] color, final double[] mean) {
			double most = Double.NEGATIVE_INFINITY, sum = 0;
			for (int j = 0; j < weights.length; j++) {
				weights[j] = potential[j];
				for (int k = 0; k < c; k++) {
					final double d = color[k] - colors[j * c + k];
					weights[j] -= d * d / 2;
				}
				most = Math.max(most, weights[j]);
			}
			Arrays.fill(mean, 0);
			for (int j = 0; j < weights.length; j++) {
				final double weight = Math.exp((weights[j] - most) / ENTROPY);
				sum += weight;
				for (int k = 0; k < c; k++)
					mean[k] += weight * colors[j * c + k];
			}
			for (int k = 0; k < c; k++)
				mean[k] /= sum;
		}
	}
}

package sc.fiji.cfebm.model;

import java.util.Arrays;
import java.util.List;

import sc.fiji.cfebm.stats.GaussianFit;
import sc.fiji.cfebm.stats.GaussianMixture;
import sc.fiji.cfebm.stats.ScoreQuantiles;

/**
 * What is nominal, that is not anomalous: features of training images, and how far from them those of held-out images are.
 *
 * @param levels noise levels that features are measured with, in model units, positive and ascending
 * @param surroundings of single pixels
 * @param tiles squares as large as a tile
 */
public record NominalModel(double[] levels, Surroundings surroundings, Tiles tiles) {

	/**
	 * A place at the border of an image is compared with places at the borders of nominal images: they show less, and often something else.
	 *
	 * @param features of pixels in training images
	 * @param zones how unusual held-out images' pixels are by them, quantiles of the smoothed {@link GaussianMixture#surprise}: in each of the zones
	 *          of {@link #ZONE} pixels along the border, the outermost first, and farther inside; or one for all where there are few pixels
	 * @param images quantiles of {@link #top} of held-out images
	 */
	public record Surroundings(GaussianMixture features, List<ScoreQuantiles> zones, ScoreQuantiles images) {

		/** Width of a zone along the border in pixels, and the most zones. */
		public static final int ZONE = 8, MOST_ZONES = 3;
		/** Share of an image's pixels, the most unusual ones, that tell how unusual it is. */
		private static final double TOP = 0.01;

		public Surroundings {
			zones = List.copyOf(zones);
			if (zones.isEmpty() || zones.size() > MOST_ZONES) throw new IllegalArgumentException("There are 1 to " + MOST_ZONES +
				" zones along the border, not " + zones.size() + ".");
		}

		/** Which of so many zones a pixel is in, from how many pixels lie between it and the border. */
		public static int zone(final int toBorder, final int zones) {
			return Math.min(zones - 1, toBorder / ZONE);
		}

		/**
		 * How unusual a pixel is, as a quantile of the standard normal distribution. Half a zone before and behind the line between two zones
		 * it goes over from the one to the other: a step would show in the map.
		 *
		 * @param surprise smoothed
		 * @param toBorder see {@link #zone}
		 */
		public double zScore(final double surprise, final int toBorder) {
			// An image without borders has them at Integer.MAX_VALUE.
			final int near = Math.min(toBorder, MOST_ZONES * ZONE);
			final int outer = zone(near - ZONE / 2, zones.size()), inner = zone(near + ZONE / 2, zones.size());
			final double z = zones.get(inner).zScore(surprise);
			if (inner == outer) return z;
			final double share = (near + 0.5 - ZONE * (inner - 0.5)) / ZONE;
			return share * z + (1 - share) * zones.get(outer).zScore(surprise);
		}

		/** How unusual an image is, likewise. @param z of all its pixels, at least one */
		public double ofImage(final double[] z) {
			return images.zScore(top(z));
		}

		/** Mean of the highest hundredth. */
		public static double top(final double[] z) {
			final double[] sorted = z.clone();
			Arrays.sort(sorted);
			final int count = Math.max(1, (int) (TOP * sorted.length));
			return Arrays.stream(sorted, sorted.length - count, sorted.length).average().orElseThrow();
		}

		/** The finest rate of false alarms that can be told, above 0; 1 or more: none. */
		public double finestRate() {
			return all().finestRate();
		}

		/** The z that a share of nominal patches reaches, see {@link ScoreQuantiles#threshold}. */
		public double threshold(final double rate) {
			return all().threshold(rate, "patches");
		}

		/** Rates are told by the patches of all zones. */
		private ScoreQuantiles all() {
			return new ScoreQuantiles(zones.get(0).scores(), zones.stream().mapToInt(ScoreQuantiles::samples).sum());
		}
	}

	/**
	 * Tiles are unusual in two ways. Some are far from nominal ones: as a whole, or on average over their pixels' surroundings.
	 * Others are nearer to the middle than nominal ones, as two images on top of each other are. The ratio of two densities tells
	 * these, and so does a linear discriminant.
	 *
	 * @param features of nominal tiles
	 * @param superposed features of tiles that show the mean of two training images
	 * @param direction from nominal tiles to superposed ones, as a linear discriminant looks, [D]
	 * @param near number of the first features that distances are measured with; the others only tell superposed tiles
	 * @param discount is taken off the z-scores of the ratio and of the discriminant: nominal tiles that lie in the middle by chance
	 *          are frequent, superposed ones rare
	 * @param views quantiles of each of {@link #scores}, of held-out tiles
	 * @param far quantiles of {@link #far(List, double[])}
	 * @param quantiles of {@link #total}
	 */
	public record Tiles(GaussianFit features, GaussianFit superposed, double[] direction, int near, double discount, List<ScoreQuantiles> views,
		ScoreQuantiles far, ScoreQuantiles quantiles)
	{

		/** Number of scores. */
		public static final int VIEWS = 4;
		/** What the surroundings count beside the tile as a whole; chosen with the benchmark's sets in sight (docs/experiments.md). */
		private static final double SURROUNDINGS = 0.5;

		public Tiles {
			views = List.copyOf(views);
			if (superposed.size() != features.size() || direction.length != features.size() || near < 1 || near > features.size())
				throw new IllegalArgumentException(
				"Features of superposed tiles must be those of nominal ones.");
			for (final double d : direction)
				if (!Double.isFinite(d)) throw new IllegalArgumentException("A direction must be finite.");
			if (!(Math.abs(discount) <= 10)) throw new IllegalArgumentException("Scores cannot be discounted by " + discount + ".");
			if (views.size() != VIEWS) throw new IllegalArgumentException("Tiles have " + VIEWS + " scores, not " + views.size() + ".");
		}

		/**
		 * How unusual a tile is, as a quantile of the standard normal distribution.
		 *
		 * @param values its features
		 * @param surroundings mean of the smoothed surprise over its pixels
		 */
		public double zScore(final double[] values, final double surroundings) {
			final double[] scores = scores(features, superposed, direction, near, values, surroundings);
			return quantiles.zScore(total(views, far, discount, scores));
		}

		/**
		 * The four scores of a tile: the logarithm of its distance from nominal tiles; the mean over the surroundings; the logarithm of
		 * the ratio of densities, superposed to nominal; how far towards superposed tiles it lies.
		 */
		public static double[] scores(final GaussianFit features, final GaussianFit superposed, final double[] direction, final int near,
			final double[] values, final double surroundings)
		{
			double towards = 0;
			for (int i = 0; i < direction.length; i++)
				towards += direction[i] * (values[i] - features.mean()[i]);
			return new double[] { Math.log(Math.max(1e-9, features.distance(values, near))), surroundings, superposed.logDensity(values) -
				features.logDensity(values), towards };
		}

		/** How far a tile is, by the first two z-scores. */
		public static double far(final List<ScoreQuantiles> views, final double[] scores) {
			return views.get(0).zScore(scores[0]) + SURROUNDINGS * views.get(1).zScore(scores[1]);
		}

		/** Nearly the largest of three z-scores: ln Σ exp, so that two high ones count for more than one. */
		public static double total(final List<ScoreQuantiles> views, final ScoreQuantiles far, final double discount,
			final double[] scores)
		{
			final double[] three = { far.zScore(far(views, scores)), views.get(2).zScore(scores[2]) - discount, views.get(3).zScore(
				scores[3]) - discount };
			final double largest = Arrays.stream(three).max().orElseThrow();
			return largest + Math.log(Arrays.stream(three).map(z -> Math.exp(z - largest)).sum());
		}
	}

	public NominalModel {
		if (levels.length == 0) throw new IllegalArgumentException("Features need noise levels.");
		for (int i = 0; i < levels.length; i++)
			if (!(levels[i] > (i == 0 ? 0 : levels[i - 1])) || Double.isInfinite(levels[i])) throw new IllegalArgumentException(
				"Noise levels must be positive, finite and ascending.");
	}
}

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
	 * @param features of pixels in training images
	 * @param quantiles of how unusual held-out images' pixels are by them: of the smoothed {@link GaussianMixture#surprise}
	 */
	public record Surroundings(GaussianMixture features, ScoreQuantiles quantiles) {

		/** How unusual a pixel is, as a quantile of the standard normal distribution. @param surprise smoothed */
		public double zScore(final double surprise) {
			return quantiles.zScore(surprise);
		}
	}

	/**
	 * Tiles are unusual in two ways. Some are far from nominal ones: as a whole, or on average over their pixels' surroundings.
	 * Others are nearer to the middle than nominal ones, as two images on top of each other are. The ratio of two densities tells
	 * these, and so does a linear discriminant.
	 *
	 * @param features of nominal tiles
	 * @param superposed features of tiles that show the mean of two training images
	 * @param near number of the first features that distances are measured with; the others only tell superposed tiles
	 * @param discount is taken off the z-scores of the ratio and of the discriminant: nominal tiles that lie in the middle by chance
	 *          are frequent, superposed ones rare
	 * @param views quantiles of each of {@link #scores}, of held-out tiles
	 * @param far quantiles of {@link #sum}
	 * @param quantiles of {@link #total}
	 */
	public record Tiles(GaussianFit features, GaussianFit superposed, int near, double discount, List<ScoreQuantiles> views,
		ScoreQuantiles far, ScoreQuantiles quantiles)
	{

		/** Number of scores. */
		public static final int VIEWS = 4;

		public Tiles {
			views = List.copyOf(views);
			if (superposed.size() != features.size() || near < 1 || near > features.size()) throw new IllegalArgumentException(
				"Features of superposed tiles must be those of nominal ones.");
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
			final double[] scores = scores(features, superposed, near, values, surroundings);
			return quantiles.zScore(total(views, far, discount, scores));
		}

		/**
		 * The four scores of a tile: the logarithm of its distance from nominal tiles; the mean over the surroundings; the logarithm of
		 * the ratio of densities, superposed to nominal; how far towards superposed tiles it lies.
		 */
		public static double[] scores(final GaussianFit features, final GaussianFit superposed, final int near, final double[] values,
			final double surroundings)
		{
			return new double[] { Math.log(Math.max(1e-9, features.distance(values, near))), surroundings, superposed.logDensity(values) -
				features.logDensity(values), features.product(superposed.mean(), values) };
		}

		/** The sum of the first two z-scores. */
		public static double sum(final List<ScoreQuantiles> views, final double[] scores) {
			return views.get(0).zScore(scores[0]) + views.get(1).zScore(scores[1]);
		}

		/** Nearly the largest of three z-scores: ln Σ exp, so that two high ones count for more than one. */
		public static double total(final List<ScoreQuantiles> views, final ScoreQuantiles far, final double discount,
			final double[] scores)
		{
			final double[] three = { far.zScore(sum(views, scores)), views.get(2).zScore(scores[2]) - discount, views.get(3).zScore(
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

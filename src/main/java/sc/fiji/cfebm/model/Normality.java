package sc.fiji.cfebm.model;

/**
 * What is normal: features of images that were trained on, and how far from them those of held-out images are.
 *
 * @param levels noise levels that features are measured with, in model units, positive and ascending
 * @param surroundings of single pixels
 * @param tiles of squares as large as a tile
 */
public record Normality(double[] levels, Scale surroundings, Scale tiles) {

	/**
	 * One scale.
	 *
	 * @param features of training images
	 * @param ranks of the distances between held-out images' features and those
	 */
	public record Scale(NormalFeatures features, Ranks ranks) {

		/** How unusual features are, as a quantile of the standard normal distribution. */
		public double rank(final double[] values) {
			return ranks.rank(features.distance(values));
		}
	}

	public Normality {
		if (levels.length == 0) throw new IllegalArgumentException("Features need noise levels.");
		for (int i = 0; i < levels.length; i++)
			if (!(levels[i] > (i == 0 ? 0 : levels[i - 1])) || Double.isInfinite(levels[i])) throw new IllegalArgumentException(
				"Noise levels must be positive, finite and ascending.");
	}
}

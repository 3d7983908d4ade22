package sc.fiji.cfebm.model;

/**
 * What is normal: features of images that were trained on, and how far from them those of held-out images are.
 *
 * @param levels noise levels that features are measured with, in model units, positive and ascending
 * @param surroundings of single pixels
 * @param tiles squares as large as a tile
 */
public record Normality(double[] levels, Surroundings surroundings, Tiles tiles) {

	/**
	 * @param features of pixels in training images
	 * @param ranks of the logarithm of the distances of held-out images' pixels, smoothed
	 */
	public record Surroundings(NormalFeatures features, Ranks ranks) {

		/** How unusual a pixel is, from its distance, as a quantile of the standard normal distribution. */
		public double rank(final double distance) {
			return ranks.rank(score(distance));
		}

		/** The score that is ranked. */
		public static double score(final double distance) {
			return Math.log(Math.max(1e-9, distance));
		}
	}

	/**
	 * Tiles are unusual in two ways: far from normal ones, or too near their middle, as two images on top of each other are.
	 *
	 * @param features of normal tiles
	 * @param superposed features of tiles that show the mean of two training images
	 * @param near number of the first features that distances are measured with; the others only tell superposed tiles
	 * @param distances ranks of the logarithm of held-out tiles' distances
	 * @param ratios ranks of the logarithm of the ratio of densities, superposed to normal
	 * @param ranks ranks of the larger of the two ranks
	 */
	public record Tiles(NormalFeatures features, NormalFeatures superposed, int near, Ranks distances, Ranks ratios, Ranks ranks) {

		public Tiles {
			if (superposed.size() != features.size() || near < 1 || near > features.size()) throw new IllegalArgumentException(
				"Features of superposed tiles must be those of normal ones.");
		}

		/** How unusual a tile is, as a quantile of the standard normal distribution. */
		public double rank(final double[] values) {
			return ranks.rank(Math.max(distances.rank(distance(features, near, values)), ratios.rank(ratio(features, superposed, values))));
		}

		/** The score that {@link #distances()} ranks. */
		public static double distance(final NormalFeatures features, final int near, final double[] values) {
			return Surroundings.score(features.distance(values, near));
		}

		/** The score that {@link #ratios()} ranks. */
		public static double ratio(final NormalFeatures features, final NormalFeatures superposed, final double[] values) {
			return superposed.logDensity(values) - features.logDensity(values);
		}
	}

	public Normality {
		if (levels.length == 0) throw new IllegalArgumentException("Features need noise levels.");
		for (int i = 0; i < levels.length; i++)
			if (!(levels[i] > (i == 0 ? 0 : levels[i - 1])) || Double.isInfinite(levels[i])) throw new IllegalArgumentException(
				"Noise levels must be positive, finite and ascending.");
	}
}

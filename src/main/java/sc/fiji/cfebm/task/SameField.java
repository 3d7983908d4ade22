package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.List;

import sc.fiji.cfebm.raster.Raster;

/**
 * What tells whether two neighbouring planes show the same in spite of their noise: how far their fine shapes agree, which are means over small
 * squares less those of their surroundings. Not so across a cut, at another place, where one shows nothing, or where things have moved. A model of
 * neighbours gains by as much as noise hides, and loses by what planes differ by: on made stacks of four noise levels it is worse than one of
 * single planes where the variance of what shapes differ by, less the noise's, is more than the geometric mean of the noise's and the shapes'
 * (docs/experiments.md).
 *
 * @param scales from fine to coarse
 * @param noise variance that it has in the finest of them
 */
record SameField(List<Scale> scales, double noise) {

	/** Sides of the squares in pixels: noise hides fine shapes before it hides coarse ones. */
	private static final int[] SIDES = { 2, 4, 8 };
	/** How many squares the surroundings reach to each side. */
	private static final int AROUND = 2;
	/** What planes that can be mixed may differ by ({@link #difference}). */
	private static final double DIFFERENT = 0.8;
	/** Least correlation of planes that a third one between them can be foretold from. */
	private static final double SIMILAR = 0.2;
	/** Standard deviations of a mean square, or of a correlation, that are no chance. */
	private static final double SURE = 4;

	/**
	 * @param shapes of the squares
	 * @param variance of them, less what noise has of it; may be negative
	 * @param noise variance that noise has
	 */
	private record Scale(float[] shapes, double variance, double noise) {

		boolean isSeen() {
			return variance > SURE * Math.sqrt(2.0 / shapes.length) * noise;
		}

		/** Variance of what the shapes differ by, less the noise's. */
		double difference(final Scale other) {
			double squares = 0;
			for (int i = 0; i < shapes.length; i++)
				squares += (double) (shapes[i] - other.shapes[i]) * (shapes[i] - other.shapes[i]) / shapes.length;
			return squares - noise - other.noise;
		}

		boolean isCorrelated(final Scale other) {
			double covariance = 0;
			for (int i = 0; i < shapes.length; i++)
				covariance += (double) shapes[i] * other.shapes[i] / shapes.length;
			final double chance = SURE * Math.sqrt((1 + noise / variance) * (1 + other.noise / other.variance) / shapes.length);
			return covariance / Math.sqrt(variance * other.variance) > Math.max(SIMILAR, chance);
		}
	}

	/** @param sigma of the image's noise, as if it were white, times what its correlation makes of it in a sum */
	static SameField of(final Raster image, final double sigma) {
		final List<Scale> scales = new ArrayList<>();
		for (final int side : SIDES)
			if (Math.min(image.width(), image.height()) >= side) scales.add(scale(image, side, sigma));
		return new SameField(scales, scales.isEmpty() ? 0 : scales.get(0).noise);
	}

	private static Scale scale(final Raster image, final int side, final double sigma) {
		final int columns = image.width() / side, rows = image.height() / side;
		final float[] means = new float[columns * rows], shapes = new float[means.length];
		for (int y = 0; y < rows * side; y++)
			for (int x = 0; x < columns * side; x++)
				means[y / side * columns + x / side] += image.get(x, y, 0) / (side * side);
		double squares = 0, noise = 0;
		for (int y = 0; y < rows; y++)
			for (int x = 0; x < columns; x++) {
				double sum = 0;
				int count = 0;
				for (int v = Math.max(0, y - AROUND); v <= Math.min(rows - 1, y + AROUND); v++)
					for (int u = Math.max(0, x - AROUND); u <= Math.min(columns - 1, x + AROUND); u++) {
						sum += means[v * columns + u];
						count++;
					}
				final int i = y * columns + x;
				shapes[i] = (float) (means[i] - sum / count);
				squares += (double) shapes[i] * shapes[i] / means.length;
				noise += sigma * sigma / (side * side) * (1 - 1.0 / count) / means.length;
			}
		return new Scale(shapes, squares - noise, noise);
	}

	/** Whether both show the same, at the finest scale at which something is seen. Where neither shows anything, they do. */
	boolean isSame(final SameField other) {
		return difference(other) <= DIFFERENT;
	}

	/**
	 * By how much they differ at the finest scale at which something is seen: the variance of what shapes differ by, less the noise's, by the
	 * geometric mean of the shapes' and the noise's, or by the shapes' where that is less. Below 0 by chance; infinite where only one of them shows
	 * anything.
	 */
	double difference(final SameField other) {
		for (int s = 0; s < scales.size(); s++) {
			final Scale a = scales.get(s), b = other.scales.get(s);
			if (!a.isSeen() && !b.isSeen()) continue;
			if (!a.isSeen() || !b.isSeen()) return Double.POSITIVE_INFINITY;
			final double shapes = Math.sqrt(a.variance * b.variance);
			return a.difference(b) / Math.sqrt(shapes * Math.min(shapes, Math.sqrt(noise * other.noise)));
		}
		return 0;
	}

	/** Whether both show much the same, though it has moved: so at one of the scales. */
	boolean isSimilar(final SameField other) {
		for (int s = 0; s < scales.size(); s++) {
			final Scale a = scales.get(s), b = other.scales.get(s);
			if (a.isSeen() && b.isSeen() && a.isCorrelated(b)) return true;
		}
		return isSame(other);
	}
}

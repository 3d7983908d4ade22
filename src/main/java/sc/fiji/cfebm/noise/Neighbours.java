package sc.fiji.cfebm.noise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

import sc.fiji.cfebm.raster.CutOff;
import sc.fiji.cfebm.raster.Raster;

/**
 * Tells whether noise is correlated between neighbours. Second differences of pixels d apart, v(p - d) - 2v(p) + v(p + d), are blind to
 * gradients; of white noise their mean square is 6σ² for every d, of noise that neighbours share it grows with d until it is. Noise is
 * everywhere: of all fields of 16×16 pixels the calmest count, since structure leaves some without.
 */
final class Neighbours {

	private static final int SIDE = 16, LAGS = 4, FEWEST = 6;
	/** Share of the fields that count as calm, and the mean of their variance over that of all, for noise alone. */
	private static final double CALM = 0.2, CALM_OVER_ALL = 0.8;
	/** Shares of the fields, and what the calmer have at least of the variance of the others: noise is alike everywhere. */
	private static final double CALMEST = 0.05, QUARTER = 0.25, ALIKE = 0.6;
	/** Share of a field's pixels that may be cut off. */
	private static final double MOST_CUT = 0.3;
	/** By how much more than before the last second differences of noise may be, and what chance adds for a single field. */
	private static final double STILL = 1.04, BY_CHANCE = 0.15;

	/**
	 * @param mean of its values, had none been cut off
	 * @param squares mean squares of second differences over 6, along rows for d = 1 to 4, then along columns
	 */
	private record Field(double mean, double[] squares) {

		/** Mean square of those of the largest distances. */
		double far() {
			return (squares[LAGS - 2] + squares[LAGS - 1] + squares[2 * LAGS - 2] + squares[2 * LAGS - 1]) / 4;
		}

		/** In units of a variance. */
		Field over(final double variance) {
			return new Field(mean, Arrays.stream(squares).map(s -> s / variance).toArray());
		}
	}

	/**
	 * What was found, in units of what was expected of white noise.
	 *
	 * @param variance of the noise over that which pixels that are next to each other would have it be
	 * @param x correlation of neighbours in a row
	 * @param y correlation of neighbours in a column
	 */
	record Found(double variance, double x, double y) {}

	private final List<Field> fields = new ArrayList<>();

	/**
	 * Takes a plane into account.
	 *
	 * @param ends of each channel
	 * @param step fields are looked at in every step-th row and column of them
	 */
	void add(final Raster image, final CutOff[] ends, final int step) {
		for (int y = 0; y + SIDE <= image.height(); y += SIDE * step)
			for (int x = 0; x + SIDE <= image.width(); x += SIDE * step)
				for (int c = 0; c < image.channels(); c++) {
					final Field field = field(image, x, y, c, ends[c]);
					if (field != null) fields.add(field);
				}
	}

	/** Null if a pixel is missing, or many have the lowest or highest value, where noise was cut off. */
	private static Field field(final Raster image, final int x0, final int y0, final int c, final CutOff ends) {
		final double[] v = new double[SIDE * SIDE];
		int low = 0, high = 0;
		for (int i = 0; i < v.length; i++) {
			final float value = image.get(x0 + i % SIDE, y0 + i / SIDE, c);
			if (!Float.isFinite(value)) return null;
			if (value == ends.low()) low++;
			if (value == ends.high()) high++;
			v[i] = value;
		}
		if (low + high > MOST_CUT * v.length) return null;
		final Field field = field(v);
		final Censored was = Censored.of(Math.max(low, high), v.length);
		final double shift = was.shift() * Math.sqrt(field.far() / was.variance());
		return new Field(field.mean + (high > low ? shift : -shift), field.over(was.variance()).squares);
	}

	private static Field field(final double[] v) {
		final double[] squares = new double[2 * LAGS];
		for (int d = 1; d <= LAGS; d++) {
			double rows = 0, columns = 0;
			for (int i = 0; i < SIDE; i++)
				for (int k = d; k < SIDE - d; k++) {
					final int row = i * SIDE + k, column = k * SIDE + i;
					rows += square(v[row - d] - 2 * v[row] + v[row + d]);
					columns += square(v[column - d * SIDE] - 2 * v[column] + v[column + d * SIDE]);
				}
			final int n = 6 * SIDE * (SIDE - 2 * d);
			squares[d - 1] = rows / n;
			squares[LAGS + d - 1] = columns / n;
		}
		double sum = 0;
		for (final double value : v)
			sum += value / v.length;
		return new Field(sum, squares);
	}

	/**
	 * @param variance of the noise by the brightness, as pixels that are next to each other would have it
	 * @return null if there are too few fields to tell, or what they show is no noise
	 */
	Found find(final DoubleUnaryOperator variance) {
		// Where nothing was counted, nothing is to be seen of the noise.
		final List<Field> calmest = fields.stream().filter(f -> f.far() > 0 && variance.applyAsDouble(f.mean) > 0).map(
			f -> f.over(variance.applyAsDouble(f.mean))).sorted(Comparator.comparingDouble(Field::far)).toList();
		final List<Field> flat = calmest.subList(0, Math.min(calmest.size(), Math.max(FEWEST, (int) (CALM * calmest.size()))));
		if (flat.size() < FEWEST) return null;
		final double[] squares = new double[2 * LAGS];
		for (final Field f : flat)
			for (int i = 0; i < squares.length; i++)
				squares[i] += f.squares[i] / flat.size();
		// Structure makes them grow as well, but goes on to: noise's hold still where neighbours share nothing any more.
		final double last = squares[LAGS - 1] + squares[2 * LAGS - 1], before = squares[LAGS - 2] + squares[2 * LAGS - 2];
		if (last > (STILL + BY_CHANCE / Math.sqrt(flat.size())) * before) return null;
		if (calmest.get((int) (CALMEST * calmest.size())).far() < ALIKE * calmest.get((int) (QUARTER * calmest.size())).far()) return null;
		final double all = flat.stream().mapToDouble(Field::far).average().orElseThrow();
		// Fields that are calm for large distances are less so for small ones.
		final double near = Math.sqrt(CALM_OVER_ALL);
		return new Found(all / CALM_OVER_ALL, correlation(near * squares[0] / all), correlation(near * squares[LAGS] / all));
	}

	/**
	 * The correlation r of neighbours from 1 - 4/3·r₁ + 1/3·r₂ = s₁, with r₂ the fourth power of r₁, as of a Gaussian filter.
	 */
	private static double correlation(final double first) {
		double low = -0.5, high = 0.95;
		for (int i = 0; i < 40; i++) {
			final double r = (low + high) / 2, s = 1 - 4 * r / 3 + (r > 0 ? r * r * r * r / 3 : 0);
			if (s > first) low = r;
			else high = r;
		}
		return low;
	}

	private static double square(final double x) {
		return x * x;
	}
}

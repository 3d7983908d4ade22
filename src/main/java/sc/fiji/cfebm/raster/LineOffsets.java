package sc.fiji.cfebm.raster;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.apache.commons.math3.util.KthSelector;

/**
 * Stripes of rows or columns: each line of an image has a number added to it, as sensors that read out line by line do. What all parts
 * of a line have in common in its difference from the next one is what structure, which goes on for some lines, is not: it must be the
 * same in both halves of most lines, and no larger between lines farther apart. Of it only what changes from line to line is taken
 * away, not the course over many lines, nor its steps, which may be the image's own.
 *
 * @param image the image without them
 * @param rows how large those of rows were, a standard deviation in gray values; 0: none were found, or looked for
 * @param columns the same of columns
 */
public record LineOffsets(Raster image, double rows, double columns) {

	/** The lines whose offsets are looked for. */
	public enum Which {
		NONE("None"), ROWS("Rows"), COLUMNS("Columns"), BOTH("Both");

		private final String label;

		Which(final String label) {
			this.label = label;
		}

		boolean isOfRows() {
			return this == ROWS || this == BOTH;
		}

		boolean isOfColumns() {
			return this == COLUMNS || this == BOTH;
		}

		/** Its name in dialogs and macros. */
		@Override
		public String toString() {
			return label;
		}
	}

	/** Pixels of two lines that tell their difference, and lines that tell what there is, at least. */
	private static final int FEWEST_PIXELS = 32, FEWEST_LINES = 16;
	/** Correlation of the halves of lines from which on they have something in common. */
	private static final double COMMON = 0.5;
	/** What second differences of neighbouring lines have at least of the variance of those of lines so far apart. */
	private static final double SHORT_RANGE = 0.5;
	private static final int FAR = 3;
	/** By how many lines' changes the course is known, its least step's variance in that of the offsets, and what is large. */
	private static final int SHORT = 2, LONG = 16, ROUNDS = 20;
	private static final double LEAST_STEP = 0.01, LARGE = 3;
	/** In standard deviations of a pixel's noise: what is worth a word; in those of all offsets: what is no offset any more. */
	private static final double VISIBLE = 0.2, MOST = 6;
	/** Pixels of a line that are looked at where they are only looked for. */
	private static final int SAMPLE = 512;
	/** A float's errors, which neighbours in a line share, are not more than this share of its value. */
	private static final double ROUNDING = 1e-6;
	private static final double TO_SIGMA = 1.4826;
	private static final KthSelector SELECTOR = new KthSelector();

	/**
	 * Takes them away, from each channel by itself.
	 *
	 * @param image [H,W,C] in gray values; missing pixels are NaN or infinite and stay as they are, as do those that are cut off
	 * @return null if none were found: in images of fewer than 16 lines of 32 pixels none are
	 */
	public static LineOffsets in(final Raster image, final Which which) {
		if (which == Which.NONE) return null;
		final Raster without = image.copy();
		double rows = 0, columns = 0;
		for (int c = 0; c < image.channels(); c++) {
			final CutOff ends = CutOff.of(image, c);
			// Differences of rows know nothing of columns: either can be first.
			if (which.isOfRows()) rows = Math.max(rows, new Lines(without, c, ends, true, 1).remove(without));
			if (which.isOfColumns()) columns = Math.max(columns, new Lines(without, c, ends, false, 1).remove(without));
		}
		return rows > 0 || columns > 0 ? new LineOffsets(without, rows, columns) : null;
	}

	/**
	 * Stripes that are large enough to be seen beside the noise.
	 *
	 * @param rows how large those of rows are, a standard deviation in gray values, of all channels the largest; 0: there are none
	 * @param columns the same of columns
	 */
	public record Seen(double rows, double columns) {

		/** The lines whose offsets are to be taken off; NONE: there are no stripes. */
		public Which which() {
			return rows > 0 ? columns > 0 ? Which.BOTH : Which.ROWS : columns > 0 ? Which.COLUMNS : Which.NONE;
		}
	}

	/**
	 * Stripes of the lines that were not asked for: a part of the pixels tells.
	 *
	 * @param image [H,W,C]
	 * @param asked those that are not looked for
	 */
	public static Seen seen(final Raster image, final Which asked) {
		double rows = 0, columns = 0;
		for (int c = 0; c < image.channels() && asked != Which.BOTH; c++) {
			final CutOff ends = CutOff.of(image, c);
			if (!asked.isOfRows()) rows = Math.max(rows, seen(image, c, ends, true));
			if (!asked.isOfColumns()) columns = Math.max(columns, seen(image, c, ends, false));
		}
		return new Seen(rows, columns);
	}

	private static double seen(final Raster image, final int channel, final CutOff ends, final boolean ofRows) {
		final Lines lines = new Lines(image, channel, ends, ofRows, Math.max(1, (ofRows ? image.width() : image.height()) / SAMPLE));
		return lines.sigma > VISIBLE * lines.noise ? lines.sigma : 0;
	}

	/** One channel, line by line. */
	private static final class Lines {

		private final int channel, count;
		private final CutOff ends;
		private final boolean ofRows;
		/** From each line to the next, by all of it and by its halves; NaN where that can't be told. */
		private final double[] differences, first, second;
		/** Standard deviations: of the offsets, 0 where there are none; of the pixels' noise. */
		private double sigma, noise;
		/** What share of a measured offset is no error; the largest value. */
		private double reliability, largest;

		/**
		 * @param ends values at which pixels are cut off
		 * @param step every step-th pixel of a line is looked at
		 */
		Lines(final Raster image, final int channel, final CutOff ends, final boolean ofRows, final int step) {
			this.channel = channel;
			this.ends = ends;
			this.ofRows = ofRows;
			count = ofRows ? image.height() : image.width();
			final int length = ((ofRows ? image.width() : image.height()) + step - 1) / step;
			differences = new double[Math.max(0, count - 1)];
			first = new double[differences.length];
			second = new double[differences.length];
			if (count < FEWEST_LINES || length < FEWEST_PIXELS) return;
			measure(values(image, length, step));
			judge();
		}

		/** Values of all lines; NaN where one is missing or cut off. */
		private float[][] values(final Raster image, final int length, final int step) {
			final float[][] values = new float[count][length];
			// In the order of memory: of a large image that is what takes the time.
			for (int y = 0; y < (ofRows ? count : length); y++)
				for (int x = 0; x < (ofRows ? length : count); x++) {
					final float v = ofRows ? image.get(x * step, y, channel) : image.get(x, y * step, channel);
					if (Float.isFinite(v)) largest = Math.max(largest, Math.abs(v));
					values[ofRows ? y : x][ofRows ? x : y] = Float.isFinite(v) && !ends.has(v) ? v : Float.NaN;
				}
			return values;
		}

		private void measure(final float[][] values) {
			final double[] spreads = IntStream.range(0, differences.length).parallel().mapToDouble(i -> measure(i, values[i], values[i + 1])).filter(s -> !Double
				.isNaN(s)).toArray();
			noise = spreads.length == 0 ? 0 : median(spreads) / Math.sqrt(2);
		}

		/** @return how far the pixels' differences scatter; NaN if there are too few */
		private double measure(final int i, final float[] line, final float[] next) {
			final double[] between = new double[line.length];
			int n = 0;
			for (int k = 0; k < between.length; k++) {
				final double d = (double) next[k] - line[k];
				if (!Double.isNaN(d)) between[n++] = d;
			}
			differences[i] = first[i] = second[i] = Double.NaN;
			if (n < FEWEST_PIXELS) return Double.NaN;
			final Location all = Location.of(between, 0, n);
			differences[i] = all.center;
			first[i] = Location.of(between, 0, n / 2).center;
			second[i] = Location.of(between, n / 2, n).center;
			return all.spread;
		}

		/** Whether there are any. */
		private void judge() {
			final double[] near = common(1), far = common(FAR);
			if (near == null || far == null) return;
			final double total = near[0] + near[1], correlation = (near[0] - near[1]) / total;
			if (!(total > 0 && correlation > COMMON && near[0] - near[1] > SHORT_RANGE * (far[0] - far[1]))) return;
			// A second difference has six times the variance, and a sum of halves four times that of their mean.
			final double found = Math.sqrt((near[0] - near[1]) / 4 / 6);
			if (found < ROUNDING * largest) return;
			sigma = found;
			reliability = 2 * correlation / (1 + correlation);
		}

		/**
		 * Second differences of lines so far apart.
		 *
		 * @return robust variances of the sum and of the difference of those of both halves; null if there are too few
		 */
		private double[] common(final int apart) {
			final double[] sums = new double[count], others = new double[count];
			int n = 0;
			for (int i = 0; i + 2 * apart < count; i++) {
				double a = 0, b = 0;
				for (int k = 0; k < 2 * apart; k++) {
					final int sign = k < apart ? -1 : 1;
					a += sign * first[i + k];
					b += sign * second[i + k];
				}
				if (Double.isNaN(a + b)) continue;
				sums[n] = a + b;
				others[n++] = a - b;
			}
			return n < FEWEST_LINES - 2 ? null : new double[] { variance(sums, n), variance(others, n) };
		}

		/** @return the standard deviation of what was taken off; 0: nothing was */
		double remove(final Raster from) {
			if (!(sigma > 0)) return 0;
			final double[] offsets = new double[count];
			int start = 0;
			for (int i = 1; i <= count; i++)
				if (i == count || Double.isNaN(differences[i - 1])) {
					set(offsets, start, i);
					start = i;
				}
			for (int y = 0; y < from.height(); y++)
				for (int x = 0; x < from.width(); x++) {
					final int at = from.index(x, y, channel);
					if (!ends.has(from.values()[at])) from.values()[at] -= offsets[ofRows ? y : x];
				}
			return Math.sqrt(Arrays.stream(offsets).map(LineOffsets::square).average().orElseThrow());
		}

		/** Offsets of lines whose differences are all known. */
		private void set(final double[] offsets, final int from, final int to) {
			final int n = to - from;
			if (n < FEWEST_LINES) return;
			final double[] course = new double[n];
			for (int i = 1; i < n; i++)
				course[i] = course[i - 1] + differences[from + i - 1];
			final double[] smooth = smooth(course);
			for (int i = 0; i < n; i++) {
				final double offset = course[i] - smooth[i];
				if (Math.abs(offset) < MOST * sigma) offsets[from + i] = reliability * offset;
			}
		}

		/**
		 * What of a course goes on over many lines: a walk by small steps and, now and then, a large one, from which the offsets go off at
		 * random. How small its steps are is seen by how much more lines differ that are farther apart.
		 */
		private double[] smooth(final double[] course) {
			final int n = course.length;
			final double step = Math.max(LEAST_STEP * square(sigma), (changes(course, LONG) - changes(course, SHORT)) / (LONG - SHORT));
			final double[] weights = new double[n], links = new double[n - 1];
			Arrays.fill(weights, 1);
			Arrays.fill(links, square(sigma) / step);
			double[] walk = solve(course, weights, links);
			for (int round = 1; round < ROUNDS; round++) {
				for (int i = 0; i < n - 1; i++)
					links[i] = square(sigma) / (step + square((walk[i + 1] - walk[i]) / LARGE));
				// Single lines that are far off count less, once the large steps are where they belong.
				for (int i = 0; i < n && round >= ROUNDS / 2; i++)
					weights[i] = Math.min(1, LARGE * sigma / Math.abs(course[i] - walk[i]));
				walk = solve(course, weights, links);
			}
			return walk;
		}

		/** Robust variance of the change over so many lines; 0 if there are too few. */
		private static double changes(final double[] course, final int apart) {
			final int n = course.length - apart;
			return n < FEWEST_LINES ? 0 : variance(IntStream.range(0, n).mapToDouble(i -> course[i + apart] - course[i]).toArray(), n);
		}

		/** Least weighted squares of what lies between y and the walk, and of its steps: a tridiagonal system. */
		private static double[] solve(final double[] y, final double[] weights, final double[] links) {
			final int n = y.length;
			final double[] c = new double[n], d = new double[n];
			for (int i = 0; i < n; i++) {
				final double before = i == 0 ? 0 : links[i - 1], after = i == n - 1 ? 0 : links[i];
				final double pivot = weights[i] + before + after - (i == 0 ? 0 : before * c[i - 1]);
				c[i] = after / pivot;
				d[i] = (weights[i] * y[i] + (i == 0 ? 0 : before * d[i - 1])) / pivot;
			}
			for (int i = n - 2; i >= 0; i--)
				d[i] += c[i] * d[i + 1];
			return d;
		}
	}

	/** Tukey's biweight, from the median on. */
	private record Location(double center, double spread) {

		/** @param to values from here on do not count, nor those before from */
		static Location of(final double[] values, final int from, final int to) {
			final double[] v = Arrays.copyOfRange(values, from, to), distances = new double[v.length];
			final double median = median(v);
			double sum = 0;
			for (int i = 0; i < v.length; i++)
				sum += distances[i] = Math.abs(v[i] - median);
			double spread = TO_SIGMA * median(distances);
			if (spread == 0) spread = 1.2533 * sum / v.length;
			double center = median;
			for (int round = 0; round < 3 && spread > 0; round++) {
				double weighted = 0, all = 0;
				for (final double x : v) {
					final double u = square((x - center) / (4.685 * spread));
					if (u >= 1) continue;
					weighted += square(1 - u) * x;
					all += square(1 - u);
				}
				center = weighted / all;
			}
			return new Location(center, spread);
		}
	}

	/** Robust. */
	private static double variance(final double[] values, final int n) {
		final double[] v = Arrays.copyOf(values, n);
		final double median = median(v);
		for (int i = 0; i < n; i++)
			v[i] = Math.abs(v[i] - median);
		return square(TO_SIGMA * median(v));
	}

	/** Changes the order. */
	private static double median(final double[] v) {
		final int middle = v.length / 2;
		final double upper = SELECTOR.select(v, null, middle);
		if (v.length % 2 == 1) return upper;
		double lower = Double.NEGATIVE_INFINITY;
		for (int i = 0; i < middle; i++)
			lower = Math.max(lower, v[i]);
		return (lower + upper) / 2;
	}

	private static double square(final double x) {
		return x * x;
	}
}

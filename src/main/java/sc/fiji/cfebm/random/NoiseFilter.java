package sc.fiji.cfebm.random;

/**
 * A Gaussian filter, separately along rows and columns, that makes of white noise one whose neighbours are correlated and whose standard
 * deviation is the same: as a camera that interpolates or smoothes makes it.
 *
 * @param x the taps along a row, of odd number, their squares' sum 1
 * @param y likewise along a column
 */
public record NoiseFilter(double[] x, double[] y) {

	/** Widest filter that is looked for, in pixels: a correlation of 0.97. */
	private static final double WIDEST = 3;

	/** @param x standard deviation of the filter along a row, in pixels; 0: noise stays white; @param y likewise along a column */
	public static NoiseFilter ofWidth(final double x, final double y) {
		return new NoiseFilter(taps(x), taps(y));
	}

	/**
	 * The one after which neighbours are correlated as said.
	 *
	 * @param x of neighbours in a row, below 1; what is negative counts as none
	 * @param y likewise in a column
	 */
	public static NoiseFilter ofCorrelation(final double x, final double y) {
		return ofWidth(width(x), width(y));
	}

	/** By halving an interval. */
	private static double width(final double correlation) {
		double low = 0, high = WIDEST;
		for (int i = 0; i < 40; i++) {
			final double width = (low + high) / 2;
			if (correlation(taps(width)) < correlation) low = width;
			else high = width;
		}
		return correlation <= 0 ? 0 : low;
	}

	private static double[] taps(final double width) {
		final int radius = (int) Math.ceil(3 * width);
		final double[] taps = new double[2 * radius + 1];
		double squares = 0;
		for (int i = 0; i < taps.length; i++) {
			taps[i] = width == 0 ? 1 : Math.exp(-(i - radius) * (i - radius) / (2 * width * width));
			squares += taps[i] * taps[i];
		}
		for (int i = 0; i < taps.length; i++)
			taps[i] /= Math.sqrt(squares);
		return taps;
	}

	/** Correlation of neighbours in a row. */
	public double alongX() {
		return correlation(x);
	}

	/** Correlation of neighbours in a column. */
	public double alongY() {
		return correlation(y);
	}

	private static double correlation(final double[] taps) {
		double sum = 0;
		for (int i = 1; i < taps.length; i++)
			sum += taps[i] * taps[i - 1];
		return sum;
	}

	/** How many columns of white noise it needs at either side. */
	public int marginX() {
		return x.length / 2;
	}

	/** How many rows of white noise it needs above and below. */
	public int marginY() {
		return y.length / 2;
	}

	/**
	 * Filters one channel.
	 *
	 * @param white [H + 2·marginY, W + 2·marginX]
	 * @return [H,W]
	 */
	public double[] apply(final double[] white, final int width, final int height) {
		final int from = width + 2 * marginX();
		final double[] rows = new double[(height + 2 * marginY()) * width], filtered = new double[height * width];
		for (int i = 0; i < rows.length; i++)
			for (int k = 0; k < x.length; k++)
				rows[i] += x[k] * white[i / width * from + i % width + k];
		for (int i = 0; i < filtered.length; i++)
			for (int k = 0; k < y.length; k++)
				filtered[i] += y[k] * rows[i + k * width];
		return filtered;
	}
}

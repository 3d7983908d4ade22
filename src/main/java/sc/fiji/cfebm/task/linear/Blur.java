package sc.fiji.cfebm.task.linear;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.raster.TileGrid;

/**
 * Convolution with a point spread function, by Fourier transforms. The image that is looked for is larger than what is observed, by as far as
 * light comes from outside: nothing is assumed of what lies there but that it is an image. Its far ends meet, beyond what is seen.
 */
public final class Blur implements LinearOperator {

	/** Share of the light that may come from farther outside than the image reaches. */
	private static final double BEYOND = 0.005;
	/** Gain of frequencies that are all but stopped, how many of them tell something, and which percentile of their squares does. */
	private static final double STOPPED = 0.02, QUANTILE = 80;
	private static final int ENOUGH = 200;

	private final int width, height, observedWidth, observedHeight, left, top;
	private final Fourier fourier;
	/** Of the point spread function, and its squared modulus for each of its numbers. */
	private final float[] transfer, power, spectrum, whole;
	private final Spectra spectra = new Spectra();

	/**
	 * @param psf how a point is seen; as wide and high as what is observed at most, see {@link Psf#cut}
	 * @param observedWidth of what is observed, in pixels
	 * @param observedHeight likewise
	 */
	public Blur(final Psf psf, final int observedWidth, final int observedHeight) {
		this.observedWidth = observedWidth;
		this.observedHeight = observedHeight;
		left = psf.reachX(BEYOND);
		top = psf.reachY(BEYOND);
		width = Fourier.good(Math.max(observedWidth + 2 * left, psf.width()));
		height = Fourier.good(Math.max(observedHeight + 2 * top, psf.height()));
		fourier = new Fourier(width, height);
		whole = new float[width * height];
		transfer = new float[fourier.size()];
		spectrum = new float[transfer.length];
		for (int y = 0; y < psf.height(); y++)
			for (int x = 0; x < psf.width(); x++)
				whole[Math.floorMod(y - psf.height() / 2, height) * width + Math.floorMod(x - psf.width() / 2, width)] += psf.values()[y * psf
					.width() + x];
		fourier.forward(whole, transfer);
		power = new float[transfer.length / 2];
		for (int i = 0; i < power.length; i++)
			power[i] = transfer[2 * i] * transfer[2 * i] + transfer[2 * i + 1] * transfer[2 * i + 1];
	}

	@Override
	public int width() {
		return width;
	}

	@Override
	public int height() {
		return height;
	}

	@Override
	public int observedWidth() {
		return observedWidth;
	}

	@Override
	public int observedHeight() {
		return observedHeight;
	}

	@Override
	public void apply(final float[] image, final float[] observed) {
		fourier.forward(image, spectrum);
		spectra.apply(spectrum, observed);
	}

	@Override
	public void adjoint(final float[] observed, final float[] image) {
		spectra.adjoint(observed, spectrum);
		fourier.inverse(spectrum, image);
	}

	/** Exact, were all of the image observed. */
	@Override
	public void precondition(final double weight, final double prior, final float[] right, final float[] solution) {
		fourier.forward(right, spectrum);
		spectra.precondition(weight, prior, spectrum, spectrum);
		fourier.inverse(spectrum, solution);
	}

	/** This operator on images that are given by their transforms, as {@link Fourier} has them: a third of the work. */
	Coefficients spectra() {
		return spectra;
	}

	private final class Spectra implements Coefficients {

		@Override
		public int count() {
			return transfer.length;
		}

		@Override
		public void apply(final float[] coefficients, final float[] observed) {
			multiply(coefficients, 1, spectrum);
			fourier.inverse(spectrum, whole);
			seen(whole, observed);
		}

		@Override
		public void adjoint(final float[] observed, final float[] coefficients) {
			Arrays.fill(whole, 0);
			for (int y = 0; y < observedHeight; y++)
				System.arraycopy(observed, y * observedWidth, whole, (top + y) * width + left, observedWidth);
			fourier.forward(whole, coefficients);
			multiply(coefficients, -1, coefficients);
		}

		/** @param sign of the transfer function's imaginary part */
		private void multiply(final float[] from, final int sign, final float[] to) {
			for (int i = 0; i < to.length; i += 2) {
				final float a = from[i], b = from[i + 1], c = transfer[i], d = sign * transfer[i + 1];
				to[i] = a * c - b * d;
				to[i + 1] = a * d + b * c;
			}
		}

		@Override
		public void precondition(final double weight, final double prior, final float[] right, final float[] solution) {
			for (int i = 0; i < power.length; i++) {
				final float factor = (float) (1 / (weight * power[i] + prior));
				solution[2 * i] = factor * right[2 * i];
				solution[2 * i + 1] = factor * right[2 * i + 1];
			}
		}

		/** By Parseval's theorem. */
		@Override
		public double dot(final float[] a, final float[] b) {
			return fourier.dot(a, b);
		}

		@Override
		public void addTo(final float[] image, final float[] coefficients) {
			System.arraycopy(coefficients, 0, spectrum, 0, spectrum.length);
			fourier.inverse(spectrum, whole);
			for (int i = 0; i < image.length; i++)
				image[i] += whole[i];
		}
	}

	/** What is observed, mirrored at its borders; far outside one side's mirror image becomes the other's. */
	@Override
	public void start(final float[] observed, final float[] image) {
		final float[] wide = new float[observedHeight * width];
		for (int y = 0; y < observedHeight; y++)
			for (int x = 0; x < width; x++)
				wide[y * width + x] = extended(observed, y * observedWidth, 1, observedWidth, x - left, width);
		for (int y = 0; y < height; y++)
			for (int x = 0; x < width; x++)
				image[y * width + x] = extended(wide, x, width, observedHeight, y - top, height);
	}

	/**
	 * @param length of the line that is known
	 * @param at from below 0 on
	 * @param period of the line with what is around it
	 */
	private static float extended(final float[] from, final int first, final int step, final int length, final int at, final int period) {
		if (at >= 0 && at < length) return from[first + at * step];
		final int around = period - length, before = Math.floorMod(at - length, period);
		// Smoothly from the mirror image at this line's end to that at the beginning of the next one.
		final double s = (before + 1.0) / (around + 1), t = s * s * (3 - 2 * s);
		return (float) ((1 - t) * from[first + TileGrid.mirror(length + before, length) * step] + t * from[first + TileGrid.mirror(before -
			around, length) * step]);
	}

	/**
	 * σ of white noise that would have as much as an observation has at the frequencies that the point spread function all but stops.
	 *
	 * @param observed y of one channel, finite
	 * @return 0 where it stops hardly any
	 */
	double stopped(final float[] observed) {
		final float[] image = new float[width * height];
		start(observed, image);
		fourier.forward(image, spectrum);
		final double[] squares = IntStream.range(0, power.length).filter(i -> power[i] < STOPPED * STOPPED).mapToDouble(i -> spectrum[2 * i] * spectrum[2 *
			i] + spectrum[2 * i + 1] * spectrum[2 * i + 1]).toArray();
		if (squares.length < ENOUGH) return 0;
		// Of noise, which is mirrored around what is seen, they are distributed exponentially; borders and edges along the axes have most in a few.
		return Math.sqrt(new Percentile(QUANTILE).evaluate(squares) / -Math.log(1 - QUANTILE / 100) / image.length);
	}

	/** The part of the image that is observed. */
	public float[] seen(final float[] image) {
		final float[] seen = new float[observedWidth * observedHeight];
		seen(image, seen);
		return seen;
	}

	private void seen(final float[] image, final float[] to) {
		for (int y = 0; y < observedHeight; y++)
			System.arraycopy(image, (top + y) * width + left, to, y * observedWidth, observedWidth);
	}
}

package sc.fiji.cfebm.task.linear;

import java.util.Arrays;

import sc.fiji.cfebm.raster.TileGrid;

/**
 * Convolution with a point spread function, by Fourier transforms. The image that is looked for is larger than what is observed, by as far as
 * light comes from outside: nothing is assumed of what lies there but that it is an image. Its far ends meet, beyond what is seen.
 */
public final class Blur implements LinearOperator {

	/** Share of the light that may come from farther outside than the image reaches. */
	private static final double BEYOND = 0.005;

	private final int width, height, observedWidth, observedHeight, left, top;
	private final Fourier fourier;
	/** Of the point spread function, and its squared modulus for each of its numbers. */
	private final float[] transfer, power, spectrum, whole;

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
		multiply(1);
		fourier.inverse(spectrum, whole);
		seen(whole, observed);
	}

	@Override
	public void adjoint(final float[] observed, final float[] image) {
		Arrays.fill(whole, 0);
		for (int y = 0; y < observedHeight; y++)
			System.arraycopy(observed, y * observedWidth, whole, (top + y) * width + left, observedWidth);
		fourier.forward(whole, spectrum);
		multiply(-1);
		fourier.inverse(spectrum, image);
	}

	/** @param sign of the transfer function's imaginary part */
	private void multiply(final int sign) {
		for (int i = 0; i < spectrum.length; i += 2) {
			final float a = spectrum[i], b = spectrum[i + 1], c = transfer[i], d = sign * transfer[i + 1];
			spectrum[i] = a * c - b * d;
			spectrum[i + 1] = a * d + b * c;
		}
	}

	/** Exact, were all of the image observed. */
	@Override
	public void precondition(final double weight, final double prior, final float[] right, final float[] solution) {
		fourier.forward(right, spectrum);
		for (int i = 0; i < power.length; i++) {
			final float factor = (float) (1 / (weight * power[i] + prior));
			spectrum[2 * i] *= factor;
			spectrum[2 * i + 1] *= factor;
		}
		fourier.inverse(spectrum, solution);
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

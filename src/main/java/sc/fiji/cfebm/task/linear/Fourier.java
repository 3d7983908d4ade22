package sc.fiji.cfebm.task.linear;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

import org.jtransforms.fft.FloatFFT_1D;

import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * The discrete Fourier transform of real images of one size. A spectrum is the left half alone, as the other is its mirror image:
 * column by column, [W/2 + 1, H] complex numbers, each as two floats. Rows and columns are shared among threads, if there are to be several,
 * and the bits are the same for any number.
 */
final class Fourier {

	private final int width, height;
	private final FloatFFT_1D rows, columns;
	private final boolean parallel = NativeRuntime.threads() > 1;

	/** @param width even, best of {@link #good}, as the height */
	Fourier(final int width, final int height) {
		if (width % 2 != 0) throw new IllegalArgumentException("The width must be even, not " + width + ".");
		this.width = width;
		this.height = height;
		rows = new FloatFFT_1D(width);
		columns = new FloatFFT_1D(height);
	}

	/** The smallest even size from one on that has no prime factor above 5. */
	static int good(final int least) {
		for (int n = Math.max(2, least + least % 2);; n += 2) {
			int rest = n;
			for (final int p : new int[] { 2, 3, 5 })
				while (rest % p == 0)
					rest /= p;
			if (rest == 1) return n;
		}
	}

	/** Number of floats of a spectrum. */
	int size() {
		return (width / 2 + 1) * height * 2;
	}

	/** @param spectrum receives the transform */
	void forward(final float[] image, final float[] spectrum) {
		each(height, y -> {
			final float[] row = new float[width];
			System.arraycopy(image, y * width, row, 0, width);
			rows.realForward(row);
			put(spectrum, 0, y, row[0], 0);
			put(spectrum, width / 2, y, row[1], 0);
			for (int k = 1; k < width / 2; k++)
				put(spectrum, k, y, row[2 * k], row[2 * k + 1]);
		});
		each(width / 2 + 1, k -> columns.complexForward(spectrum, 2 * k * height));
	}

	/**
	 * @param spectrum that of a real image; overwritten
	 * @param image receives it
	 */
	void inverse(final float[] spectrum, final float[] image) {
		each(width / 2 + 1, k -> columns.complexInverse(spectrum, 2 * k * height, true));
		each(height, y -> {
			final float[] row = new float[width];
			row[0] = spectrum[2 * y];
			row[1] = spectrum[2 * (width / 2 * height + y)];
			for (int k = 1; k < width / 2; k++) {
				row[2 * k] = spectrum[2 * (k * height + y)];
				row[2 * k + 1] = spectrum[2 * (k * height + y) + 1];
			}
			rows.realInverse(row, true);
			System.arraycopy(row, 0, image, y * width, width);
		});
	}

	/** Σ a·b over the pixels of two images, from their spectra: all columns but the outermost two stand for their mirror images, too. */
	double dot(final float[] a, final float[] b) {
		final int outermost = 2 * height;
		double sum = 0;
		for (int i = 0; i < a.length; i++)
			sum += (i < outermost || i >= a.length - outermost ? 1 : 2) * (double) a[i] * b[i];
		return sum / ((double) width * height);
	}

	private void put(final float[] spectrum, final int k, final int y, final float real, final float imaginary) {
		spectrum[2 * (k * height + y)] = real;
		spectrum[2 * (k * height + y) + 1] = imaginary;
	}

	private void each(final int count, final IntConsumer work) {
		if (parallel) IntStream.range(0, count).parallel().forEach(work);
		else for (int i = 0; i < count; i++)
			work.accept(i);
	}
}

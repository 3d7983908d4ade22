package sc.fiji.cfebm.task.linear;

import java.util.ArrayList;
import java.util.List;

import org.apache.commons.math3.stat.descriptive.rank.Median;

import sc.fiji.cfebm.raster.Raster;

/**
 * A point spread function: how a point of light is seen, on the pixels of the image. Its middle pixel is where the point is.
 *
 * @param width in pixels, odd
 * @param height in pixels, odd
 * @param values [H,W], none below 0; their sum is 1
 */
public record Psf(int width, int height, float[] values) {

	/** Share of the brightest pixel from which on a rim that is brighter than nothing is said to be background. */
	private static final double BACKGROUND = 0.002;
	/** Share of the brightest pixel below which a pixel is nothing, where all around it is, too. */
	private static final double NOTHING = 1e-6;

	/** @throws IllegalArgumentException with one sentence, if it is none */
	public Psf {
		if (width < 1 || height < 1 || width % 2 == 0 || height % 2 == 0 || values.length != width * height)
			throw new IllegalArgumentException("A point spread function is of an odd number of pixels in each direction, not " + width + "×" +
				height + ".");
		double sum = 0;
		for (final float v : values) {
			if (!(v >= 0)) throw new IllegalArgumentException("A point spread function has no value below 0, as " + v + " is.");
			sum += v;
		}
		if (Math.abs(sum - 1) > 1e-3) throw new IllegalArgumentException("A point spread function has the sum 1, not " + sum + ".");
	}

	/**
	 * A point spread function and what was done to make one of an image.
	 *
	 * @param mended what was not as it should be, each as the end of a sentence that begins with “the PSF”; empty: nothing
	 */
	public record Read(Psf psf, List<String> mended) {}

	/**
	 * One of an image of a point, such as a bead: what is all around is taken off, what is below 0 is 0, it is centred and normalised.
	 *
	 * @param image of any size; of several channels their mean
	 * @throws IllegalArgumentException with one sentence, if there is no point in the image
	 */
	public static Read of(final Raster image) {
		final List<String> mended = new ArrayList<>();
		final float[] v = image.mean().values();
		if (image.channels() > 1) mended.add("has colors, of which the mean was taken");
		float peak = Float.NEGATIVE_INFINITY;
		for (final float value : v) {
			if (!Float.isFinite(value)) throw new IllegalArgumentException("The PSF has pixels that are no finite number: it must have none.");
			peak = Math.max(peak, value);
		}
		final float rim = rim(v, image.width(), image.height());
		if (peak <= 0 || v.length > 1 && peak <= rim) throw new IllegalArgumentException(
			"The PSF shows no point: it must be brighter in its middle than at its rim, and more than 0.");
		if (rim > BACKGROUND * peak && v.length > 1) {
			mended.add("had a background of " + rim + ", which was taken off");
			for (int i = 0; i < v.length; i++)
				v[i] -= rim;
		}
		boolean negative = false;
		double sum = 0, sumX = 0, sumY = 0;
		for (int i = 0; i < v.length; i++) {
			negative |= v[i] < -BACKGROUND * peak;
			v[i] = Math.max(0, v[i]);
			sum += v[i];
			sumX += (double) v[i] * (i % image.width());
			sumY += (double) v[i] * (i / image.width());
		}
		if (negative) mended.add("had values below 0, which became 0");
		final int x = (int) Math.rint(sumX / sum), y = (int) Math.rint(sumY / sum);
		if (Math.abs(2 * x + 1 - image.width()) > 1 || Math.abs(2 * y + 1 - image.height()) > 1) mended.add(
			"was not centred: its middle is x " + x + ", y " + y);
		final int reachX = Math.max(x, image.width() - 1 - x), reachY = Math.max(y, image.height() - 1 - y);
		final float[] centred = new float[(2 * reachX + 1) * (2 * reachY + 1)];
		for (int i = 0; i < v.length; i++)
			centred[(i / image.width() - y + reachY) * (2 * reachX + 1) + i % image.width() - x + reachX] = v[i];
		return new Read(normalized(2 * reachX + 1, 2 * reachY + 1, centred).trimmed(), mended);
	}

	/** The median of the outermost pixels. */
	private static float rim(final float[] v, final int w, final int h) {
		final double[] rim = new double[v.length];
		int n = 0;
		for (int i = 0; i < v.length; i++)
			if (i % w == 0 || i % w == w - 1 || i / w == 0 || i / w == h - 1) rim[n++] = v[i];
		return (float) new Median().evaluate(rim, 0, n);
	}

	/** @param values none below 0, some above */
	static Psf normalized(final int width, final int height, final float[] values) {
		double sum = 0;
		for (final float v : values)
			sum += v;
		final float[] shares = new float[values.length];
		for (int i = 0; i < shares.length; i++)
			shares[i] = (float) (values[i] / sum);
		return new Psf(width, height, shares);
	}

	/** Without what is nothing around it. */
	private Psf trimmed() {
		float peak = 0;
		for (final float v : values)
			peak = Math.max(peak, v);
		int x = 0, y = 0;
		for (int i = 0; i < values.length; i++)
			if (values[i] > NOTHING * peak) {
				x = Math.max(x, Math.abs(i % width - width / 2));
				y = Math.max(y, Math.abs(i / width - height / 2));
			}
		return middle(2 * x + 1, 2 * y + 1);
	}

	/** Its middle, of so many pixels at most in each direction, normalised again; itself if it is no larger. */
	public Psf cut(final int mostX, final int mostY) {
		final int w = Math.min(width, mostX - 1 + mostX % 2), h = Math.min(height, mostY - 1 + mostY % 2);
		return w == width && h == height ? this : middle(w, h);
	}

	private Psf middle(final int w, final int h) {
		final float[] part = new float[w * h];
		for (int i = 0; i < part.length; i++)
			part[i] = values[(i / w + (height - h) / 2) * width + i % w + (width - w) / 2];
		return normalized(w, h, part);
	}

	/** Whether a point is seen as a point. */
	public boolean isPoint() {
		return values[values.length / 2] > 0.9999f;
	}

	/** How far from the middle columns go on until no more than this share of the light is farther away. */
	int reachX(final double beyond) {
		final double[] sums = new double[width / 2 + 1];
		for (int i = 0; i < values.length; i++)
			sums[Math.abs(i % width - width / 2)] += values[i];
		return reach(sums, beyond);
	}

	/** The same of rows. */
	int reachY(final double beyond) {
		final double[] sums = new double[height / 2 + 1];
		for (int i = 0; i < values.length; i++)
			sums[Math.abs(i / width - height / 2)] += values[i];
		return reach(sums, beyond);
	}

	private static int reach(final double[] sums, final double beyond) {
		double outside = 0;
		int reach = sums.length - 1;
		while (reach > 0 && outside + sums[reach] <= beyond)
			outside += sums[reach--];
		return reach;
	}

	/** Its full widths at half of its maximum, along the row and the column through its brightest pixel, in pixels. */
	public double[] widths() {
		int peak = 0;
		for (int i = 0; i < values.length; i++)
			if (values[i] > values[peak]) peak = i;
		return new double[] { width(peak, peak / width * width, 1, width), width(peak, peak % width, width, height) };
	}

	private double width(final int peak, final int first, final int step, final int length) {
		return half(peak, (peak - first) / step, -step) + half(peak, length - 1 - (peak - first) / step, step);
	}

	/** How far from the peak it has fallen to half, between pixels. */
	private double half(final int peak, final int length, final int step) {
		final double half = values[peak] / 2;
		for (int k = 1; k <= length; k++) {
			final double v = values[peak + k * step];
			if (v <= half) return k - 1 + (values[peak + (k - 1) * step] - half) / (values[peak + (k - 1) * step] - v);
		}
		return length + 0.5;
	}
}

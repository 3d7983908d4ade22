package sc.fiji.cfebm.testimages;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

import ij.process.ByteProcessor;
import ij.process.ShortProcessor;

/** A plane of real numbers: what the images are computed in before they are rounded to gray values. */
final class Field {

	final int width;
	final int height;
	final double[] values;

	Field(final int width, final int height) {
		this.width = width;
		this.height = height;
		values = new double[width * height];
	}

	/** A smooth random field of mean 0 and variance 1: white noise blurred by the given sigma. */
	static Field smoothNoise(final int width, final int height, final double sigma, final Chance chance) {
		final Field field = new Field(width, height).map(v -> chance.gaussian()).blurred(sigma);
		double sum = 0;
		double squares = 0;
		for (final double v : field.values) {
			sum += v;
			squares += v * v;
		}
		final double mean = sum / field.values.length;
		final double deviation = Math.sqrt(squares / field.values.length - mean * mean);
		return field.map(v -> (v - mean) / deviation);
	}

	double get(final int x, final int y) {
		return values[y * width + x];
	}

	void set(final int x, final int y, final double value) {
		values[y * width + x] = value;
	}

	/** The value between the pixels, linearly interpolated; outside, the nearest pixel's. */
	double at(final double x, final double y) {
		final double cx = Math.min(Math.max(x, 0), width - 1);
		final double cy = Math.min(Math.max(y, 0), height - 1);
		final int x0 = Math.min((int) cx, width - 2);
		final int y0 = Math.min((int) cy, height - 2);
		final double fx = cx - x0;
		final double fy = cy - y0;
		return (1 - fy) * ((1 - fx) * get(x0, y0) + fx * get(x0 + 1, y0)) + //
			fy * ((1 - fx) * get(x0, y0 + 1) + fx * get(x0 + 1, y0 + 1));
	}

	/** Spreads an amount over the four pixels around a position; what falls outside is lost. */
	void splat(final double x, final double y, final double amount) {
		final int x0 = (int) Math.floor(x);
		final int y0 = (int) Math.floor(y);
		final double fx = x - x0;
		final double fy = y - y0;
		add(x0, y0, amount * (1 - fx) * (1 - fy));
		add(x0 + 1, y0, amount * fx * (1 - fy));
		add(x0, y0 + 1, amount * (1 - fx) * fy);
		add(x0 + 1, y0 + 1, amount * fx * fy);
	}

	private void add(final int x, final int y, final double amount) {
		if (x >= 0 && y >= 0 && x < width && y < height)
			values[y * width + x] += amount;
	}

	/** Changes every value in place, row by row. */
	Field map(final DoubleUnaryOperator f) {
		for (int i = 0; i < values.length; i++)
			values[i] = f.applyAsDouble(values[i]);
		return this;
	}

	/** Joins every value with the other field's, in place. */
	Field join(final Field other, final DoubleBinaryOperator f) {
		for (int i = 0; i < values.length; i++)
			values[i] = f.applyAsDouble(values[i], other.values[i]);
		return this;
	}

	/** A Gaussian-blurred copy, with mirrored borders. */
	Field blurred(final double sigma) {
		final double[] kernel = new double[(int) Math.ceil(3 * sigma) + 1];
		double sum = 0;
		for (int i = 0; i < kernel.length; i++) {
			kernel[i] = StrictMath.exp(-i * i / (2 * sigma * sigma));
			sum += i == 0 ? kernel[i] : 2 * kernel[i];
		}
		for (int i = 0; i < kernel.length; i++)
			kernel[i] /= sum;
		final Field rows = new Field(width, height);
		for (int y = 0; y < height; y++)
			for (int x = 0; x < width; x++) {
				double v = kernel[0] * get(x, y);
				for (int i = 1; i < kernel.length; i++)
					v += kernel[i] * (get(mirror(x - i, width), y) + get(mirror(x + i, width), y));
				rows.set(x, y, v);
			}
		final Field both = new Field(width, height);
		for (int y = 0; y < height; y++)
			for (int x = 0; x < width; x++) {
				double v = kernel[0] * rows.get(x, y);
				for (int i = 1; i < kernel.length; i++)
					v += kernel[i] * (rows.get(x, mirror(y - i, height)) + rows.get(x, mirror(y + i, height)));
				both.set(x, y, v);
			}
		return both;
	}

	private static int mirror(final int i, final int size) {
		final int period = 2 * size;
		final int j = Math.floorMod(i, period);
		return j < size ? j : period - 1 - j;
	}

	/** Half the size, each pixel the mean of four. */
	Field halved() {
		final Field half = new Field(width / 2, height / 2);
		for (int y = 0; y < half.height; y++)
			for (int x = 0; x < half.width; x++)
				half.set(x, y, (get(2 * x, 2 * y) + get(2 * x + 1, 2 * y) + get(2 * x, 2 * y + 1) +
					get(2 * x + 1, 2 * y + 1)) / 4);
		return half;
	}

	Field copy() {
		final Field copy = new Field(width, height);
		System.arraycopy(values, 0, copy.values, 0, values.length);
		return copy;
	}

	/** Rounded to 8 bits and clipped. */
	ByteProcessor toBytes() {
		final byte[] pixels = new byte[values.length];
		for (int i = 0; i < pixels.length; i++)
			pixels[i] = (byte) Math.min(Math.max(Math.round(values[i]), 0), 255);
		return new ByteProcessor(width, height, pixels);
	}

	/** Rounded to 16 bits and clipped at the given value, as a camera clips. */
	ShortProcessor toShorts(final int highest) {
		final short[] pixels = new short[values.length];
		for (int i = 0; i < pixels.length; i++)
			pixels[i] = (short) Math.min(Math.max(Math.round(values[i]), 0), highest);
		return new ShortProcessor(width, height, pixels, null);
	}
}

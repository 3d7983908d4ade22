package sc.fiji.cfebm.tensor;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * The activation swish(2h) = h·(1 + tanh h) and its derivative with respect to h in one go over memory. In Java: tanh as a
 * quotient of polynomials, which the virtual machine computes for several values at once, takes a third of the time of
 * ND4J's, which fetches its coefficients one by one on processors without AVX-512.
 */
final class Swish extends Op {

	/** Values at a time; they stay in the nearest cache. */
	private static final int BLOCK = 2048;

	private final Tensor x, bias, y, derivative;
	private final int block;
	private final FloatBuffer xFloats, yFloats, dFloats;
	private final DoubleBuffer xDoubles, yDoubles, dDoubles;
	/** The bias over and over. */
	private final float[] h, d, floatBias;
	private final double[] hDouble, dDouble, doubleBias;

	/** @param bias added to x first, one value for each channel; may be null; @param y may be x */
	Swish(final Tensor x, final Tensor bias, final Tensor y, final Tensor derivative) {
		this.x = x;
		this.bias = bias;
		this.y = y;
		this.derivative = derivative;
		final int channels = bias == null ? 1 : bias.size();
		block = Math.max(1, BLOCK / channels) * channels;
		final boolean single = x.precision() == Precision.FLOAT;
		xFloats = single ? x.floatBuffer() : null;
		yFloats = single ? y.floatBuffer() : null;
		dFloats = single ? derivative.floatBuffer() : null;
		xDoubles = single ? null : x.doubleBuffer();
		yDoubles = single ? null : y.doubleBuffer();
		dDoubles = single ? null : derivative.doubleBuffer();
		h = single ? new float[block] : null;
		d = single ? new float[block] : null;
		floatBias = single && bias != null ? new float[channels] : null;
		hDouble = single ? null : new double[block];
		dDouble = single ? null : new double[block];
		doubleBias = single || bias == null ? null : new double[channels];
	}

	@Override
	public void run() {
		if (floatBias != null) bias.get(floatBias);
		if (doubleBias != null) bias.get(doubleBias);
		final int size = x.size();
		for (int at = 0; at < size; at += block) {
			final int n = Math.min(block, size - at);
			if (h != null) {
				xFloats.get(at, h, 0, n);
				if (floatBias != null) add(h, floatBias, n);
				swish(h, d, n);
				yFloats.put(at, h, 0, n);
				dFloats.put(at, d, 0, n);
			}
			else {
				xDoubles.get(at, hDouble, 0, n);
				for (int i = 0; i < n; i++) {
					final double v = hDouble[i] + (doubleBias == null ? 0 : doubleBias[i % doubleBias.length]), t = Math.tanh(v);
					hDouble[i] = v * (1 + t);
					dDouble[i] = 1 + t + v * (1 - t * t);
				}
				yDoubles.put(at, hDouble, 0, n);
				dDoubles.put(at, dDouble, 0, n);
			}
		}
	}

	private static void add(final float[] h, final float[] bias, final int n) {
		for (int first = 0; first < n; first += bias.length)
			for (int i = 0; i < bias.length; i++)
				h[first + i] += bias[i];
	}

	/** From h to swish(2h) and its derivative. Nothing but what becomes instructions for several values at once. */
	private static void swish(final float[] h, final float[] d, final int n) {
		for (int i = 0; i < n; i++) {
			final float v = h[i], a = Math.max(-7.9f, Math.min(7.9f, v)), q = a * a;
			// The best quotient of an odd polynomial of degree 13 and an even one of degree 6; beyond 7.9 tanh is 1 in float.
			final float p = a * (4.89352455891786e-03f + q * (6.37261928875436e-04f + q * (1.48572235717979e-05f + q *
				(5.12229709037114e-08f + q * (-8.60467152213735e-11f + q * (2.00018790482477e-13f + q * -2.76076847742355e-16f))))));
			final float t = p / (4.89352518554385e-03f + q * (2.26843463243900e-03f + q * (1.18534705686654e-04f + q *
				1.19825839466702e-06f)));
			final float s = v + v * t;
			h[i] = s;
			d[i] = 1 + t + s - s * t;
		}
	}

	@Override
	void free() {
		// Nothing native is its own.
	}
}

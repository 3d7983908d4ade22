package sc.fiji.cfebm.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.platform.NativeRuntime;

/** Every convolution as shifted products, against ND4J's operation. */
class ShiftedGemmTest {

	/** Images, height, width, channels in and out, kernel, stride, padding, threads. */
	@ParameterizedTest
	@CsvSource({
		// What networks use: 3×3, pooled 4×4, 1×1, the head's 4×4, the blocks of an image gradient.
		"16,8,8,8,16,3,1,1,1", "16,8,8,16,16,4,2,1,1", "16,8,8,3,16,1,1,0,1", "16,4,4,8,8,4,1,0,1", "16,1,1,8,1,1,1,0,1",
		"16,16,16,8,16,6,4,1,1", "16,16,16,8,12,4,2,1,1", "16,16,16,1,8,3,1,1,1",
		// One image and odd sizes, also such that a stride leaves a line over.
		"1,7,5,3,4,3,1,1,1", "5,9,11,2,3,4,2,1,1", "3,7,13,5,7,6,4,1,1", "2,13,4,1,9,4,1,0,1", "4,5,5,2,3,5,1,2,1",
		"3,6,9,4,2,2,3,0,1", "2,5,7,3,2,1,2,0,1",
		// More than one block of images, more than one round of a block; several threads.
		"21,16,16,16,32,3,1,1,1", "1,100,90,8,16,3,1,1,1", "21,16,16,16,32,4,2,1,3", "11,32,32,16,8,3,1,1,4",
		"10,16,16,32,32,1,1,0,2" })
	void isTheSameAsTheGenericOperation(final int n, final int h, final int w, final int in, final int out,
		final int kernel, final int stride, final int padding, final int threads)
	{
		for (final Precision precision : Precision.values()) {
			final int outH = (h + 2 * padding - kernel) / stride + 1, outW = (w + 2 * padding - kernel) / stride + 1;
			final SplittableRandom rng = new SplittableRandom(n + h);
			final int open = NativeRuntime.open();
			try (Tensors t = new Tensors(precision)) {
				final Tensor x = t.random(rng, n, h, w, in), weight = t.random(rng, out, kernel, kernel, in), bias = t.random(
					rng, out), dy = t.random(rng, n, outH, outW, out);
				final Tensor[] y = t.pair(n, outH, outW, out), plain = t.pair(n, outH, outW, out), dx = t.pair(n, h, w, in),
						dw = t.pair(out, kernel, kernel, in), db = t.pair(out);
				final Tensor transposed = t.random(rng, n, h, w, in), dwAlone = t.random(rng, out, kernel, kernel, in),
						dbAlone = t.random(rng, out);
				final Op[] generic = { Op.conv2d(x, weight, bias, y[0], stride, padding), Op.conv2d(x, weight, plain[0], stride,
					padding), Op.conv2dGradients(x, weight, bias, dy, dx[0], dw[0], db[0], stride, padding) };
				final Op[] shifted = { ShiftedGemm.convolution(x, weight, bias, y[1], stride, padding, threads), ShiftedGemm
					.convolution(x, weight, null, plain[1], stride, padding, threads), ShiftedGemm.gradients(x, weight, dy, dx[1],
						dw[1], db[1], stride, padding, threads), ShiftedGemm.transposed(dy, weight, transposed, stride, padding,
							threads), ShiftedGemm.gradients(x, weight, dy, null, dwAlone, dbAlone, stride, padding, threads) };
				for (final Op op : generic)
					op.run();
				for (int again = 0; again < 3; again++)
					for (final Op op : shifted)
						op.run();
				final double tolerance = precision == Precision.FLOAT ? 2e-5 : 1e-13;
				for (final Tensor[] pair : new Tensor[][] { y, plain, dx, dw, db, { dx[0], transposed }, { dw[0], dwAlone }, {
					db[0], dbAlone } })
					assertClose(pair[0], pair[1], tolerance);
				for (final Op[] ops : new Op[][] { generic, shifted })
					for (final Op op : ops)
						op.close();
			}
			assertEquals(open, NativeRuntime.open());
		}
	}

	@Test
	void allocatesOnceAndGivesAllBack() {
		final SplittableRandom rng = new SplittableRandom(1);
		try (Tensors t = new Tensors(Precision.FLOAT)) {
			final Tensor x = t.random(rng, 4, 8, 8, 3), w = t.random(rng, 5, 3, 3, 3), b = t.random(rng, 5), y = t.random(rng,
				4, 8, 8, 5);
			final int open = NativeRuntime.open();
			try (Op op = ShiftedGemm.convolution(x, w, b, y, 1, 1, 1)) {
				op.run();
				final int running = NativeRuntime.open();
				assertTrue(running > open + 1, "it should have memory of its own");
				op.run();
				assertEquals(running, NativeRuntime.open());
				op.close();
				assertEquals(open, NativeRuntime.open());
			}
			assertEquals(open, NativeRuntime.open());
		}
	}

	/** What hangs over a line's or an image's end must not be mixed in. */
	@Test
	void valuesThatAreNoNumbersStayInTheirImage() {
		final SplittableRandom rng = new SplittableRandom(1);
		try (Tensors t = new Tensors(Precision.FLOAT)) {
			final Tensor x = t.random(rng, 3, 5, 5, 2), w = t.random(rng, 4, 3, 3, 2), y = t.random(rng, 3, 5, 5, 4);
			final float[] values = new float[x.size()];
			x.get(values);
			for (int i = 50; i < 100; i++)
				values[i] = Float.NaN;
			x.put(values, 0, values.length);
			try (Op op = ShiftedGemm.convolution(x, w, null, y, 1, 1, 1)) {
				op.run();
				op.run();
			}
			final float[] result = new float[y.size()];
			y.get(result);
			for (int i = 0; i < result.length; i++)
				assertEquals(i < 100 || i >= 200, Float.isFinite(result[i]), "value " + i);
		}
	}

	private static void assertClose(final Tensor expected, final Tensor actual, final double tolerance) {
		final double[] e = new double[expected.size()], a = new double[actual.size()];
		expected.get(e);
		actual.get(a);
		double largest = 0;
		for (final double v : e)
			largest = Math.max(largest, Math.abs(v));
		assertArrayEquals(e, a, tolerance * largest);
	}

	/** Closes them all. */
	private static final class Tensors implements AutoCloseable {

		private final Precision precision;
		private final java.util.List<Tensor> all = new java.util.ArrayList<>();

		Tensors(final Precision precision) {
			this.precision = precision;
		}

		Tensor random(final SplittableRandom rng, final int... shape) {
			final Tensor t = new Tensor(precision, shape);
			all.add(t);
			t.put(rng.doubles(t.size(), -1, 1).toArray());
			return t;
		}

		/** Filled differently, so that what is not written differs. */
		Tensor[] pair(final int... shape) {
			return new Tensor[] { random(new SplittableRandom(8), shape), random(new SplittableRandom(9), shape) };
		}

		@Override
		public void close() {
			all.forEach(Tensor::close);
		}
	}
}

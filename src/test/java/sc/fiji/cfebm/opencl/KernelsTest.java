package sc.fiji.cfebm.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static sc.fiji.cfebm.energy.Numbers.assertClose;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.random.PlacedNoise;

/** Each kernel by itself, beside loops in double precision. */
class KernelsTest {

	private static final double TOLERANCE = 1e-5;
	private static final int SIDE = 8, GROUP = 64, ACTIVATE = 1, TIMES = 2, ADD = 4, BIAS = 8;

	private final List<Buffer> buffers = new ArrayList<>();
	private Session session;

	@BeforeEach
	void findDevice() {
		session = TestDevice.session();
	}

	@AfterEach
	void closeBuffers() {
		buffers.forEach(Buffer::close);
	}

	private static float[] random(final int size, final long seed) {
		final float[] values = new float[size];
		final SplittableRandom rng = new SplittableRandom(seed);
		for (int i = 0; i < size; i++)
			values[i] = (float) rng.nextDouble(-1, 1);
		return values;
	}

	private Buffer buffer(final float[] values) {
		final Buffer b = session.buffer(values.length);
		buffers.add(b);
		b.write(values, 0, values.length);
		return b;
	}

	private static double[] read(final Buffer b) {
		final float[] values = new float[b.size()];
		b.read(values, 0, values.length);
		final double[] doubles = new double[values.length];
		for (int i = 0; i < doubles.length; i++)
			doubles[i] = values[i];
		return doubles;
	}

	private void run(final String source, final String options, final String kernel, final long[] global, final long[] local,
		final Object... arguments)
	{
		try (Launch launch = session.launch(source, options, kernel, global, local, arguments)) {
			launch.run();
			session.finish();
		}
	}

	/** An item for each value. */
	private void image(final String kernel, final int items, final Object... arguments) {
		run("image", "", kernel, new long[] { (items + GROUP - 1) / GROUP * GROUP }, new long[] { GROUP }, arguments);
	}

	private static int tiles(final int count, final int h, final int w) {
		return count * ((h + SIDE - 1) / SIDE) * ((w + SIDE - 1) / SIDE);
	}

	/** Sizes that fill no tile and no group, or more than one. */
	@ParameterizedTest
	@CsvSource({ "3,1,1,5,7,9,13,16", "3,1,0,8,20,12,10,32", "3,1,2,3,70,6,8,64", "2,2,0,11,33,10,22,48", "2,2,0,8,8,2,2,16" })
	void convolutions(final int kernel, final int stride, final int padding, final int inputs, final int outputs, final int h, final int w,
		final int each)
	{
		final int n = 2, columns = (outputs + 7) / 8 * 8, taps = kernel * kernel;
		final int oh = stride == 2 ? h / 2 : h + 2 * padding - 2, ow = stride == 2 ? w / 2 : w + 2 * padding - 2;
		final float[] x = random(n * h * w * inputs, 1), weights = new float[taps * inputs * columns], bias = random(outputs, 3);
		final float[] before = random(n * oh * ow * outputs, 4), times = random(before.length, 5), all = random(weights.length, 2);
		for (int i = 0; i < weights.length; i++)
			weights[i] = i % columns < outputs ? all[i] : 0;
		final double[] sums = new double[before.length];
		for (int i = 0; i < sums.length; i++) {
			final int o = i % outputs, place = i / outputs, xx = place % ow * stride - padding, yy = place / ow % oh * stride - padding;
			for (int tap = 0; tap < taps; tap++) {
				final int sy = yy + tap / kernel, sx = xx + tap % kernel;
				for (int c = 0; sy >= 0 && sy < h && sx >= 0 && sx < w && c < inputs; c++)
					sums[i] += (double) x[((place / ow / oh * h + sy) * w + sx) * inputs + c] * weights[(tap * inputs + c) * columns + o];
			}
		}
		for (final int mode : new int[] { BIAS, BIAS | ACTIVATE, BIAS | ADD, TIMES, TIMES | ADD }) {
			final Buffer y = buffer(before), d = buffer(times);
			run("convolution", "-DKS=" + kernel + " -DSTRIDE=" + stride + " -DOT=" + each + " -DUP=0", "convolve", new long[] { (long) tiles(n, oh,
				ow) * 2 * each, (columns + each - 1) / each }, new long[] { 2 * each, 1 }, buffer(x), buffer(weights), buffer(bias), y, d, h, w,
				oh, ow, inputs, outputs, columns, padding, mode);
			final double[] expected = new double[sums.length], derivative = new double[sums.length];
			for (int i = 0; i < sums.length; i++) {
				double v = sums[i] + ((mode & BIAS) != 0 ? bias[i % outputs] : 0);
				final double t = Math.tanh(v);
				derivative[i] = (mode & ACTIVATE) != 0 ? 1 + t + v * (1 - t * t) : times[i];
				if ((mode & ACTIVATE) != 0) v *= 1 + t;
				if ((mode & TIMES) != 0) v *= times[i];
				expected[i] = v + ((mode & ADD) != 0 ? before[i] : 0);
			}
			assertClose(expected, read(y), TOLERANCE, "mode " + mode);
			assertClose(derivative, read(d), TOLERANCE, "derivative in mode " + mode);
		}
	}

	@Test
	void fromEachPlaceToFourPixels() {
		final int n = 2, h = 9, w = 5, inputs = 11, outputs = 19, padded = 24, columns = 4 * padded, each = 48;
		final float[] x = random(n * h * w * inputs, 1), weights = random(inputs * columns, 2), before = random(4 * n * h * w * outputs, 3);
		final double[] expected = new double[before.length];
		for (int i = 0; i < expected.length; i++) {
			final int o = i % outputs, pixel = i / outputs, px = pixel % (2 * w), py = pixel / (2 * w) % (2 * h), image = pixel / (4 * w * h);
			expected[i] = before[i];
			for (int c = 0; c < inputs; c++)
				expected[i] += (double) x[((image * h + py / 2) * w + px / 2) * inputs + c] * weights[c * columns + (py % 2 * 2 + px % 2) * padded +
					o];
		}
		final Buffer y = buffer(before);
		run("convolution", "-DKS=1 -DSTRIDE=1 -DOT=" + each + " -DUP=1", "convolve", new long[] { (long) tiles(n, h, w) * 2 * each, columns /
			each }, new long[] { 2 * each, 1 }, buffer(x), buffer(weights), y, y, y, h, w, h, w, inputs, outputs, columns, 0, ADD);
		assertClose(expected, read(y), TOLERANCE, "up");
	}

	@ParameterizedTest
	@CsvSource({ "3,1,1,5,33,9,13", "3,1,0,20,7,12,10", "2,2,0,17,18,10,22" })
	void gradientsOfWeights(final int kernel, final int stride, final int padding, final int inputs, final int outputs, final int h,
		final int w)
	{
		final int n = 3, taps = kernel * kernel, oh = stride == 2 ? h / 2 : h + 2 * padding - 2, ow = stride == 2 ? w / 2 : w + 2 * padding - 2;
		final float[] x = random(n * h * w * inputs, 1), dy = random(n * oh * ow * outputs, 2);
		final double[] expected = new double[outputs * taps * inputs], channels = new double[outputs];
		for (int i = 0; i < dy.length; i++) {
			final int place = i / outputs, o = i % outputs;
			channels[o] += dy[i];
			for (int tap = 0; tap < taps; tap++) {
				final int sy = place / ow % oh * stride - padding + tap / kernel, sx = place % ow * stride - padding + tap % kernel;
				for (int c = 0; sy >= 0 && sy < h && sx >= 0 && sx < w && c < inputs; c++)
					expected[(o * taps + tap) * inputs + c] += (double) dy[i] * x[((place / ow / oh * h + sy) * w + sx) * inputs + c];
			}
		}
		final int tiles = tiles(n, oh, ow), perSlice = 2, slices = (tiles + 1) / 2;
		final Buffer partial = buffer(new float[slices * expected.length]), dw = buffer(new float[expected.length]);
		run("convolution", "-DKS=" + kernel + " -DSTRIDE=" + stride + " -DOT=64 -DUP=0", "weightGradient", new long[] { (long) GROUP * ((inputs +
			15) / 16) * ((outputs + 15) / 16), slices }, new long[] { GROUP, 1 }, buffer(x), buffer(dy), partial, h, w, oh, ow, inputs, outputs,
			padding, tiles, perSlice);
		image("reduce", expected.length, partial, dw, expected.length, slices);
		assertClose(expected, read(dw), TOLERANCE, "weights");
		final int pixels = n * oh * ow, each = 50, parts = (pixels + each - 1) / each;
		final Buffer sums = buffer(new float[parts * outputs]), db = buffer(new float[outputs]);
		image("channelSums", parts * outputs, buffer(dy), sums, parts * outputs, outputs, pixels, each);
		image("reduce", outputs, sums, db, outputs, parts);
		assertClose(channels, read(db), TOLERANCE, "bias");
	}

	/** Lines shorter than the square, too. */
	@ParameterizedTest
	@CsvSource({ "40,3", "7,5", "5,16", "2,3", "1,2" })
	void meansAndTheirTransposes(final int length, final int radius) {
		final int apart = 3, lines = 2, total = lines * length * apart;
		final float[] x = random(total, 1);
		final double[][] expected = new double[2][total];
		for (int i = 0; i < total; i++) {
			final int at = i / apart % length, first = i - at * apart;
			for (int k = -radius; k <= radius; k++) {
				final int from = first + WholeImage.mirrored(at + k, length) * apart;
				expected[0][i] += (double) x[from] / (2 * radius + 1);
				expected[1][from] += (double) x[i] / (2 * radius + 1);
			}
		}
		for (int transposed = 0; transposed < 2; transposed++) {
			final Buffer y = buffer(new float[total]);
			image("box", total, buffer(x), y, total, length, apart, radius, transposed);
			assertClose(expected[transposed], read(y), TOLERANCE, "transposed: " + transposed);
		}
	}

	@Test
	void sumsOfImagesAndTheirMeans() {
		final int n = 3, size = 9001, blocks = 3;
		final float[] x = random(n * size, 1);
		final double[] expected = new double[n * blocks], means = new double[n];
		for (int i = 0; i < x.length; i++) {
			expected[i / size * blocks + i % size / 4096] += x[i];
			means[i / size] += (double) x[i] / size;
		}
		final Buffer sums = buffer(new float[n * blocks]), mean = buffer(new float[n]);
		run("image", "", "blockSums", new long[] { 128L * n * blocks }, new long[] { 128 }, buffer(x), sums, size, blocks);
		assertClose(expected, read(sums), TOLERANCE, "sums");
		image("means", n, sums, mean, n, blocks, (float) size);
		assertClose(means, read(mean), TOLERANCE, "means");
	}

	private static double[] doubles(final float[] values) {
		final double[] doubles = new double[values.length];
		for (int i = 0; i < doubles.length; i++)
			doubles[i] = values[i];
		return doubles;
	}

	private static int half(final long seed, final int k) {
		return (int) (seed >>> 16 * k & 0xFFFF);
	}

	/** Of tiles, each with a seed; and of a part of an image that begins outside. */
	@Test
	void noiseIsThatOfTheProcessor() {
		final long[] seeds = { -1234567890123456789L, 5 };
		final float[] halves = new float[8];
		for (int i = 0; i < 8; i++)
			halves[i] = half(seeds[i / 4], i % 4);
		final float[] x = random(2 * 9 * 9 * 3, 1), tiles = x.clone(), part = random(31 * 7 * 3, 2), placed = new float[part.length];
		PlacedNoise.ofTiles(9, 3, seeds).add(tiles, 0.7, 9);
		PlacedNoise.of(-2, -5, 31, 7, 3, null, seeds[0]).add(placed, 0.7, 4);
		final Buffer key = buffer(halves), state = buffer(x), other = buffer(part);
		image("noise", x.length, state, key, x.length, 9, 27, 0, 0, 9, 0.7f, 1);
		assertClose(doubles(tiles), read(state), TOLERANCE, "tiles");
		image("noise", part.length, other, key, part.length, 7, 93, -6, -5, 4, 0.7f, 0);
		assertClose(doubles(placed), read(other), TOLERANCE, "part");
	}

	/** A window of two images of three that reaches out of them, and back. */
	@ParameterizedTest
	@CsvSource({ "0,1e9", "1,0.05" })
	void whatAChainSeesAndKeeps(final int isTold, final float limit) {
		final int n = 3, h = 9, w = 7, c = 2, top = -3, left = 2, high = 14, wide = 10, first = 1, total = 2 * high * wide * c;
		final float[] x = random(n * h * w * c, 1), mean = random(n, 2), dz = random(total, 3), before = random(x.length, 4);
		final double[] seen = new double[total], kept = doubles(before);
		for (int i = 0; i < total; i++) {
			final int image = first + i / (high * wide * c), y = top + i / (wide * c) % high, xx = left + i / c % wide;
			final int at = ((image * h + WholeImage.mirrored(y, h)) * w + WholeImage.mirrored(xx, w)) * c + i % c;
			seen[i] = 0.5 * (isTold == 1 ? x[at] : x[at] - mean[image]);
			if (y >= 1 && y < 5 && xx >= 3 && xx < 6) kept[at] = Math.max(-limit, Math.min(limit, 0.25 * dz[i]));
		}
		final Buffer z = buffer(new float[total]), gradient = buffer(before);
		image("look", total, buffer(x), buffer(mean), z, total, first, h, w, top, left, high, wide, c, 0.5f, isTold);
		assertClose(seen, read(z), TOLERANCE, "seen");
		image("keep", total, buffer(dz), gradient, total, first, h, w, top, left, high, wide, c, 1, 5, 3, 6, limit);
		assertClose(kept, read(gradient), TOLERANCE, "kept");
	}

	@Test
	void weightedSums() {
		final int length = 11, apart = 3, count = 5, lines = 2, total = lines * length * apart;
		final float[] x = random(lines * (length + count - 1) * apart, 1), weights = random(count, 2), before = random(total, 3);
		final double[] expected = doubles(before);
		for (int i = 0; i < total; i++)
			for (int k = 0; k < count; k++)
				expected[i] += 0.3 * weights[k] * x[(i / (length * apart) * (length + count - 1) + i / apart % length + k) * apart + i % apart];
		final Buffer y = buffer(before);
		image("weigh", total, buffer(x), buffer(weights), y, total, length, apart, count, 0.3f, 1);
		assertClose(expected, read(y), TOLERANCE, "sums");
	}
}

package sc.fiji.cfebm.energy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Precision;

/** The network against finite differences in double precision, and against itself one stage coarser. */
class EnergyNetworkTest {

	/** A dyadic step, so that tiles moved by it are exact although they are floats. */
	private static final float STEP = 1f / (1 << 10);

	@ParameterizedTest
	@CsvSource({ "1,0,false,1", "1,2,false,0.3", "3,1,true,1", "3,2,true,0.3", "2,1,false,0", "9,1,false,0.7" })
	void inputGradientIsTheDerivativeOfTheEnergy(final int channels, final int stage, final boolean spectral,
		final double beta)
	{
		final PaperParameters p = parameters(channels, stage, spectral, beta);
		try (EnergyNetwork network = new EnergyNetwork(p, Precision.DOUBLE)) {
			final int count = 3, size = network.size() * network.size() * channels;
			final float[] tiles = tiles(count * size);
			final double[] energies = new double[count];
			final float[] gradient = new float[count * size];
			network.evaluate(tiles, count, energies, gradient);
			final SplittableRandom rng = new SplittableRandom(3);
			for (int k = 0; k < 40; k++) {
				final int i = rng.nextInt(tiles.length);
				final double numeric = fourthOrder(h -> {
					final float[] moved = tiles.clone();
					moved[i] += h * STEP;
					final double[] e = new double[count];
					network.evaluate(moved, count, e, null);
					return e[i / size];
				}) / STEP;
				assertEquals(numeric, gradient[i], 1e-6 * (1 + Math.abs(numeric)), "pixel " + i);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "1,0,false,1", "1,2,false,0.3", "3,1,true,1", "3,1,true,0.3", "2,1,false,0" })
	void parameterGradientIsTheDerivativeOfTheWeightedEnergies(final int channels, final int stage,
		final boolean spectral, final double beta)
	{
		final PaperParameters p = parameters(channels, stage, spectral, beta);
		final double[] weights = { 0.7, -1.2, 0.4 };
		try (EnergyNetwork network = new EnergyNetwork(p, Precision.DOUBLE)) {
			final float[] tiles = tiles(3 * network.size() * network.size() * channels);
			final double[] gradient = new double[p.values().length];
			network.parameterGradient(tiles, weights, 3, null, gradient);
			final double step = 1e-3;
			final SplittableRandom rng = new SplittableRandom(5);
			for (final PaperParameters.Entry entry : p.entries())
				for (int k = 0; k < 6; k++) {
					final int i = entry.offset() + rng.nextInt(entry.size());
					final double before = p.values()[i];
					final double numeric = fourthOrder(h -> {
						p.values()[i] = before + h * step;
						// u is held in the gradient but v follows W: at the fixed point of the power iteration this is
						// the derivative of σ itself, to second order in the distance from it.
						network.setParameters(p);
						final double[] e = new double[3];
						network.evaluate(tiles, 3, e, null);
						return weights[0] * e[0] + weights[1] * e[1] + weights[2] * e[2];
					}) / step;
					p.values()[i] = before;
					assertEquals(numeric, gradient[i], 1e-6 * (1 + Math.abs(numeric)), entry.name() + " " + i);
				}
		}
	}

	@Test
	void parameterGradientAddsUpOverChunks() {
		final PaperParameters p = parameters(1, 1, false, 1);
		try (EnergyNetwork network = new EnergyNetwork(p, Precision.DOUBLE)) {
			final int size = 256, count = 300;
			final float[] tiles = tiles(count * size);
			final double[] weights = new SplittableRandom(2).doubles(count, -1, 1).toArray();
			final double[] together = new double[p.values().length], apart = new double[p.values().length];
			network.parameterGradient(tiles, weights, count, null, together);
			for (int i = 0; i < count; i++)
				network.parameterGradient(java.util.Arrays.copyOfRange(tiles, i * size, (i + 1) * size), new double[] {
					weights[i] }, 1, null, apart);
			assertArrayEquals(apart, together, 1e-9);
		}
	}

	@Test
	void oneBadBatchDoesNotSpoilTheNext() {
		final PaperParameters p = parameters(1, 0, false, 1);
		final float[] bad = new float[4 * 64];
		java.util.Arrays.fill(bad, Float.NaN);
		try (EnergyNetwork used = new EnergyNetwork(p); EnergyNetwork fresh = new EnergyNetwork(p)) {
			used.evaluate(bad, 4, null, new float[bad.length]);
			final double[] a = new double[p.values().length], b = new double[a.length], weights = { 1, -2, 3 };
			used.parameterGradient(tiles(3 * 64), weights, 3, null, a);
			fresh.parameterGradient(tiles(3 * 64), weights, 3, null, b);
			assertArrayEquals(b, a);
		}
	}

	@Test
	void fadePathAloneIsThePreviousStageOfThePooledImage() {
		final SplittableRandom rng = new SplittableRandom(1);
		for (final int channels : new int[] { 1, 3 }) {
			final PaperParameters coarse = PaperParameters.random(new PaperSpec(channels, 2, true), 1, rng);
			final PaperParameters fine = coarse.grow(rng);
			assertEquals(0, fine.beta());
			final float[] tiles = tiles(2 * 32 * 32 * channels);
			final double[] a = new double[2], b = new double[2];
			try (EnergyNetwork f = new EnergyNetwork(fine, Precision.DOUBLE);
					EnergyNetwork c = new EnergyNetwork(coarse, Precision.DOUBLE))
			{
				f.evaluate(tiles, 2, a, null);
				c.evaluate(pool(tiles, 2, 32, channels), 2, b, null);
			}
			assertArrayEquals(b, a, 1e-12);
			assertTrue(Math.abs(b[0] - b[1]) > 1e-6, "the energies should differ from tile to tile");
		}
	}

	@Test
	void spectralNormMakesTheLargestSingularValueOne() {
		final PaperParameters p = parameters(1, 0, true, 1);
		final PaperParameters.Entry e = p.entry("head.conv3");
		final double[] u = p.leftSingularVectors().get("head.conv3");
		SpectralNorm.iterate(p.values(), e.offset(), e.outputs(), e.fanIn(), u, 200);
		final double sigma = SpectralNorm.sigma(p.values(), e.offset(), u, SpectralNorm.right(p.values(), e.offset(), e
			.outputs(), e.fanIn(), u));
		final double[][] m = new double[e.outputs()][];
		for (int o = 0; o < m.length; o++)
			m[o] = java.util.Arrays.copyOfRange(p.values(), e.offset() + o * e.fanIn(), e.offset() + (o + 1) * e.fanIn());
		final double expected = new org.apache.commons.math3.linear.SingularValueDecomposition(
			new org.apache.commons.math3.linear.Array2DRowRealMatrix(m)).getNorm();
		assertEquals(expected, sigma, 1e-6 * expected);
	}

	private interface Along {

		double at(float steps);
	}

	private static double fourthOrder(final Along f) {
		return (8 * (f.at(1) - f.at(-1)) - (f.at(2) - f.at(-2))) / 12;
	}

	@Test
	void constructorsThatFailGiveBackWhatTheyOpened() {
		final PaperParameters sound = parameters(1, 0, true, 1), broken = parameters(1, 1, true, 1);
		broken.leftSingularVectors().replaceAll((name, u) -> new double[broken.values().length + 1]);
		final long before = NativeRuntime.open();
		assertThrows(RuntimeException.class, () -> new EnergyNetwork(broken));
		assertEquals(before, NativeRuntime.open());
		assertThrows(RuntimeException.class, () -> new EnergyPyramid(List.of(sound, broken)).networks());
		assertEquals(before, NativeRuntime.open());
	}

	private static PaperParameters parameters(final int channels, final int stage, final boolean spectral,
		final double beta)
	{
		final SplittableRandom rng = new SplittableRandom(channels * 100 + stage);
		final PaperParameters p = PaperParameters.random(new PaperSpec(channels, 2, spectral), stage, rng);
		for (final PaperParameters.Entry e : p.entries())
			if (e.isBias()) for (int i = 0; i < e.size(); i++)
				p.values()[e.offset() + i] = 0.3 * rng.nextGaussian();
		p.leftSingularVectors().forEach((name, u) -> {
			final PaperParameters.Entry e = p.entry(name);
			SpectralNorm.iterate(p.values(), e.offset(), e.outputs(), e.fanIn(), u, 500);
		});
		p.setBeta(beta);
		return p;
	}

	/** Multiples of 1/64 in [-1, 1]. */
	private static float[] tiles(final int size) {
		final SplittableRandom rng = new SplittableRandom(7);
		final float[] tiles = new float[size];
		for (int i = 0; i < size; i++)
			tiles[i] = (rng.nextInt(129) - 64) / 64f;
		return tiles;
	}

	private static float[] pool(final float[] tiles, final int n, final int r, final int c) {
		final float[] out = new float[tiles.length / 4];
		for (int i = 0; i < tiles.length; i++) {
			final int channel = i % c, x = i / c % r, y = i / c / r % r, k = i / c / r / r;
			out[((k * r / 2 + y / 2) * r / 2 + x / 2) * c + channel] += tiles[i] / 4;
		}
		return out;
	}
}

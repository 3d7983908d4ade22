package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Window;

class NoiseTest {

	@Test
	void aPartHasTheNoiseOfTheWhole() {
		final Window whole = new Window(0, 0, 40, 30), part = new Window(7, 11, 20, 13);
		final float[] all = Noise.inPlace(whole, 3, 5), some = Noise.inPlace(part, 3, 5), other = Noise.inPlace(part, 3, 6);
		for (int i = 0; i < some.length; i++) {
			final int x = i / 3 % 20 + 7, y = i / 60 + 11;
			assertEquals(all[(y * 40 + x) * 3 + i % 3], some[i]);
			assertNotEquals(some[i], other[i]);
		}
	}

	@Test
	void aChainOnAPartHasTheNoiseOfTheWholeAtEveryStep() {
		final PlacedNoise whole = new PlacedNoise(new Window(0, 0, 40, 30), 2, 5), part = new PlacedNoise(new Window(7, 11, 20, 13), 2, 5);
		float[] before = new float[20 * 13 * 2];
		for (int step = 0; step < 3; step++) {
			final float[] all = new float[40 * 30 * 2], some = new float[20 * 13 * 2];
			Noise.add(all, 1, whole);
			Noise.add(some, 1, part);
			for (int i = 0; i < some.length; i++) {
				final int x = i / 2 % 20 + 7, y = i / 40 + 11;
				assertEquals(all[(y * 40 + x) * 2 + i % 2], some[i]);
				assertNotEquals(before[i], some[i]);
			}
			before = some;
		}
	}

	@Test
	void correlatedNoiseOfAPartIsThatOfTheWhole() {
		final NoiseFilter filter = NoiseFilter.ofCorrelation(0.6, 0.2);
		final float[] all = new float[40 * 30 * 2], some = new float[20 * 13 * 2];
		Noise.add(all, 1, new PlacedNoise(new Window(0, 0, 40, 30), 2, filter, 5));
		Noise.add(some, 1, new PlacedNoise(new Window(7, 11, 20, 13), 2, filter, 5));
		for (int i = 0; i < some.length; i++)
			assertEquals(all[((i / 40 + 11) * 40 + i / 2 % 20 + 7) * 2 + i % 2], some[i]);
	}

	@Test
	void neighboursAreCorrelatedAsSaid() {
		for (final double[] said : new double[][] { { 0.6, 0.2 }, { 0, 0.8 }, { -0.3, 0 } }) {
			final NoiseFilter filter = NoiseFilter.ofCorrelation(said[0], said[1]);
			assertEquals(Math.max(0, said[0]), filter.alongX(), 1e-6);
			assertEquals(Math.max(0, said[1]), filter.alongY(), 1e-6);
			final int side = 400;
			final float[] z = new float[side * side];
			Noise.add(z, 1, new PlacedNoise(new Window(-9, 3, side, side), 1, filter, 1));
			double variance = 0, right = 0, below = 0;
			for (int p = 0; p < z.length - side; p++) {
				variance += z[p] * z[p] / z.length;
				right += z[p] * z[p + 1] / z.length;
				below += z[p] * z[p + side] / z.length;
			}
			// Five standard errors of noise whose neighbours know each other.
			assertEquals(1, variance, 0.06);
			assertEquals(Math.max(0, said[0]), right, 0.06);
			assertEquals(Math.max(0, said[1]), below, 0.06);
		}
	}

	@Test
	void itIsWhite() {
		final int side = 400;
		final float[] z = Noise.inPlace(new Window(0, 0, side, side), 1, 1), next = Noise.inPlace(new Window(0, 0, side, side), 1, 2);
		final SummaryStatistics values = new SummaryStatistics(), tails = new SummaryStatistics();
		double right = 0, below = 0, seed = 0;
		for (int p = 0; p < z.length - side; p++) {
			values.addValue(z[p]);
			tails.addValue(Math.pow(z[p], 4));
			right += z[p] * z[p + 1] / z.length;
			below += z[p] * z[p + side] / z.length;
			seed += z[p] * next[p] / z.length;
		}
		// Five standard errors.
		assertEquals(0, values.getMean(), 0.0125);
		assertEquals(1, values.getVariance(), 0.018);
		assertEquals(3, tails.getMean(), 0.13);
		assertEquals(0, right, 0.0125);
		assertEquals(0, below, 0.0125);
		assertEquals(0, seed, 0.0125);
	}
}

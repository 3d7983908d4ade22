package sc.fiji.cfebm.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;


/** The noise of chains. */
class PlacedNoiseTest {

	private static float[] drawn(final PlacedNoise noise, final int size, final int draw) {
		final float[] z = new float[size];
		noise.add(z, 1, draw);
		return z;
	}

	/** At places that are no multiples of what is drawn at once, and outside. */
	@Test
	void aPartHasTheNoiseOfTheWholeAtEveryDraw() {
		final PlacedNoise whole = PlacedNoise.of(-2, -3, 43, 33, 3, null, 5), part = PlacedNoise.of(7, 11, 20, 13, 3, null, 5);
		float[] before = drawn(PlacedNoise.of(7, 11, 20, 13, 3, null, 6), 20 * 13 * 3, 0);
		for (int draw = 0; draw < 3; draw++) {
			final float[] all = drawn(whole, 43 * 33 * 3, draw), some = drawn(part, 20 * 13 * 3, draw);
			for (int i = 0; i < some.length; i++) {
				final int x = i / 3 % 20 + 9, y = i / 60 + 14;
				assertEquals(all[(y * 43 + x) * 3 + i % 3], some[i]);
				assertNotEquals(before[i], some[i]);
			}
			before = some;
		}
	}

	@Test
	void aTilesNoiseIsThatOfItsSeed() {
		final float[] two = drawn(PlacedNoise.ofTiles(8, 2, new long[] { 3, 4 }), 256, 7), one = drawn(PlacedNoise.ofTiles(8, 2,
			new long[] { 4 }), 128, 7);
		for (int i = 0; i < 128; i++)
			assertEquals(one[i], two[128 + i]);
		assertNotEquals(two[0], two[128]);
		assertThrows(IllegalArgumentException.class, () -> drawn(PlacedNoise.ofTiles(8, 2, new long[] { 3, 4 }), 255, 7));
	}

	@Test
	void statesOfAnySizeHaveTheSameBeginning() {
		final float[] long1 = drawn(PlacedNoise.of(3), 1001, 2), short1 = drawn(PlacedNoise.of(3), 17, 2);
		for (int i = 0; i < 17; i++)
			assertEquals(long1[i], short1[i]);
	}

	@Test
	void correlatedNoiseOfAPartIsThatOfTheWhole() {
		final NoiseFilter filter = NoiseFilter.ofCorrelation(0.6, 0.2);
		final float[] all = new float[40 * 30 * 2], some = new float[20 * 13 * 2];
		PlacedNoise.of(0, 0, 40, 30, 2, filter, 5).add(all, 1, 0);
		PlacedNoise.of(7, 11, 20, 13, 2, filter, 5).add(some, 1, 0);
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
			PlacedNoise.of(-9, 3, side, side, 1, filter, 1).add(z, 1, 0);
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
		final float[] z = drawn(PlacedNoise.of(0, 0, side, side, 1, null, 1), side * side, 0), next = drawn(PlacedNoise.of(0, 0, side, side, 1,
			null, 2), side * side, 0), later = drawn(PlacedNoise.of(0, 0, side, side, 1, null, 1), side * side, 1);
		final SummaryStatistics values = new SummaryStatistics(), tails = new SummaryStatistics();
		double right = 0, below = 0, seed = 0, draw = 0;
		for (int p = 0; p < z.length - side; p++) {
			values.addValue(z[p]);
			tails.addValue(Math.pow(z[p], 4));
			right += z[p] * z[p + 1] / z.length;
			below += z[p] * z[p + side] / z.length;
			seed += z[p] * next[p] / z.length;
			draw += z[p] * later[p] / z.length;
		}
		// Five standard errors.
		assertEquals(0, values.getMean(), 0.0125);
		assertEquals(1, values.getVariance(), 0.018);
		assertEquals(3, tails.getMean(), 0.13);
		assertEquals(0, right, 0.0125);
		assertEquals(0, below, 0.0125);
		assertEquals(0, seed, 0.0125);
		assertEquals(0, draw, 0.0125);
	}
}

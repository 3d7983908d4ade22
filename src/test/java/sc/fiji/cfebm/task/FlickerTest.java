package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

class FlickerTest {

	private static final int SIDE = 32, AREA = SIDE * SIDE;
	private static final double SIGMA = 10;

	private static float[] plane(final double noise, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final float[] plane = new float[AREA];
		for (int i = 0; i < AREA; i++)
			plane[i] = (float) (100 + noise * rng.nextGaussian());
		return plane;
	}

	private static double variance(final float[] plane) {
		double sum = 0;
		for (final float v : plane)
			sum += (v - 100) * (v - 100) / plane.length;
		return sum;
	}

	@Test
	void whatIsLeftOfTheNoiseIsAveragedWithTheNeighbours() {
		final float[] plane = plane(0.05 * SIGMA, 1), steadied = plane.clone();
		for (int other = 2; other <= 3; other++)
			Flicker.takeOff(steadied, plane, plane(0.05 * SIGMA, other), SIDE, SIDE, SIGMA);
		// A quarter, a half and a quarter.
		assertEquals(6.0 / 16, variance(steadied) / variance(plane), 0.05);
	}

	@Test
	void whatMovesStays() {
		final float[] plane = plane(0, 1), other = plane.clone(), steadied = plane.clone();
		for (int y = 10; y < 14; y++)
			Arrays.fill(other, y * SIDE + 10, y * SIDE + 14, 100 + (float) SIGMA);
		Flicker.takeOff(steadied, plane, other, SIDE, SIDE, SIGMA);
		for (int i = 0; i < AREA; i++)
			assertTrue(Math.abs(steadied[i] - plane[i]) < 0.01 * SIGMA, i + ": " + steadied[i]);
		Flicker.takeOff(steadied, other, plane, SIDE, SIDE, SIGMA);
		assertTrue(Math.abs(steadied[12 * SIDE + 12] - 100) < 0.02 * SIGMA);
	}
}

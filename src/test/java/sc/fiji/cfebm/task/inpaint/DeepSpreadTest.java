package sc.fiji.cfebm.task.inpaint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import sc.fiji.cfebm.raster.Raster;

class DeepSpreadTest {

	private static final int SIDE = 70, BORDER = 5, MIDDLE = SIDE / 2;

	/** A hole of 60×60 pixels, with the spread 2 in the first channel and 1 in the second; outside, where nothing counts, 100. */
	private static Raster spread(final boolean[] hole) {
		final Raster spread = new Raster(SIDE, SIDE, 2);
		for (int p = 0; p < hole.length; p++) {
			final int x = p % SIDE, y = p / SIDE;
			hole[p] = x >= BORDER && y >= BORDER && x < SIDE - BORDER && y < SIDE - BORDER;
			spread.values()[2 * p] = hole[p] ? 2 : 100;
			spread.values()[2 * p + 1] = hole[p] ? 1 : 100;
		}
		return spread;
	}

	@Test
	void shallowPixelsStayAndDeepOnesGetMore() {
		final boolean[] hole = new boolean[SIDE * SIDE];
		final Raster spread = spread(hole), deep = DeepSpread.of(spread, hole);
		assertEquals(100, deep.get(MIDDLE, 0, 0));
		assertEquals(2, deep.get(MIDDLE, BORDER, 0));
		assertEquals(2, deep.get(MIDDLE, BORDER + 7, 0));
		assertEquals(2.7, deep.get(MIDDLE, MIDDLE, 0), 1e-6);
		assertEquals(1.35, deep.get(MIDDLE, MIDDLE, 1), 1e-6);
		assertEquals(1, deep.get(MIDDLE, BORDER + 7, 1));
	}

	/** 30 pixels deep: 0.17 of the 22 below 8 is 3, so that three means of squares of 7×7 pixels reach 9 pixels. */
	@Test
	void whatOnePixelHasIsSharedWithTheOnesAroundIt() {
		final boolean[] hole = new boolean[SIDE * SIDE];
		final Raster spread = spread(hole);
		for (int p = 0; p < hole.length; p++)
			spread.values()[2 * p] = p == MIDDLE * SIDE + MIDDLE ? 70 : 0;
		final Raster deep = DeepSpread.of(spread, hole);
		final float[] values = new float[11];
		double sum = 0;
		for (int p = 0; p < hole.length; p++)
			sum += Math.pow(deep.values()[2 * p] / 1.35, 2);
		for (int d = 0; d < values.length; d++)
			values[d] = deep.get(MIDDLE - d, MIDDLE, 0);
		// Pixels that are less deep take means of smaller squares.
		assertEquals(70 * 70, sum, 0.25 * 70 * 70);
		for (int d = 1; d < values.length; d++)
			assertTrue(values[d] < values[d - 1] || values[d] == 0, d + ": " + values[d]);
		assertTrue(values[0] > 0 && values[5] > 0 && values[0] < 20, "" + values[0]);
		assertEquals(0, values[10]);
		assertEquals(deep.get(MIDDLE, MIDDLE - 4, 0), values[4], 1e-5);
	}
}

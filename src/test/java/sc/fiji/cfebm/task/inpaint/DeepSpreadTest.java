package sc.fiji.cfebm.task.inpaint;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

	@Test
	void whatOnePixelHasIsSharedWithTheOnesAroundIt() {
		final boolean[] hole = new boolean[SIDE * SIDE];
		final Raster spread = spread(hole);
		for (int p = 0; p < hole.length; p++)
			spread.values()[2 * p] = p == MIDDLE * SIDE + MIDDLE ? 13 : 0;
		final Raster deep = DeepSpread.of(spread, hole);
		// 30 pixels deep: 0.3 of the 22 below 8 is 6, and the square has a side of 13; four pixels beside it of 11.
		assertEquals(1.35, deep.get(MIDDLE, MIDDLE, 0), 1e-6);
		assertEquals(1.35 * 13 / 11, deep.get(MIDDLE - 4, MIDDLE, 0), 1e-6);
		assertEquals(0, deep.get(MIDDLE - 10, MIDDLE, 0));
	}
}

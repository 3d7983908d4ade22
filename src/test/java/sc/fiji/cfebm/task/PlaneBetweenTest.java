package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

class PlaneBetweenTest {

	private static final int SIDE = 48, AREA = SIDE * SIDE;

	@Test
	void whatChangesWhereItIsFollowsAPolynomial() {
		final float[][] planes = new float[5][AREA];
		for (int p = -2; p <= 2; p++)
			for (int i = 0; i < AREA; i++)
				planes[p + 2][i] = 3 + p * (i % 5) - p * p + 0.5f * p * p * p;
		planes[2] = null;
		final float[][] cubic = PlaneBetween.completed(planes, SIDE, SIDE, 0.01);
		for (int i = 0; i < AREA; i++)
			assertEquals(3, cubic[2][i], 1e-4);
		// A parabola through three places.
		for (int p = -1; p <= 2; p++)
			if (p != 0) Arrays.fill(planes[p + 2], 7 + 2 * p - p * p);
		planes[0] = null;
		final float[][] parabola = PlaneBetween.completed(planes, SIDE, SIDE, 0.01);
		assertNull(parabola[0]);
		assertEquals(7, parabola[2][AREA / 2], 1e-4);
		// The mean of two.
		planes[4] = null;
		assertEquals((planes[1][5] + planes[3][5]) / 2, PlaneBetween.completed(planes, SIDE, SIDE, 0.01)[2][5], 1e-4);
	}

	@Test
	void whatMovesByMoreThanItsWidthIsSeenOnce() {
		final float[][] planes = new float[5][AREA];
		for (int p = -2; p <= 2; p++)
			for (int i = 0; i < AREA; i++)
				planes[p + 2][i] = spot(i, p);
		planes[2] = null;
		final float[][] slab = PlaneBetween.completed(planes, SIDE, SIDE, 0.5);
		final int centre = SIDE / 2 * SIDE + SIDE / 2;
		assertTrue(slab[2][centre] > 90, "" + slab[2][centre]);
		for (int i = 0; i < AREA; i++)
			assertEquals(spot(i, 0), slab[2][i], 15);
		// The polynomial alone sees two.
		assertTrue((4 * (planes[1][centre] + planes[3][centre]) - planes[0][centre] - planes[4][centre]) / 6 < 70);
	}

	private static float spot(final int i, final int place) {
		final double dx = i % SIDE - SIDE / 2 - 3 * place, dy = i / SIDE - SIDE / 2;
		return (float) (100 * Math.exp(-(dx * dx + dy * dy) / 12.5));
	}
}

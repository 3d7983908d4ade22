package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RunningMomentsTest {

	private static final float[][] IMAGES = { { 1, 10, 0, 0, 0, 0 }, { 2, 10, 0, 0, 0, 6 }, { 6, 10, 0, 0, 0, 0 } };

	private static RunningMoments of(final float[]... images) {
		final RunningMoments spread = new RunningMoments(3, 2, 1);
		for (final float[] image : images)
			spread.add(image);
		return spread;
	}

	@Test
	void itIsTheMeanAndTheSampleStandardDeviation() {
		assertArrayEquals(new float[] { 3, 10, 0, 0, 0, 2 }, of(IMAGES).mean().values(), 1e-6f);
		assertArrayEquals(new float[] { (float) Math.sqrt(7), 0, 0, 0, 0, (float) Math.sqrt(12) }, of(IMAGES).standardDeviation()
			.values(), 1e-6f);
	}

	@Test
	void smoothingTakesTheMeanVarianceOfNinePixels() {
		final float[] smooth = of(IMAGES).smoothDeviation().values();
		// From the middle column all pixels are seen, those of its own row twice: the border mirrors them.
		assertEquals(Math.sqrt((2 * 7 + 12) / 9.0), smooth[1], 1e-6);
		assertEquals(Math.sqrt((7 + 2 * 12) / 9.0), smooth[4], 1e-6);
	}

	@Test
	void oneImageHasNoSpread() {
		assertArrayEquals(new float[6], of(IMAGES[1]).standardDeviation().values());
		assertArrayEquals(new float[6], of(IMAGES[1]).smoothDeviation().values());
	}
}

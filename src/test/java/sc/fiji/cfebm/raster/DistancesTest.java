package sc.fiji.cfebm.raster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

class DistancesTest {

	@Test
	void areThoseOfTheNearestUnmarkedPixel() {
		final SplittableRandom rng = new SplittableRandom(1);
		for (int k = 0; k < 60; k++) {
			final int w = rng.nextInt(1, 20), h = rng.nextInt(1, 20), most = rng.nextInt(1, 8);
			final double share = rng.nextDouble();
			final boolean[] marked = new boolean[w * h];
			for (int p = 0; p < marked.length; p++)
				marked[p] = rng.nextDouble() > share * share * share;
			final float[] distances = Distances.toUnmarked(marked, w, most);
			for (int p = 0; p < marked.length; p++) {
				double nearest = most;
				for (int q = 0; q < marked.length; q++)
					if (!marked[q]) nearest = Math.min(nearest, Math.hypot(q % w - p % w, q / w - p / w));
				assertEquals(nearest, distances[p], 1e-6);
			}
		}
	}
}

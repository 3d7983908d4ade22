package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.energy.Energy;

class CoarseToFineTest {

	/** E = k/2·Σ(x - m)² on tiles of a given side; counts its calls. */
	private static final class Quadratic implements Energy {

		private final int size;
		private final double k, m;
		private int calls;

		Quadratic(final int size, final double k, final double m) {
			this.size = size;
			this.k = k;
			this.m = m;
		}

		@Override
		public int size() {
			return size;
		}

		@Override
		public int channels() {
			return 2;
		}

		@Override
		public void evaluate(final float[] tiles, final int count, final double[] energies, final float[] gradient) {
			calls++;
			assertEquals(count * size * size * 2, tiles.length);
			for (int i = 0; i < tiles.length; i++)
				gradient[i] = (float) (k * (tiles[i] - m));
		}
	}

	@Test
	void climbsThroughTheStagesAndKeepsWhatTheCoarseOnesFound() {
		final Quadratic coarse = new Quadratic(8, 0.5, 0.6), fine = new Quadratic(16, 0, 0);
		final float[] x = CoarseToFine.paper(List.of(coarse, fine), 3, 20, new SplittableRandom(1), () -> false);
		assertEquals(3 * 16 * 16 * 2, x.length);
		assertEquals(20, coarse.calls);
		assertEquals(20, fine.calls);
		double mean = 0, within = 0;
		for (int i = 0; i < x.length; i++)
			mean += x[i] / x.length;
		// The fine stage pulls nowhere, so the four pixels of a coarse one differ by its noise alone.
		for (int c = 0; c < 2; c++)
			within = Math.max(within, Math.abs(x[c] - x[2 + c]));
		assertEquals(0.6, mean, 0.01);
		assertTrue(within > 0 && within < 0.1, "difference " + within);
	}

	@Test
	void clampsAfterEachStage() {
		final float[] x = CoarseToFine.paper(List.of(new Quadratic(8, 0.5, 5)), 1, 30, new SplittableRandom(1), () -> false);
		for (final float v : x)
			assertEquals(1, v);
	}

	@Test
	void startsFromUniformNoiseThatTheSeedDecides() {
		final List<Energy> stages = List.of(new Quadratic(8, 0, 0));
		final float[] a = CoarseToFine.paper(stages, 20, 1, new SplittableRandom(1), () -> false);
		assertArrayEquals(a, CoarseToFine.paper(stages, 20, 1, new SplittableRandom(1), () -> false));
		assertFalse(Arrays.equals(a, CoarseToFine.paper(stages, 20, 1, new SplittableRandom(2), () -> false)));
		double squares = 0;
		for (final float v : a)
			squares += v * v / a.length;
		assertEquals(1.0 / 3, squares, 0.03); // U(-1,1), 2 560 values: three standard errors are .018
	}

	@Test
	void cancelStopsBetweenSteps() {
		final Quadratic energy = new Quadratic(8, 0.1, 0);
		assertThrows(CancellationException.class, () -> CoarseToFine.paper(List.of(energy), 1, 30, new SplittableRandom(1),
			() -> energy.calls == 4));
		assertEquals(4, energy.calls);
	}
}

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

	/** An energy f/σ of independent normal pixels, N(m, s²), that reads the noise level off the tile, as a network does. */
	private static Energy normal(final int size, final double m, final double variance) {
		return new Energy() {

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
				final int n = size * size * 2;
				for (int t = 0; t < count; t++) {
					double total = 0;
					for (int i = t * n; i < (t + 1) * n; i++)
						total += (tiles[i] - m) * (tiles[i] - m) / n;
					final double sigma = Math.sqrt(Math.max(0, total - variance));
					for (int i = t * n; i < (t + 1) * n; i++)
						gradient[i] = (float) (sigma * (tiles[i] - m) / total);
				}
			}
		};
	}

	private static final double MEAN = 0.2, VARIANCE = 0.04;
	private static final List<Energy> NORMAL = List.of(normal(8, MEAN, VARIANCE), normal(16, MEAN, VARIANCE), normal(32,
		MEAN, VARIANCE));
	private static final Annealing ANNEALING = new Annealing(1, 0.6, 0.02, 60, 0.5);

	private static GaussianStart start() {
		final float[] patches = new float[2000 * 128];
		final SplittableRandom rng = new SplittableRandom(9);
		for (int i = 0; i < patches.length; i++)
			patches[i] = (float) (MEAN + Math.sqrt(VARIANCE) * rng.nextGaussian());
		return GaussianStart.fit(patches, 128);
	}

	/** Where the distribution is known. */
	@Test
	void samplesHaveMeanAndVarianceOfThePriorAtEveryStage() {
		final GaussianStart start = start();
		for (int stages = 1; stages <= 3; stages++) {
			final float[] x = new CoarseToFine(NORMAL.subList(0, stages), start, ANNEALING).tiles(100, new SplittableRandom(1));
			final Moments moments = Moments.of(x);
			assertEquals(100 * (8 << stages - 1) * (8 << stages - 1) * 2, moments.count());
			assertEquals(MEAN, moments.mean(), 6 * moments.error());
			assertEquals(1, moments.variance() / VARIANCE, 0.04, "stage " + (stages - 1));
		}
	}

	@Test
	void imagesOfAnySizeHaveTheSameStatisticsOnTileBordersAsInside() {
		final float[] x = new CoarseToFine(NORMAL, start(), ANNEALING).image(203, 131, new SplittableRandom(2)).values();
		assertEquals(203 * 131 * 2, x.length);
		final Moments borders = Moments.of(x, i -> i / 2 % 203 % 32 == 0 || i / 406 % 32 == 0 || i / 2 % 203 % 32 == 31 || i /
			406 % 32 == 31), inside = Moments.of(x, i -> i / 2 % 203 % 32 > 1 && i / 2 % 203 % 32 < 30 && i / 406 % 32 > 1 && i /
				406 % 32 < 30);
		assertEquals(inside.mean(), borders.mean(), 5 * borders.error());
		assertEquals(1, borders.variance() / inside.variance(), 0.06);
		assertEquals(1, inside.variance() / VARIANCE, 0.05);
	}

	@Test
	void aLargeStartHasTheTilesVarianceAndNoGrid() {
		// Tiles that are constant but for a little: nothing shows a grid more.
		final float[] tiles = new float[4000 * 64];
		final SplittableRandom rng = new SplittableRandom(3);
		for (int n = 0; n < 4000; n++) {
			final double level = 0.3 + 0.5 * rng.nextGaussian();
			for (int i = 0; i < 64; i++)
				tiles[n * 64 + i] = (float) (level + 0.05 * rng.nextGaussian());
		}
		final int w = 803, h = 402;
		final float[] x = GaussianStart.fit(tiles, 64).draw(w, h, new SplittableRandom(4)).values();
		final double[] steps = new double[8], squares = new double[8];
		for (int i = 0; i < x.length; i++) {
			squares[i % w % 8] += Math.pow(x[i] - 0.3, 2) * 8 / x.length;
			if (i % w > 0) steps[i % w % 8] += Math.pow(x[i] - x[i - 1], 2) * 8 / x.length;
		}
		for (int k = 0; k < 8; k++) {
			assertEquals(0.2525, squares[k], 0.03);
			// A grid would make one of the eight 0.5, a tile's pixels alone make 0.005.
			assertTrue(steps[k] < 0.1, Arrays.toString(steps));
			assertEquals(steps[(k + 4) % 8], steps[k], 0.1 * steps[k], "The four grids are alike.");
		}
	}

	@Test
	void aTileDoesNotDependOnThoseItClimbsWith() {
		for (final CoarseToFine chains : new CoarseToFine[] { new CoarseToFine(NORMAL, start(), new Annealing(1, 0.3, 0.02,
			10, 0)), new CoarseToFine(NORMAL, 10) })
		{
			final float[] both = chains.tiles(List.of(new SplittableRandom(1), new SplittableRandom(2)));
			assertArrayEquals(Arrays.copyOf(both, both.length / 2), chains.tiles(List.of(new SplittableRandom(1))));
			assertArrayEquals(Arrays.copyOfRange(both, both.length / 2, both.length), chains.tiles(List.of(new SplittableRandom(
				2))));
		}
	}

	@Test
	void statesAreShownAndStepsCounted() {
		final StringBuilder seen = new StringBuilder(), counted = new StringBuilder();
		for (int every = 1; every < 3; every++)
			new CoarseToFine(NORMAL.subList(0, 2), 2).listen(every, (stage, step, x) -> seen.append(stage).append(step).append(':').append(
				x.length).append(' ')).count((stage, step) -> counted.append(stage).append(step).append(' ')).image(13, 16, new SplittableRandom(1));
		assertEquals("00:112 01:112 02:112 10:416 11:416 12:416 00:112 02:112 10:416 12:416 ", seen.toString());
		assertEquals("00 01 02 10 11 12 ".repeat(2), counted.toString());
	}
}

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
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

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

	/** Of the pixels of 8 px tiles; each finer stage has four times as much, as means of four pixels have a quarter. */
	private static final double MEAN = 0.2, VARIANCE = 0.01;
	private static final List<Energy> NORMAL = List.of(normal(8, MEAN, VARIANCE), normal(16, MEAN, 4 * VARIANCE), normal(32,
		MEAN, 16 * VARIANCE));
	private static final Annealing ANNEALING = new Annealing(1, 0.02, 60, 0.5);

	private static MixtureStart start() {
		final float[] tiles = new float[2000 * 32];
		final SplittableRandom rng = new SplittableRandom(9);
		for (int i = 0; i < tiles.length; i++)
			tiles[i] = (float) (MEAN + Math.sqrt(VARIANCE / 4) * rng.nextGaussian());
		return MixtureStart.fit(tiles, 2, 1);
	}

	/** Where the distribution is known. */
	@Test
	void samplesHaveMeanAndVarianceOfThePriorAtEveryStage() {
		final MixtureStart start = start();
		for (int stages = 1; stages <= 3; stages++) {
			final float[] x = new CoarseToFine(NORMAL.subList(0, stages), start, ANNEALING).tiles(100, new SplittableRandom(1));
			final Moments moments = Moments.of(x);
			assertEquals(100 * (8 << stages - 1) * (8 << stages - 1) * 2, moments.count());
			assertEquals(MEAN, moments.mean(), 6 * moments.error());
			assertEquals(1, moments.variance() / (VARIANCE * (1 << 2 * stages - 2)), 0.04, "stage " + (stages - 1));
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
		assertEquals(1, inside.variance() / (16 * VARIANCE), 0.05);
	}

	/** What a stage has found stays, but for little, whatever the noise of the next: its means are the coarser sample. */
	@Test
	void aFinerStageKeepsTheMeansOfTheCoarserOne() {
		final float[][] last = new float[3][];
		final CoarseToFine chains = new CoarseToFine(NORMAL, start(), new Annealing(1, 0.02, 10, 0)).listen(10, (stage, step, x) -> last[stage] = x
			.clone());
		chains.image(27, 18, new SplittableRandom(6));
		for (int s = 1; s < 3; s++) {
			final int w = s == 2 ? 27 : 14, h = s == 2 ? 18 : 9;
			final float[] means = Resample.halved(new Raster(w, h, 2, last[s])).values();
			double change = 0;
			for (int i = 0; i < means.length; i++)
				change += Math.pow(means[i] - last[s - 1][i], 2) / means.length;
			// They have a standard deviation of 0.1 and 0.2, and noise of 0.75 and 0.56 was added.
			assertTrue(Math.sqrt(change) < 0.06, "stage " + s + ": " + Math.sqrt(change));
		}
	}

	@Test
	void aTileDoesNotDependOnThoseItClimbsWith() {
		for (final CoarseToFine chains : new CoarseToFine[] { new CoarseToFine(NORMAL, start(), new Annealing(1, 0.02, 10,
			0)), new CoarseToFine(NORMAL, 10) })
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

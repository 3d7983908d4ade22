package sc.fiji.cfebm.tiling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Moments;
import sc.fiji.cfebm.langevin.PixelEnergy;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.random.PlacedNoise;

class GradientFieldsTest {

	private static final int SIDE = 8;

	/** Draws nothing but 0: a grid that stays where it is. */
	private static final RandomGenerator FIXED = () -> 0;

	/** Where the gradient depends on the pixel alone, tiles must not be seen at all. */
	@ParameterizedTest
	@CsvSource({ "1,1,1", "3,5,1", "7,9,3", "8,8,1", "16,1,2", "1,20,1", "37,29,1", "65,64,3" })
	void tilesOfAPixelwiseEnergyGiveItsGradient(final int w, final int h, final int channels) {
		final PixelEnergy energy = new PixelEnergy(SIDE, channels, (x, y, value) -> 2 * value - 1);
		final float[] x = random(w * h * channels, 1), gradient = new float[x.length];
		final GradientField field = GradientFields.tiled(energy, w, h, null, new SplittableRandom(2));
		for (int repeat = 0; repeat < 20; repeat++) {
			Arrays.fill(gradient, Float.NaN);
			field.gradient(x, 0, gradient);
			for (int i = 0; i < x.length; i++)
				assertEquals((float) (2.0 * x[i] - 1), gradient[i]);
		}
	}

	/** All pixels of one gradient lie on one grid, whose origin is drawn afresh, evenly, for each gradient. */
	@Test
	void originsAreDrawnAfresh() {
		final int w = 19, h = 11, draws = 6400;
		final PixelEnergy energy = new PixelEnergy(SIDE, 1, (x, y, value) -> y * SIDE + x);
		final GradientField field = GradientFields.tiled(energy, w, h, null, new SplittableRandom(3));
		final int[] counts = new int[SIDE * SIDE];
		final float[] x = new float[w * h], gradient = new float[w * h];
		int changes = 0, last = -1;
		for (int k = 0; k < draws; k++) {
			field.gradient(x, 0, gradient);
			final int origin = (int) gradient[0];
			for (int i = 0; i < gradient.length; i++)
				assertEquals((i / w + origin / SIDE) % SIDE * SIDE + (i % w + origin) % SIDE, gradient[i]);
			counts[origin]++;
			if (origin != last) changes++;
			last = origin;
		}
		// 100 of each expected, √100 their error; six errors since there are 64 of them.
		for (final int count : counts)
			assertEquals(100, count, 60);
		assertTrue(changes > 0.95 * draws);
	}

	@Test
	void memoryIsBoundedByTheBatchOfTiles() {
		final int w = 301, h = 199;
		final PixelEnergy energy = new PixelEnergy(SIDE, 2, (x, y, value) -> value);
		final float[] x = random(w * h * 2, 1), gradient = new float[x.length];
		GradientFields.tiled(energy, w, h, null, FIXED).gradient(x, 0, gradient);
		assertEquals(38 * 25, energy.tiles);
		assertEquals((38 * 25 + 63) / 64, energy.calls);
		assertEquals(64, energy.largestBatch);
		assertEquals(64 * SIDE * SIDE * 2, energy.largestBuffer);
	}

	@Test
	void tilesWithoutAMarkedPixelAreLeftOut() {
		final int w = 40, h = 24;
		final PixelEnergy energy = new PixelEnergy(SIDE, 1, (x, y, value) -> value + 2);
		final boolean[] where = new boolean[w * h];
		where[9 * w + 17] = true;
		where[15 * w + 23] = true;
		where[23 * w + 39] = true;
		final float[] x = random(w * h, 1), gradient = new float[x.length];
		Arrays.fill(gradient, Float.NaN);
		GradientFields.tiled(energy, w, h, where, FIXED).gradient(x, 0, gradient);
		assertEquals(2, energy.tiles, "The first two share a tile.");
		for (int i = 0; i < gradient.length; i++) {
			final int column = i % w / SIDE, row = i / w / SIDE;
			final boolean computed = column == 2 && row == 1 || column == 4 && row == 2;
			assertEquals(computed ? x[i] + 2 : 0, gradient[i]);
		}
		final GradientField fresh = GradientFields.tiled(energy, w, h, where, new SplittableRandom(4));
		for (int k = 0; k < 200; k++) {
			energy.tiles = 0;
			fresh.gradient(x, 0, gradient);
			assertTrue(energy.tiles <= 3);
			for (int i = 0; i < gradient.length; i++)
				assertTrue(gradient[i] == x[i] + 2 || gradient[i] == 0 && !where[i]);
		}
		energy.tiles = energy.calls = 0;
		GradientFields.tiled(energy, w, h, new boolean[w * h], FIXED).gradient(x, 0, gradient);
		assertArrayEquals(new float[w * h], gradient);
		assertEquals(0, energy.calls);
	}

	/** A gradient that is wrong by 1 at a tile's border, where it knows least of its surroundings. */
	private static Energy wrongAtBorders(final double k) {
		return new PixelEnergy(SIDE, 1, (x, y, value) -> k * value + (border(x, y) ? 1 : 0));
	}

	/** The outermost pixels of tiles on the grid that stays where it is: 28 of 64. */
	private static boolean border(final int x, final int y) {
		return x % SIDE == 0 || x % SIDE == SIDE - 1 || y % SIDE == 0 || y % SIDE == SIDE - 1;
	}

	/**
	 * Where tiles stay in place, the error at their borders builds up to 1/k in the chain's result. Where they do not,
	 * pixels on those borders and others are alike. Judged on 100 chains, whose spread gives the error of their mean.
	 */
	@Test
	void seamsDoNotBuildUp() {
		final double k = 0.4, a = 0.1, s = 0.1;
		final Moments fixed = seams(seed -> FIXED, wrongAtBorders(k), constant(200, a, s));
		final Moments fresh = seams(SplittableRandom::new, wrongAtBorders(k), constant(200, a, s));
		assertEquals(-1 / k, fixed.mean(), 0.01 / k);
		assertTrue(Math.abs(fixed.mean()) > 100 * fixed.error());
		assertEquals(0, fresh.mean(), 4 * fresh.error());
		// Origins even out over a chain's memory of 1/(a·k) = 25 steps, and over the chains.
		assertTrue(4 * fresh.error() < 0.05 / k, "Error " + fresh.error());
	}

	/** The same for the annealed sampler, whose few large steps leave less time for an error to build up. */
	@Test
	void seamsDoNotBuildUpInAnAnnealedChain() {
		final Schedule schedule = Schedule.annealed(1, 0.02, 30, 0.7);
		final Moments fixed = seams(seed -> FIXED, wrongAtBorders(0.5), schedule);
		final Moments fresh = seams(SplittableRandom::new, wrongAtBorders(0.5), schedule);
		assertTrue(Math.abs(fixed.mean()) > 0.5 && Math.abs(fixed.mean()) > 50 * fixed.error(), fixed.toString());
		assertEquals(0, fresh.mean(), 4 * fresh.error());
		assertTrue(4 * fresh.error() < 0.2 * Math.abs(fixed.mean()), fresh.toString());
	}

	/** Mean on the borders of the fixed grid less mean elsewhere, of 100 chains. */
	private static Moments seams(final IntFunction<RandomGenerator> origins, final Energy energy, final Schedule schedule) {
		final int w = 37, h = 29;
		final float[] differences = new float[100];
		for (int n = 0; n < differences.length; n++) {
			final float[] x = new float[w * h];
			new LangevinChain(GradientFields.tiled(energy, w, h, null, origins.apply(1000 + n)), PlacedNoise.of(n)).run(x, schedule);
			differences[n] = (float) (Moments.of(x, i -> border(i % w, i / w)).mean() - Moments.of(x, i -> !border(i % w, i / w))
				.mean());
		}
		return Moments.of(differences);
	}

	private static Schedule constant(final int length, final double a, final double s) {
		final double[] as = new double[length], ss = new double[length];
		Arrays.fill(as, a);
		Arrays.fill(ss, s);
		return new Schedule(new double[length + 1], as, ss);
	}

	private static float[] random(final int n, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final float[] x = new float[n];
		for (int i = 0; i < n; i++)
			x[i] = (float) rng.nextDouble(-1, 1);
		return x;
	}
}

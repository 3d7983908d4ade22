package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientFields;

class ScheduleTest {

	@ParameterizedTest
	@CsvSource({ "15,3", "20,4", "50,1", "1,2" })
	void paperLowersTheNoiseLinearlyOverAllStages(final int perStage, final int stages) {
		final int total = perStage * stages;
		for (int stage = 0; stage < stages; stage++) {
			final Schedule schedule = Schedule.paper(perStage, stage, stages);
			assertEquals(perStage, schedule.length());
			assertArrayEquals(new double[perStage + 1], schedule.levels());
			for (int t = 0; t < perStage; t++) {
				assertEquals(1, schedule.steps()[t]);
				final int done = stage * perStage + t;
				assertEquals(0.015 * (total - 1 - done) / (total - 1), schedule.noises()[t], 1e-15);
			}
		}
		assertEquals(0.015, Schedule.paper(perStage, 0, stages).noises()[0]);
		assertEquals(0, Schedule.paper(perStage, stages - 1, stages).noises()[perStage - 1]);
	}

	/** What is left of the old noise and the fresh noise make up the next level together. */
	@ParameterizedTest
	@ValueSource(doubles = { -1, 0, 0.3, 0.7, 1 })
	void levelsFallGeometricallyAndNoiseAddsUp(final double fresh) {
		final int steps = 30;
		final double from = 0.8, to = 0.02;
		final Schedule schedule = fresh < 0 ? Schedule.posterior(from, to, steps) : Schedule.annealed(from, to, steps, fresh);
		assertEquals(steps, schedule.length());
		assertEquals(from, schedule.levels()[0]);
		assertEquals(to, schedule.levels()[steps - 1], 1e-12);
		assertEquals(0, schedule.levels()[steps]);
		for (int t = 0; t < steps; t++) {
			final double level = schedule.levels()[t], next = schedule.levels()[t + 1];
			if (t < steps - 1) assertEquals(Math.pow(to / from, 1.0 / (steps - 1)), next / level, 1e-12);
			final double left = level - schedule.steps()[t], added = schedule.noises()[t];
			assertEquals(next, Math.hypot(left, added), 1e-12);
			final double share = fresh < 0 ? Math.sqrt(1 - next * next / level / level) : fresh;
			assertEquals(share * next, added, 1e-12);
		}
		assertEquals(to, schedule.steps()[steps - 1], 1e-12, "The last step leads to the clean image.");
	}

	/** Where the truth is known: with many steps every share of fresh noise gives the prior, with few less is better. */
	@Test
	void betweenFlowAndReverseChain() {
		assertArrayEquals(Schedule.annealed(1, 0.02, 9, 0).steps(), Schedule.reverse(1, 0.02, 9, 0).steps());
		assertArrayEquals(new double[9], Schedule.reverse(1, 0.02, 9, 0).noises());
		final Schedule half = Schedule.reverse(1, 0.25, 3, 0.5);
		assertEquals(0.5 * 0.5 * Math.sqrt(0.75), half.noises()[0], 1e-12);
		assertEquals(1 - 0.5 * Math.sqrt(1 - 0.25 * 0.75), half.steps()[0], 1e-12);
		final GaussianPrior prior = new GaussianPrior(0, 0.01);
		double last = 0;
		for (final double fresh : new double[] { 1, 0.5, 0 }) {
			final double few = variance(prior, Schedule.reverse(1, 0.001, 30, fresh));
			assertTrue(few > last + 0.0002 && few < 0.01, fresh + ": " + few);
			assertEquals(0.01, variance(prior, Schedule.reverse(1, 0.001, 3000, fresh)), 0.0001);
			last = few;
		}
	}

	/** Variance of what becomes of a prior's images under noise of the first level. */
	private static double variance(final GaussianPrior prior, final Schedule schedule) {
		final var response = prior.response(schedule, schedule.levels()[0] * schedule.levels()[0],
			Double.POSITIVE_INFINITY);
		return response.gain() * response.gain() * prior.variance() + response.variance();
	}

	@Test
	void schedulesThatMakeNoSenseAreRefused() {
		assertThrows(IllegalArgumentException.class, () -> Schedule.reverse(1, 0.02, 5, 1.1));
		assertThrows(IllegalArgumentException.class, () -> Schedule.paper(0, 0, 1));
		assertThrows(IllegalArgumentException.class, () -> Schedule.annealed(1, 0.02, 0, 0));
		assertThrows(IllegalArgumentException.class, () -> Schedule.annealed(0.01, 0.02, 5, 0));
		assertThrows(IllegalArgumentException.class, () -> Schedule.annealed(1, 0, 5, 0));
		assertThrows(IllegalArgumentException.class, () -> Schedule.annealed(Double.NaN, 0.02, 5, 0));
		assertThrows(IllegalArgumentException.class, () -> Schedule.annealed(1, Double.NaN, 5, 0));
		assertThrows(IllegalArgumentException.class, () -> Schedule.posterior(Double.POSITIVE_INFINITY, 0.02, 5));
		assertThrows(IllegalArgumentException.class, () -> Schedule.annealed(1, 0.02, 5, 1.1));
		assertThrows(IllegalArgumentException.class, () -> Schedule.annealed(1, 0.02, 5, -0.1));
		assertThrows(IllegalArgumentException.class, () -> Schedule.annealed(1, 0.02, 5, Double.NaN));
		assertThrows(IllegalArgumentException.class, () -> new Schedule(new double[2], new double[2], new double[2]));
		assertThrows(IllegalArgumentException.class, () -> new Schedule(new double[3], new double[2], new double[1]));
	}

	/**
	 * Plain Langevin dynamics on E = k·x²/2: x ← (1 - a·k)·x + s·z forgets its start and comes to rest with variance
	 * s²/(1 - (1 - a·k)²).
	 */
	@ParameterizedTest
	@CsvSource({ "0.2,1,0.015", "1,1,0.015", "1.7,1,0.015", "0.5,0.4,0.3" })
	void plainLangevinComesToRestAtTheKnownVariance(final double k, final double a, final double s) {
		final int n = 1 << 14, steps = 100;
		final double keep = 1 - a * k;
		final double[] as = new double[steps], ss = new double[steps];
		Arrays.fill(as, a);
		Arrays.fill(ss, s);
		final float[] x = new float[n];
		Arrays.fill(x, 0.9f);
		final PixelEnergy energy = new PixelEnergy(8, 1, (column, row, value) -> k * value);
		new LangevinChain(GradientFields.batch(energy), PlacedNoise.of(1)).run(x, new Schedule(new double[steps + 1], as, ss));
		final Moments moments = Moments.of(x);
		final double variance = s * s / (1 - keep * keep);
		// Errors of a mean and a variance of n normal numbers, four times.
		assertEquals(0, moments.mean(), 4 * Math.sqrt(variance / n));
		assertEquals(1, moments.variance() / variance, 4 * Math.sqrt(2.0 / n));
		assertEquals(steps, energy.calls);
		assertEquals(n / 64, energy.largestBatch);
	}
}

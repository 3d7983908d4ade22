package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientField;
import sc.fiji.cfebm.tiling.GradientFields;

class LangevinChainTest {

	private static final GaussianPrior PRIOR = new GaussianPrior(0.1, 0.01);

	@Test
	void sameSeedGivesTheSameChainAndAnotherSeedAnother() {
		final float[] a = everything(1), b = everything(1), c = everything(2);
		assertArrayEquals(bits(a), bits(b));
		int different = 0;
		for (int i = 0; i < a.length; i++)
			if (a[i] != c[i]) different++;
		assertTrue(different > 0.4 * a.length, different + " of " + a.length);
	}

	/** A chain that uses all there is: tiles with origins of its own, a term, a projection. */
	private static float[] everything(final long seed) {
		final int w = 21, h = 13;
		final SplittableRandom rng = new SplittableRandom(seed);
		final boolean[] unknown = new boolean[w * h];
		for (int i = 0; i < unknown.length; i++)
			unknown[i] = i % 2 == 0;
		final PixelEnergy energy = new PixelEnergy(8, 1, (x, y, value) -> value * (1 + 0.1 * x) + 0.01 * y);
		final float[] x = new float[w * h];
		new LangevinChain(GradientFields.tiled(energy, w, h, null, rng), PlacedNoise.of(rng.nextLong())).addGradientTerm(PRIOR.gradient()).project(Projection.known(new float[w *
			h], unknown, 1)).run(x, Schedule.annealed(0.5, 0.02, 10, 0.7));
		return x;
	}

	@ParameterizedTest
	@CsvSource({ "10,4,4;8;10", "8,4,4;8", "3,5,3", "3,1,1;2;3" })
	void listenerSeesEveryKthStateAndTheLast(final int length, final int k, final String expected) {
		final List<String> seen = new ArrayList<>();
		final List<float[]> states = new ArrayList<>();
		final float[] x = { 1, 2 };
		// Each step takes 1 from every value.
		new LangevinChain((state, sigma, gradient) -> Arrays.fill(gradient, 1), PlacedNoise.of(1)).listen(k, (step, state) -> {
			assertSame(x, state);
			assertArrayEquals(new float[] { 1 - step, 2 - step }, state);
			seen.add("" + step);
			states.add(state.clone());
		}).run(x, quiet(length));
		assertEquals(expected, String.join(";", seen));
		assertArrayEquals(x, states.get(states.size() - 1));
	}

	@Test
	void everyKthStateNeedsAPositiveK() {
		final LangevinChain chain = new LangevinChain(GaussianPrior.NOTHING, PlacedNoise.of(1));
		assertThrows(IllegalArgumentException.class, () -> chain.listen(0, (step, x) -> {}));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 3 })
	void cancelsWithinOneStep(final int step) {
		final int[] calls = new int[1];
		final float[] x = new float[1];
		final LangevinChain chain = new LangevinChain((state, sigma, gradient) -> {
			calls[0]++;
			gradient[0] = -1;
		}, PlacedNoise.of(1)).cancelWhen(() -> calls[0] == step);
		assertThrows(CancellationException.class, () -> chain.run(x, quiet(10)));
		assertEquals(step, calls[0]);
		assertEquals(step, x[0], "The steps done are whole ones.");
	}

	@Test
	void theGradientsLimitBoundsThePullAndNotTheNoise() {
		final float[] pull = { 100, -100, 0.04f, 0.05f, Float.POSITIVE_INFINITY }, x = new float[5];
		final GradientField field = (state, sigma, gradient) -> System.arraycopy(pull, 0, gradient, 0, 5);
		new LangevinChain(field, PlacedNoise.of(1)).gradientLimit(0.1).run(x, quiet(1, 2));
		assertArrayEquals(new float[] { -0.2f, 0.2f, -0.08f, -0.1f, -0.2f }, x);
		final float[] free = new float[2];
		new LangevinChain(field(100), PlacedNoise.of(1)).run(free, quiet(1, 2));
		assertArrayEquals(new float[] { -200, -200 }, free);
		final float[] noisy = new float[10_000];
		new LangevinChain(field(0), PlacedNoise.of(1)).gradientLimit(0.1).run(noisy, new Schedule(new double[2],
			new double[1], new double[] { 3 }));
		assertEquals(1, Moments.of(noisy).variance() / 9, 4 * Math.sqrt(2.0 / 10_000));
		for (final double limit : new double[] { 0, -1, Double.NaN })
			assertThrows(IllegalArgumentException.class, () -> new LangevinChain(field(0), PlacedNoise.of(1)).gradientLimit(
				limit));
	}

	@Test
	void clampsAfterTheLastStepOnly() {
		final float[] x = { 0, 0.5f, -5, 5 };
		final float[][] states = new float[3][];
		final GradientField field = (state, sigma, gradient) -> System.arraycopy(new float[] { 0.25f, 0, 1, -1 }, 0, gradient, 0, 4);
		new LangevinChain(field, PlacedNoise.of(1)).clamped().listen(1, (step, state) -> states[step - 1] = state.clone())
			.run(x, quiet(3));
		assertArrayEquals(new float[] { -0.5f, 0.5f, -7, 7 }, states[1]);
		assertArrayEquals(new float[] { -0.75f, 0.5f, -1, 1 }, states[2]);
		assertArrayEquals(states[2], x);
		final float[] free = { 0, 0.5f, -5, 5 };
		new LangevinChain(field, PlacedNoise.of(1)).run(free, quiet(3));
		assertArrayEquals(new float[] { -0.75f, 0.5f, -8, 8 }, free);
	}

	/** A term is told the level of the state it sees, a projection that of the state it puts right. */
	@Test
	void termsAndProjectionsAreToldTheirLevels() {
		final Schedule schedule = Schedule.annealed(0.5, 0.02, 6, 0.7);
		final List<Double> terms = new ArrayList<>(), projections = new ArrayList<>();
		final PlacedNoise noise = PlacedNoise.of(1);
		final GradientTerm term = (x, level, gradient) -> terms.add(level);
		final Projection projection = (x, level, own, draw) -> {
			assertSame(noise, own);
			assertEquals(PlacedNoise.afterStep(projections.size()), draw);
			projections.add(level);
		};
		new LangevinChain(GaussianPrior.NOTHING, noise).addGradientTerm(term).project(projection).run(new float[1], schedule);
		for (int t = 0; t < 6; t++) {
			assertEquals(schedule.levels()[t], terms.get(t));
			assertEquals(schedule.levels()[t + 1], projections.get(t));
		}
	}

	@Test
	void termsAddUpOnTheField() {
		final float[] x = { 1 };
		final GradientTerm constant = (state, level, gradient) -> gradient[0] += 0.25f;
		final GradientTerm linear = (state, level, gradient) -> gradient[0] += state[0];
		new LangevinChain(field(0.5f), PlacedNoise.of(1)).addGradientTerm(constant).addGradientTerm(linear).run(x, quiet(1));
		assertEquals(1 - 1.75f, x[0]);
	}

	/** Known pixels are noised to the state's level on the way, about their values, and exact at the end. */
	@Test
	void knownPixelsAreNoisedOnTheWayAndExactAtTheEnd() {
		final int pixels = 20_000, channels = 2;
		final float[] values = new float[pixels * channels], x = values.clone();
		final boolean[] unknown = new boolean[pixels];
		for (int p = 0; p < pixels; p++) {
			unknown[p] = p % 4 == 0;
			values[2 * p] = 0.75f;
			values[2 * p + 1] = -0.1f;
		}
		final Schedule schedule = Schedule.annealed(0.5, 0.02, 5, 0.7);
		new LangevinChain(GaussianPrior.NOTHING, PlacedNoise.of(3)).addGradientTerm(PRIOR.gradient()).project(Projection.known(values,
			unknown, channels)).listen(1, (step, state) -> {
				if (step == 5) return;
				final double level = schedule.levels()[step];
				for (int c = 0; c < channels; c++) {
					final int channel = c;
					final Moments known = Moments.of(state, i -> i % 2 == channel && !unknown[i / 2]);
					assertEquals(15_000, known.count());
					// Errors of mean and variance of 15 000 normal numbers, four times.
					assertEquals(values[c], known.mean(), 4 * level / Math.sqrt(15_000));
					assertEquals(1, known.variance() / (level * level), 4 * Math.sqrt(2.0 / 15_000));
				}
			}).run(x, schedule);
		for (int i = 0; i < x.length; i++)
			if (!unknown[i / 2]) assertEquals(Float.floatToIntBits(values[i]), Float.floatToIntBits(x[i]));
		final Moments free = Moments.of(x, i -> unknown[i / 2]);
		assertEquals(PRIOR.mean(), free.mean(), 4 * free.error() + 0.01, "The chain is free elsewhere.");
		assertTrue(free.variance() > 1e-3);
	}

	/** A schedule without levels has known pixels exact all the way; clamping spares them. */
	@Test
	void knownPixelsAreExactEvenIfTheChainIsClamped() {
		final float[] values = { 1.5f, -3, 0.2f, 9 }, x = { 0, 0, 0, 9 };
		final boolean[] unknown = { false, false, false, true };
		new LangevinChain(field(0.1f), PlacedNoise.of(1)).project(Projection.known(values, unknown, 1)).clamped().listen(1, (
			step, state) -> assertEquals(1.5f, state[0])).run(x, Schedule.paper(3, 0, 1));
		assertArrayEquals(new float[] { 1.5f, -3, 0.2f, 1 }, x);
	}

	private static final int SIDE = 64, BLOCK = 4;

	/** Every pixel becomes the mean of its block: a low-pass L with LᵀL = L. */
	private static float[] lowPass(final float[] x) {
		final float[] out = new float[x.length];
		for (int y = 0; y < SIDE; y += BLOCK)
			for (int left = 0; left < SIDE; left += BLOCK) {
				double sum = 0;
				for (int k = 0; k < BLOCK * BLOCK; k++)
					sum += x[(y + k / BLOCK) * SIDE + left + k % BLOCK];
				for (int k = 0; k < BLOCK * BLOCK; k++)
					out[(y + k / BLOCK) * SIDE + left + k % BLOCK] = (float) (sum / BLOCK / BLOCK);
			}
		return out;
	}

	/** The gradient of λ‖L(x) - L(x₀)‖², which enters as σ_t·2λ·LᵀL(x - x₀). */
	private static GradientTerm content(final double lambda, final float[] x0) {
		final float[] target = lowPass(x0);
		return (x, level, gradient) -> {
			final float[] low = lowPass(x);
			for (int i = 0; i < x.length; i++)
				gradient[i] += (float) (level * 2 * lambda * (low[i] - target[i]));
		};
	}

	/**
	 * At a constant level σ, steps a with noise √(2aσ) sample exp(-f/σ): here N(m, v), v = s² + σ², times exp(-λ‖L(x) -
	 * L(x₀)‖²). That holds block means to (m/v + 2λ·L(x₀))/(1/v + 2λ) and leaves what is finer alone.
	 */
	@ParameterizedTest
	@ValueSource(doubles = { 0, 20, 200 })
	void contentTermHoldsTheLowPassAndLeavesTheRest(final double lambda) {
		final double level = 0.1, a = 0.01, v = PRIOR.variance() + level * level;
		final int steps = 800;
		final double[] levels = new double[steps + 1], as = new double[steps], ss = new double[steps];
		Arrays.fill(levels, level);
		Arrays.fill(as, a);
		Arrays.fill(ss, Math.sqrt(2 * a * level));
		final int n = SIDE * SIDE;
		final float[] x0 = new float[n];
		for (int i = 0; i < n; i++)
			x0[i] = i % SIDE < SIDE / 2 ? 0.8f : -0.6f;
		final float[] x = new float[n];
		new LangevinChain(GaussianPrior.NOTHING, PlacedNoise.of(11)).addGradientTerm(PRIOR.gradient()).addGradientTerm(content(lambda, x0)).run(
			x, new Schedule(levels, as, ss));

		final float[] low = lowPass(x), fine = new float[n];
		for (int i = 0; i < n; i++)
			fine[i] = x[i] - low[i];
		final double precision = 1 / v + 2 * lambda;
		for (final boolean left : new boolean[] { true, false }) {
			final Moments blocks = Moments.of(low, i -> i % SIDE < SIDE / 2 == left && i % BLOCK == 0 && i / SIDE % BLOCK == 0);
			assertEquals(128, blocks.count());
			assertEquals((PRIOR.mean() / v + 2 * lambda * (left ? 0.8 : -0.6)) / precision, blocks.mean(), 4 * blocks.error());
			// The block mean of 16 pixels has a 16th of the variance along L; errors √(2/128), and the step's own.
			final double keep = 1 - a * level * precision;
			assertEquals(1, blocks.variance() * 16 * (1 - keep * keep) / (2 * a * level), 4 * Math.sqrt(2.0 / 128));
		}
		final double keep = 1 - a * level / v;
		final double rest = 2 * a * level / (1 - keep * keep) * 15 / 16;
		assertEquals(1, Moments.of(fine).variance() / rest, 4 * Math.sqrt(2.0 / (n * 15 / 16.0)));
	}

	/** Annealed, a stronger content term brings the result nearer to its target. */
	@Test
	void contentTermPullsAnAnnealedChain() {
		double last = annealed(0, LangevinChainTest::content);
		assertEquals(PRIOR.mean(), last, 0.02);
		for (final double lambda : new double[] { 2, 10, 30 }) {
			final double mean = annealed(lambda, LangevinChainTest::content);
			assertTrue(mean > last + 0.02 && mean < 0.8, lambda + ": " + mean + " after " + last);
			last = mean;
		}
	}

	/**
	 * A step a of it takes the low-pass a·σ_t·2λ of the way to the target, so beyond λ = 1/(a·σ_t) the chain swings and
	 * then explodes. In the form of the data term, σ_t/(1/(2λ) + σ_t²), it is never more than the whole way.
	 */
	@Test
	void strongContentTermNeedsTheFormOfTheDataTerm() {
		assertFalse(Math.abs(annealed(500, LangevinChainTest::content)) < 10);
		final double mean = annealed(500, (lambda, x0) -> {
			final float[] target = lowPass(x0);
			return (x, level, gradient) -> {
				final float[] low = lowPass(x);
				for (int i = 0; i < x.length; i++)
					gradient[i] += (float) (level * (low[i] - target[i]) / (0.5 / lambda + level * level));
			};
		});
		// Worth 1/(1/s² + 2λ) of the way, less the bias of 60 steps.
		assertEquals((0.1 * 100 + 0.8 * 1000) / 1100, mean, 0.05);
	}

	private interface Content {

		GradientTerm term(double lambda, float[] x0);
	}

	/** Mean of an annealed chain that is held to 0.8, of a prior about 0.1. */
	private static double annealed(final double lambda, final Content content) {
		final float[] x0 = new float[SIDE * SIDE], x;
		Arrays.fill(x0, 0.8f);
		x = x0.clone();
		new LangevinChain(GaussianPrior.NOTHING, PlacedNoise.of(12)).addGradientTerm(PRIOR.gradient()).addGradientTerm(content.term(lambda, x0))
			.run(x, Schedule.annealed(0.3, 0.02, 60, 0.7));
		return Moments.of(x).mean();
	}

	/** A copy of the state at each step would be 2000 · 16 kB. */
	@Test
	void allocatesNothingBetweenSteps() {
		final com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
		final PixelEnergy energy = new PixelEnergy(8, 1, (column, row, value) -> 0.1 * value);
		final SplittableRandom rng = new SplittableRandom(1);
		for (final GradientField field : new GradientField[] { GradientFields.batch(energy), GradientFields.tiled(energy, 64, 64, null, rng) }) {
			final LangevinChain chain = new LangevinChain(field, PlacedNoise.of(rng.nextLong())).addGradientTerm(PRIOR.gradient());
			final float[] x = new float[64 * 64];
			chain.run(x, Schedule.annealed(1, 0.02, 2, 0.7));
			final Schedule schedule = Schedule.annealed(1, 0.02, 2000, 0.7);
			final long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
			chain.run(x, schedule);
			final long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
			assertTrue(bytes < 2_000_000, bytes + " bytes");
			assertFalse(Float.isNaN(x[0]));
		}
	}

	private static GradientField field(final float pull) {
		return (x, sigma, gradient) -> Arrays.fill(gradient, pull);
	}

	private static Schedule quiet(final int length) {
		return quiet(length, 1);
	}

	/** Steps without noise. */
	private static Schedule quiet(final int length, final double a) {
		final double[] steps = new double[length];
		Arrays.fill(steps, a);
		return new Schedule(new double[length + 1], steps, new double[length]);
	}

	private static int[] bits(final float[] x) {
		final int[] bits = new int[x.length];
		for (int i = 0; i < x.length; i++)
			bits[i] = Float.floatToIntBits(x[i]);
		return bits;
	}
}

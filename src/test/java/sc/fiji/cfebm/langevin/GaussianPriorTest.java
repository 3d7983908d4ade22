package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.langevin.GaussianPrior.Response;
import sc.fiji.cfebm.random.PlacedNoise;

/**
 * Chains on a Gaussian prior, where sampler, denoiser and posterior are known. The pixels are the sample: of N of them
 * a mean is known to s/√N and a variance to √(2/N) of itself, and every tolerance is 4 such errors.
 */
class GaussianPriorTest {

	private static final int N = 1 << 16;

	/** √(2/N) is 0.0055. */
	private static final double VARIANCE_ERROR = 4 * Math.sqrt(2.0 / N);

	private static final GaussianPrior PRIOR = new GaussianPrior(0.1, 0.01);

	private static final double SIGMA = 0.2;

	/** Steps towards the clean image lead to E[clean | noisy] = (σ²m + s²y)/(s² + σ²), whatever the noisy image. */
	@ParameterizedTest
	@CsvSource({ "0.1,0.01,0.2", "-0.3,0.25,1", "0.5,0.04,0.02", "0,1,10" })
	void oneStepIsThePosteriorMean(final double m, final double s2, final double sigma) {
		final float[] y = noise(1000, 2, 1);
		for (final Schedule schedule : new Schedule[] { Schedule.annealed(sigma, sigma, 1, 0), Schedule.annealed(sigma, sigma,
			1, 0.7), Schedule.posterior(sigma, sigma, 1) })
		{
			final float[] x = y.clone();
			chain(new GaussianPrior(m, s2), 1).run(x, schedule);
			for (int i = 0; i < x.length; i++)
				assertEquals((sigma * sigma * m + s2 * y[i]) / (s2 + sigma * sigma), x[i], 2e-6);
		}
	}

	/** Annealing from far outside gives the prior: its mean, and its variance up to what few steps and the floor cost. */
	@ParameterizedTest
	@CsvSource({ "0.3,0.25", "-0.2,0.04" })
	void annealingSamplesThePrior(final double m, final double s2) {
		final GaussianPrior prior = new GaussianPrior(m, s2);
		final double from = 10, to = 0.01;
		final Schedule flow = Schedule.annealed(from, to, 300, 0), reverse = Schedule.posterior(from, to, 300);
		for (final Schedule schedule : new Schedule[] { flow, reverse }) {
			// The flow keeps the order of the values, so it must start at the noised prior's mean.
			final double start = schedule == flow ? m : 0;
			final float[] x = noise(N, Math.sqrt(s2 + from * from), 2);
			for (int i = 0; i < N; i++)
				x[i] += (float) start;
			chain(prior, 3).run(x, schedule);
			final Moments moments = Moments.of(x);
			final double forgotten = Math.abs(start - m) * s2 / (s2 + from * from);
			assertEquals(m, moments.mean(), 4 * Math.sqrt(s2 / N) + forgotten);
			final double expected = prior.response(schedule, s2 + from * from, Double.POSITIVE_INFINITY).variance();
			assertEquals(1, moments.variance() / expected, VARIANCE_ERROR);
			assertEquals(1, expected / s2, 0.05, "bias of 300 steps");
		}
	}

	/** The flow's end is known exactly: twice the steps halve Euler's error of its logarithm, and quarter that of corrected steps. */
	@Test
	void correctedStepsAreOfSecondOrder() {
		final double[] plain = new double[2], corrected = new double[2];
		for (int k = 0; k < 2; k++) {
			plain[k] = flowError(20 << k, false);
			corrected[k] = flowError(20 << k, true);
		}
		assertEquals(2, plain[0] / plain[1], 0.2);
		assertEquals(4, corrected[0] / corrected[1], 0.6);
		assertTrue(corrected[0] < plain[1] / 2, corrected[0] + " beside " + plain[1]);
	}

	/** Of ln(x - m) at the end of a flow from 5 to 0.05 and, in one step, to none. */
	private static double flowError(final int steps, final boolean corrected) {
		final double m = 0.3, s2 = 0.25, from = 5, to = 0.05;
		final float[] x = { (float) (m + 4) };
		final LangevinChain chain = chain(new GaussianPrior(m, s2), 1);
		if (corrected) chain.corrected();
		chain.run(x, Schedule.annealed(from, to, steps, 0));
		return Math.abs(Math.log((x[0] - m) / (4 * Math.sqrt((s2 + to * to) / (s2 + from * from)) * s2 / (s2 + to * to))));
	}

	/**
	 * A constant share c of fresh noise leaves the clean images' own spread out at every step, so more steps do not
	 * bring the variance nearer than c²/(2(1 - √(1 - c²))) of the prior's: 0.857 for c = 0.7.
	 */
	@Test
	void constantShareOfFreshNoiseSamplesTooNarrowly() {
		final GaussianPrior prior = new GaussianPrior(0.3, 0.25);
		final double c = 0.7, limit = c * c / 2 / (1 - Math.sqrt(1 - c * c));
		final Schedule schedule = Schedule.annealed(10, 0.005, 500, c);
		final float[] x = noise(N, 10, 4);
		chain(prior, 5).run(x, schedule);
		final Moments moments = Moments.of(x);
		assertEquals(0.3, moments.mean(), 4 * moments.error());
		assertEquals(limit, 0.857, 5e-4);
		assertEquals(limit, moments.variance() / 0.25, 0.01 + VARIANCE_ERROR);
	}

	/**
	 * The exact reverse chain started at a noisy image: the mean is the posterior's, and the variance rises towards the
	 * posterior's 0.0080 with the number of steps; {@link GaussianPrior#main} prints the figures.
	 */
	@ParameterizedTest
	@CsvSource({ "5,0.00402", "10,0.00569", "30,0.00695", "100,0.00741" })
	void posteriorChainsStartedAtTheNoisyImage(final int steps, final double variance) {
		final float[] x = PRIOR.observations(N);
		chain(PRIOR, steps).run(x, Schedule.posterior(SIGMA, 0.02, steps));
		final Response response = PRIOR.measured(x);
		assertEquals(0.2, PRIOR.gain(SIGMA), 1e-12);
		// Its error is √(.008/N), 0.2 % of the gain.
		assertEquals(0.2, response.gain(), 0.01 * 0.2);
		assertEquals(0.1, Moments.of(x).mean(), 4 * Math.sqrt(0.008 / N));
		assertEquals(1, response.variance() / variance, VARIANCE_ERROR + 0.001);
	}

	/** The bias of the variance shrinks with every doubling of the steps, and goes away with the last level. */
	@Test
	void biasOfThePosteriorVarianceShrinks() {
		assertEquals(0.008, PRIOR.posteriorVariance(SIGMA), 1e-12);
		double last = Double.POSITIVE_INFINITY;
		for (int steps = 5; steps <= 40; steps *= 2) {
			final float[] x = PRIOR.observations(N);
			chain(PRIOR, 6).run(x, Schedule.posterior(SIGMA, 0.02, steps));
			final double bias = 0.008 - PRIOR.measured(x).variance();
			assertTrue(bias > 0 && bias < 0.8 * last, steps + " steps: " + bias + " after " + last);
			last = bias;
		}
		final float[] x = PRIOR.observations(N);
		chain(PRIOR, 7).run(x, Schedule.posterior(SIGMA, 0.001, 400));
		assertEquals(1, PRIOR.measured(x).variance() / 0.008, 0.02 + VARIANCE_ERROR);
	}

	/** Clean images, noised and sampled back, are images of the prior again: what posterior samples are for. */
	@Test
	void posteriorSamplesOfNoisyImagesAreImagesOfThePrior() {
		final float[] x = noise(N, 0.1, 8), noise = noise(N, SIGMA, 9);
		for (int i = 0; i < N; i++)
			x[i] += (float) 0.1 + noise[i];
		chain(PRIOR, 10).run(x, Schedule.posterior(SIGMA, 0.001, 400));
		final Moments moments = Moments.of(x);
		assertEquals(0.1, moments.mean(), 4 * moments.error());
		assertEquals(1, moments.variance() / 0.01, 0.02 + VARIANCE_ERROR);
	}

	/** Data term with c = 0.7, started at the noisy image: short of the posterior's 0.2 and 0.0080, more so in few steps. */
	@ParameterizedTest
	@CsvSource({ "10,0.3131,0.00408", "30,0.2450,0.00565", "100,0.2185,0.00622" })
	void dataTerm(final int steps, final double gain, final double variance) {
		final float[] y = PRIOR.observations(N), x = y.clone(), sigma = new float[N];
		Arrays.fill(sigma, (float) SIGMA);
		chain(PRIOR, steps).addGradientTerm(GaussianPrior.data(y, sigma)).run(x, Schedule.annealed(SIGMA, 0.02, steps, 0.7));
		final Response response = PRIOR.measured(x);
		assertEquals(gain, response.gain(), 4 * Math.sqrt(0.008 / N) + 5e-5);
		assertEquals(1, response.variance() / variance, VARIANCE_ERROR + 0.001);
	}

	/** Where the noise differs from pixel to pixel, each pixel is held by its own. */
	@Test
	void dataTermWithNoiseThatDiffersFromPixelToPixel() {
		final double[] sigmas = { 0.05, 0.2, 1 };
		final float[] y = PRIOR.observations(3 * N), x = y.clone(), sigma = new float[3 * N];
		for (int i = 0; i < sigma.length; i++)
			sigma[i] = (float) sigmas[i / N];
		final Schedule schedule = Schedule.annealed(1, 0.01, 100, 0.7);
		chain(PRIOR, 12).addGradientTerm(GaussianPrior.data(y, sigma)).run(x, schedule);
		for (int k = 0; k < sigmas.length; k++) {
			final Response response = PRIOR.measured(Arrays.copyOfRange(x, k * N, (k + 1) * N));
			final Response expected = PRIOR.response(schedule, 0, sigmas[k]);
			assertEquals(expected.gain(), response.gain(), 4 * Math.sqrt(0.01 / N));
			assertEquals(1, response.variance() / expected.variance(), VARIANCE_ERROR);
			assertEquals(PRIOR.gain(sigmas[k]), response.gain(), 0.04, "bias of the data term");
		}
	}

	private static LangevinChain chain(final GaussianPrior prior, final long seed) {
		return new LangevinChain(GaussianPrior.NOTHING, PlacedNoise.of(seed)).addGradientTerm(prior.gradient());
	}

	private static float[] noise(final int n, final double sigma, final long seed) {
		final RandomGenerator rng = new SplittableRandom(seed);
		final float[] noise = new float[n];
		for (int i = 0; i < n; i++)
			noise[i] = (float) (sigma * rng.nextGaussian());
		return noise;
	}
}

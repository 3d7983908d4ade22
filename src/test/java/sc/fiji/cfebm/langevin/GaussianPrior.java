package sc.fiji.cfebm.langevin;

import java.util.Arrays;
import java.util.Locale;

import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientField;

/**
 * Images whose pixels are independent and normal, N(m, s²): noised to level σ they are N(m, s² + σ²), whose score is
 * -(x - m)/(s² + σ²). A network trained by score matching, with energy f/σ and so score -∇f/σ, would have ∇f(x) =
 * σ·(x - m)/(s² + σ²). Everything that a chain should do is known then.
 * <p>
 * {@link #main} prints how far posterior chains are from the posterior.
 *
 * @param mean m
 * @param variance s²
 */
record GaussianPrior(double mean, double variance) {

	/** No energy at all: what pulls is a term, which unlike a field is told the level. */
	static final GradientField NOTHING = (x, sigma, gradient) -> Arrays.fill(gradient, 0);

	/** The exact ∇f at the chain's level. */
	GradientTerm gradient() {
		return (x, level, gradient) -> {
			for (int i = 0; i < x.length; i++)
				gradient[i] += (float) (level * (x[i] - mean) / (variance + level * level));
		};
	}

	/** The share of a noisy pixel's deviation from m that its posterior mean keeps. */
	double gain(final double sigma) {
		return variance / (variance + sigma * sigma);
	}

	double posteriorVariance(final double sigma) {
		return gain(sigma) * sigma * sigma;
	}

	/** What becomes of x - m along a schedule: gain·(y - m) + a normal number of this variance. */
	record Response(double gain, double variance) {}

	/**
	 * The response of a chain started at y + N(0, startVariance), worked out step by step: each is linear here.
	 *
	 * @param sigma noise of the observation y in a data term; infinite: no such term
	 */
	Response response(final Schedule schedule, final double startVariance, final double sigma) {
		double gain = 1, v = startVariance;
		for (int t = 0; t < schedule.length(); t++) {
			final double a = schedule.steps()[t], s = schedule.noises()[t], level = schedule.levels()[t];
			final double pull = a * level / (sigma * sigma + level * level);
			final double keep = 1 - a * level / (variance + level * level) - pull;
			gain = keep * gain + pull;
			v = keep * keep * v + s * s;
		}
		return new Response(gain, v);
	}

	/** Observations m ± 1 by turns, so that gain and variance of a response can be told apart. */
	float[] observations(final int n) {
		final float[] y = new float[n];
		for (int i = 0; i < n; i++)
			y[i] = (float) (mean + (i % 2 == 0 ? 1 : -1));
		return y;
	}

	/** The response measured on chains that were given {@link #observations}. */
	Response measured(final float[] x) {
		final Moments up = Moments.of(x, i -> i % 2 == 0), down = Moments.of(x, i -> i % 2 == 1);
		return new Response((up.mean() - down.mean()) / 2, (up.variance() + down.variance()) / 2);
	}

	/**
	 * Holds a chain to an observation with white noise: adds σ_t·(x - y)/(σ_y² + σ_t²), for energies E(x, σ) whose σ∇E the
	 * chain follows. Only of use where the noise of the observation differs from pixel to pixel; for white noise start
	 * the chain at the observation instead.
	 *
	 * @param observation y, laid out as the state
	 * @param sigma σ_y of each value, in model units
	 */
	static GradientTerm data(final float[] observation, final float[] sigma) {
		return (x, level, gradient) -> {
			for (int i = 0; i < x.length; i++)
				gradient[i] += (float) (level * (x[i] - observation[i]) / (sigma[i] * sigma[i] + level * level));
		};
	}

	public static void main(final String[] args) {
		final GaussianPrior prior = new GaussianPrior(0.1, 0.01);
		final double sigma = 0.2;
		final int n = 1 << 20;
		System.out.printf(Locale.ROOT, "s² = %.2f, σ = %.1f, σ_t down to 0.02 then 0, %d pixels, seed 1%n", prior.variance(),
			sigma, n);
		System.out.println("| steps | exact chain: gain | variance | worked out | data term, c = 0.7: gain | variance | worked out |");
		System.out.println("|---|---|---|---|---|---|---|");
		for (final int steps : new int[] { 5, 10, 30, 100, 300 }) {
			final Schedule exact = Schedule.posterior(sigma, 0.02, steps), fresh = Schedule.annealed(sigma, 0.02, steps, 0.7);
			final float[] y = prior.observations(n), sigmas = new float[n], a = y.clone(), b = y.clone();
			Arrays.fill(sigmas, (float) sigma);
			new LangevinChain(NOTHING, PlacedNoise.of(1)).addGradientTerm(prior.gradient()).run(a, exact);
			new LangevinChain(NOTHING, PlacedNoise.of(1)).addGradientTerm(prior.gradient()).addGradientTerm(data(y, sigmas)).run(b,
				fresh);
			final Response ra = prior.measured(a), rb = prior.measured(b);
			final Response ea = prior.response(exact, 0, Double.POSITIVE_INFINITY), eb = prior.response(fresh, 0, sigma);
			System.out.printf(Locale.ROOT, "| %d | %.4f | %.5f | %.4f, %.5f | %.4f | %.5f | %.4f, %.5f |%n", steps, ra.gain(), ra
				.variance(), ea.gain(), ea.variance(), rb.gain(), rb.variance(), eb.gain(), eb.variance());
		}
		System.out.printf(Locale.ROOT, "| posterior | %.4f | %.5f | | %.4f | %.5f | |%n", prior.gain(sigma), prior
			.posteriorVariance(sigma), prior.gain(sigma), prior.posteriorVariance(sigma));
	}
}

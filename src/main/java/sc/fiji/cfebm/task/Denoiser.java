package sc.fiji.cfebm.task;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;

import org.apache.commons.math3.stat.descriptive.rank.Median;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.langevin.Fields;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;

/**
 * Removes white Gaussian noise from images of any size with the finest stage of a model. Not thread-safe; close it to
 * free native memory.
 */
public final class Denoiser implements AutoCloseable {

	public enum Method {
		/** The mean of the clean images that the noisy one allows (Tweedie): x̂ = y - σ·∇f(y). */
		ONE_STEP("One step"),
		/** Several samples of the clean image; their mean is the one-step result, their spread its uncertainty. */
		POSTERIOR("Posterior"),
		/** Langevin steps of a contrastive model from the noisy image on, as in the CF-EBM paper. */
		PAPER("Paper");

		private final String label;

		Method(final String label) {
			this.label = label;
		}

		/** Its name in dialogs and macros. */
		@Override
		public String toString() {
			return label;
		}
	}

	/**
	 * @param method how
	 * @param sigma standard deviation of the noise in gray values; not used by PAPER
	 * @param chains number of samples; POSTERIOR alone
	 * @param steps Langevin steps per sample; POSTERIOR alone
	 * @param seed of everything random
	 */
	public record Settings(Method method, double sigma, int chains, int steps, long seed) {

		public Settings {
			if (method != Method.PAPER && !(sigma > 0 && Double.isFinite(sigma))) throw new IllegalArgumentException(
				"Sigma must be a positive number of gray values, not " + sigma + ".");
			if (chains < 1 || steps < 1) throw new IllegalArgumentException("Chains and steps must be at least 1, not " +
				chains + " and " + steps + ".");
		}
	}

	/**
	 * @param mean the restored image in gray values
	 * @param standardDeviation the spread of the samples in gray values, calibrated where the model allows it (see
	 *          {@link #isCalibrated}): two thirds of the true pixels lie within one of the mean; null unless the method is
	 *          POSTERIOR
	 */
	public record Result(Raster mean, Raster standardDeviation) {}

	private static final int MOST_RESPONSES = 1 << 20;

	private final Model model;
	private final EnergyNetwork network;

	public Denoiser(final Model model) {
		this.model = model;
		network = model.pyramid().network(model.pyramid().stages() - 1);
	}

	/**
	 * Denoises one image.
	 *
	 * @param noisy [H,W,C] in gray values
	 * @param range the gray values that become -1 and 1
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Result denoise(final Raster noisy, final Normalization range, final Settings settings,
		final Progress progress)
	{
		Checks.requireFits(model, noisy);
		final Raster y = range.toModel(noisy);
		if (settings.method == Method.PAPER) return new Result(range.toGray(langevin(y, settings, progress)), null);
		Checks.requireKind(model, Kind.SCORE_MATCHING, "Denoising by \"" + settings.method + "\"");
		final double sigma = range.toModel(settings.sigma);
		final double lowest = model.info().sigmaMin(), highest = model.info().sigmaMax();
		if (!knows(settings.sigma, range)) throw new IllegalArgumentException(
			"Noise of sigma " + rounded(settings.sigma) + " gray values is outside what the model knows for an image with the range " +
				rounded(range.low()) + " to " + rounded(range.high()) + ": " + rounded(range.toGray(lowest)) + " to " + rounded(
					range.toGray(highest)) + ".");
		if (settings.method == Method.ONE_STEP) return new Result(range.toGray(oneStep(y, sigma, progress)), null);
		return posterior(y, sigma, range, settings, progress);
	}

	/** Whether noise of this standard deviation, in gray values, is among that the model was trained on. */
	public boolean knows(final double sigma, final Normalization range) {
		final double level = range.toModel(sigma);
		return level >= model.info().sigmaMin() && level <= model.info().sigmaMax();
	}

	/** Whether the model knows how far the spread of its samples can be believed; if not, the spread is given as it is. */
	public boolean isCalibrated() {
		return model.info().calibration() != null && model.info().calibration().uncertainty() != null;
	}

	private Raster oneStep(final Raster y, final double sigma, final Progress progress) {
		final Raster gradient = Fields.averaged(network, y, progress);
		final float[] values = y.values().clone();
		for (int i = 0; i < values.length; i++)
			values[i] -= (float) (sigma * gradient.values()[i]);
		return new Raster(y.width(), y.height(), y.channels(), values);
	}

	private Result posterior(final Raster y, final double sigma, final Normalization range, final Settings settings,
		final Progress progress)
	{
		final Schedule schedule = Schedule.posterior(sigma, Math.max(model.info().sigmaMin(), sigma / Schedule.POSTERIOR_DEPTH), settings.steps);
		final Spread spread = new Spread(y.width(), y.height(), y.channels());
		final SplittableRandom seeds = new SplittableRandom(settings.seed);
		for (int chain = 0; chain < settings.chains; chain++) {
			final double before = chain;
			final float[] x = run(y, schedule, seeds.split(), progress, steps -> (before + steps) / settings.chains, "sample " +
				(chain + 1) + " of " + settings.chains, false);
			spread.add(x);
		}
		final double factor = isCalibrated() ? model.info().calibration().uncertainty().at(sigma) : 1;
		return new Result(range.toGray(spread.mean()), spread.standardDeviation(range, factor));
	}

	private Raster langevin(final Raster y, final Settings settings, final Progress progress) {
		Checks.requireKind(model, Kind.CONTRASTIVE, "Denoising by \"Paper\"");
		final int stages = model.pyramid().stages();
		final Schedule schedule = Schedule.paper(Math.max(1, model.info().langevinSteps()), stages - 1, stages);
		return new Raster(y.width(), y.height(), y.channels(), run(y, schedule, new SplittableRandom(settings.seed),
			progress, steps -> steps, "Langevin", true));
	}

	private float[] run(final Raster y, final Schedule schedule, final SplittableRandom rng, final Progress progress,
		final java.util.function.DoubleUnaryOperator fraction, final String what, final boolean clamped)
	{
		final float[] x = y.values().clone();
		final LangevinChain chain = new LangevinChain(Fields.tiled(network, y.width(), y.height(), null, rng.split(), progress), rng)
			.cancelWhen(progress::isCanceled).listen(1, (step, state) -> progress.update(fraction.applyAsDouble(
				(double) step / schedule.length()), "Denoising: " + what + ", step " + step + " of " + schedule.length()));
		if (clamped) chain.clamped();
		chain.run(x, schedule);
		return x;
	}

	/**
	 * Estimates the standard deviation of white noise: the median absolute value of a high-pass that is blind to planes
	 * and edges along the axes (Immerkær, 1996), so that structure hardly counts; the mean over channels.
	 *
	 * @param noisy in any units
	 * @return σ in the same units; 0 for images without noise or smaller than 3×3
	 */
	public static double estimateSigma(final Raster noisy) {
		final int w = noisy.width(), h = noisy.height(), channels = noisy.channels();
		if (w < 3 || h < 3) return 0;
		// Every k-th row and column of large images will do.
		final int k = (int) Math.ceil(Math.sqrt((double) w * h / MOST_RESPONSES));
		final int columns = (w - 3) / k + 1, rows = (h - 3) / k + 1;
		double sum = 0;
		for (int c = 0; c < channels; c++) {
			final double[] response = new double[columns * rows];
			for (int i = 0; i < response.length; i++) {
				final int x = 1 + i % columns * k, y = 1 + i / columns * k;
				response[i] = Math.abs(row(noisy, x, y - 1, c) - 2 * row(noisy, x, y, c) + row(noisy, x, y + 1, c)) / 6;
			}
			sum += new Median().evaluate(response) / 0.674489750196;
		}
		return sum / channels;
	}

	private static String rounded(final double value) {
		return new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
	}

	private static double row(final Raster r, final int x, final int y, final int c) {
		return r.get(x - 1, y, c) - 2.0 * r.get(x, y, c) + r.get(x + 1, y, c);
	}

	@Override
	public void close() {
		network.close();
	}
}

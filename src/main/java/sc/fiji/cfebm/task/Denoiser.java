package sc.fiji.cfebm.task;

import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.RunningMoments;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Removes white Gaussian noise or, with a model for it, shot noise from images of any size with the finest stage of a
 * model. Not thread-safe; close it to free native memory.
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
	 * @param noise what there is of it; not used by PAPER
	 * @param chains number of samples; POSTERIOR alone
	 * @param steps Langevin steps per sample; POSTERIOR alone
	 * @param seed of everything random
	 */
	public record Settings(Method method, NoiseModel noise, int chains, int steps, long seed) {

		/** For white noise. */
		public Settings(final Method method, final double sigma, final int chains, final int steps, final long seed) {
			this(method, method == Method.PAPER ? null : NoiseModel.white(sigma), chains, steps, seed);
		}

		public Settings {
			if (chains < 1 || steps < 1) throw new IllegalArgumentException("Chains and steps must be at least 1, not " +
				chains + " and " + steps + ".");
		}
	}

	/**
	 * @param mean the restored image in gray values
	 * @param standardDeviation the spread of the samples in gray values, from 3×3 pixels each, calibrated where the model allows it (see
	 *          {@link #isCalibrated}): two thirds of the true pixels lie within one of the mean; null unless the method is
	 *          POSTERIOR
	 */
	public record Result(Raster mean, Raster standardDeviation) {}

	/** How far, in units of σ, one step may move a pixel. */
	private static final double MOST = 5;

	private final Model model;
	private final StageNetwork network;
	/** Its view of images whatever their brightness. */
	private final Energy energy;

	public Denoiser(final Model model) {
		this.model = model;
		network = model.pyramid().network(model.pyramid().stages() - 1);
		energy = network.equivariant();
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
		if (settings.method == Method.PAPER) return new Result(range.toGray(langevin(range.toModel(noisy), settings, progress)),
			null);
		Checks.requireNoise(model, settings.noise);
		final String refusal = refusal(settings.method, settings.noise, range);
		if (refusal != null) throw new IllegalArgumentException(refusal);
		final Intensities units = new Intensities(range, settings.noise.shot());
		final Raster y = units.toModel(noisy);
		final double sigma = settings.noise.level(range);
		if (settings.method == Method.ONE_STEP) return new Result(units.toGray(oneStep(y, sigma, progress)), null);
		return posterior(y, sigma, units, settings, progress);
	}

	/**
	 * Why a method can't remove this noise with the model, as one sentence for the user; null: it can.
	 *
	 * @param method any but PAPER, which asks for no noise
	 * @param range the gray values that become -1 and 1
	 * @throws IllegalArgumentException with one sentence, if the method can't work with the model whatever the noise
	 */
	public String refusal(final Method method, final NoiseModel noise, final Normalization range) {
		Checks.requireKind(model, Kind.SCORE_MATCHING, "Denoising by \"" + method + "\"");
		final double level = noise.level(range), lowest = model.info().sigmaMin();
		// Rounding must not keep a model trained on noisy images from these very images.
		final boolean oneLevel = model.info().sigmaMax() < 2 * lowest;
		// In units of the noise, strong noise is no other than weak noise.
		if (energy.ofImages() != null && !oneLevel) return null;
		if (level < lowest * (1 - 1e-6) || level > model.info().sigmaMax()) return unknown(noise, range);
		return method == Method.POSTERIOR && lowest > 0.9 * level
			? "Posterior samples need a model that knows weaker noise than the image's, and this one does not: use the method One step."
			: null;
	}

	private String unknown(final NoiseModel noise, final Normalization range) {
		final double lowest = model.info().sigmaMin(), highest = model.info().sigmaMax();
		final String ends = " for an image with the range " + NoiseModel.rounded(range.low()) + " to " + NoiseModel.rounded(range
			.high());
		if (noise.shot() == null) return "Noise of " + noise + " is outside what the model knows" + ends + ": " + NoiseModel
			.rounded(range.toGray(lowest)) + " to " + NoiseModel.rounded(range.toGray(highest)) + ".";
		return "With " + noise + ", the noise is " + (noise.level(range) < lowest ? "weaker" : "stronger") +
			" than the model knows" + ends + ".";
	}

	/** Whether the model knows how far the spread of its samples can be believed; if not, the spread is given as it is, and the log says so. */
	public boolean isCalibrated() {
		return model.info().calibration() != null && model.info().calibration().uncertainty() != null;
	}

	private boolean learnt(final String variation) {
		return Boolean.parseBoolean(model.info().training().get(variation));
	}

	/** Whether one step sees the image whole, so that what it gives for a part is to be cut out of what it gives for all. */
	public boolean seesWhole(final Method method) {
		return method == Method.ONE_STEP && energy.ofImages() != null;
	}

	private Raster oneStep(final Raster y, final double sigma, final Progress progress) {
		if (energy.ofImages() != null) return whole(energy.ofImages(), y, sigma, progress);
		final Raster gradient = GradientFields.averaged(energy, learnt("flips"), learnt("flips") && learnt("quarter turns"), y, progress);
		final float[] values = y.values().clone();
		for (int i = 0; i < values.length; i++)
			values[i] -= (float) (sigma * gradient.values()[i]);
		return new Raster(y.width(), y.height(), y.channels(), values);
	}

	private static Raster whole(final NoiseAwareEnergy energy, final Raster y, final double sigma, final Progress progress) {
		progress.throwIfCanceled();
		progress.update(0, "Denoising");
		final float[] denoised = new float[y.values().length];
		new WholeImage(energy, false).evaluate(NoisyImages.at(y.values(), 1, y.height(), y.width(), sigma, energy.isTold()), Wanted
			.denoised(denoised));
		// No pixel's noise is as strong as this; where a network meets contrasts that it has never seen, it may be far out.
		final float most = (float) (MOST * sigma);
		for (int i = 0; i < denoised.length; i++)
			denoised[i] = y.values()[i] + Math.max(-most, Math.min(most, denoised[i] - y.values()[i]));
		progress.update(1, "Denoising");
		return new Raster(y.width(), y.height(), y.channels(), denoised);
	}

	private Result posterior(final Raster y, final double sigma, final Intensities units, final Settings settings,
		final Progress progress)
	{
		final double lowest = energy.ofImages() == null ? model.info().sigmaMin() : 0;
		final Schedule schedule = Schedule.posterior(sigma, Math.max(lowest, sigma / Schedule.POSTERIOR_DEPTH), settings.steps);
		final RunningMoments moments = new RunningMoments(y.width(), y.height(), y.channels());
		final SplittableRandom seeds = new SplittableRandom(settings.seed);
		for (int chain = 0; chain < settings.chains; chain++) {
			final double before = chain;
			final float[] x = run(y, schedule, seeds.split(), progress, steps -> (before + steps) / settings.chains, "sample " +
				(chain + 1) + " of " + settings.chains, false);
			moments.add(x);
		}
		if (!isCalibrated()) progress.log(
			"The standard deviation is that of the samples, which is too small as a rule: the model does not know by how much.");
		final double factor = isCalibrated() ? model.info().calibration().uncertainty().at(sigma) : 1;
		final Raster mean = moments.mean();
		return new Result(units.toGray(mean), units.toGrayDeviation(moments.smoothDeviation(factor), mean));
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
		final LangevinChain chain = new LangevinChain(GradientFields.tiled(energy, y.width(), y.height(), null, rng.split()), rng)
			.cancelWhen(progress::isCanceled).listen(1, (step, state) -> progress.update(fraction.applyAsDouble(
				(double) step / schedule.length()), "Denoising: " + what + ", step " + step + " of " + schedule.length()));
		if (clamped) chain.clamped();
		chain.run(x, schedule);
		return x;
	}

	@Override
	public void close() {
		network.close();
	}
}

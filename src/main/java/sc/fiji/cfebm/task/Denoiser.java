package sc.fiji.cfebm.task;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.RunningMoments;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.random.NoiseFilter;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.CutOff;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.tiling.GradientField;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Removes white Gaussian noise or, with a model for it, shot noise from images of any size with the finest stage of a
 * model. Not thread-safe; close it to free native memory.
 */
public final class Denoiser implements AutoCloseable {

	public enum Method {
		/** The mean of the clean images that the noisy one allows (Tweedie): x̂ = y - σ²·∇E(y, σ); what is cut off all around stays. */
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
	 * @param careful whether to average over four shifts by one pixel, which takes four times as long; ONE_STEP alone
	 * @param chains number of samples; POSTERIOR alone
	 * @param steps Langevin steps per sample; POSTERIOR alone
	 * @param seed of everything random
	 */
	public record Settings(Method method, NoiseModel noise, boolean careful, int chains, int steps, long seed) {

		/** For white noise, not careful. */
		public Settings(final Method method, final double sigma, final int chains, final int steps, final long seed) {
			this(method, method == Method.PAPER ? null : NoiseModel.white(sigma), chains, steps, seed);
		}

		/** Not careful. */
		public Settings(final Method method, final NoiseModel noise, final int chains, final int steps, final long seed) {
			this(method, noise, false, chains, steps, seed);
		}

		public Settings {
			if (chains < 1 || steps < 1) throw new IllegalArgumentException("Chains and steps must be at least 1, not " +
				chains + " and " + steps + ".");
		}
	}

	/**
	 * @param mean the restored image in gray values; pixels that are missing, or not asked for, are those of the input, bit by bit
	 * @param standardDeviation the spread of the samples in gray values, from 3×3 pixels each, calibrated where the model allows it (see
	 *          {@link #isCalibrated}): two thirds of the true pixels lie within one of the mean; NaN where a pixel is missing, 0
	 *          where none is asked for; null unless the method is POSTERIOR
	 */
	public record Result(Raster mean, Raster standardDeviation) {}

	static final String UNCALIBRATED = "The standard deviation is that of the samples, which is too small as a rule: the model does not know by how much.";

	private final Model model;
	private final StageNetwork network;
	/** Its view of images whatever their brightness. */
	private final Energy energy;
	private final boolean seesAll;

	public Denoiser(final Model model) {
		this(model, model.pyramid().network(model.pyramid().stages() - 1), true);
	}

	/** @param seesAll whether it sees images whole, and so what was cut off at their ends */
	private Denoiser(final Model model, final StageNetwork network, final boolean seesAll) {
		this.model = model;
		this.network = network;
		this.seesAll = seesAll;
		energy = network.equivariant();
	}

	/**
	 * One for parts of an image that are to fit together: it computes on one thread, so that there can be several side by side. One step gives
	 * the same bits as with many threads, but where values were cut off all around: a part alone does not show that, and is denoised there, too.
	 *
	 * @throws IllegalArgumentException with one sentence, if the model is not one of score matching
	 */
	public static Denoiser ofOneThread(final Model model) {
		requireOneStep(model);
		return new Denoiser(model, networkOfOneThread(model), false);
	}

	/** The finest stage's, for one of many threads. */
	static StageNetwork networkOfOneThread(final Model model) {
		return model.pyramid().parameters(model.pyramid().stages() - 1).networkOfOneThread();
	}

	/** Name of the device that computes; null: the processor. */
	public String device() {
		return network.device();
	}

	/** @throws IllegalArgumentException with one sentence, if a model is none for one step */
	public static void requireOneStep(final Model model) {
		Checks.requireKind(model, Kind.SCORE_MATCHING, "Denoising by \"" + Method.ONE_STEP + "\"");
	}

	/**
	 * How far around a part of an image a model has to see in one step to be as within the whole, in pixels: what is farther away makes less
	 * of a difference than the rounding of floats. A multiple of what sizes are filled up to.
	 *
	 * @throws IllegalArgumentException with one sentence, if the model is none for one step
	 */
	public static int reach(final Model model) {
		requireOneStep(model);
		final int stage = model.pyramid().stages() - 1, m = UnetSpec.multiple(stage);
		return (((UnetSpec) model.info().network()).reach(stage, model.pyramid().parameters(stage).fades()) + m - 1) / m * m;
	}

	/** Denoises all of an image, see {@link #denoise(Raster, boolean[], Normalization, Settings, Progress)}. */
	public Result denoise(final Raster noisy, final Normalization range, final Settings settings, final Progress progress) {
		return denoise(noisy, null, range, settings, progress);
	}

	/**
	 * Denoises one image.
	 *
	 * @param noisy [H,W,C] in gray values; pixels that are NaN or infinite in some channel are missing: they stay as they are, and the
	 *          model is shown a smooth continuation of the others in their place
	 * @param where [H,W], the pixels that are asked for; null: all. They come out as they would if all were asked for: exactly in
	 *          one step, in samples nearly so
	 * @param range the gray values that become -1 and 1, or that were those of the training's; in one step, all but PAPER's models give
	 *          the same whatever it is, and samples but for the calibration of their spread
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Result denoise(final Raster noisy, final boolean[] where, final Normalization range, final Settings settings,
		final Progress progress)
	{
		Checks.requireChannels(model, noisy);
		requireMethod(settings.method);
		final Window part = window(noisy, where, settings.method);
		final Raster image = part.cut(noisy);
		final boolean[] missing = Missing.in(image);
		final boolean[] wanted = Missing.without(where == null ? null : part.cut(where, noisy.width()), missing);
		if (Missing.isAll(missing)) return new Result(noisy.copy(), settings.method == Method.POSTERIOR ? deviation(null, part, wanted,
			noisy) : null);
		// A network that was never shown missing pixels is better off with a surface than with a hole (docs/experiments.md).
		final Result found = restored(missing == null ? image : SmoothFill.HARMONIC.roughly(image, missing, progress), part, range, settings,
			progress);
		if (wanted == null) return found;
		final Raster mean = noisy.copy();
		part.paste(found.mean, wanted, mean);
		return new Result(mean, found.standardDeviation == null ? null : deviation(found.standardDeviation, part, wanted, noisy));
	}

	/** @param found of the part; null: there is none */
	private static Raster deviation(final Raster found, final Window part, final boolean[] wanted, final Raster noisy) {
		final Raster deviation = new Raster(noisy.width(), noisy.height(), noisy.channels());
		if (found != null) part.paste(found, wanted, deviation);
		final boolean[] missing = Missing.in(noisy);
		for (int i = 0; missing != null && i < deviation.values().length; i++)
			if (missing[i / noisy.channels()]) deviation.values()[i] = Float.NaN;
		return deviation;
	}

	private Result restored(final Raster image, final Window part, final Normalization range, final Settings settings,
		final Progress progress)
	{
		if (settings.method == Method.PAPER) return new Result(range.toGray(langevin(range.toModel(image), settings, progress)), null);
		final Intensities units = new Intensities(range, settings.noise.shot());
		final Raster y = units.toModel(image);
		final double sigma = settings.noise.level(range);
		if (settings.method == Method.ONE_STEP) {
			final Raster denoised = units.toGray(oneStep(y, sigma, settings.noise.correlation(), settings.careful, progress));
			return new Result(seesAll ? plateausKept(image, denoised) : denoised, null);
		}
		return posterior(y, part, sigma, units, settings, progress);
	}

	/** Where an image is black or saturated all around nothing is to be restored, and a network that never saw it might draw a halo. */
	static Raster plateausKept(final Raster image, final Raster denoised) {
		for (int c = 0; c < image.channels(); c++) {
			final boolean[] kept = CutOff.of(image, c).plateaus(image, c);
			for (int i = c; kept != null && i < image.values().length; i += image.channels())
				if (kept[i / image.channels()]) denoised.values()[i] = image.values()[i];
		}
		return denoised;
	}

	/**
	 * Whether the model is for a method, whatever the image.
	 *
	 * @throws IllegalArgumentException with one sentence, if it is not
	 */
	public void requireMethod(final Method method) {
		Checks.requireKind(model, method == Method.PAPER ? Kind.CONTRASTIVE : Kind.SCORE_MATCHING, "Denoising by \"" + method + "\"");
		if (method == Method.POSTERIOR && model.info().knowsNoisyImagesAlone()) throw new IllegalArgumentException(
			"Posterior samples need a model that knows weaker noise than the image's, and this one, trained on noisy images, does not: use the method One step.");
	}

	/**
	 * The image without noise, as a step of other restorations: it is seen whole, and nothing is kept as it is.
	 *
	 * @param noisy [H,W,C] of finite values in any units; not changed
	 * @param sigma of the noise in the same units, positive
	 * @param correlation of the noise of neighbours
	 * @throws IllegalArgumentException with one sentence, if the model is none of score matching
	 * @throws java.util.concurrent.CancellationException if the user asked to stop
	 */
	public Raster step(final Raster noisy, final double sigma, final Correlation correlation, final Progress progress) {
		requireOneStep(model);
		progress.throwIfCanceled();
		return oneStep(noisy, sigma, correlation, false, new Progress() {

			@Override
			public boolean isCanceled() {
				return progress.isCanceled();
			}
		});
	}

	/** Whether the model knows how far the spread of its samples can be believed; if not, the spread is given as it is, and the log says so. */
	public boolean isCalibrated() {
		return isCalibrated(model);
	}

	static boolean isCalibrated(final Model model) {
		return model.info().calibration() != null && model.info().calibration().uncertainty() != null;
	}

	/** What is computed. One step sees the image whole; chains feel little of what is farther away. */
	private Window window(final Raster noisy, final boolean[] where, final Method method) {
		return method == Method.ONE_STEP ? Window.all(noisy) : Window.around(where, noisy, model.size());
	}

	/** Whether the model can be told how noise is correlated between neighbours; if not, such noise is made white for it. */
	public boolean knowsCorrelation() {
		return knowsCorrelation(model);
	}

	static boolean knowsCorrelation(final Model model) {
		return model.info().network() instanceof UnetSpec && ((UnetSpec) model.info().network()).correlated();
	}

	private Raster oneStep(final Raster y, final double sigma, final Correlation correlation, final boolean careful,
		final Progress progress)
	{
		progress.throwIfCanceled();
		if (correlation.isAny() && !knowsCorrelation()) {
			final Whitening whitening = new Whitening(correlation);
			return whitening.back(oneStep(whitening.of(y), whitening.sigma(sigma), Correlation.NONE, careful, progress));
		}
		progress.update(0, "Denoising");
		final float[] denoised = new float[y.values().length];
		final NoisyImages image = NoisyImages.at(y.values(), 1, y.height(), y.width(), sigma, energy.ofImages().isTold());
		new WholeImage(energy.ofImages(), careful).evaluate(image.withCorrelation(told(correlation)), Wanted.denoised(denoised));
		progress.update(1, "Denoising");
		return new Raster(y.width(), y.height(), y.channels(), limited(y.values(), denoised, sigma));
	}

	/** No pixel's noise is as strong as this; where a network meets contrasts that it has never seen, it may be far out. */
	static float[] limited(final float[] noisy, final float[] denoised, final double sigma) {
		final float most = (float) (LangevinChain.MOST * sigma);
		for (int i = 0; i < denoised.length; i++)
			denoised[i] = noisy[i] + Math.max(-most, Math.min(most, denoised[i] - noisy[i]));
		return denoised;
	}

	private Result posterior(final Raster y, final Window part, final double sigma, final Intensities units, final Settings settings,
		final Progress progress)
	{
		// Chains from x + σn to a weaker x + σ'n keep the noise's kind: what they add is correlated as the image's noise is.
		final Correlation own = settings.noise.correlation(), correlation = knowsCorrelation() ? own : Correlation.NONE;
		final Whitening whitening = new Whitening(knowsCorrelation() ? Correlation.NONE : own);
		final RunningMoments moments = samples(whitening.of(y), part, whitening.sigma(sigma), seed -> field(y, correlation.isAny() ? correlation : null,
			seed), correlation, whitening::back, settings, progress);
		if (!isCalibrated()) progress.log(UNCALIBRATED);
		final Raster mean = moments.mean(), spread = moments.smoothDeviation();
		// A single sample has no spread to make anything of.
		return new Result(units.toGray(mean), units.toGrayDeviation(settings.chains > 1 ? deviation(model, spread, sigma) : spread, mean));
	}

	/** What a spread of samples says of the error, where the model knows that. */
	static Raster deviation(final Model model, final Raster spread, final double sigma) {
		return isCalibrated(model) ? model.info().calibration().uncertainty().deviation(spread, sigma) : spread;
	}

	/**
	 * The spread of the samples of one channel of a state.
	 *
	 * @param y [H,W,C] the noisy state, in model units
	 * @param correlation of its noise, which the field is told, too
	 */
	static Raster spread(final Raster y, final int channel, final double sigma, final GradientField field, final Correlation correlation,
		final Settings settings, final Progress progress)
	{
		return samples(y, Window.all(y), sigma, seed -> field, correlation, UnaryOperator.identity(), settings, progress).smoothDeviation().channel(
			channel);
	}

	/** @param image what becomes of a sample of the state to make an image of it */
	private static RunningMoments samples(final Raster y, final Window part, final double sigma, final LongFunction<GradientField> field,
		final Correlation correlation, final UnaryOperator<Raster> image, final Settings settings, final Progress progress)
	{
		final Schedule schedule = Schedule.posterior(sigma, sigma / Schedule.POSTERIOR_DEPTH, settings.steps);
		final RunningMoments moments = new RunningMoments(y.width(), y.height(), y.channels());
		final SplittableRandom seeds = new SplittableRandom(settings.seed);
		final NoiseFilter filter = correlation.isAny() ? NoiseFilter.ofCorrelation(correlation.x(), correlation.y()) : null;
		for (int done = 0; done < settings.chains; done++) {
			final double before = done;
			final long seed = seeds.nextLong();
			final PlacedNoise noise = PlacedNoise.of(part.x(), part.y(), part.width(), part.height(), y.channels(), filter, seed);
			// No step takes more for noise than there can be.
			final LangevinChain chain = new LangevinChain(field.apply(seed), noise).gradientLimit(LangevinChain.MOST);
			final float[] sample = run(y, schedule, chain, progress, steps -> (before + steps) / settings.chains, "sample " + (done + 1) + " of " +
				settings.chains);
			moments.add(image.apply(new Raster(y.width(), y.height(), y.channels(), sample)).values());
		}
		return moments;
	}

	private Raster langevin(final Raster y, final Settings settings, final Progress progress) {
		final int stages = model.pyramid().stages();
		final Schedule schedule = Schedule.paper(Math.max(1, model.info().langevinSteps()), stages - 1, stages);
		final SplittableRandom rng = new SplittableRandom(settings.seed);
		final GradientField field = GradientFields.tiled(energy, y.width(), y.height(), null, rng.split());
		return new Raster(y.width(), y.height(), y.channels(), run(y, schedule, new LangevinChain(field, PlacedNoise.of(rng
			.nextLong())).clamped(), progress, steps -> steps, "Langevin"));
	}

	/** @param correlation of the noise; null: white; @param seed draws where tiles lie, if the network is one of tiles */
	private GradientField field(final Raster y, final Correlation correlation, final long seed) {
		return correlation == null ? GradientFields.tiled(energy, y.width(), y.height(), null, new SplittableRandom(seed)) : GradientFields
			.whole(energy.ofImages(), y.width(), y.height(), told(correlation));
	}

	/** What an energy is told of it; null: the noise is white. */
	static float[] told(final Correlation correlation) {
		return !correlation.isAny() ? null : new float[] { (float) correlation.x(), (float) correlation.y() };
	}

	private static float[] run(final Raster y, final Schedule schedule, final LangevinChain chain, final Progress progress,
		final DoubleUnaryOperator fraction, final String what)
	{
		final float[] x = y.values().clone();
		chain.cancelWhen(progress::isCanceled).count(step -> progress.update(fraction.applyAsDouble((double) step / schedule.length()),
			"Denoising: " + what + ", step " + step + " of " + schedule.length())).run(x, schedule);
		return x;
	}

	@Override
	public void close() {
		network.close();
	}
}

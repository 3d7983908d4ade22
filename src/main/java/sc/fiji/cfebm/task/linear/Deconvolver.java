package sc.fiji.cfebm.task.linear;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.RunningMoments;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.task.Checks;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.SmoothFill;
import sc.fiji.cfebm.task.StackDenoiser;

/**
 * Restores images that went through a known linear operator, such as a microscope's blur, and got noise: with a model that knows what images
 * look like. Not thread-safe; close it to free native memory.
 */
public final class Deconvolver implements AutoCloseable {

	/** Turns of a restoration, where nothing else is said. */
	public static final int STEPS = 16;
	/** σ of the first turn as a share of the range of gray values. */
	private static final double STRONGEST = 70.0 / 255;
	/**
	 * σ of the last turn in that of the image's noise, the same where none was found, and the trust in the model where noise is white, and where it is of
	 * shots or correlated (docs/experiments.md).
	 */
	private static final double WEAKEST = 0.7, WEAKEST_CLEAN = 2, TRUST = 0.2, TRUST_MORE = 0.3;
	/** Of conjugate gradients in a turn, at the most. */
	private static final int ITERATIONS = 20;
	/** Turns of a sample, how much of its noise is drawn anew in each, and the trust in it. */
	private static final int SAMPLE_STEPS = 12;
	private static final double FRESH = 0.5, SAMPLE_WEAKEST = 1, SAMPLE_TRUST = 1;
	/**
	 * What makes the samples' distance from the likely image a standard deviation: a factor, which falls with the noise as a share of the range as this
	 * power, and a floor in that of the noise. Found on micrographs with noise between these shares (docs/experiments.md).
	 */
	private static final double FACTOR = 0.7, FACTOR_AT = 0.135, FACTOR_POWER = 0.4, FLOOR = 0.03, LEAST_NOISE = 0.06, MOST_NOISE = 0.29;
	/** Noise of an image in which none is found, as a share of the range of gray values. */
	private static final double LEAST = 0.002;
	/**
	 * σ that noise counts as at least where blur is taken off, as a share of the range, since no PSF is known exactly; and that of whole numbers. What
	 * noise can't explain is so many times as strong as it (docs/experiments.md).
	 */
	private static final double LEAST_BLURRED = 0.004, WHOLE = 0.5, UNEXPLAINED = 1.7;

	/**
	 * @param steps turns of the restoration, at least 1; 0: the usual
	 * @param samples how many other possible images are drawn, whose spread is the result's uncertainty; 0: none
	 * @param seed of the samples
	 */
	public record Settings(int steps, int samples, long seed) {

		/** One image, as usual. */
		public static final Settings USUAL = new Settings(0, 0, 0);

		/** @throws IllegalArgumentException with one sentence, if a number is out of its range */
		public Settings {
			if (steps < 0) throw new IllegalArgumentException("The number of steps must be at least 1, or 0 for the usual, not " + steps + ".");
			if (samples < 0 || samples == 1) throw new IllegalArgumentException(
				"The number of possible images must be at least 2, or 0 for none, not " + samples + ".");
		}
	}

	/**
	 * @param image the restored image, the most likely one, in gray values, of the size that the operator says; of a deconvolution as large as the observed one, with
	 *          its missing pixels as they were, bit by bit
	 * @param standardDeviation how far the truth may be from the image, in gray values: the samples' distances from it, as far as they were found too large or too small
	 *         ; NaN where a pixel is missing; null: none were asked for
	 * @param again what a camera would see of the restored image, but for the noise, as large as what was observed
	 * @param noise that the observed image was taken to have beside that, which may be stronger than the noise it was said to have; null: none
	 */
	public record Result(Raster image, Raster standardDeviation, Raster again, NoiseModel noise) {}

	private final Model model;
	private final Denoiser denoiser;
	/** Null: planes are worked on alone. */
	private final StackDenoiser stacks;

	/** @throws IllegalArgumentException with one sentence, if the model is not one of score matching */
	public Deconvolver(final Model model) {
		this(model, null);
	}

	/**
	 * One for stacks, too.
	 *
	 * @param ofPlanes a model of neighbouring planes that goes with the other one; null: there is none
	 * @throws IllegalArgumentException with one sentence, if a model is not one of score matching, or not one of neighbouring planes
	 */
	public Deconvolver(final Model model, final Model ofPlanes) {
		Denoiser.requireOneStep(model);
		this.model = model;
		denoiser = new Denoiser(model);
		try {
			stacks = ofPlanes == null ? null : new StackDenoiser(ofPlanes);
		}
		catch (final RuntimeException e) {
			denoiser.close();
			throw e;
		}
	}

	/** How many planes of a stack it looks at together; 1: it has no model for that. */
	public int planes() {
		return stacks == null ? 1 : stacks.planes();
	}

	/** Whether the model can be told how noise is correlated between neighbours; if not, such noise is made white for it. */
	public boolean knowsCorrelation() {
		return denoiser.knowsCorrelation();
	}

	/**
	 * Takes blur and noise off an image.
	 *
	 * @param observed [H,W,C] in gray values; pixels that are NaN or infinite in some channel are missing: they stay as they are, and nothing
	 *          is concluded from them
	 * @param psf of its blur; what of it is larger than the image is left out. One that does not blur leaves the noise to be taken off, in one
	 *          step, if the usual is asked for
	 * @param noise of the image; null: it has none that is found
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public Result deconvolve(final Raster observed, final Psf psf, final NoiseModel noise, final Settings settings, final Progress progress) {
		Checks.requireChannels(model, observed);
		final boolean[] missing = Missing.in(observed);
		if (Missing.isAll(missing)) throw new IllegalArgumentException("No pixel of the image is a finite number.");
		final Psf cut = psf.cut(observed.width(), observed.height());
		if (cut.isPoint() && settings.samples == 0) return unblurred(observed, noise, progress);
		final Blur blur = new Blur(cut, observed.width(), observed.height());
		final NoiseModel assumed = assumed(observed, missing, blur, noise, progress);
		final Result whole = restore(observed, blur, assumed, settings, progress);
		final Raster mean = seen(whole.image, blur), deviation = whole.standardDeviation == null ? null : seen(whole.standardDeviation, blur);
		for (int i = 0; missing != null && i < mean.values().length; i++)
			if (missing[i / mean.channels()]) {
				mean.values()[i] = observed.values()[i];
				if (deviation != null) deviation.values()[i] = Float.NaN;
			}
		return new Result(mean, deviation, whole.again, assumed);
	}

	/**
	 * Takes blur and noise off one plane of a stack, whose neighbours help: each is fitted to its own observation, and noise is taken off all of
	 * them together. Planes with missing pixels do not help.
	 *
	 * @param stack planes by their index, from 0 to count - 1; null for one that is not to be mixed with others
	 * @param index of the plane that is asked for
	 * @param psf in the plane, the same for all of them
	 * @param settings no samples are drawn
	 * @return null: there is no model of neighbouring planes, no plane beside it shows the same field with the same noise, pixels of it are
	 *         missing, or the PSF does not blur
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public Result deconvolve(final IntFunction<StackDenoiser.Noisy> stack, final int count, final int index, final Psf psf,
		final Settings settings, final Progress progress)
	{
		final int k = planes(), half = k / 2, first = Math.max(0, Math.min(count - k, index - half)), end = Math.min(count, first + k);
		if (k == 1) return null;
		final Map<Integer, StackDenoiser.Noisy> planes = new HashMap<>();
		final IntFunction<StackDenoiser.Noisy> plane = p -> planes.computeIfAbsent(p, stack::apply);
		final StackDenoiser.Noisy own = whole(plane.apply(index));
		if (own == null) return null;
		int low = index, high = index;
		while (low > first && belong(plane.apply(low - 1), plane.apply(low)))
			low--;
		while (high < end - 1 && belong(plane.apply(high + 1), plane.apply(high)))
			high++;
		final boolean isFull = high - low + 1 == k;
		final int from = isFull ? low : Math.max(low, index - half), to = isFull ? high : Math.min(high, index + half);
		if (from == to) return null;
		final Psf cut = psf.cut(own.image().width(), own.image().height());
		if (cut.isPoint()) return null;
		final Blur blur = new Blur(cut, own.image().width(), own.image().height());
		// Where there are fewer, the plane that is asked for is in the middle, and the outermost stand in for those that are not there.
		final int middle = isFull ? low + half : index;
		final int[] places = IntStream.rangeClosed(middle - half, middle + half).map(p -> Math.max(from, Math.min(to, p)) - from).toArray();
		final PlugAndPlay.NoiseRemoval removal = (image, sigma, correlation) -> means(stacks.step(Raster.of(IntStream.of(places).mapToObj(image::channel)
			.toList()), sigma, correlation, progress), places);
		final NoiseModel assumed = assumed(own.image(), null, blur, own.noise(), progress);
		final Raster whole = Problem.of(Raster.of(IntStream.rangeClosed(from, to).mapToObj(p -> planes.get(p).image()).toList()), blur, assumed,
			removal).likely(settings.steps, progress).channel(index - from);
		return new Result(seen(whole, blur), null, again(whole, blur), assumed);
	}

	private static StackDenoiser.Noisy whole(final StackDenoiser.Noisy plane) {
		return plane == null || Missing.in(plane.image()) != null ? null : plane;
	}

	private static boolean belong(final StackDenoiser.Noisy plane, final StackDenoiser.Noisy other) {
		return whole(plane) != null && StackDenoiser.belong(plane, other);
	}

	/** Of the channels that show the same plane. @param places which plane each of them shows, in ascending order from 0 */
	private static Raster means(final Raster slab, final int[] places) {
		final int planes = places[places.length - 1] + 1;
		final Raster means = new Raster(slab.width(), slab.height(), planes);
		final int[] times = new int[planes];
		for (final int p : places)
			times[p]++;
		for (int i = 0; i < slab.values().length; i++)
			means.values()[i / places.length * planes + places[i % places.length]] += slab.values()[i] / times[places[i % places.length]];
		return means;
	}

	private Result unblurred(final Raster observed, final NoiseModel noise, final Progress progress) {
		if (noise == null) return new Result(observed.copy(), null, observed.copy(), null);
		final Normalization own = ImageRange.of(observed.channels(), List.of(ImageRange.withoutNoise(observed)));
		final Raster mean = denoiser.denoise(observed, noise.range(model, own), new Denoiser.Settings(Denoiser.Method.ONE_STEP, noise, 1, 1, 1),
			progress).mean();
		return new Result(mean, null, mean, noise);
	}

	private static Raster seen(final Raster image, final Blur blur) {
		return Raster.of(channels(image).stream().map(channel -> new Raster(blur.observedWidth(), blur.observedHeight(), 1, blur.seen(channel
			.values()))).toList());
	}

	private static List<Raster> channels(final Raster image) {
		return IntStream.range(0, image.channels()).mapToObj(image::channel).toList();
	}

	/**
	 * Restores an image from what an operator made of it.
	 *
	 * @param observed [H,W,C] in gray values; pixels that are NaN or infinite in some channel are missing: nothing is concluded from them
	 * @param operator what the camera did, to each channel
	 * @param noise of what was observed; null: there is hardly any
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public Result restore(final Raster observed, final LinearOperator operator, final NoiseModel noise, final Settings settings,
		final Progress progress)
	{
		Checks.requireChannels(model, observed);
		final Problem problem = Problem.of(observed, operator, noise, (image, sigma, correlation) -> denoiser.step(image, sigma, correlation,
			progress));
		final Raster image = problem.likely(settings.steps, settings.samples == 0 ? progress : progress.part(0, settings.samples + 1));
		return new Result(image, settings.samples == 0 ? null : problem.deviation(image, settings, progress), again(image, operator), noise);
	}

	/**
	 * Noise that a blurred image is taken to have. With weaker noise the restoration would follow what the PSF does not explain, and leave it behind where
	 * the observation says little.
	 *
	 * @param missing null: no pixel is
	 * @param noise null: none was found
	 */
	private static NoiseModel assumed(final Raster observed, final boolean[] missing, final Blur blur, final NoiseModel noise, final Progress progress) {
		final Raster filled = missing == null ? observed : SmoothFill.HARMONIC.roughly(observed, missing, Progress.NONE);
		double variance = 0, stopped = 0;
		for (final float v : filled.values())
			variance += noise == null ? 0 : noise.sigmaAt(v) * noise.sigmaAt(v) / filled.values().length;
		final double least = Math.max(Float.MIN_NORMAL, Math.max(LEAST_BLURRED * darkToBright(observed), observed.isWhole(missing) ? WHOLE
			: 0));
		for (final Raster channel : channels(filled))
			stopped = Math.max(stopped, blur.stopped(channel.values()));
		final boolean isExplained = stopped <= UNEXPLAINED * Math.max(Math.sqrt(variance), least);
		if (!isExplained) progress.log(String.format(Locale.ROOT,
			"The image has finer detail than the PSF lets through, and it was taken for noise of a standard deviation of %.3g gray values: the PSF is too wide, or the image was not blurred by it.",
			stopped));
		final double most = isExplained ? least : stopped;
		if (noise == null) return NoiseModel.white(most);
		final Anscombe shot = noise.shot();
		if (shot == null) return noise.sigma() < most ? NoiseModel.white(most).correlated(noise.correlation()) : noise;
		// Of shots none is weaker than one photon.
		return shot.gain() < most ? NoiseModel.shot(new Anscombe(shot.gain(), shot.intercept() + most * most)).correlated(noise.correlation()) : noise;
	}

	/** From dark to bright. @throws IllegalArgumentException if nothing is finite */
	private static double darkToBright(final Raster observed) {
		final Raster known = ImageRange.withoutNoise(observed);
		if (known == null) throw new IllegalArgumentException("No pixel of the image is a finite number.");
		final Normalization own = ImageRange.of(1, List.of(known));
		return own.high() - own.low();
	}

	/**
	 * @param range from dark to bright, in gray values
	 * @param trust in the model
	 * @param clean whether no noise was found
	 */
	private record Problem(PlugAndPlay solver, double range, double trust, boolean clean) {

		/** @param noise null: none was found */
		static Problem of(final Raster observed, final LinearOperator operator, final NoiseModel noise, final PlugAndPlay.NoiseRemoval removal) {
			final double range = darkToBright(observed);
			return new Problem(new PlugAndPlay(observed, operator, noise == null ? NoiseModel.white(Math.max(LEAST * range, Float.MIN_NORMAL)) : noise,
				removal), range, noise == null || noise.shot() == null && !noise.correlation().isAny() ? TRUST : TRUST_MORE, noise == null);
		}

		/** The most likely image: it is nearer to the truth than the mean of a few samples. */
		Raster likely(final int steps, final Progress progress) {
			return solver.restore(new PlugAndPlay.Settings(steps == 0 ? STEPS : steps, STRONGEST * range, clean ? WEAKEST_CLEAN : WEAKEST, trust,
				ITERATIONS, clean), progress);
		}

		Raster deviation(final Raster likely, final Settings settings, final Progress progress) {
			final PlugAndPlay.Settings each = new PlugAndPlay.Settings(settings.steps == 0 ? SAMPLE_STEPS : settings.steps, STRONGEST * range, SAMPLE_WEAKEST,
				SAMPLE_TRUST, ITERATIONS, false);
			final RunningMoments moments = new RunningMoments(likely.width(), likely.height(), likely.channels());
			final SplittableRandom seeds = new SplittableRandom(settings.seed);
			for (int i = 0; i < settings.samples; i++)
				moments.add(solver.sample(each, FRESH, new SplittableRandom(seeds.nextLong()), progress.part(i + 1, settings.samples + 1)).values());
			final Raster deviation = moments.deviationFrom(likely.values());
			for (int i = 0; i < deviation.values().length; i++)
				deviation.values()[i] *= deviation.values()[i];
			// The squares of a few samples scatter; those of neighbours make them steadier.
			final Raster smooth = Resample.smoothed(deviation);
			final double noise = solver.level(), share = Math.max(LEAST_NOISE, Math.min(MOST_NOISE, noise / range)), factor = FACTOR * Math.pow(FACTOR_AT /
				share, FACTOR_POWER);
			for (int i = 0; i < smooth.values().length; i++)
				smooth.values()[i] = (float) (factor * Math.hypot(Math.sqrt(smooth.values()[i]), FLOOR * noise));
			progress.log("The standard deviation was calibrated on micrographs with several PSFs: it is right on average, and not for each image.");
			return smooth;
		}
	}

	private static Raster again(final Raster image, final LinearOperator operator) {
		return Raster.of(channels(image).stream().map(channel -> {
			final Raster seen = new Raster(operator.observedWidth(), operator.observedHeight(), 1);
			operator.apply(channel.values(), seen.values());
			return seen;
		}).toList());
	}

	@Override
	public void close() {
		try {
			denoiser.close();
		}
		finally {
			if (stacks != null) stacks.close();
		}
	}
}

package sc.fiji.cfebm.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.Img;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.BooleanType;
import net.imglib2.type.numeric.RealType;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;

import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.noise.Residual;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.LineOffsets;
import sc.fiji.cfebm.raster.LineOffsets.Which;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Rasters;
import sc.fiji.cfebm.task.Anomaly;
import sc.fiji.cfebm.task.AnomalyDetector;
import sc.fiji.cfebm.task.Checks;
import sc.fiji.cfebm.task.Cleaned;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.task.inpaint.Inpainter;
import sc.fiji.cfebm.task.linear.Deconvolver;
import sc.fiji.cfebm.task.linear.LinearOperator;
import sc.fiji.cfebm.task.linear.Psf;

/**
 * A model and what it can do, for programs: the tasks of the commands, with the commands' defaults, on ImgLib2 images. Whoever
 * wants other settings goes to the classes of package {@code sc.fiji.cfebm.task}, which this one calls.
 * <p>
 * Images are planes: [W,H] for a model of gray images, [W,H,3] for one of RGB, of any {@link RealType}, any origin and any size
 * from the model's tile on, in gray values. Results are written into a target that the caller owns, which may be the source;
 * integer types are rounded and clamped. A stack is worked on plane by plane, under one range of gray values: see {@link #range(double, double)}.
 * <p>
 * Methods block until they are done, compute on the calling thread and ND4J's, and throw {@link
 * java.util.concurrent.CancellationException} soon after the progress asked to stop, {@link IllegalArgumentException} with one
 * sentence for the user where model, image and target do not fit; then the target is as it was. Not thread-safe; close it to free native memory.
 */
public final class Cfebm implements AutoCloseable {

	private final Model model;
	/** Null: each image its own. */
	private Normalization range;
	private Which stripes = Which.NONE;
	private boolean closed;
	private Denoiser denoiser;
	private Deconvolver deconvolver;
	private Inpainter inpainter;
	private AnomalyDetector detector;
	private Sampler sampler;

	public Cfebm(final Model model) {
		this.model = model;
	}

	/**
	 * Reads a model file.
	 *
	 * @param model a {@code .cfebm} file
	 * @throws IOException with one sentence naming the file, if it is missing, damaged, foreign or too new
	 */
	public static Cfebm read(final Path model) throws IOException {
		return new Cfebm(Model.read(model));
	}

	public Model model() {
		return model;
	}

	/**
	 * Sets the gray values that the model is to take for its darkest and brightest, for all images from now on: to be set for the planes
	 * of a stack, which belong together. Without it {@link #inpaint} takes the image's own 0.1 and 99.9
	 * percentiles (0 and 255 of RGB), and {@link #anomalies} takes the training images' range. To {@link #denoise} it makes no difference.
	 *
	 * @return this
	 */
	public Cfebm range(final double low, final double high) {
		range = new Normalization(low, high);
		return this;
	}

	/**
	 * Has {@link #denoise} take off stripes first: offsets of rows or columns, as of cameras and scanners that read out line by line.
	 * Without it denoise only says, in the progress's log, where it sees some.
	 *
	 * @return this
	 */
	public Cfebm withoutStripes(final Which which) {
		stripes = which;
		return this;
	}

	/**
	 * Removes noise, in one step, as the command does: single pixels far from all around them (hot, dead, salt or pepper) are replaced
	 * first, and the progress's log says how many. Pixels that are NaN or infinite stay as they are.
	 *
	 * @param sigma standard deviation of white noise in gray values; 0 has the noise found: white, shot or correlated; an image in which
	 *          none is found is written without stripes and single pixels, and else as it is
	 * @return in what share of the image, 0 to 1, more was taken off than such noise can be: the image is unlike what the model knows
	 *         there, or its noise is unlike what it was taken for. 0 is usual; so it is where no noise was found
	 */
	public <T extends RealType<T>, U extends RealType<U>> double denoise(final RandomAccessibleInterval<T> noisy,
		final RandomAccessibleInterval<U> target, final double sigma, final Progress progress)
	{
		final Raster read = read(noisy, target, model.channels());
		Checks.requireChannels(model, read);
		final NoiseSettings said = new NoiseSettings(sigma, 0, 0, 0);
		final Raster image = cleaned(read, progress);
		final NoiseModel noise = said.of(() -> NoiseEstimate.of(image));
		if (noise == null) {
			Rasters.write(image, target);
			return 0;
		}
		if (denoiser == null) denoiser = new Denoiser(model);
		final Raster denoised = denoiser.denoise(image, noise.range(model, range(ImageRange.withoutNoise(image))), new Denoiser.Settings(
			Denoiser.Method.ONE_STEP, noise, 1, 1, Defaults.SEED), progress).mean();
		Rasters.write(denoised, target);
		return Residual.of(image, denoised, noise).share();
	}

	/**
	 * Takes blur and noise off, as the command does: isolated pixels far from all around them are replaced first, and the progress's log
	 * says how many. Pixels that are NaN or infinite stay as they are.
	 *
	 * @param blurred [W,H] or [W,H,3]
	 * @param psf how a point is seen: see {@link sc.fiji.cfebm.task.linear.Psfs} and {@link Psf#of}
	 * @param sigma standard deviation of white noise in gray values; 0 has the noise found
	 * @return in what share of the image, 0 to 1, the result, blurred again, differs from it by more than such noise can be: the PSF is
	 *         another there, or the image unlike what the model knows. 0 is usual
	 */
	public <T extends RealType<T>, U extends RealType<U>> double deconvolve(final RandomAccessibleInterval<T> blurred, final Psf psf,
		final RandomAccessibleInterval<U> target, final double sigma, final Progress progress)
	{
		final Raster read = read(blurred, target, model.channels());
		final NoiseSettings said = new NoiseSettings(sigma, 0, 0, 0);
		final Raster image = cleaned(read, progress);
		final NoiseModel noise = said.of(() -> NoiseEstimate.of(image));
		final Deconvolver.Result result = deconvolver().deconvolve(image, psf, noise, Deconvolver.Settings.USUAL, progress);
		Rasters.write(result.image(), target);
		return result.noise() == null ? 0 : Residual.of(image, result.again(), result.noise()).share();
	}

	/**
	 * Restores an image from what a linear operator made of it, and noise: one's own operator is enough. Pixels that are NaN or infinite
	 * count as not observed.
	 *
	 * @param observed [W,H] or [W,H,3], as wide and high as the operator's observations
	 * @param operator H, of each channel
	 * @param target as wide and high as the operator's images
	 * @param sigma standard deviation of white noise in gray values, positive
	 */
	public <T extends RealType<T>, U extends RealType<U>> void restore(final RandomAccessibleInterval<T> observed, final LinearOperator operator,
		final RandomAccessibleInterval<U> target, final double sigma, final Progress progress)
	{
		requireOpen();
		final Raster image = Rasters.read(observed);
		Rasters.requireSize(target, operator.width(), operator.height(), model.channels());
		Rasters.write(deconvolver().restore(image, operator, NoiseModel.white(sigma), Deconvolver.Settings.USUAL, progress).image(), target);
	}

	private Deconvolver deconvolver() {
		if (deconvolver == null) deconvolver = new Deconvolver(model);
		return deconvolver;
	}

	/** Without what the model does not know. */
	private Raster cleaned(final Raster image, final Progress progress) {
		final Cleaned cleaned = Cleaned.of(image, stripes, Cleaned.Single.REPLACED);
		if (cleaned.outliers() > 0) progress.log("Isolated pixels far from all around them (hot, dead, salt or pepper) that were replaced: " +
			cleaned.outliers() + ".");
		final LineOffsets.Seen left = LineOffsets.seen(cleaned.image(), stripes);
		if (left.which() != Which.NONE) progress.log("The image has stripes, which withoutStripes(" + (stripes == Which.NONE ? left.which()
			: Which.BOTH).name() + ") takes off.");
		return cleaned.image();
	}

	/**
	 * Fills in a hole, by the method Conservative. All other pixels keep their values, to the precision of a float; those of them that
	 * are NaN or infinite have no influence.
	 *
	 * @param hole [W,H], true where a pixel is to be filled in; what the image holds there does not matter
	 */
	public <T extends RealType<T>, B extends BooleanType<B>, U extends RealType<U>> void inpaint(
		final RandomAccessibleInterval<T> image, final RandomAccessibleInterval<B> hole, final RandomAccessibleInterval<U> target,
		final Progress progress)
	{
		final Raster filled = read(image, target, model.channels());
		final boolean[] where = mask(hole, filled);
		final Normalization known = range(ImageRange.known(filled, where));
		if (inpainter == null) inpainter = new Inpainter(model);
		Rasters.write(inpainter.inpaint(filled, where, known, new Inpainter.Settings(Inpainter.Method.CONSERVATIVE, inpainter
			.needsMean() ? Defaults.COMPLETIONS : 1, 0, Defaults.FEATHER, Defaults.SEED), progress).filled(), target);
	}

	/**
	 * Maps how unusual each pixel's surroundings are among those of nominal images, as quantiles of the standard normal
	 * distribution: 2.33 or more is found in 1 % of nominal patches.
	 *
	 * @param map [W,H], best of a floating-point type
	 * @return the same for the whole image, among nominal images of its size
	 */
	public <T extends RealType<T>, U extends RealType<U>> double anomalies(final RandomAccessibleInterval<T> image,
		final RandomAccessibleInterval<U> map, final Progress progress)
	{
		final Raster raster = read(image, map, 1);
		if (detector == null) detector = new AnomalyDetector(model);
		final Anomaly anomaly = detector.detect(raster, range == null ? model.range() : range, progress);
		Rasters.write(anomaly.map(), map);
		return anomaly.score();
	}

	/**
	 * Invents images like those the model was trained on: to see what it has learnt, never to measure.
	 *
	 * @param count how many
	 * @param seed the same seed gives the same images
	 * @return [W,H], or [W,H,3] of RGB, as large as the model's tile, in the training images' gray values
	 */
	public List<Img<FloatType>> sample(final int count, final long seed, final Progress progress) {
		requireOpen();
		if (sampler == null) sampler = new Sampler(model);
		return sampler.sample(Sampler.Settings.of(count, sampler.finest(), seed), progress).samples().stream().map(
			Cfebm::image).toList();
	}

	private static Img<FloatType> image(final Raster raster) {
		final Img<FloatType> img = raster.channels() == 1 ? ArrayImgs.floats(raster.width(), raster.height()) : ArrayImgs.floats(raster
			.width(), raster.height(), raster.channels());
		Rasters.write(raster, img);
		return img;
	}

	private void requireOpen() {
		if (closed) throw new IllegalStateException("This Cfebm is closed: open the model again.");
	}

	/** Reads the image, after a look at the target: not after minutes of work. */
	private <T extends RealType<T>> Raster read(final RandomAccessibleInterval<T> image, final RandomAccessibleInterval<?> target,
		final int channels)
	{
		requireOpen();
		final Raster raster = Rasters.read(image);
		Rasters.requireSize(target, raster.width(), raster.height(), channels);
		return raster;
	}

	/** @param seen null: there is nothing to take it from */
	private Normalization range(final Raster seen) {
		return range != null ? range : seen == null ? model.range() : ImageRange.of(model.channels(), List.of(seen));
	}

	private static <B extends BooleanType<B>> boolean[] mask(final RandomAccessibleInterval<B> hole, final Raster image) {
		Rasters.requireSize(hole, image.width(), image.height(), 1);
		final boolean[] where = new boolean[image.width() * image.height()];
		int i = 0;
		for (final B pixel : Views.flatIterable(hole))
			where[i++] = pixel.get();
		return where;
	}

	@Override
	public void close() {
		closed = true;
		if (denoiser != null) denoiser.close();
		if (deconvolver != null) deconvolver.close();
		if (inpainter != null) inpainter.close();
		if (detector != null) detector.close();
		if (sampler != null) sampler.close();
	}
}

package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

import net.imglib2.img.Img;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.numeric.real.FloatType;

import sc.fiji.cfebm.api.Cfebm;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.Slabs;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.data.TrainingImages;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** Training and restoring as a user does who says nothing but the model, the time, the method and perhaps σ. */
final class AsUsed {

	/** Defaults of *CF-EBM Train*: the side of a tile, and the base width of a training from scratch. */
	private static final int SIZE = 32, WIDTH = 8;

	private AsUsed() {}

	/**
	 * Trains as the command does with its defaults: preset Score matching, noise estimated; every image counts as a file.
	 *
	 * @param from the model to go on from; null: from scratch
	 */
	static Model trained(final List<Raster> images, final Model from, final double minutes, final TrainingMonitor monitor) throws IOException {
		final List<ImageSource> sources = IntStream.range(0, images.size()).mapToObj(i -> new ImageSource("image " + i, List.of(images.get(
			i)))).toList();
		final TrainingImages ready = TrainingImages.of(sources, TrainingImages.Noise.ESTIMATE, new NoiseSettings(0, 0, 0, 0), monitor);
		final TrainingSettings asked = new TrainingSettings(Preset.SCORE_MATCHING.recipe(), SIZE, WIDTH, minutes, List.of(), 0, true, true, Benchmark.SEED,
			ready.shot(), ready.noise(), ready.correlation());
		return Trainer.train(Split.of(ready.sources(), SIZE, Benchmark.SEED), null, from, ready.range(), from == null ? asked : asked.from(from), null,
			monitor);
	}

	/**
	 * Trains a model of neighbouring planes on noisy stacks as the command does with {@code planes=5} and so many iterations: noise estimated.
	 *
	 * @param from the model to go on from
	 */
	static Model trainedOnStacks(final List<List<Raster>> stacks, final Model from, final int iterations, final TrainingMonitor monitor)
		throws IOException
	{
		final List<ImageSource> sources = IntStream.range(0, stacks.size()).mapToObj(i -> new ImageSource("stack " + i, stacks.get(i), List.of(
			IntStream.range(0, stacks.get(i).size()).boxed().toList()))).toList();
		final TrainingImages ready = TrainingImages.of(sources, TrainingImages.Noise.ESTIMATE, new NoiseSettings(0, 0, 0, 0), monitor);
		final TrainingSettings settings = new TrainingSettings(Preset.DENOISING.recipe(), SIZE, WIDTH, 0, List.of(iterations), 0, true, true, Benchmark.SEED,
			ready.shot(), ready.noise(), ready.correlation()).withPlanes(from.planes()).from(from);
		return Trainer.train(Split.of(Slabs.of(ready.sources(), from.planes(), ready.noise() > 0), SIZE, Benchmark.SEED), null, from, ready.range(), settings,
			null, monitor);
	}

	/** In one step, by {@code Cfebm}, which has the command's defaults. @param sigma 0: it is estimated, as the command does */
	static Raster denoised(final Cfebm cfebm, final Raster noisy, final double sigma) {
		final Raster out = noisy.copy();
		final Img<FloatType> image = ArrayImgs.floats(noisy.values(), noisy.width(), noisy.height());
		cfebm.denoise(image, ArrayImgs.floats(out.values(), out.width(), out.height()), sigma, Progress.NONE);
		return out;
	}

	/** By the command's method Posterior, with its numbers of images and steps, σ estimated: the mean and its standard deviation. */
	static Denoiser.Result posterior(final Denoiser denoiser, final Model model, final Raster noisy) {
		return posterior(denoiser, model, noisy, noisy);
	}

	/** As {@link #posterior(Denoiser, Model, Raster)}, of a part of an image whose noise is estimated from the whole. */
	static Denoiser.Result posterior(final Denoiser denoiser, final Model model, final Raster noisy, final Raster whole) {
		final NoiseModel noise = new NoiseSettings(0, 0, 0, 0).of(() -> NoiseEstimate.of(whole));
		return denoiser.denoise(noisy, noise.range(model, range(ImageRange.withoutNoise(whole))), new Denoiser.Settings(
			Denoiser.Method.POSTERIOR, noise, Defaults.CHAINS, Defaults.STEPS, Defaults.SEED), Progress.NONE);
	}

	/** The range of a gray image whose holes are to be filled in. */
	static Normalization ofKnown(final Raster damaged, final boolean[] hole) {
		return range(ImageRange.known(damaged, hole));
	}

	private static Normalization range(final Raster seen) {
		return ImageRange.of(1, List.of(seen));
	}
}

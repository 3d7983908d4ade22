package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import sc.fiji.cfebm.benchmark.Benchmark.Options;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.data.TrainingImages;

/**
 * Our models for frames of a microscope with strong shot noise, whose gray values are scaled image by image: the gain of
 * each image is estimated from its one noisy frame, and the models count photons.
 */
final class WideField {

	private static final Anscombe PHOTONS = new Anscombe(1, 0);

	private WideField() {}

	/**
	 * A model trained on clean frames, in the photons of single ones; from the folder of models if it is there.
	 *
	 * @param clean means of many frames
	 * @param noisy a single frame of each, in gray values of another scale; only its gain and offset are used
	 */
	static Model ofClean(final List<Raster> clean, final List<Raster> noisy, final Options options, final Report report)
		throws IOException
	{
		final List<ImageSource> photons = new ArrayList<>();
		for (int i = 0; i < clean.size(); i++)
			photons.add(new ImageSource("field " + i, List.of(NoiseEstimate.of(noisy.get(i)).shot().photons(Quality.fitted(clean.get(
				i), noisy.get(i))))));
		return model("w2s-clean", photons, TrainingImages.Noise.CLEAN, new NoiseSettings(0, PHOTONS.gain(), 0, 0), options,
			report);
	}

	/** A model trained on noisy frames alone. */
	static Model ofNoisy(final List<Raster> noisy, final Options options, final Report report) throws IOException {
		final List<ImageSource> frames = new ArrayList<>();
		for (int i = 0; i < noisy.size(); i++)
			frames.add(new ImageSource("field " + i, List.of(noisy.get(i))));
		return model("w2s-noisy", frames, TrainingImages.Noise.SHOT, new NoiseSettings(0, 0, 0, 0), options, report);
	}

	private static Model model(final String name, final List<ImageSource> images, final TrainingImages.Noise kind,
		final NoiseSettings noise, final Options options, final Report report) throws IOException
	{
		final Path file = options.models().resolve(name + ".cfebm");
		if (!Files.exists(file)) {
			Files.createDirectories(options.models());
			final TrainingImages ready = TrainingImages.of(images, kind, noise, Benchmark.monitor(report));
			Trainer.train(Split.of(ready.sources(), 32, 1), ready.range(), new TrainingSettings(Preset.DENOISING.recipe(ready
				.level()), 32, 16, options.minutes(), List.of(), 0, true, true, 1, ready.shot(), ready.noise()), null, Benchmark.monitor(
					report)).write(file);
		}
		return Model.read(file);
	}

	/** One step, with gain and offset estimated from the image itself. */
	static Raster denoised(final Denoiser denoiser, final Model model, final Raster noisy) {
		final NoiseModel noise = NoiseModel.shot(NoiseEstimate.of(noisy).shot());
		return denoiser.denoise(noisy, noise.shot().equalPhotonRange(model.range(), model.info().shot()), new Denoiser.Settings(
			Denoiser.Method.ONE_STEP, noise, 1, 1, 1), Progress.NONE).mean();
	}
}

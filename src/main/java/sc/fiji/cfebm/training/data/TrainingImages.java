package sc.fiji.cfebm.training.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/**
 * Images made ready to be trained on.
 *
 * @param sources in the values that the model works on: gray values, or transformed ones for shot noise
 * @param range the gray values that become -1 and 1
 * @param shot how gray values were transformed; null: they were not. Where images differ in it, that of one of them
 * @param noise standard deviation of the white noise in the sources, in the units of their values; 0: they are clean
 */
public record TrainingImages(List<ImageSource> sources, Normalization range, Anscombe shot, double noise) {

	/** What noise there is in the training images, and which there will be in images to be denoised. */
	public enum Noise {
		/** They are clean; the model will remove white noise of any strength. */
		CLEAN("None"),
		/** They are clean, and the model will remove the shot noise of a camera. */
		CLEAN_FOR_SHOT("None, for shot noise"),
		/** They have white noise, as the images to be denoised will. */
		WHITE("White noise"),
		/** They have shot noise, as the images to be denoised will. */
		SHOT("Shot noise");

		private final String label;

		Noise(final String label) {
			this.label = label;
		}

		/** Its name in dialogs and macros. */
		@Override
		public String toString() {
			return label;
		}
	}

	/** Photons themselves. */
	private static final Anscombe PHOTONS = new Anscombe(1, 0);
	private static final Normalization RGB = new Normalization(0, 255);

	/**
	 * @param sources in gray values, all gray or all RGB
	 * @param kind of noise
	 * @param given what is known of the noise; the rest is estimated, for shot noise image by image
	 * @param progress told what was estimated
	 * @throws IllegalArgumentException with one sentence, if that is not enough, or too much
	 */
	public static TrainingImages of(final List<ImageSource> sources, final Noise kind, final NoiseSettings given,
		final Progress progress)
	{
		final List<Raster> planes = ImageSource.planes(sources);
		final boolean color = planes.get(0).channels() == 3, shot = kind == Noise.SHOT || kind == Noise.CLEAN_FOR_SHOT;
		if (kind == Noise.CLEAN && given.isAny() || kind == Noise.WHITE && given.gain() > 0 || shot && given.sigma() > 0)
			throw new IllegalArgumentException("Sigma is for images with white noise, gain, offset and read noise for shot noise, " +
				"but the noise is said to be “" + kind + "”: choose its kind, or leave these numbers at 0.");
		if (shot && color) throw new IllegalArgumentException(
			"Shot noise is not known for RGB images, whose gray values are not in proportion to photons: use the camera's own images.");
		if (shot) return ofShot(sources, kind == Noise.SHOT, given, progress);
		final double sigma = kind == Noise.CLEAN ? 0 : given.sigma() > 0 ? given.sigma() : sigma(planes, progress);
		return new TrainingImages(sources, color ? RGB : Ranges.ofPercentiles(() -> planes.stream().map(plane -> seen(plane,
			sigma > 0)).iterator()), null, sigma);
	}

	/** Standard deviation of the noise that is to be removed, in model units; 0: any. */
	public double level() {
		return noise == 0 && shot == null ? 0 : new Intensities(range, shot).scale().toModel(shot == null ? noise : 1.0);
	}

	private static double sigma(final List<Raster> planes, final Progress progress) {
		final NoiseEstimate estimate = estimate(planes);
		if (!(estimate.sigma() > 0)) throw new IllegalArgumentException(
			"The noise of the training images can't be estimated (they have none, or are too small): give its sigma in gray values.");
		progress.log("Estimated noise of the training images: " + NoiseModel.white(estimate.sigma()) + estimate.warning());
		return estimate.sigma();
	}

	private static TrainingImages ofShot(final List<ImageSource> sources, final boolean noisy, final NoiseSettings given,
		final Progress progress)
	{
		if (!noisy && given.gain() == 0) throw new IllegalArgumentException(
			"Clean images have no noise to tell the gain from: give gain, offset and read noise of the camera's single frames.");
		final List<Anscombe> shots = given.gain() > 0 ? sources.stream().map(s -> Anscombe.of(given.gain(), given.offset(), given
			.read())).toList() : estimates(sources, progress);
		final List<ImageSource> transformed = new ArrayList<>();
		for (int i = 0; i < sources.size(); i++) {
			final Anscombe shot = shots.get(i);
			final ImageSource source = sources.get(i);
			transformed.add(new ImageSource(source.name(), source.planes().stream().map(noisy ? shot::forward
				: shot::forwardMean).toList()));
		}
		final Normalization photons = Ranges.ofPercentiles(() -> IntStream.range(0, sources.size()).boxed().flatMap(
			i -> sources.get(i).planes().stream().map(plane -> shots.get(i).photons(seen(plane, noisy)))).iterator());
		final Anscombe typical = shots.stream().sorted(Comparator.comparingDouble(Anscombe::gain)).toList().get(shots.size() / 2);
		return new TrainingImages(transformed, typical.likewise(photons, PHOTONS), typical, noisy ? 1 : 0);
	}

	/** Of each source; where the noise of one can't be told, that of all of them together. */
	private static List<Anscombe> estimates(final List<ImageSource> sources, final Progress progress) {
		final List<Anscombe> shots = new ArrayList<>();
		Anscombe together = null;
		for (final ImageSource source : sources)
			try {
				shots.add(estimate(source.planes()).shot());
			}
			catch (final IllegalArgumentException e) {
				if (together == null) together = estimate(ImageSource.planes(sources)).shot();
				shots.add(together);
			}
		final List<Anscombe> sorted = shots.stream().sorted(Comparator.comparingDouble(Anscombe::gain)).toList();
		progress.log("Estimated noise of the training images: " + NoiseModel.shot(sorted.get(sorted.size() / 2)) + (sorted
			.size() == 1 ? "" : "; gains from " + NoiseModel.rounded(sorted.get(0).gain()) + " to " + NoiseModel.rounded(sorted.get(
				sorted.size() - 1).gain())));
		return shots;
	}

	private static NoiseEstimate estimate(final List<Raster> planes) {
		final NoiseEstimate estimate = new NoiseEstimate(planes.size());
		planes.forEach(estimate::add);
		return estimate;
	}

	/** Noise would widen the percentiles of a range. */
	private static Raster seen(final Raster plane, final boolean noisy) {
		return noisy ? Resample.smoothed(plane) : plane;
	}
}

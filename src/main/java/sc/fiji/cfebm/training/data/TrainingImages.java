package sc.fiji.cfebm.training.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.rank.Median;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
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
 * @param correlation of the noise of neighbours in them
 */
public record TrainingImages(List<ImageSource> sources, Normalization range, Anscombe shot, double noise, Correlation correlation) {

	/** What noise there is in the training images. */
	public enum Noise {
		/** What they show. */
		ESTIMATE("Estimate"),
		/** They are clean. */
		CLEAN("None"),
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

	/** Noise weaker than this share of the range is none: most of what is found then is fine texture. */
	private static final double WEAK = 0.02;
	/** Photons themselves. */
	private static final Anscombe PHOTONS = new Anscombe(1, 0);
	private static final Normalization RGB = new Normalization(0, 255);

	/**
	 * @param sources in gray values, all gray or all RGB
	 * @param kind of noise
	 * @param given what is known of the noise; the rest is estimated, for shot noise image by image
	 * @param progress told what was estimated
	 * @throws IllegalArgumentException with one sentence, if that is not enough, or too much, or the images show nothing
	 */
	public static TrainingImages of(final List<ImageSource> sources, final Noise kind, final NoiseSettings given,
		final Progress progress)
	{
		final List<Raster> planes = ImageSource.planes(sources);
		final boolean color = planes.get(0).channels() == 3;
		if (kind == Noise.CLEAN && given.isAny() || kind == Noise.WHITE && given.gain() > 0 || kind == Noise.SHOT && given.sigma() > 0)
			throw new IllegalArgumentException("Sigma is for images with white noise, gain, offset and read noise for shot noise, " +
				"but the noise is said to be “" + kind + "”: choose its kind, or leave these numbers at 0.");
		if (color && (kind == Noise.SHOT || given.gain() > 0)) throw new IllegalArgumentException(
			"Shot noise is not known for RGB images, whose gray values are not in proportion to photons: use the camera's own images.");
		if (!given.isAny() && (kind == Noise.ESTIMATE || kind == Noise.CLEAN) && planes.stream().allMatch(TrainingImages::isFlat)) throw new IllegalArgumentException(
			"The training images are the same everywhere, so nothing can be learned from them: give images that show something.");
		if (kind == Noise.ESTIMATE && !given.isAny()) return found(sources, color, progress);
		final Noise said = kind != Noise.ESTIMATE ? kind : given.sigma() > 0 ? Noise.WHITE : Noise.SHOT;
		if (said == Noise.SHOT) return ofShots(sources, given.gain() > 0 ? sources.stream().map(s -> Anscombe.of(given.gain(), given.offset(),
			given.read())).toList() : estimates(sources, progress), Correlation.NONE);
		return ofEven(sources, color, said == Noise.CLEAN ? 0 : given.sigma() > 0 ? given.sigma() : sigma(planes, progress), Correlation.NONE);
	}

	private static boolean isFlat(final Raster image) {
		for (int i = image.channels(); i < image.values().length; i++)
			if (image.values()[i] != image.values()[i - image.channels()]) return false;
		return true;
	}

	/** Of the clean images of pairs. */
	public static TrainingImages of(final Pairs pairs, final Progress progress) {
		final TrainingImages clean = of(pairs.clean(), Noise.CLEAN, new NoiseSettings(0, 0, 0, 0), progress);
		return new TrainingImages(clean.sources, clean.range, null, 0, pairs.correlation());
	}

	/** Of noise that is alike everywhere, or none. */
	private static TrainingImages ofEven(final List<ImageSource> sources, final boolean color, final double sigma,
		final Correlation correlation)
	{
		return new TrainingImages(sources, color ? RGB : range(ImageSource.planes(sources), sigma > 0), null, sigma, correlation);
	}

	private static Normalization range(final List<Raster> planes, final boolean noisy) {
		return Ranges.ofPercentiles(() -> planes.stream().map(plane -> seen(plane, noisy)).iterator());
	}

	/** What most of the images show: whether they have any noise beside their range, and of those that have, which. */
	private static TrainingImages found(final List<ImageSource> sources, final boolean color, final Progress progress) {
		final List<NoiseModel> all = sources.stream().map(source -> NoiseEstimate.of(source.planes()).find()).toList();
		final List<NoiseModel> noisy = IntStream.range(0, all.size()).filter(i -> all.get(i) != null && share(all.get(i), sources.get(i)
			.planes(), color) >= WEAK).mapToObj(all::get).toList();
		if (2 * noisy.size() <= all.size()) {
			progress.log("The training images are taken for clean" + (noisy.isEmpty() ? "" : " (" + noisy.size() + " of " + all.size() +
				" may have noise)") + ": if they are not, say what noise they have.");
			return ofEven(sources, color, 0, Correlation.NONE);
		}
		final List<NoiseModel> shots = noisy.stream().filter(noise -> noise.shot() != null && !color).toList();
		final boolean ofShots = 2 * shots.size() >= noisy.size();
		final List<NoiseModel> kind = ofShots ? shots : noisy.stream().filter(noise -> noise.shot() == null).toList();
		final Correlation correlation = Correlation.ofMost(kind);
		final Anscombe typical = ofShots ? byGain(shots.stream().map(NoiseModel::shot).toList()) : null;
		// Of RGB images those alone whose channels' noise is alike everywhere tell how strong it is, if there are any.
		final double sigma = ofShots ? 1 : kind.isEmpty() ? NoiseEstimate.of(ImageSource.planes(sources)).sigma() : new Median().evaluate(kind
			.stream().mapToDouble(NoiseModel::sigma).toArray());
		progress.log("The training images are taken for noisy, as " + noisy.size() + " of " + all.size() +
			" show: if they are clean, say that they have no noise. Estimated, of one in the middle: " + (ofShots ? NoiseModel.shot(typical)
				: NoiseModel.white(sigma)).correlated(correlation));
		if (!ofShots) return ofEven(sources, color, sigma, correlation);
		return ofShots(sources, all.stream().map(noise -> noise == null || noise.shot() == null ? typical : noise.shot()).toList(),
			correlation);
	}

	/** The one in the middle. */
	private static Anscombe byGain(final List<Anscombe> shots) {
		return shots.stream().sorted(Comparator.comparingDouble(Anscombe::gain)).toList().get(shots.size() / 2);
	}

	/** How strong noise is at the images' mean, as a share of their range. */
	private static double share(final NoiseModel noise, final List<Raster> planes, final boolean color) {
		final Normalization range = color ? RGB : range(planes, true);
		final double mean = planes.stream().mapToDouble(plane -> new Mean().evaluate(IntStream.range(0, plane.values().length).mapToDouble(
			i -> plane.values()[i]).toArray())).average().orElseThrow();
		return noise.sigmaAt(mean) / (range.high() - range.low());
	}

	private static double sigma(final List<Raster> planes, final Progress progress) {
		final NoiseEstimate estimate = NoiseEstimate.of(planes);
		if (!(estimate.sigma() > 0)) throw new IllegalArgumentException(
			"The noise of the training images can't be estimated (they have none, or are too small): give its sigma in gray values.");
		progress.log("Estimated noise of the training images: " + NoiseModel.white(estimate.sigma()) + estimate.warning());
		return estimate.sigma();
	}

	private static TrainingImages ofShots(final List<ImageSource> sources, final List<Anscombe> shots, final Correlation correlation) {
		final List<ImageSource> transformed = new ArrayList<>();
		for (int i = 0; i < sources.size(); i++)
			transformed.add(sources.get(i).map(shots.get(i)::forward));
		final Normalization photons = Ranges.ofPercentiles(() -> IntStream.range(0, sources.size()).boxed().flatMap(
			i -> sources.get(i).planes().stream().map(plane -> shots.get(i).photons(seen(plane, true)))).iterator());
		final Anscombe typical = byGain(shots);
		return new TrainingImages(transformed, typical.equalPhotonRange(photons, PHOTONS), typical, 1, correlation);
	}

	/** Of each source; where the noise of one can't be told, that of all of them together. */
	private static List<Anscombe> estimates(final List<ImageSource> sources, final Progress progress) {
		final List<Anscombe> shots = new ArrayList<>();
		Anscombe together = null;
		for (final ImageSource source : sources)
			try {
				shots.add(NoiseEstimate.of(source.planes()).shot());
			}
			catch (final IllegalArgumentException e) {
				if (together == null) together = NoiseEstimate.of(ImageSource.planes(sources)).shot();
				shots.add(together);
			}
		final List<Anscombe> sorted = shots.stream().sorted(Comparator.comparingDouble(Anscombe::gain)).toList();
		progress.log("Estimated noise of the training images: " + NoiseModel.shot(sorted.get(sorted.size() / 2)) + (sorted
			.size() == 1 ? "" : "; gains from " + NoiseModel.rounded(sorted.get(0).gain()) + " to " + NoiseModel.rounded(sorted.get(
				sorted.size() - 1).gain())));
		return shots;
	}

	/** Noise would widen the percentiles of a range. */
	private static Raster seen(final Raster plane, final boolean noisy) {
		return noisy ? Resample.smoothed(plane) : plane;
	}
}

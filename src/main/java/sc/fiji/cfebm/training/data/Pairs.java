package sc.fiji.cfebm.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.apache.commons.math3.stat.regression.SimpleRegression;

import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

/**
 * Noisy images, and the same without noise: means of many frames, say. Their noise may be of any kind.
 *
 * @param sources planes [H,W,3C]: the clean image in gray values; the clean and the noisy image in units of the noise, transformed where
 *          it is shot noise
 * @param correlation of the noise of neighbours
 */
public record Pairs(List<ImageSource> sources, Correlation correlation) {

	/**
	 * Finds images of the same name, endings aside, and the noise of each. A clean image is brought to the noisy one's gray values by a
	 * straight line: exposures may differ.
	 *
	 * @param noisy in gray values, all gray or all RGB
	 * @param clean likewise
	 * @param progress told how many pairs there are
	 * @throws IllegalArgumentException with one sentence, if there is no pair, or images of the same name are not one
	 */
	public static Pairs of(final List<ImageSource> noisy, final List<ImageSource> clean, final Progress progress) {
		final Map<String, ImageSource> byName = clean.stream().collect(Collectors.toMap(Pairs::name, Function.identity(), (a, b) -> a));
		final List<ImageSource> sources = new ArrayList<>();
		final List<NoiseModel> found = new ArrayList<>();
		for (final ImageSource source : noisy) {
			final ImageSource partner = byName.get(name(source));
			if (partner == null) continue;
			requireAlike(source, partner);
			final NoiseModel noise = NoiseEstimate.of(source.planes()).find();
			if (noise == null) continue;
			found.add(noise);
			final List<Raster> planes = new ArrayList<>();
			for (int i = 0; i < source.planes().size(); i++)
				planes.add(joined(source.name(), partner.planes().get(i), source.planes().get(i), noise));
			sources.add(new ImageSource(source.name(), planes));
		}
		if (sources.isEmpty()) throw new IllegalArgumentException(
			"There is no image with noise that has a partner of the same name without: give two folders with files of equal names.");
		progress.log("Pairs of images with and without noise: " + sources.size() + " of " + noisy.size() + ".");
		return new Pairs(sources, Correlation.ofMost(found));
	}

	/** The clean images by themselves, in gray values. */
	public List<ImageSource> clean() {
		return sources.stream().map(source -> source.map(Pairs::clean)).toList();
	}

	/** As {@link Split#of}: the clean images, and the pairs of those to be trained on. */
	public Split split(final int side, final long seed) {
		final Split all = Split.of(sources, side, seed);
		return new Split(all.training().stream().map(Pairs::clean).toList(), all.heldOut().stream().map(Pairs::clean).toList(), all.apart(), all
			.description(), all.training().stream().map(r -> r.channels(r.channels() / 3, r.channels())).toList());
	}

	private static Raster clean(final Raster joined) {
		return joined.channels(0, joined.channels() / 3);
	}

	private static String name(final ImageSource source) {
		return source.name().replaceFirst("\\.[^./\\\\]*$", "");
	}

	private static void requireAlike(final ImageSource noisy, final ImageSource clean) {
		boolean alike = noisy.planes().size() == clean.planes().size();
		for (int i = 0; alike && i < noisy.planes().size(); i++) {
			final Raster a = noisy.planes().get(i), b = clean.planes().get(i);
			alike = a.width() == b.width() && a.height() == b.height() && a.channels() == b.channels();
		}
		if (!alike) throw new IllegalArgumentException("“" + noisy.name() +
			"” and its partner without noise differ in size, slices or channels: pairs must show the same, pixel by pixel.");
	}

	private static Raster joined(final String name, final Raster clean, final Raster noisy, final NoiseModel noise) {
		final SimpleRegression line = new SimpleRegression();
		for (int i = 0; i < noisy.values().length; i++)
			line.addData(clean.values()[i], noisy.values()[i]);
		if (!(line.getSlope() > 0)) throw new IllegalArgumentException("“" + name +
			"” and its partner without noise don't show the same: one is not brighter where the other is.");
		final Raster fitted = clean.copy();
		for (int i = 0; i < fitted.values().length; i++)
			fitted.values()[i] = (float) line.predict(clean.values()[i]);
		// Gray values of colors are in no proportion to photons.
		final boolean even = noise.shot() == null || noisy.channels() > 1;
		final float one = (float) (noise.shot() == null ? noise.sigma() : noise.sigmaAt(line.predict(mean(clean))));
		final Raster a = even ? over(fitted, one) : noise.shot().forwardMean(fitted), b = even ? over(noisy, one) : noise.shot().forward(noisy);
		final List<Raster> channels = new ArrayList<>();
		for (final Raster part : List.of(clean, a, b))
			for (int c = 0; c < part.channels(); c++)
				channels.add(part.channel(c));
		return Raster.of(channels);
	}

	private static double mean(final Raster image) {
		double sum = 0;
		for (final float v : image.values())
			sum += v;
		return sum / image.values().length;
	}

	private static Raster over(final Raster image, final float sigma) {
		final Raster out = image.copy();
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] /= sigma;
		return out;
	}
}

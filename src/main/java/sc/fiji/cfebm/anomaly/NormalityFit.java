package sc.fiji.cfebm.anomaly;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.model.Normality;
import sc.fiji.cfebm.model.NormalFeatures;
import sc.fiji.cfebm.model.Ranks;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.Window;

/** Measures what is normal: features of training images, and how far from them those of held-out images are. */
public final class NormalityFit {

	/** Side of a patch of the map in pixels: neighbouring ones tell each other little. */
	static final int PATCH = 16;

	/** Pixels between those whose features are taken. */
	private static final int STRIDE = 4;
	/** Least share of the correlations that is left out. */
	private static final double SHRINKAGE = 0.005;
	/** An image takes at most this share of the tiles, if there are others. */
	private static final int LEAST_IMAGES = 8;

	private NormalityFit() {}

	/**
	 * Fits a normality.
	 *
	 * @param energy of score matching
	 * @param levels of noise, see {@link Features#levels}
	 * @param training [H,W,C] in gray values
	 * @param heldOut likewise
	 * @param range the gray values that become -1 and 1
	 * @param tiles how many tiles of images are looked at, of the training images and of the held-out ones: that decides how long it
	 *          takes
	 * @param seed which images those are
	 * @return null where features are not finite
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Normality measure(final Energy energy, final double[] levels, final List<Raster> training,
		final List<Raster> heldOut, final Normalization range, final int tiles, final long seed, final Progress progress)
	{
		final List<double[]> pixels = new ArrayList<>(), windows = new ArrayList<>();
		for (final Raster image : chosen(training, energy.size(), tiles, seed)) {
			final Features f = Features.of(energy, levels, range.toModel(image), progress);
			for (int y = STRIDE / 2; y < f.height(); y += STRIDE)
				for (int x = STRIDE / 2; x < f.width(); x += STRIDE)
					pixels.add(f.at(y * f.width() + x));
			windows.addAll(f.windows());
		}
		if (!areFinite(pixels) || !areFinite(windows)) return null;
		final NormalFeatures surroundings = fit(pixels), whole = fit(windows);
		final List<Double> pixelDistances = new ArrayList<>(), windowDistances = new ArrayList<>();
		double patches = 0, squares = 0;
		for (final Raster image : chosen(heldOut, energy.size(), tiles, seed)) {
			final Features f = Features.of(energy, levels, range.toModel(image), progress);
			final float[] distances = f.distances(surroundings);
			for (int y = STRIDE / 2; y < f.height(); y += STRIDE)
				for (int x = STRIDE / 2; x < f.width(); x += STRIDE)
					pixelDistances.add((double) distances[y * f.width() + x]);
			for (final double[] window : f.windows())
				windowDistances.add(whole.distance(window));
			final double area = (double) f.width() * f.height();
			patches += area / (PATCH * PATCH);
			squares += Math.max(1, area / (energy.size() * energy.size()));
		}
		return new Normality(levels, new Normality.Scale(surroundings, ranks(pixelDistances, patches)), new Normality.Scale(whole,
			ranks(windowDistances, squares)));
	}

	private static Ranks ranks(final List<Double> distances, final double samples) {
		return Ranks.of(distances.stream().mapToDouble(d -> d).toArray(), (int) Math.max(1, samples));
	}

	/** The fewer samples for so many features, the less their correlations can be believed. */
	private static NormalFeatures fit(final List<double[]> samples) {
		final double d = samples.get(0).length;
		return NormalFeatures.fit(samples.toArray(double[][]::new), Math.max(SHRINKAGE, d / (d + samples.size())));
	}

	private static boolean areFinite(final List<double[]> samples) {
		for (final double[] sample : samples)
			for (final double v : sample)
				if (!Double.isFinite(v)) return false;
		return true;
	}

	/** Images, or parts of large ones, drawn at random until they have so many tiles. */
	private static List<Raster> chosen(final List<Raster> images, final int side, final int tiles, final long seed) {
		final Random random = new Random(seed);
		final List<Raster> shuffled = new ArrayList<>(images), chosen = new ArrayList<>();
		Collections.shuffle(shuffled, random);
		final int most = (int) Math.ceil(Math.sqrt((double) tiles / Math.min(images.size(), LEAST_IMAGES))) * side;
		double left = tiles;
		for (int i = 0; i < shuffled.size() && left > 0; i++) {
			final Raster image = shuffled.get(i);
			final int w = Math.min(most, image.width()), h = Math.min(most, image.height());
			chosen.add(new Window(random.nextInt(image.width() - w + 1), random.nextInt(image.height() - h + 1), w, h).cut(image));
			left -= Math.max(1, (double) w * h / (side * side));
		}
		return chosen;
	}
}

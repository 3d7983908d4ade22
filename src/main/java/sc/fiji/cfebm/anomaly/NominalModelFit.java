package sc.fiji.cfebm.anomaly;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.NominalModel.Surroundings;
import sc.fiji.cfebm.model.NominalModel.Tiles;
import sc.fiji.cfebm.model.NominalModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.TileGrid;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.stats.GaussianFit;
import sc.fiji.cfebm.stats.GaussianMixture;
import sc.fiji.cfebm.stats.ScoreQuantiles;

/** Measures what is nominal: features of training images, and how far from them those of held-out images are. */
public final class NominalModelFit {

	/** Side of a patch of the map in pixels: neighbouring ones tell each other little. */
	private static final int PATCH = 16;
	/** Pixels between those whose features are taken. */
	private static final int STRIDE = 4;
	/** Least share of the correlations that is left out. */
	private static final double SHRINKAGE = 0.005;
	/** Kinds of surroundings that images show, at the most. */
	private static final int PARTS = 8;
	/** No image takes more than its share of the tiles, if there are so many images. */
	private static final int IMAGES = 64;

	/** See {@link Tiles}; chosen on made anomalies (docs/experiments.md). */
	private static final double DISCOUNT = 0.65;

	private final Energy energy;
	private final double[] levels;
	private final Normalization range;
	private final int tiles;
	private final long seed;
	private final Progress progress;

	private NominalModelFit(final Energy energy, final double[] levels, final Normalization range, final int tiles, final long seed,
		final Progress progress)
	{
		this.energy = energy;
		this.levels = levels;
		this.range = range;
		this.tiles = tiles;
		this.seed = seed;
		this.progress = progress;
	}

	/**
	 * Measures it.
	 *
	 * @param energy of score matching
	 * @param levels of noise, see {@link Features#levels}
	 * @param training [H,W,C] in gray values
	 * @param heldOut likewise
	 * @param range the gray values that become -1 and 1
	 * @param tiles how many tiles are looked at, of training images, of superposed ones and of held-out ones each: that decides how
	 *          long it takes
	 * @param seed which they are
	 * @return null where features are not finite
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static NominalModel measure(final Energy energy, final double[] levels, final List<Raster> training,
		final List<Raster> heldOut, final Normalization range, final int tiles, final long seed, final Progress progress)
	{
		return new NominalModelFit(energy, levels, range, tiles, seed, progress).measure(training, heldOut);
	}

	private NominalModel measure(final List<Raster> training, final List<Raster> heldOut) {
		final List<double[]> pixels = new ArrayList<>(), windows = new ArrayList<>(), superposed = new ArrayList<>();
		final List<Raster> nominal = chosen(training);
		for (final Raster image : nominal) {
			final Features f = features(image);
			windows.addAll(f.windows());
			for (final int p : lattice(image))
				pixels.add(f.at(p));
		}
		for (final Raster image : superposed(nominal, training))
			superposed.addAll(features(image).windows());
		if (!areFinite(pixels) || !areFinite(windows) || !areFinite(superposed)) return null;
		final GaussianMixture ofPixels = GaussianMixture.fit(pixels.toArray(double[][]::new), PARTS, SHRINKAGE, seed);
		final GaussianFit ofWindows = fit(windows), ofSuperposed = fit(superposed);

		final List<Double> surprises = new ArrayList<>();
		final List<double[]> scores = new ArrayList<>();
		final int near = Features.near(levels.length, energy.channels());
		double area = 0, squares = 0;
		for (final Raster image : chosen(heldOut)) {
			final Features f = features(image);
			if (!areFinite(f.windows())) return null;
			final float[] map = f.surprises(ofPixels);
			final double[] means = f.overWindows(map);
			for (final int p : lattice(image))
				surprises.add((double) map[p]);
			for (int i = 0; i < means.length; i++)
				scores.add(Tiles.scores(ofWindows, ofSuperposed, near, f.windows().get(i), means[i]));
			area += map.length;
			squares += Math.max(1, (double) map.length / (energy.size() * energy.size()));
		}
		final int count = (int) squares;
		final List<ScoreQuantiles> views = IntStream.range(0, Tiles.VIEWS).mapToObj(v -> quantiles(scores, s -> s[v], count)).toList();
		final ScoreQuantiles far = quantiles(scores, s -> Tiles.sum(views, s), count);
		final ScoreQuantiles surroundings = ScoreQuantiles.of(surprises.stream().mapToDouble(d -> d).toArray(), Math.max(1, (int) (area /
			(PATCH * PATCH)))), total = quantiles(scores, s -> Tiles.total(views, far, DISCOUNT, s), count);
		return new NominalModel(levels, new Surroundings(ofPixels, surroundings), new Tiles(ofWindows, ofSuperposed, near, DISCOUNT, views,
			far, total));
	}

	private Features features(final Raster image) {
		return Features.of(energy, levels, range.toModel(image), progress);
	}

	private static ScoreQuantiles quantiles(final List<double[]> scores, final ToDoubleFunction<double[]> score,
		final int samples)
	{
		return ScoreQuantiles.of(scores.stream().mapToDouble(score).toArray(), samples);
	}

	/** The fewer samples for so many features, the less their correlations can be believed. */
	private static GaussianFit fit(final List<double[]> samples) {
		final double d = samples.get(0).length;
		return GaussianFit.fit(samples.toArray(double[][]::new), Math.max(SHRINKAGE, d / (d + samples.size())));
	}

	private static boolean areFinite(final List<double[]> samples) {
		for (final double[] sample : samples)
			for (final double v : sample)
				if (!Double.isFinite(v)) return false;
		return true;
	}

	private static List<Integer> lattice(final Raster image) {
		final List<Integer> pixels = new ArrayList<>();
		for (int y = STRIDE / 2; y < image.height(); y += STRIDE)
			for (int x = STRIDE / 2; x < image.width(); x += STRIDE)
				pixels.add(y * image.width() + x);
		return pixels;
	}

	/** Images, or parts of large ones, drawn at random until they have so many tiles. */
	private List<Raster> chosen(final List<Raster> images) {
		final Random random = new Random(seed);
		final List<Raster> shuffled = new ArrayList<>(images), chosen = new ArrayList<>();
		Collections.shuffle(shuffled, random);
		final int side = energy.size(), most = side * (int) Math.ceil(Math.sqrt((double) tiles / Math.min(images.size(), IMAGES)));
		double left = tiles;
		for (int i = 0; i < shuffled.size() && left > 0; i++) {
			final Raster image = shuffled.get(i);
			final int w = Math.min(most, image.width()), h = Math.min(most, image.height());
			chosen.add(new Window(random.nextInt(image.width() - w + 1), random.nextInt(image.height() - h + 1), w, h).cut(image));
			left -= Math.max(1, (double) w * h / (side * side));
		}
		return chosen;
	}

	/** Means of each of some images and any part of any of others, mirrored where that is too small. */
	private List<Raster> superposed(final List<Raster> images, final List<Raster> others) {
		final Random random = new Random(seed + 1);
		final List<Raster> superposed = new ArrayList<>();
		for (final Raster image : images) {
			final Raster other = others.get(random.nextInt(others.size())), mean = image.copy();
			final int x0 = offset(other.width(), image.width(), others.size(), random), y0 = offset(other.height(), image.height(), others
				.size(), random);
			for (int i = 0; i < mean.values().length; i++) {
				final int p = i / mean.channels(), x = TileGrid.mirror(x0 + p % mean.width(), other.width()), y = TileGrid.mirror(y0 + p /
					mean.width(), other.height());
				mean.values()[i] = (mean.values()[i] + other.get(x, y, i % mean.channels())) / 2;
			}
			superposed.add(mean);
		}
		return superposed;
	}

	private static int offset(final int length, final int part, final int images, final Random random) {
		// A single image as large as the part would lie on itself.
		return random.nextInt(length > part || images > 1 ? Math.max(1, length - part + 1) : length);
	}
}

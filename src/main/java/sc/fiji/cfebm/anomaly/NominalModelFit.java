package sc.fiji.cfebm.anomaly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
	/** No image takes more than its share of the tiles, if there are so many images: images differ more than their parts do. */
	private static final int IMAGES = 160;
	/** Pixels at the border of a part of an image that do not see all that an image has there. */
	private static final int MARGIN = 16;
	/** Most tiles of images that are scored by their map, and of two of them at once; and how many pixels the tiles of others have at most, if more. */
	private static final int OF_LARGE = 1024, SUPERPOSED_OF_LARGE = 512, PIXELS_OF_SMALL = 1 << 22;
	/** Patches without which a zone has no quantiles of its own. */
	private static final int FEWEST_OF_ZONE = 100;
	/** Images without which their parts, of such a side in pixels, stand for images. */
	private static final int FEWEST_IMAGES = 16, BLOCK = 64;

	/** See {@link Tiles}; chosen on made anomalies (docs/experiments.md). */
	private static final double DISCOUNT = 0.65;

	private final List<? extends Energy> energies;
	/** That of the finest scale. */
	private final Energy energy;
	private final int planes;
	private final double[] levels;
	private final Normalization range;
	private final int tiles;
	private final long seed;
	private final Progress progress;

	private NominalModelFit(final List<? extends Energy> energies, final int planes, final double[] levels, final Normalization range, final int tiles,
		final long seed, final Progress progress)
	{
		this.energies = energies;
		energy = energies.get(energies.size() - 1);
		this.planes = planes;
		this.levels = levels;
		this.range = range;
		this.tiles = tiles;
		this.seed = seed;
		this.progress = progress;
	}

	/**
	 * Measures it.
	 *
	 * @param energies of score matching, those of the scales that are looked at, coarse to fine
	 * @param planes how many neighbouring planes of a stack the channels of each image are, of which the middle one is looked at; 1: all are
	 *          single images
	 * @param levels of noise, see {@link Features#levels}
	 * @param training [H,W,C] in gray values
	 * @param heldOut likewise
	 * @param range the gray values that become -1 and 1
	 * @param tiles how many tiles are looked at at most, of training images, of superposed ones and of held-out ones each: that decides how
	 *          long it takes
	 * @param seed which they are
	 * @return null where features are not finite
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static NominalModel measure(final List<? extends Energy> energies, final int planes, final double[] levels, final List<Raster> training,
		final List<Raster> heldOut, final Normalization range, final int tiles, final long seed, final Progress progress)
	{
		return new NominalModelFit(energies, planes, levels, range, tiles, seed, progress).measure(training, heldOut);
	}

	private NominalModel measure(final List<Raster> training, final List<Raster> heldOut) {
		final List<double[]> pixels = new ArrayList<>(), windows = new ArrayList<>(), superposed = new ArrayList<>();
		final double area = energy.size() * energy.size();
		final boolean small = training.stream().allMatch(image -> image.width() * image.height() <= Features.MOST_TILES * area);
		final int wanted = Math.min(tiles, small ? Math.max(OF_LARGE, (int) (PIXELS_OF_SMALL / area)) : OF_LARGE);
		final List<Crop> nominal = chosen(training, wanted);
		final List<Features> ofNominal = new ArrayList<>();
		for (final Crop crop : nominal) {
			final Features f = features(crop.cut());
			ofNominal.add(f);
			windows.addAll(f.windows());
			pixels.addAll(pixels(crop, f));
		}
		final List<Raster> mixed = chosen(training, small ? wanted : Math.min(wanted, SUPERPOSED_OF_LARGE)).stream().map(Crop::cut).toList();
		for (final Raster image : superposed(mixed, training))
			superposed.addAll(features(image).windows());
		if (!areFinite(pixels) || !areFinite(windows) || !areFinite(superposed)) return null;
		final GaussianMixture ofPixels = GaussianMixture.fit(pixels.toArray(double[][]::new), PARTS, SHRINKAGE, seed);
		final GaussianFit ofWindows = fit(windows), ofSuperposed = fit(superposed);
		final double[] direction = new GaussianFit(ofWindows.mean(), fit(Stream.concat(around(windows, ofWindows), around(superposed, ofSuperposed))
			.toList()).whitening()).towards(ofSuperposed.mean());

		final List<double[]> scores = new ArrayList<>();
		final int near = Features.near(levels.length, energy.channels() / planes, planes, energies.size());
		double squares = 0;
		final List<Crop> heldOutCrops = chosen(heldOut, wanted), others = new ArrayList<>(heldOutCrops);
		final List<float[]> maps = new ArrayList<>();
		for (final Crop crop : heldOutCrops) {
			final Features f = features(crop.cut());
			if (!areFinite(f.windows())) return null;
			final float[] map = f.surprises(ofPixels);
			final double[] means = f.overWindows(map);
			for (int i = 0; i < means.length; i++)
				scores.add(Tiles.scores(ofWindows, ofSuperposed, direction, near, f.windows().get(i), means[i]));
			squares += Math.max(1, map.length / area);
			maps.add(map);
		}
		others.addAll(nominal);
		maps.addAll(crossed(nominal, ofNominal));
		final int count = (int) squares;
		final List<ScoreQuantiles> views = IntStream.range(0, Tiles.VIEWS).mapToObj(v -> quantiles(scores, s -> s[v], count)).toList();
		final ScoreQuantiles far = quantiles(scores, s -> Tiles.far(views, s), count);
		final ScoreQuantiles total = quantiles(scores, s -> Tiles.total(views, far, DISCOUNT, s), count);
		return new NominalModel(levels, surroundings(ofPixels, others, maps), new Tiles(ofWindows, ofSuperposed, direction, near, DISCOUNT, views,
			far, total));
	}

	private static List<double[]> pixels(final Crop crop, final Features features) {
		return crop.lattice().stream().map(features::at).toList();
	}

	/**
	 * Smoothed surprises of training images, by features of the other half of them: rare kinds of images are told by many images alone, and held-out ones
	 * are few.
	 */
	private List<float[]> crossed(final List<Crop> crops, final List<Features> features) {
		final List<float[]> maps = new ArrayList<>(Collections.nCopies(crops.size(), null));
		for (int half = 0; half < 2 && crops.size() > 1; half++) {
			final List<double[]> pixels = new ArrayList<>();
			for (int i = half; i < crops.size(); i += 2)
				pixels.addAll(pixels(crops.get(i), features.get(i)));
			final GaussianMixture mixture = GaussianMixture.fit(pixels.toArray(double[][]::new), PARTS, SHRINKAGE, seed);
			for (int i = 1 - half; i < crops.size(); i += 2)
				maps.set(i, features.get(i).surprises(mixture));
		}
		return maps.get(0) == null ? List.of() : maps;
	}

	/** @param maps smoothed surprises of the crops */
	private static Surroundings surroundings(final GaussianMixture features, final List<Crop> crops, final List<float[]> maps) {
		List<ScoreQuantiles> zones = zones(crops, maps, Surroundings.MOST_ZONES);
		if (zones.stream().anyMatch(z -> z.samples() < FEWEST_OF_ZONE)) zones = zones(crops, maps, 1);
		final Surroundings ofPixels = new Surroundings(features, zones, zones.get(0));
		// An image as a whole, or parts of it where there are few.
		final List<Double> tops = new ArrayList<>();
		for (int i = 0; i < maps.size(); i++)
			for (final Window block : crops.get(i).blocks(crops.size() < FEWEST_IMAGES ? BLOCK : Integer.MAX_VALUE)) {
				final double[] z = crops.get(i).zScores(ofPixels, maps.get(i), block);
				if (z.length > 0) tops.add(Surroundings.top(z));
			}
		return new Surroundings(features, zones, ScoreQuantiles.of(tops.stream().mapToDouble(v -> v).toArray(), tops.size()));
	}

	private static List<ScoreQuantiles> zones(final List<Crop> crops, final List<float[]> maps, final int count) {
		final List<ScoreQuantiles> zones = new ArrayList<>();
		for (int zone = 0; zone < count; zone++) {
			final List<Double> surprises = new ArrayList<>();
			for (int i = 0; i < maps.size(); i++)
				for (final int p : crops.get(i).lattice())
					if (Surroundings.zone(crops.get(i).toBorder(p), count) == zone) surprises.add((double) maps.get(i)[p]);
			// A lattice point stands for a square of pixels.
			zones.add(ScoreQuantiles.of(surprises.isEmpty() ? new double[1] : surprises.stream().mapToDouble(d -> d).toArray(), Math.max(1, surprises
				.size() * STRIDE * STRIDE / (PATCH * PATCH))));
		}
		return zones;
	}

	private Features features(final Raster image) {
		return Features.of(energies, planes, levels, range.toModel(image), progress);
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

	/** Samples less their mean. */
	private static Stream<double[]> around(final List<double[]> samples, final GaussianFit fit) {
		return samples.stream().map(sample -> {
			final double[] difference = sample.clone();
			Arrays.setAll(difference, i -> sample[i] - fit.mean()[i]);
			return difference;
		});
	}

	private static boolean areFinite(final List<double[]> samples) {
		for (final double[] sample : samples)
			for (final double v : sample)
				if (!Double.isFinite(v)) return false;
		return true;
	}

	/**
	 * A part of an image, as large as there is time for. What lies near its own border, where that is not the image's, is not looked at: it
	 * would be taken for the image's border.
	 */
	private record Crop(Raster image, Window window) {

		Raster cut() {
			return window.cut(image);
		}

		/** Pixels of the crop whose features are taken. */
		List<Integer> lattice() {
			final List<Integer> pixels = new ArrayList<>();
			for (int y = STRIDE / 2; y < window.height(); y += STRIDE)
				for (int x = STRIDE / 2; x < window.width(); x += STRIDE)
					if (sees(x, y)) pixels.add(y * window.width() + x);
			return pixels;
		}

		private boolean sees(final int x, final int y) {
			return inside(x, window.x(), window.width(), image.width()) && inside(y, window.y(), window.height(), image.height());
		}

		/** Along one axis. */
		private static boolean inside(final int at, final int from, final int length, final int all) {
			final int margin = Math.min(MARGIN, length / 4);
			return (from == 0 || at >= margin) && (from + length == all || at < length - margin);
		}

		/** From a pixel of the crop to the image's border. */
		int toBorder(final int pixel) {
			return Features.toBorder(window.x() + pixel % window.width(), window.y() + pixel / window.width(), image.width(), image.height());
		}

		/** Parts of the crop of about such a side, in its own coordinates. */
		List<Window> blocks(final int side) {
			final int columns = Math.max(1, window.width() / side), rows = Math.max(1, window.height() / side);
			final List<Window> blocks = new ArrayList<>();
			for (int r = 0; r < rows; r++)
				for (int c = 0; c < columns; c++) {
					final int x = c * window.width() / columns, y = r * window.height() / rows;
					blocks.add(new Window(x, y, (c + 1) * window.width() / columns - x, (r + 1) * window.height() / rows - y));
				}
			return blocks;
		}

		double[] zScores(final Surroundings surroundings, final float[] surprises, final Window block) {
			return IntStream.range(0, block.width() * block.height()).filter(i -> sees(block.x() + i % block.width(), block.y() + i / block.width()))
				.map(i -> (block.y() + i / block.width()) * window.width() + block.x() + i % block.width()).mapToDouble(p -> surroundings.zScore(
					surprises[p], toBorder(p))).toArray();
		}
	}

	/** Images, or parts of large ones, drawn at random until they have so many tiles. */
	private List<Crop> chosen(final List<Raster> images, final int wanted) {
		final Random random = new Random(seed);
		final List<Raster> shuffled = new ArrayList<>(images);
		final List<Crop> chosen = new ArrayList<>();
		Collections.shuffle(shuffled, random);
		final int side = energy.size(), most = side * (int) Math.ceil(Math.sqrt((double) wanted / Math.min(images.size(), IMAGES)));
		double left = wanted;
		for (int i = 0; i < shuffled.size() && left > 0; i++) {
			final Raster image = shuffled.get(i);
			final int w = Math.min(most, image.width()), h = Math.min(most, image.height());
			chosen.add(new Crop(image, new Window(offset(image.width(), w, random), offset(image.height(), h, random), w, h)));
			left -= Math.max(1, (double) w * h / (side * side));
		}
		return chosen;
	}

	/** Where a part begins, so that an image's borders are in parts about as often as its inside. */
	private static int offset(final int length, final int part, final Random random) {
		return Math.max(0, Math.min(length - part, random.nextInt(length + 1) - part / 2));
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

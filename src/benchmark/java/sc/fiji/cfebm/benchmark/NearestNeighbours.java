package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;

/**
 * Finds the places in training images that are most like a patch, by root mean square difference, the patch flipped and
 * turned in all ways the training does: on a grid of every fourth pixel first, then at all pixels around the best. So a
 * copied whole image is found for certain, and a copied crop unless its structures are finer than the grid.
 */
final class NearestNeighbours {

	/**
	 * A place in a training image.
	 *
	 * @param distance root mean square difference in model units
	 * @param image its index
	 * @param x left border, {@code y} top border
	 * @param orientation 0 to 7: bits mirror x, mirror y, exchange x and y
	 */
	record Neighbour(double distance, int image, int x, int y, int orientation) {}

	private record Place(int image, int x, int y, double mean, double deviation) {}

	private static final int GRID = 4, CANDIDATES = 8;

	private final List<Raster> images;
	private final int side, channels, size, orientations;
	private final List<Place> places = new ArrayList<>();

	/**
	 * @param images the training images in model units, none smaller than a patch
	 * @param side r of a patch [r,r,C]
	 * @param orientations 1: as it is; 2: and mirrored; 8: and turned
	 */
	NearestNeighbours(final List<Raster> images, final int side, final int orientations) {
		this.images = images;
		this.side = side;
		this.orientations = orientations;
		channels = images.get(0).channels();
		size = side * side * channels;
		for (int i = 0; i < images.size(); i++)
			for (int y = 0; y + side <= images.get(i).height(); y += GRID)
				for (int x = 0; x + side <= images.get(i).width(); x += GRID) {
					final float[] crop = crop(new Neighbour(0, i, x, y, 0));
					places.add(new Place(i, x, y, mean(crop), deviation(crop)));
				}
	}

	/** The best place in each of the eight most similar images, nearest first. */
	List<Neighbour> of(final float[] patch) {
		final float[][] oriented = new float[orientations][size];
		for (int o = 0; o < orientations; o++)
			for (int p = 0; p < side * side; p++)
				System.arraycopy(patch, p * channels, oriented[o], turned(p, o) * channels, channels);
		final double mean = mean(patch), deviation = deviation(patch);
		final List<Neighbour> best = new ArrayList<>();
		for (final Place place : places)
			// Patches differ at least by what their means and standard deviations do.
			if (Math.hypot(place.mean - mean, place.deviation - deviation) < limit(best)) for (int o = 0; o < orientations; o++)
				insert(best, at(oriented, place.image, place.x, place.y, o, limit(best)));
		best.replaceAll(n -> refined(oriented, n));
		best.sort(Comparator.comparingDouble(Neighbour::distance));
		return best;
	}

	/** What is at a place [r,r,C], oriented as the patch that was looked for. */
	float[] crop(final Neighbour n) {
		final Raster image = images.get(n.image);
		final float[] crop = new float[size];
		for (int p = 0; p < side * side; p++) {
			final int from = turned(p, n.orientation);
			System.arraycopy(image.values(), image.index(n.x + from % side, n.y + from / side, 0), crop, p * channels,
				channels);
		}
		return crop;
	}

	/** Standard deviation of a patch's values. */
	static double deviation(final float[] patch) {
		final double mean = mean(patch);
		double sum = 0;
		for (final float v : patch)
			sum += (v - mean) * (v - mean);
		return Math.sqrt(sum / patch.length);
	}

	private static double mean(final float[] patch) {
		double sum = 0;
		for (final float v : patch)
			sum += v;
		return sum / patch.length;
	}

	/** Where an orientation puts the pixel p = y·r + x. */
	private int turned(final int p, final int orientation) {
		final int x = (orientation & 1) == 0 ? p % side : side - 1 - p % side, y = (orientation & 2) == 0 ? p / side : side -
			1 - p / side;
		return (orientation & 4) == 0 ? y * side + x : x * side + y;
	}

	private static double limit(final List<Neighbour> best) {
		return best.size() < CANDIDATES ? Double.POSITIVE_INFINITY : best.get(CANDIDATES - 1).distance;
	}

	private static void insert(final List<Neighbour> best, final Neighbour found) {
		if (found.distance >= limit(best)) return;
		for (int i = 0; i < best.size(); i++)
			if (best.get(i).image == found.image) {
				if (best.get(i).distance <= found.distance) return;
				best.remove(i);
			}
		best.add(found);
		best.sort(Comparator.comparingDouble(Neighbour::distance));
		if (best.size() > CANDIDATES) best.remove(CANDIDATES);
	}

	private Neighbour refined(final float[][] oriented, final Neighbour coarse) {
		final Raster image = images.get(coarse.image);
		Neighbour best = coarse;
		for (int y = Math.max(0, coarse.y - GRID + 1); y < coarse.y + GRID && y + side <= image.height(); y++)
			for (int x = Math.max(0, coarse.x - GRID + 1); x < coarse.x + GRID && x + side <= image.width(); x++) {
				final Neighbour found = at(oriented, coarse.image, x, y, coarse.orientation, best.distance);
				if (found.distance < best.distance) best = found;
			}
		return best;
	}

	/** The distance at a place; rows are left out as soon as it is above the limit. */
	private Neighbour at(final float[][] oriented, final int index, final int x, final int y, final int o,
		final double limit)
	{
		final Raster image = images.get(index);
		final float[] patch = oriented[o], values = image.values();
		final int row = side * channels;
		final double most = limit * limit * size;
		double sum = 0;
		for (int r = 0; r < side && sum <= most; r++) {
			final int from = image.index(x, y + r, 0);
			for (int i = 0; i < row; i++) {
				final float d = values[from + i] - patch[r * row + i];
				sum += d * d;
			}
		}
		return new Neighbour(Math.sqrt(sum / size), index, x, y, o);
	}

	/** An image must be found in all its orientations. */
	static void check() {
		final SplittableRandom rng = new SplittableRandom(1);
		final List<Raster> images = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			final Raster image = new Raster(16, 16, 3);
			for (int k = 0; k < image.values().length; k++)
				image.values()[k] = rng.nextFloat();
			images.add(image);
		}
		final float[] patches = new Patches(images, new Normalization(-1, 1), 16, true, true).draw(100, 1);
		final NearestNeighbours neighbours = new NearestNeighbours(images, 16, 8);
		for (int n = 0; n < 100; n++) {
			final float[] patch = Arrays.copyOfRange(patches, n * 768, n * 768 + 768);
			final Neighbour nearest = neighbours.of(patch).get(0);
			if (nearest.distance > 1e-6 || Math.abs(neighbours.crop(nearest)[5] - patch[5]) > 1e-6)
				throw new IllegalStateException("A copied image is not found: the nearest is " + nearest + ".");
		}
	}
}

package sc.fiji.cfebm.benchmark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

import sc.fiji.cfebm.benchmark.Detection.Interval;
import sc.fiji.cfebm.raster.Raster;

/**
 * How well maps find painted or marked defects, pixel by pixel: maps are sorted into bins of equal numbers of pixels, of
 * which everything follows for any set of images.
 */
final class PixelDetection {

	private static final int BINS = 4000, SAMPLES = 1 << 20;
	/** Largest false-positive rate that per-region overlap is averaged over. */
	private static final double MOST = 0.3;

	/**
	 * One image, as counts of pixels per bin.
	 *
	 * @param normal of pixels that are not marked
	 * @param regions of every connected region of marked pixels
	 */
	private record Counts(int[] normal, List<int[]> regions) {}

	private final List<Counts> images = new ArrayList<>();
	private final double[] tops;

	/**
	 * @param maps [H,W,1], high where unusual
	 * @param masks [H,W] of each, true where there is a defect
	 */
	PixelDetection(final List<Raster> maps, final List<boolean[]> masks) {
		final double[] edges = edges(maps);
		tops = maps.stream().mapToDouble(PixelDetection::top).toArray();
		for (int i = 0; i < maps.size(); i++) {
			final Raster map = maps.get(i);
			final int[] bins = new int[map.values().length], normal = new int[BINS];
			for (int p = 0; p < bins.length; p++) {
				final int at = Arrays.binarySearch(edges, map.values()[p]);
				bins[p] = at < 0 ? -at - 1 : at;
				if (!masks.get(i)[p]) normal[bins[p]]++;
			}
			images.add(new Counts(normal, regions(masks.get(i), map.width(), bins)));
		}
	}

	/** The chance that a defect's pixel has a higher value than a normal one. */
	Interval auroc() {
		return Detection.bootstrap(images.size(), this::auroc);
	}

	/** The mean, over a defect's pixels in the order they are found, of the share of defects among what was found by then. */
	Interval averagePrecision() {
		return Detection.bootstrap(images.size(), this::averagePrecision);
	}

	/** AUPRO: the share of a defect's pixels that are found, averaged over defects and over false-positive rates up to 0.3. */
	Interval regionOverlap() {
		return Detection.bootstrap(images.size(), this::regionOverlap);
	}

	/** The chance that an image with a defect has a higher maximum than one without. */
	Interval imageAuroc() {
		final double[] normal = tops(true), unusual = tops(false);
		return Detection.aurocInterval(normal, unusual);
	}

	private double[] tops(final boolean normal) {
		return java.util.stream.IntStream.range(0, tops.length).filter(i -> images.get(i).regions.isEmpty() == normal).mapToDouble(
			i -> tops[i]).toArray();
	}

	private double auroc(final int[] chosen) {
		final double[] normal = new double[BINS], defect = new double[BINS];
		for (final int i : chosen) {
			add(normal, images.get(i).normal, 1);
			for (final int[] region : images.get(i).regions)
				add(defect, region, 1);
		}
		double below = 0, sum = 0;
		for (int b = 0; b < BINS; b++) {
			sum += defect[b] * (below + 0.5 * normal[b]);
			below += normal[b];
		}
		return sum / below / Arrays.stream(defect).sum();
	}

	private double averagePrecision(final int[] chosen) {
		final double[] normal = new double[BINS], defect = new double[BINS];
		for (final int i : chosen) {
			add(normal, images.get(i).normal, 1);
			for (final int[] region : images.get(i).regions)
				add(defect, region, 1);
		}
		double found = 0, all = 0, sum = 0;
		for (int b = BINS - 1; b >= 0; b--) {
			found += defect[b];
			all += defect[b] + normal[b];
			if (defect[b] > 0) sum += defect[b] * found / all;
		}
		return sum / found;
	}

	private double regionOverlap(final int[] chosen) {
		final double[] normal = new double[BINS], found = new double[BINS];
		int regions = 0;
		for (final int i : chosen) {
			add(normal, images.get(i).normal, 1);
			for (final int[] region : images.get(i).regions) {
				regions++;
				add(found, region, 1.0 / Arrays.stream(region).sum());
			}
		}
		final double all = Arrays.stream(normal).sum();
		double rate = 0, overlap = 0, area = 0;
		for (int b = BINS - 1; b >= 0 && rate < MOST; b--) {
			final double step = Math.min(normal[b] / all, MOST - rate), share = normal[b] == 0 ? 1 : step * all / normal[b];
			area += step * (overlap + 0.5 * share * found[b] / regions);
			rate += normal[b] / all;
			overlap += found[b] / regions;
		}
		return area / MOST;
	}

	private static void add(final double[] sum, final int[] counts, final double weight) {
		for (int b = 0; b < BINS; b++)
			sum[b] += weight * counts[b];
	}

	private static double[] edges(final List<Raster> maps) {
		final long pixels = maps.stream().mapToLong(m -> m.values().length).sum(), step = pixels / SAMPLES + 1;
		final List<Float> sample = new ArrayList<>();
		for (final Raster map : maps)
			for (int p = 0; p < map.values().length; p += step)
				sample.add(map.values()[p]);
		final double[] sorted = sample.stream().mapToDouble(v -> v).sorted().toArray(), edges = new double[BINS - 1];
		for (int b = 0; b < edges.length; b++)
			edges[b] = sorted[(int) ((b + 1L) * (sorted.length - 1) / BINS)];
		return edges;
	}

	private static double top(final Raster map) {
		double top = Double.NEGATIVE_INFINITY;
		for (final float v : map.values())
			top = Math.max(top, v);
		return top;
	}

	/** Regions of marked pixels, joined by sides and corners. */
	private static List<int[]> regions(final boolean[] mask, final int width, final int[] bins) {
		final boolean[] left = mask.clone();
		final List<int[]> regions = new ArrayList<>();
		final Deque<Integer> queue = new ArrayDeque<>();
		for (int first = 0; first < left.length; first++) {
			if (!left[first]) continue;
			final int[] counts = new int[BINS];
			left[first] = false;
			queue.add(first);
			while (!queue.isEmpty()) {
				final int p = queue.remove(), x = p % width;
				counts[bins[p]]++;
				for (int y = p / width - 1; y <= p / width + 1; y++)
					for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
						final int q = y * width + u;
						if (q < 0 || q >= left.length || !left[q]) continue;
						left[q] = false;
						queue.add(q);
					}
			}
			regions.add(counts);
		}
		return regions;
	}
}

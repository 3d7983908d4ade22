package sc.fiji.cfebm.training.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

/**
 * Images to train on, and images held out, about a tenth of the pixels, on which a trained model is calibrated. They
 * share no pixel, and as far as possible they are different images:
 * <ul>
 * <li>From five files on, whole files are held out, drawn at random: slices of one file are often nearly the same.</li>
 * <li>With fewer, a part of each: of slices that look like their neighbours (of a volume, a movie), and of single
 * images, a strip at the right or at the bottom of every one, at least as wide as a patch; of slices that do not, or
 * are too small for a strip, the last ones.</li>
 * <li>Of images too small for both nothing is held out. Then the training images stand in for held-out ones.</li>
 * </ul>
 *
 * @param training [H,W,C] in gray values, never empty
 * @param heldOut likewise; the training images if nothing could be held out
 * @param apart whether the two are different images, or parts
 * @param description a line for the log: what is held out
 * @param pairs [H,W,2C] in units of the noise, see {@link Pairs}: training images without noise and with it; none where there are no pairs
 */
public record Split(List<Raster> training, List<Raster> heldOut, boolean apart, String description, List<Raster> pairs) {

	/** Without pairs. */
	public Split(final List<Raster> training, final List<Raster> heldOut, final boolean apart, final String description) {
		this(training, heldOut, apart, description, List.of());
	}

	private static final double SHARE = 0.1;
	/** More than this share of the data, of an image or of its slices is not given away. */
	private static final double MOST = 0.25;
	private static final int FEWEST = 5;
	/** Correlation above which slices show the same. */
	private static final double ALIKE = 0.5;
	/** Channels of a slice follow each other; the next slice's same channel is so far away at most. */
	private static final int LAGS = 4;
	/** Slices are compared as means over blocks of so many pixels a side, which noise does not reach. */
	private static final int BLOCK = 8;

	/**
	 * @param sources at least one
	 * @param side of a patch in pixels
	 * @param seed which files are held out; the same for the same seed
	 */
	public static Split of(final List<ImageSource> sources, final int side, final long seed) {
		final Split files = byFile(sources, seed);
		if (files != null) return files;
		final List<Raster> training = new ArrayList<>(), heldOut = new ArrayList<>();
		for (final ImageSource source : sources)
			divide(source.planes(), side, training, heldOut);
		final List<Raster> all = ImageSource.planes(sources);
		if (heldOut.isEmpty()) return new Split(all, all, false,
			"too few and too small images to hold any out: the model is calibrated on its training images");
		return new Split(training, heldOut, true, String.format(Locale.ROOT, "%.0f %% of %s held out for calibration", 100.0 * size(
			heldOut) / size(all), sources.size() == 1 ? "“" + sources.get(0).name() + "” is" : "the images are"));
	}

	/** As {@link #of}, each image being a file. */
	public static Split ofImages(final List<Raster> images, final int side, final long seed) {
		return of(IntStream.range(0, images.size()).mapToObj(i -> new ImageSource("image " + (i + 1), List.of(images.get(i)))).toList(),
			side, seed);
	}

	/** @return {@code null} if there are not enough files, or no small enough ones */
	private static Split byFile(final List<ImageSource> sources, final long seed) {
		final List<ImageSource> shuffled = new ArrayList<>(sources);
		Collections.shuffle(shuffled, new Random(seed));
		final long total = sources.stream().mapToLong(ImageSource::size).sum();
		final List<ImageSource> out = new ArrayList<>();
		double held = 0;
		for (final ImageSource source : shuffled) {
			// The first may be large; of the others those that bring the sum nearer to the share.
			final boolean fits = out.isEmpty() ? source.size() <= MOST * total : held + source.size() / 2.0 <= SHARE * total;
			if (!fits || (out.size() + 1) * FEWEST > sources.size()) continue;
			out.add(source);
			held += source.size();
		}
		if (out.isEmpty()) return null;
		final List<ImageSource> in = new ArrayList<>(sources);
		in.removeAll(out);
		return new Split(ImageSource.planes(in), ImageSource.planes(out), true, String.format(Locale.ROOT,
			"%d of %d files held out for calibration, %s“%s”", out.size(), sources.size(), out.size() == 1 ? "" : "among them ", out.get(0).name()));
	}

	private static void divide(final List<Raster> planes, final int side, final List<Raster> training,
		final List<Raster> heldOut)
	{
		final int last = (int) Math.round(SHARE * planes.size());
		final boolean strips = planes.stream().allMatch(p -> strip(p, side) > 0);
		if (planes.size() >= FEWEST && (!strips || !areAlike(planes))) {
			final int from = planes.size() - Math.max(1, last);
			training.addAll(planes.subList(0, from));
			heldOut.addAll(planes.subList(from, planes.size()));
		}
		else for (final Raster plane : planes) {
			final int strip = strip(plane, side), w = plane.width(), h = plane.height();
			final boolean right = w >= h;
			if (strip == 0) training.add(plane);
			else {
				training.add(part(plane, 0, 0, right ? w - strip : w, right ? h : h - strip));
				heldOut.add(part(plane, right ? w - strip : 0, right ? 0 : h - strip, right ? strip : w, right ? h : strip));
			}
		}
	}

	/** Width of a plane's strip, a patch or more; 0 if that would be too much of it. */
	private static int strip(final Raster plane, final int side) {
		final int length = Math.max(plane.width(), plane.height()), width = (int) Math.max(side, SHARE * length);
		return width <= MOST * length ? width : 0;
	}

	private static Raster part(final Raster plane, final int x, final int y, final int width, final int height) {
		final Raster part = new Raster(width, height, plane.channels());
		for (int row = 0; row < height; row++)
			System.arraycopy(plane.values(), plane.index(x, y + row, 0), part.values(), part.index(0, row, 0), width *
				plane.channels());
		return part;
	}

	/** Whether slices are correlated with their neighbours, or with those a few further on. */
	private static boolean areAlike(final List<Raster> planes) {
		final List<double[]> means = planes.stream().map(Split::blockMeans).toList();
		for (int lag = 1; lag <= Math.min(LAGS, planes.size() - 1); lag++) {
			double covariance = 0, first = 0, second = 0;
			for (int i = lag; i < means.size(); i++) {
				final double[] a = means.get(i - lag), b = means.get(i);
				for (int k = 0; k < a.length; k++) {
					covariance += a[k] * b[k];
					first += a[k] * a[k];
					second += b[k] * b[k];
				}
			}
			if (covariance > ALIKE * Math.sqrt(first * second)) return true;
		}
		return false;
	}

	/** Means of blocks, all channels together, less their mean. */
	private static double[] blockMeans(final Raster plane) {
		final int c = plane.channels(), columns = (plane.width() + BLOCK - 1) / BLOCK, rows = (plane.height() + BLOCK - 1) /
			BLOCK;
		final double[] sums = new double[columns * rows];
		final int[] counts = new int[sums.length];
		for (int i = 0; i < plane.values().length; i++) {
			final int block = i / c / plane.width() / BLOCK * columns + i / c % plane.width() / BLOCK;
			sums[block] += plane.values()[i];
			counts[block]++;
		}
		double mean = 0;
		for (int k = 0; k < sums.length; k++)
			mean += (sums[k] /= counts[k]) / sums.length;
		for (int k = 0; k < sums.length; k++)
			sums[k] -= mean;
		return sums;
	}

	private static double size(final List<Raster> planes) {
		return planes.stream().mapToDouble(p -> p.values().length).sum();
	}
}

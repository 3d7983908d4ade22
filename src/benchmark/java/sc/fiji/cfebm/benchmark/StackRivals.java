package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import sc.fiji.cfebm.energy.MissingPlane;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.raster.Raster;

/** Classical methods for stacks of noisy planes. */
final class StackRivals {

	/** Of non-local means: half the side of a patch, how far away patches are sought, and how many planes before and behind. */
	private static final int PATCH = 2, REACH = 5, PLANES = 2;

	private StackRivals() {}

	/** Each pixel's median over planes, so many on each side. */
	static List<Raster> median(final List<Raster> noisy, final int radius) {
		return alongStack(noisy, radius, values -> {
			Arrays.sort(values);
			return values[values.length / 2];
		});
	}

	/** Each pixel's mean over planes. */
	static List<Raster> mean(final List<Raster> noisy, final int radius) {
		return alongStack(noisy, radius, values -> {
			float sum = 0;
			for (final float v : values)
				sum += v;
			return sum / values.length;
		});
	}

	/** The middle plane, from so many on each side, each pixel by the polynomial through them. */
	static Raster between(final List<Raster> planes, final int radius) {
		final float[] weights = MissingPlane.weights(2 * radius + 1);
		final int middle = planes.size() / 2;
		final Raster out = new Raster(planes.get(0).width(), planes.get(0).height(), 1);
		for (int k = 0; k < weights.length; k++)
			for (int i = 0; i < out.values().length; i++)
				out.values()[i] += weights[k] * planes.get(middle + k - radius).values()[i];
		return out;
	}

	private interface Filter {

		float of(float[] values);
	}

	private static List<Raster> alongStack(final List<Raster> noisy, final int radius, final Filter filter) {
		final List<Raster> all = new ArrayList<>();
		for (int t = 0; t < noisy.size(); t++) {
			final Raster out = noisy.get(t).copy();
			for (int i = 0; i < out.values().length; i++) {
				final float[] values = new float[2 * radius + 1];
				for (int k = 0; k < values.length; k++)
					values[k] = noisy.get(WholeImage.mirrored(t + k - radius, noisy.size())).values()[i];
				out.values()[i] = filter.of(values);
			}
			all.add(out);
		}
		return all;
	}

	/**
	 * Non-local means whose patches are sought in neighbouring planes, too (Buades, Coll and Morel, International Journal of Computer Vision
	 * 76, 2008): no motion need be estimated.
	 *
	 * @param h strength, in units of σ
	 */
	static List<Raster> nonLocalMeans(final List<Raster> noisy, final double sigma, final double h) {
		final List<Raster> all = new ArrayList<>();
		final int w = noisy.get(0).width(), height = noisy.get(0).height();
		for (int t = 0; t < noisy.size(); t++) {
			final double[] sum = new double[w * height], weights = new double[w * height];
			for (int s = Math.max(0, t - PLANES); s <= Math.min(noisy.size() - 1, t + PLANES); s++)
				for (int dy = -REACH; dy <= REACH; dy++)
					for (int dx = -REACH; dx <= REACH; dx++)
						add(noisy.get(t), noisy.get(s), dx, dy, sigma, h, sum, weights);
			final Raster out = noisy.get(t).copy();
			for (int i = 0; i < sum.length; i++)
				out.values()[i] = (float) (sum[i] / weights[i]);
			all.add(out);
		}
		return all;
	}

	/** All pixels of one displacement, patches' distances by running sums. */
	private static void add(final Raster one, final Raster other, final int dx, final int dy, final double sigma, final double h,
		final double[] sum, final double[] weights)
	{
		final int w = one.width(), height = one.height(), side = 2 * PATCH + 1;
		final double[] square = new double[w * height], rows = new double[w * height];
		final float[] moved = new float[w * height];
		for (int i = 0; i < square.length; i++) {
			moved[i] = other.get(WholeImage.mirrored(i % w + dx, w), WholeImage.mirrored(i / w + dy, height), 0);
			final double d = one.values()[i] - moved[i];
			square[i] = d * d;
		}
		for (int i = 0; i < rows.length; i++)
			for (int k = -PATCH; k <= PATCH; k++)
				rows[i] += square[i / w * w + WholeImage.mirrored(i % w + k, w)];
		final boolean own = one == other && dx == 0 && dy == 0;
		for (int i = 0; i < rows.length; i++) {
			double distance = 0;
			for (int k = -PATCH; k <= PATCH; k++)
				distance += rows[WholeImage.mirrored(i / w + k, height) * w + i % w];
			final double weight = own ? 1 : Math.exp(-Math.max(0, distance / (side * side) - 2 * sigma * sigma) / (h * h * sigma * sigma));
			sum[i] += weight * moved[i];
			weights[i] += weight;
		}
	}
}

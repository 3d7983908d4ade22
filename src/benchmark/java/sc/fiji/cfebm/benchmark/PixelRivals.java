package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;


import ij.plugin.filter.GaussianBlur;
import ij.process.FloatProcessor;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.stats.GaussianFit;

/**
 * Simple ways to map what is unusual in gray images, all two-sided: the distance of features from their mean over normal
 * images. Each takes an image [H,W,1] and gives a map [H,W,1].
 */
final class PixelRivals {

	private static final int SAMPLES = 20_000, SIDE = 8, COMPONENTS = 16;
	private static final double[] SCALES = { 1, 2, 4 };
	/** Standard deviation of the Gaussian windows in pixels. */
	private static final double WINDOW = 3;
	private static final double SHRINKAGE = 0.01;

	private PixelRivals() {}

	/** By name, learnt from normal images. */
	static Map<String, UnaryOperator<Raster>> learn(final List<Raster> normal) {
		final Map<String, UnaryOperator<Raster>> rivals = new LinkedHashMap<>();
		rivals.put("local variance", distance(normal, image -> new float[][] { logVariance(image) }));
		final PrincipalComponents patches = PrincipalComponents.of(patches(normal), COMPONENTS);
		rivals.put("PCA residual of patches", distance(normal, image -> new float[][] { logResidual(image, patches) }));
		rivals.put("filter bank, Mahalanobis", distance(normal, PixelRivals::filterBank));
		return rivals;
	}

	/** [D][H·W] features of an image. */
	private interface Features {

		float[][] of(Raster image);
	}

	private static UnaryOperator<Raster> distance(final List<Raster> normal, final Features features) {
		final SplittableRandom rng = new SplittableRandom(1);
		final List<double[]> samples = new ArrayList<>();
		for (final Raster image : normal) {
			final float[][] f = features.of(image);
			for (int n = 0; n < Math.max(1, SAMPLES / normal.size()); n++)
				samples.add(at(f, rng.nextInt(f[0].length)));
		}
		final GaussianFit gaussian = GaussianFit.fit(samples.toArray(double[][]::new), SHRINKAGE);
		return image -> {
			final float[][] f = features.of(image);
			final Raster map = new Raster(image.width(), image.height(), 1);
			for (int p = 0; p < map.values().length; p++)
				map.values()[p] = (float) gaussian.distance(at(f, p));
			return map;
		};
	}

	private static double[] at(final float[][] features, final int p) {
		return Arrays.stream(features).mapToDouble(f -> f[p]).toArray();
	}

	private static float[] logVariance(final Raster image) {
		final float[] mean = blurred(image.values(), image, WINDOW), squares = image.values().clone();
		for (int p = 0; p < squares.length; p++)
			squares[p] *= squares[p];
		final float[] variance = blurred(squares, image, WINDOW);
		for (int p = 0; p < variance.length; p++)
			variance[p] = (float) Math.log(1 + Math.max(0, variance[p] - mean[p] * mean[p]));
		return variance;
	}

	/** Responses of Gaussian derivatives, and what they leave of their size in a window, at three scales. */
	private static float[][] filterBank(final Raster image) {
		final List<float[]> features = new ArrayList<>();
		final int w = image.width(), h = image.height();
		for (final double scale : SCALES) {
			final float[] smooth = blurred(image.values(), image, scale);
			final float[][] derivatives = new float[4][w * h];
			for (int y = 0; y < h; y++)
				for (int x = 0; x < w; x++) {
					final int p = y * w + x, left = y * w + Math.max(0, x - 1), right = y * w + Math.min(w - 1, x + 1), up = Math.max(0, y -
						1) * w + x, down = Math.min(h - 1, y + 1) * w + x;
					derivatives[0][p] = smooth[right] - smooth[left];
					derivatives[1][p] = smooth[down] - smooth[up];
					derivatives[2][p] = smooth[right] + smooth[left] - 2 * smooth[p];
					derivatives[3][p] = smooth[down] + smooth[up] - 2 * smooth[p];
				}
			features.add(smooth);
			for (final float[] d : derivatives) {
				for (int p = 0; p < d.length; p++)
					d[p] = Math.abs(d[p]);
				final float[] size = blurred(d, image, Math.max(WINDOW, scale));
				for (int p = 0; p < d.length; p++)
					size[p] = (float) Math.log(0.1 + size[p]);
				features.add(size);
			}
		}
		return features.toArray(float[][]::new);
	}

	private static float[] blurred(final float[] values, final Raster shape, final double sigma) {
		final FloatProcessor p = new FloatProcessor(shape.width(), shape.height(), values.clone());
		new GaussianBlur().blurGaussian(p, sigma, sigma, 0.002);
		return (float[]) p.getPixels();
	}

	private static double[][] patches(final List<Raster> normal) {
		final SplittableRandom rng = new SplittableRandom(1);
		final double[][] patches = new double[SAMPLES / 2][];
		for (int n = 0; n < patches.length; n++) {
			final Raster image = normal.get(rng.nextInt(normal.size()));
			patches[n] = patch(image, rng.nextInt(image.width() - SIDE + 1), rng.nextInt(image.height() - SIDE + 1));
		}
		return patches;
	}

	private static double[] patch(final Raster image, final int x, final int y) {
		final double[] patch = new double[SIDE * SIDE];
		for (int i = 0; i < patch.length; i++)
			patch[i] = image.get(x + i % SIDE, y + i / SIDE, 0);
		return patch;
	}

	/** Of every pixel the logarithm of what principal components leave of the patches that it lies in; of every second patch. */
	private static float[] logResidual(final Raster image, final PrincipalComponents components) {
		final int w = image.width(), h = image.height();
		final float[] sums = new float[w * h], counts = new float[w * h];
		for (int y = 0; y <= h - SIDE; y = next(y, h))
			for (int x = 0; x <= w - SIDE; x = next(x, w)) {
				final double residual = components.residual(patch(image, x, y));
				for (int v = y; v < y + SIDE; v++)
					for (int u = x; u < x + SIDE; u++) {
						sums[v * w + u] += (float) residual;
						counts[v * w + u]++;
					}
			}
		for (int p = 0; p < sums.length; p++)
			sums[p] = (float) Math.log(1 + sums[p] / counts[p]);
		return sums;
	}

	/** The next patch in a line, every second and the last. */
	private static int next(final int at, final int length) {
		return at == length - SIDE ? length : Math.min(at + 2, length - SIDE);
	}
}

package sc.fiji.cfebm.benchmark;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

import javax.imageio.ImageIO;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.stats.GaussianFit;

/**
 * Simple ways to score how unusual a whole image is, all two-sided: the distance of features from their mean over normal images. Each takes an image [H,W,C] with gray values
 * from 0 to 255.
 */
final class ImageRivals {

	private static final int SIDE = 8, COMPONENTS = 32, PATCHES = 20_000;
	private static final double SHRINKAGE = 0.01;

	private ImageRivals() {}

	/** By name, learnt from normal images. */
	static Map<String, ToDoubleFunction<Raster>> learn(final List<Raster> normal) {
		final Map<String, ToDoubleFunction<Raster>> rivals = new LinkedHashMap<>();
		rivals.put("mean and standard deviation alone", distance(normal, ImageRivals::moments));
		final PrincipalComponents patches = PrincipalComponents.of(patches(normal), COMPONENTS);
		rivals.put("PCA residual of patches", distance(normal, image -> logResidual(image, patches)));
		rivals.put("size as PNG file", distance(normal, image -> new double[] { Math.log(pngSize(image)) }));
		return rivals;
	}

	private interface Features {

		double[] of(Raster image);
	}

	private static ToDoubleFunction<Raster> distance(final List<Raster> normal, final Features features) {
		final GaussianFit gaussian = GaussianFit.fit(normal.stream().map(features::of).toArray(double[][]::new), SHRINKAGE);
		return image -> gaussian.distance(features.of(image));
	}

	/** Of each channel. */
	private static double[] moments(final Raster image) {
		final int c = image.channels(), n = image.width() * image.height();
		final double[] moments = new double[2 * c];
		for (int i = 0; i < image.values().length; i++) {
			final double v = image.values()[i];
			moments[i % c] += v / n;
			moments[c + i % c] += v * v / n;
		}
		for (int k = 0; k < c; k++)
			moments[c + k] = Math.sqrt(Math.max(0, moments[c + k] - moments[k] * moments[k]));
		return moments;
	}

	private static double[][] patches(final List<Raster> normal) {
		final SplittableRandom rng = new SplittableRandom(1);
		final double[][] patches = new double[PATCHES][];
		for (int n = 0; n < patches.length; n++) {
			final Raster image = normal.get(rng.nextInt(normal.size()));
			patches[n] = patch(image, rng.nextInt(image.width() - SIDE + 1), rng.nextInt(image.height() - SIDE + 1));
		}
		return patches;
	}

	private static double[] patch(final Raster image, final int x, final int y) {
		final int c = image.channels(), row = SIDE * c;
		final double[] patch = new double[SIDE * row];
		for (int i = 0; i < patch.length; i++)
			patch[i] = image.values()[image.index(x, y + i / row, 0) + i % row];
		return patch;
	}

	private static double[] logResidual(final Raster image, final PrincipalComponents components) {
		double sum = 0;
		int count = 0;
		for (int y = 0; y <= image.height() - SIDE; y += SIDE / 2)
			for (int x = 0; x <= image.width() - SIDE; x += SIDE / 2, count++)
				sum += components.residual(patch(image, x, y));
		return new double[] { Math.log(1 + sum / count) };
	}

	private static int pngSize(final Raster image) {
		final BufferedImage rgb = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
		for (int y = 0; y < image.height(); y++)
			for (int x = 0; x < image.width(); x++) {
				int color = 0;
				for (int c = 0; c < 3; c++)
					color = color << 8 | Math.max(0, Math.min(255, Math.round(image.get(x, y, Math.min(c, image.channels() - 1)))));
				rgb.setRGB(x, y, color);
			}
		final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try {
			ImageIO.write(rgb, "png", bytes);
		}
		catch (final IOException e) {
			throw new UncheckedIOException(e);
		}
		return bytes.size();
	}
}

package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import ij.plugin.filter.GaussianBlur;
import ij.process.FloatProcessor;
import sc.fiji.cfebm.raster.Raster;

/**
 * Something unusual, painted into a normal gray image with edges as soft as a microscope's.
 *
 * @param image the image with it, [H,W,1] in gray values from 0 to 255
 * @param mask [H,W], true where it covers more than half
 */
record PaintedDefect(Raster image, boolean[] mask) {

	/** What may be unusual among fluorescent nuclei, or in a texture. */
	enum Kind {
		/** One nucleus two to three times as wide as others. */
		GIANT_CELL,
		/** Small bright specks in a heap. */
		DEBRIS,
		/** A round area out of focus. */
		OUT_OF_FOCUS,
		/** A thin bright or dark line, slightly bent. */
		SCRATCH,
		/** A round area brighter or darker than it was. */
		STAIN
	}

	/** How much of a pixel a shape covers. */
	private interface Shape {

		double cover(double x, double y);
	}

	/** @param seed of its place, size and look */
	static PaintedDefect in(final Raster clean, final Kind kind, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final int w = clean.width(), h = clean.height();
		final double x = w * rng.nextDouble(0.2, 0.8), y = h * rng.nextDouble(0.2, 0.8);
		final double[] sorted = sorted(clean);
		final double dark = sorted[sorted.length / 20], bright = sorted[sorted.length - sorted.length / 50 - 1];
		final double contrast = Math.max(20, bright - dark), sign = rng.nextBoolean() ? 1 : -1;
		return switch (kind) {
			case GIANT_CELL -> {
				final float[] chromatin = blurred(noise(clean, rng), w, h, 2);
				yield paint(clean, ellipse(x, y, rng.nextDouble(24, 34), rng), (p, before) -> dark + 0.8 * contrast * (1 + chromatin[p]));
			}
			case DEBRIS -> {
				final List<Shape> specks = new ArrayList<>();
				for (int i = 0; i < 12; i++)
					specks.add(ellipse(x + 7 * rng.nextGaussian(), y + 7 * rng.nextGaussian(), rng.nextDouble(1, 3), rng));
				yield paint(clean, (u, v) -> specks.stream().mapToDouble(s -> s.cover(u, v)).max().orElse(0), (p, before) -> Math.max(before,
					dark + contrast));
			}
			case OUT_OF_FOCUS -> {
				final float[] blurred = blurred(clean.values(), w, h, 4);
				yield paint(clean, ellipse(x, y, rng.nextDouble(25, 40), rng), (p, before) -> blurred[p]);
			}
			case SCRATCH -> {
				final double angle = rng.nextDouble(Math.PI), c = Math.cos(angle), s = Math.sin(angle), bend = 0.005 * rng.nextGaussian();
				final double half = rng.nextDouble(20, 45), thick = rng.nextDouble(0.7, 1.7);
				yield paint(clean, (u, v) -> {
					final double along = (u - x) * c + (v - y) * s, across = (v - y) * c - (u - x) * s - bend * along * along;
					return soft(Math.min(thick - Math.abs(across), half - Math.abs(along)));
				}, (p, before) -> before + sign * 0.5 * contrast);
			}
			case STAIN -> paint(clean, ellipse(x, y, rng.nextDouble(6, 14), rng), (p, before) -> before + sign * 0.4 * contrast);
		};
	}

	/** A pixel's new value, from its index and its old value. */
	private interface Ink {

		double at(int p, double before);
	}

	private static PaintedDefect paint(final Raster clean, final Shape shape, final Ink ink) {
		final Raster image = clean.copy();
		final boolean[] mask = new boolean[clean.values().length];
		for (int p = 0; p < mask.length; p++) {
			final double cover = shape.cover(p % clean.width(), p / clean.width()), before = clean.values()[p];
			mask[p] = cover > 0.5;
			if (cover > 0.01) image.values()[p] = (float) Math.rint(Math.max(0, Math.min(255, before + cover * (ink.at(p, before) -
				before))));
		}
		return new PaintedDefect(image, mask);
	}

	private static Shape ellipse(final double x, final double y, final double radius, final SplittableRandom rng) {
		final double angle = rng.nextDouble(Math.PI), c = Math.cos(angle), s = Math.sin(angle), flat = rng.nextDouble(0.6, 1);
		return (u, v) -> {
			final double a = ((u - x) * c + (v - y) * s) / radius, b = ((v - y) * c - (u - x) * s) / (flat * radius);
			return soft((1 - Math.sqrt(a * a + b * b)) * flat * radius);
		};
	}

	/** From 0 well outside to 1 well inside; the edge is two pixels wide. */
	private static double soft(final double depth) {
		return 1 / (1 + Math.exp(-2 * depth));
	}

	private static float[] noise(final Raster shape, final SplittableRandom rng) {
		final float[] noise = new float[shape.values().length];
		for (int p = 0; p < noise.length; p++)
			noise[p] = (float) rng.nextGaussian();
		return noise;
	}

	private static float[] blurred(final float[] values, final int width, final int height, final double sigma) {
		final FloatProcessor p = new FloatProcessor(width, height, values.clone());
		new GaussianBlur().blurGaussian(p, sigma, sigma, 0.002);
		return (float[]) p.getPixels();
	}

	private static double[] sorted(final Raster image) {
		final double[] sorted = new double[image.values().length];
		Arrays.setAll(sorted, p -> image.values()[p]);
		Arrays.sort(sorted);
		return sorted;
	}
}

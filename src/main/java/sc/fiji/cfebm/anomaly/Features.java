package sc.fiji.cfebm.anomaly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.langevin.FixedGrids;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.model.NormalFeatures;
import sc.fiji.cfebm.tile.Gaussian;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;

/**
 * What an energy f of score matching says of an image. Noise n of several levels σ is added, and taken away again in one step; of
 * interest is what is then wrong, e = σ·(∇f(x + σn) - n): more where the image is new to the energy, less where it is simpler than what the energy
 * knows. The multiscale use of denoising errors follows Mahmood, Oliva and Styner (ICLR 2021), who take norms of scores of whole images.
 *
 * @param width W of the image in pixels
 * @param height H of the image
 * @param pixels [D][H·W]: of each pixel's surroundings, for each level the logarithm of the mean of e², and the mean of e in each
 *          channel; and the logarithm of the mean of |∇f|² without noise
 * @param energy [H·W]: f of the tiles around each pixel
 * @param windows of each square as large as a tile, half a tile apart, [D']: the logarithms of the mean of |∇f|² in each channel and,
 *          for each level, of the mean of e² in each channel and of the mean of the squared mean of e over draws of the noise; f; then the standard deviations over the
 *          square of the logarithms in {@code pixels}, see {@link #near}
 */
public record Features(int width, int height, float[][] pixels, float[] energy, List<double[]> windows) {

	/** Noise levels: so many, from somewhat above the lowest one that the energy knows to somewhat below the highest. */
	private static final int LEVELS = 6;
	private static final double LOWEST = 1.5, HIGHEST = 0.9;
	/** Standard deviations of the Gaussian windows for e² and for e, in pixels. */
	private static final double WINDOW = 2.5, NEAR = 1.5;
	/** Standard deviation of the Gaussian window that distances are averaged in, in pixels. */
	private static final double SMOOTH = 3;
	/** At the border windows see half as much, and that mirrored: so many pixels take the distance of what is next to them. */
	private static final int BORDER = 6;
	/** Below all squares that matter. */
	private static final double TINY = 1e-7;

	/** The noise levels of an energy that knows those between two. */
	public static double[] levels(final double sigmaMin, final double sigmaMax) {
		final double low = LOWEST * sigmaMin, high = Math.max(low, HIGHEST * sigmaMax);
		final double[] levels = new double[LEVELS];
		Arrays.setAll(levels, l -> low * Math.pow(high / low, (double) l / (LEVELS - 1)));
		return levels;
	}

	/** How many of the first features of windows do not tell how much a window's pixels differ. */
	static int near(final int levels, final int channels) {
		return channels + levels * (channels + 1) + 1;
	}

	/** How many times the network sees each pixel. */
	public static int passes(final int levels) {
		return FixedGrids.COUNT * (levels + 1);
	}

	/**
	 * Computes them; the noise is the same for all images of one size.
	 *
	 * @param image in model units, of any size
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Features of(final Energy energy, final double[] levels, final Raster image, final Progress progress) {
		final Builder builder = new Builder(energy, image, levels.length, progress);
		builder.probe(-1, 0);
		for (int l = 0; l < levels.length; l++)
			builder.probe(l, levels[l]);
		builder.addEnergies();
		builder.addSpreads();
		return new Features(image.width(), image.height(), builder.pixels.toArray(float[][]::new), builder.energy, builder.windows
			.stream().map(w -> w.stream().mapToDouble(v -> v).toArray()).toList());
	}

	/** The names of the features of pixels, in their order. */
	public static List<String> names(final double[] levels, final int channels) {
		final List<String> names = new ArrayList<>(List.of("gradient"));
		for (final double level : levels) {
			final String noise = String.format(java.util.Locale.ROOT, ", noise %.2g", level);
			names.add("error" + noise);
			for (int c = 0; c < channels; c++)
				names.add("difference" + noise + (channels > 1 ? ", channel " + (c + 1) : ""));
		}
		return names;
	}

	/** The features of one pixel, [D]. */
	public double[] at(final int pixel) {
		final double[] f = new double[pixels.length];
		Arrays.setAll(f, i -> pixels[i][pixel]);
		return f;
	}

	/** How far the surroundings of each pixel are from normal ones, [H·W], smoothed. */
	public float[] distances(final NormalFeatures normal) {
		final float[] distances = new float[width * height];
		for (int p = 0; p < distances.length; p++)
			distances[p] = (float) normal.distance(at(inside(p / width, height) * width + inside(p % width, width)));
		return Gaussian.smoothed(distances, width, height, SMOOTH);
	}

	/** The nearest position that is not at the border. */
	private static int inside(final int position, final int n) {
		final int border = Math.min(BORDER, (n - 1) / 2);
		return Math.max(border, Math.min(n - 1 - border, position));
	}

	private static final class Builder {

		private final Energy network;
		private final FixedGrids grids;
		private final Progress progress;
		private final int width, height, channels, side, levels;
		private final float[] image;
		private final float[][] weights = new float[FixedGrids.COUNT][];
		final float[] energy;
		final List<float[]> pixels = new ArrayList<>(), logarithms = new ArrayList<>();
		final List<List<Double>> windows = new ArrayList<>();

		Builder(final Energy network, final Raster image, final int levels, final Progress progress) {
			this.network = network;
			this.progress = progress;
			this.levels = levels;
			this.image = image.values();
			width = image.width();
			height = image.height();
			channels = image.channels();
			side = network.size();
			grids = new FixedGrids(network, width, height, progress);
			final float[] sum = new float[width * height];
			for (int k = 0; k < weights.length; k++) {
				weights[k] = grids.weights(k);
				for (int p = 0; p < sum.length; p++)
					sum[p] += weights[k][p];
			}
			for (final float[] w : weights)
				for (int p = 0; p < sum.length; p++)
					w[p] /= sum[p];
			energy = new float[width * height];
		}

		/** @param level its number; -1: without noise */
		void probe(final int level, final double sigma) {
			final float[] squares = new float[image.length], means = new float[image.length], noise = new float[image.length];
			final float[] x = new float[image.length], gradient = new float[image.length], energies = level < 0 ? new float[width *
				height] : null;
			for (int k = 0; k < FixedGrids.COUNT; k++) {
				final double before = ((level + 1.0) * FixedGrids.COUNT + k) / passes(levels);
				if (level >= 0) draw(k, level, noise);
				for (int i = 0; i < x.length; i++)
					x[i] = image[i] + (float) sigma * noise[i];
				grids.evaluate(k, network, x, gradient, energies, done -> progress.update(before + done / passes(levels),
					"Looking for anomalies"));
				final float factor = level < 0 ? 1 : (float) sigma;
				for (int i = 0; i < x.length; i++) {
					final float w = weights[k][i / channels], e = factor * (gradient[i] - noise[i]);
					squares[i] += w * e * e;
					means[i] += w * e;
				}
				if (energies != null) for (int p = 0; p < energies.length; p++)
					energy[p] += weights[k][p] * energies[p];
			}
			addPixels(squares, level < 0 ? null : means);
			addWindows(squares, level < 0 ? null : means);
		}

		/** Every second draw is the one before with the opposite sign, so that much of the noise's own share of the mean cancels. */
		private static void draw(final int k, final int level, final float[] noise) {
			if (k % 2 == 0) {
				Arrays.fill(noise, 0);
				Noise.add(noise, 1, new SplittableRandom(FixedGrids.COUNT * level + k));
			}
			else for (int i = 0; i < noise.length; i++)
				noise[i] = -noise[i];
		}

		private void addPixels(final float[] squares, final float[] means) {
			final float[] sums = new float[width * height];
			for (int i = 0; i < squares.length; i++)
				sums[i / channels] += squares[i] / channels;
			final float[] smooth = Gaussian.smoothed(sums, width, height, WINDOW);
			for (int p = 0; p < smooth.length; p++)
				smooth[p] = (float) Math.log(smooth[p] + TINY);
			logarithms.add(smooth);
			pixels.add(smooth);
			for (int c = 0; means != null && c < channels; c++) {
				final float[] plane = new float[width * height];
				for (int p = 0; p < plane.length; p++)
					plane[p] = means[p * channels + c];
				pixels.add(Gaussian.smoothed(plane, width, height, NEAR));
			}
		}

		private void addWindows(final float[] squares, final float[] means) {
			for (int c = 0; c < channels; c++) {
				final int channel = c;
				add((p, n) -> squares[p * channels + channel] / n, sum -> Math.log(sum + TINY));
			}
			if (means != null) add((p, n) -> {
				double sum = 0;
				for (int i = p * channels; i < (p + 1) * channels; i++)
					sum += (double) means[i] * means[i];
				return sum / channels / n;
			}, sum -> Math.log(sum + TINY));
		}

		void addEnergies() {
			add((p, n) -> energy[p] / n, sum -> sum);
		}

		void addSpreads() {
			for (final float[] plane : logarithms) {
				final int at = windows.get(0).size();
				add((p, n) -> plane[p] / n, mean -> mean);
				add((p, n) -> (double) plane[p] * plane[p] / n, square -> square);
				for (final List<Double> window : windows) {
					final double square = window.remove(at + 1), mean = window.remove(at);
					window.add(Math.sqrt(Math.max(0, square - mean * mean)));
				}
			}
		}

		/** Adds a feature of all windows: a function of a sum over their n pixels. */
		private void add(final Summand summand, final DoubleUnaryOperator f) {
			final int w = Math.min(side, width), h = Math.min(side, height), step = Math.max(1, side / 2);
			int next = 0;
			for (int y = 0; y < height - h + step; y += step)
				for (int x = 0; x < width - w + step; x += step) {
					final int left = Math.min(x, width - w), top = Math.min(y, height - h);
					double sum = 0;
					for (int v = top; v < top + h; v++)
						for (int p = v * width + left; p < v * width + left + w; p++)
							sum += summand.at(p, w * h);
					if (windows.size() == next) windows.add(new ArrayList<>());
					windows.get(next++).add(f.applyAsDouble(sum));
				}
		}

		private interface Summand {

			double at(int pixel, int pixels);
		}
	}
}

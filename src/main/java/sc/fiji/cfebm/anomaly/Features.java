package sc.fiji.cfebm.anomaly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.model.NominalModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Gaussian;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.stats.GaussianFit;

/**
 * What an energy E(x, σ) says of an image. Noise n of several levels σ is added, and taken away again in one step.
 * Its error is e = σ·(σ∇E(x + σn) - n): larger where the image is new to the energy, smaller where the image is simpler than what
 * the energy knows, and of another grain where the texture is another one. Grain is measured by differences of e between
 * neighbours along x and y. The multiscale use of denoising errors follows Mahmood, Oliva and Styner (ICLR 2021), who take norms
 * of scores of whole images.
 *
 * @param part of an image that they are of, W×H pixels
 * @param pixels [D][H·W], of each pixel's surroundings: the logarithms of the means of |σ∇E|² and its squared differences along x and y,
 *          without noise and for the lowest σ; then for each level those of e²
 * @param squares of the image, as large as a tile
 * @param windows of each square, [D']: the logarithms of the same means over the square; mean and standard deviation of each
 *          channel's brightness; E; then the standard deviations over the square of those in {@code pixels}
 */
public record Features(Window part, float[][] pixels, List<Window> squares, List<double[]> windows) {

	/** Noise levels: so many, from somewhat above the lowest one that the energy knows to somewhat below the highest. */
	private static final int LEVELS = 6;
	private static final double LOWEST = 1.5, HIGHEST = 0.9;
	/** Standard deviation of the Gaussian windows of pixels' surroundings, in pixels. */
	private static final double WINDOW = 2.5;
	/** With noise of each level, and the same with the opposite sign: much of the noise's own share of the mean cancels. */
	private static final int PASSES = 2;
	/** Of each level: e², and its squared differences along x and y. */
	private static final int PER_LEVEL = 3;
	/** Standard deviation of the Gaussian window that distances are averaged in, in pixels. */
	private static final double SMOOTH = 5;
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

	/**
	 * How far away from a pixel the image matters to its features and to {@link #distances}, in pixels: two Gaussian windows and a
	 * difference between neighbours, and what the energy's gradient at each of these pixels sees.
	 */
	public static int reach(final Energy energy) {
		return Gaussian.reach(WINDOW) + Gaussian.reach(SMOOTH) + 1 + 2 * energy.ofImages().reach();
	}

	/** How many of the first features of windows distances are measured with; the others tell how much a window's pixels differ. */
	static int near(final int levels, final int channels) {
		return PER_LEVEL * (levels + 1) + 2 * channels;
	}

	/** How many times the network sees each pixel. */
	public static int passes(final int levels) {
		return 1 + PASSES * levels;
	}

	/**
	 * Computes those of a whole image, and of squares all over it.
	 *
	 * @param image in model units, of any size
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Features of(final Energy energy, final double[] levels, final Raster image, final Progress progress) {
		final Window all = Window.all(image);
		return of(energy, levels, image, all, squares(all, energy.size()), progress);
	}

	/**
	 * Computes those of a part of an image. The noise at a pixel depends on its place in the image alone, so that features farther
	 * than {@link #reach} from the part's border are those of the whole image; near the image's own border they are in any case.
	 *
	 * @param cut the part's pixels in model units
	 * @param part where in the image it lies; it begins at multiples of a tile's side
	 * @param squares in the part, in the image's coordinates
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Features of(final Energy energy, final double[] levels, final Raster cut, final Window part, final List<Window> squares,
		final Progress progress)
	{
		final Builder builder = new Builder(energy, cut, part, squares, levels.length, progress);
		builder.probe(-1, 0, levels[0]);
		for (int l = 0; l < levels.length; l++)
			builder.probe(l, levels[l], levels[l]);
		builder.addBrightness();
		builder.addEnergies();
		builder.addSpreads();
		return new Features(part, builder.pixels.toArray(float[][]::new), squares, builder.windows.stream().map(w -> w.stream().mapToDouble(
			v -> v).toArray()).toList());
	}

	/**
	 * Squares as large as a tile, half a tile apart, the last ones at the border of the box; smaller where the box is.
	 *
	 * @param side of a tile in pixels
	 */
	public static List<Window> squares(final Window box, final int side) {
		final int w = Math.min(side, box.width()), h = Math.min(side, box.height()), step = Math.max(1, side / 2);
		final List<Window> squares = new ArrayList<>();
		for (int y = 0; y < box.height() - h + step; y += step)
			for (int x = 0; x < box.width() - w + step; x += step)
				squares.add(new Window(box.x() + Math.min(x, box.width() - w), box.y() + Math.min(y, box.height() - h), w, h));
		return squares;
	}

	/** The names of the features of pixels, in their order. */
	public static List<String> names(final double[] levels) {
		final List<String> names = new ArrayList<>();
		for (int l = -1; l < levels.length; l++)
			for (final String grain : List.of("", " along x", " along y"))
				names.add((l < 0 ? "gradient" + grain : String.format(Locale.ROOT, "error%s, noise %.2g", grain, levels[l])));
		return names;
	}

	/** Whether a model of what is nominal is one of these features; those of earlier versions were others. */
	public static boolean match(final NominalModel nominal, final int channels) {
		final int pixels = PER_LEVEL * (nominal.levels().length + 1), windows = near(nominal.levels().length, channels) + 1 + pixels;
		return nominal.surroundings().features().size() == pixels && nominal.tiles().features().size() == windows;
	}

	/** The features of one pixel, [D]. */
	public double[] at(final int pixel) {
		final double[] f = new double[pixels.length];
		Arrays.setAll(f, i -> pixels[i][pixel]);
		return f;
	}

	/** How far the surroundings of each pixel are from nominal ones, [H·W], smoothed. */
	public float[] distances(final GaussianFit nominal) {
		final int width = part.width(), height = part.height();
		final float[] distances = new float[width * height];
		for (int p = 0; p < distances.length; p++)
			distances[p] = (float) nominal.distance(at(inside(p / width, height) * width + inside(p % width, width)));
		return Gaussian.smoothed(distances, width, height, SMOOTH);
	}

	/**
	 * Means of the scores of pixels' surroundings over each of the squares.
	 *
	 * @param distances as {@link #distances} gives them
	 */
	public double[] overWindows(final float[] distances) {
		final double[] means = new double[squares.size()];
		eachPixel(part, squares, (window, pixel, share) -> means[window] += share * NominalModel.Surroundings.score(distances[pixel]));
		return means;
	}

	/** Goes through the pixels of all squares. */
	private static void eachPixel(final Window part, final List<Window> squares, final Visitor visitor) {
		for (int i = 0; i < squares.size(); i++) {
			final Window s = squares.get(i);
			final int left = s.x() - part.x(), top = s.y() - part.y();
			for (int y = top; y < top + s.height(); y++)
				for (int p = y * part.width() + left; p < y * part.width() + left + s.width(); p++)
					visitor.visit(i, p, 1.0 / (s.width() * s.height()));
		}
	}

	private interface Visitor {

		/** @param share of the window that a pixel is */
		void visit(int window, int pixel, double share);
	}

	/** The nearest position that is not at the border. */
	private static int inside(final int position, final int n) {
		final int border = Math.min(BORDER, (n - 1) / 2);
		return Math.max(border, Math.min(n - 1 - border, position));
	}

	private static final class Builder {

		private final NoiseAwareEnergy network;
		private final WholeImage whole;
		private final Progress progress;
		private final Window part;
		private final List<Window> squares;
		/** Pixels of a tile, whose energy is the sum of theirs. */
		private final int tile;
		private final int width, height, channels, levels;
		private final float[] image;
		private final float[] energy;
		final List<float[]> pixels = new ArrayList<>();
		final List<List<Double>> windows = new ArrayList<>();

		Builder(final Energy network, final Raster image, final Window part, final List<Window> squares, final int levels,
			final Progress progress)
		{
			this.network = network.ofImages();
			whole = new WholeImage(this.network, false);
			this.part = part;
			this.squares = squares;
			this.progress = progress;
			this.levels = levels;
			this.image = image.values();
			tile = network.size() * network.size();
			width = image.width();
			height = image.height();
			channels = image.channels();
			energy = new float[width * height];
		}

		/**
		 * @param level its number; -1: without noise
		 * @param sigma of the noise that is added
		 * @param told what the energy takes it for
		 */
		void probe(final int level, final double sigma, final double told) {
			final float[][] squares = new float[PER_LEVEL][width * height];
			final float[] x = new float[image.length], e = new float[image.length];
			final float[] noise = level < 0 ? new float[image.length] : Noise.inPlace(part, channels, level);
			final float factor = level < 0 ? 1 : (float) sigma;
			final int count = level < 0 ? 1 : PASSES;
			for (int k = 0; k < count; k++) {
				progress.throwIfCanceled();
				progress.update((level < 0 ? 0 : 1.0 + PASSES * level + k) / passes(levels), "Comparing with nominal images");
				for (int i = 0; i < x.length; i++)
					x[i] = image[i] + (float) sigma * noise[i];
				whole.evaluate(NoisyImages.at(x, 1, height, width, told, network.isTold()), new Wanted(null, level < 0 ? energy : null, e, null,
					null));
				for (int i = 0; i < x.length; i++)
					e[i] = factor * ((float) told * e[i] - noise[i]);
				addSquares(e, 1f / count, squares);
				for (int i = 0; i < noise.length; i++)
					noise[i] = -noise[i];
			}
			for (final float[] of : squares) {
				addPixels(of);
				add(p -> of[p], mean -> Math.log(mean + TINY));
			}
		}

		/** Squares of e, and of what it differs by from the next pixel's along x and along y, means over the channels. */
		private void addSquares(final float[] e, final float weight, final float[][] squares) {
			for (int y = 0, p = 0; y < height; y++)
				for (int u = 0; u < width; u++, p++) {
					final int right = u < width - 1 ? channels : -channels, below = y < height - 1 ? width * channels : -width * channels;
					for (int i = p * channels; i < (p + 1) * channels; i++) {
						final float w = weight / channels, dx = e[i + right] - e[i], dy = e[i + below] - e[i];
						squares[0][p] += w * e[i] * e[i];
						squares[1][p] += w * dx * dx;
						squares[2][p] += w * dy * dy;
					}
				}
		}

		private void addPixels(final float[] squares) {
			final float[] smooth = Gaussian.smoothed(squares, width, height, WINDOW);
			for (int p = 0; p < smooth.length; p++)
				smooth[p] = (float) Math.log(smooth[p] + TINY);
			pixels.add(smooth);
		}

		void addEnergies() {
			add(p -> energy[p], mean -> tile * mean);
		}

		void addBrightness() {
			for (int c = 0; c < channels; c++) {
				final int channel = c;
				add(p -> image[p * channels + channel], mean -> mean);
				addDeviations(p -> image[p * channels + channel]);
			}
		}

		void addSpreads() {
			for (final float[] plane : pixels)
				addDeviations(p -> plane[p]);
		}

		/** Adds the standard deviation of the values in all windows. */
		private void addDeviations(final IntToDoubleFunction value) {
			final int at = windows.get(0).size();
			add(value, mean -> mean);
			add(p -> value.applyAsDouble(p) * value.applyAsDouble(p), square -> square);
			for (final List<Double> window : windows) {
				final double square = window.remove(at + 1), mean = window.remove(at);
				window.add(Math.sqrt(Math.max(0, square - mean * mean)));
			}
		}

		/** Adds a feature of all windows: a function of a mean over their pixels. */
		private void add(final IntToDoubleFunction value, final DoubleUnaryOperator f) {
			final double[] means = new double[squares.size()];
			eachPixel(part, squares, (window, pixel, share) -> means[window] += share * value.applyAsDouble(pixel));
			for (int i = 0; i < means.length; i++) {
				if (windows.size() == i) windows.add(new ArrayList<>());
				windows.get(i).add(f.applyAsDouble(means[i]));
			}
		}
	}
}

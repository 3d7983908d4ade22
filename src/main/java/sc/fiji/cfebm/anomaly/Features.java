package sc.fiji.cfebm.anomaly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.NominalModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Gaussian;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.stats.GaussianMixture;

/**
 * What an energy E(x, σ) says of an image, at a few fixed noise levels. No noise is added: the residual r = σ²∇E(x, σ) is what the energy
 * takes for noise of that level. It is larger where the image is new to the energy, smaller where the image is simpler than what the
 * energy knows, and of another grain where the texture is another one. Grain is measured by differences of r between neighbours along
 * x and y. The use of scores at many levels follows Mahmood, Oliva and Styner (ICLR 2021), who take norms of whole images' scores.
 * <p>
 * Of a slab of neighbouring planes it is the middle one that is looked at: r is that of the slab's energy at its pixels, and what the
 * plane differs by from the mean of those before and behind it is looked at likewise.
 *
 * @param part of an image that they are of, W×H pixels
 * @param pixels [D][H·W], of each pixel's surroundings: for each level the logarithms of the means of r² and its squared differences along
 *          x and y, and of a slab the same of the difference from its neighbours; then the mean brightness of each channel, and of a slab
 *          the mean difference
 * @param squares of the image, as large as a tile
 * @param windows of each square, [D']: the logarithms of the same means over the square; mean and standard deviation of each
 *          channel's brightness; those logarithms of the image at coarser scales; E; the standard deviations over the square of those
 *          in {@code pixels} that are logarithms; these two of the coarser scales
 */
public record Features(Window part, float[][] pixels, List<Window> squares, List<double[]> windows) {

	/** Noise levels: so many, from the lowest one that the energy knows well to somewhat below the highest; chosen on made anomalies. */
	private static final int LEVELS = 3;
	private static final double HIGHEST = 0.9;
	/** Standard deviation of the Gaussian windows of pixels' surroundings, in pixels. */
	private static final double WINDOW = 2.5;
	/** Of each level: r², and its squared differences along x and y. */
	private static final int PER_LEVEL = 3;
	/** Standard deviation of the Gaussian window that surprises are averaged in, in pixels. */
	private static final double SMOOTH = 5;
	/** At the border windows see half as much, and that mirrored: so many pixels take the surprise of what is next to them. */
	private static final int BORDER = 6;
	/** Images of more tiles than this are scored by their map, others by their squares. */
	public static final double MOST_TILES = 4;
	/** Below all squares that matter. */
	private static final double TINY = 1e-7;

	/** How many scales of an image a model looks at: those of its stages; of a slab of planes one, as the coarser stages never saw slabs. */
	public static int scales(final Model model) {
		return model.planes() > 1 ? 1 : model.pyramid().stages();
	}

	/** The noise levels of an energy that knows those between two. */
	public static double[] levels(final double low, final double sigmaMax) {
		final double high = Math.max(low, HIGHEST * sigmaMax);
		final double[] levels = new double[LEVELS];
		Arrays.setAll(levels, l -> low * Math.pow(high / low, (double) l / (LEVELS - 1)));
		return levels;
	}

	/**
	 * How far away from a pixel the image matters to its features and to {@link #surprises}, in pixels: two Gaussian windows and a
	 * difference between neighbours, and what the energy's gradient at each of these pixels sees.
	 */
	public static int reach(final Energy energy) {
		return reach(energy.ofImages().reach());
	}

	/** The same for an energy that sees so far. */
	public static int reach(final int ofEnergy) {
		return Gaussian.reach(WINDOW) + Gaussian.reach(SMOOTH) + 1 + 2 * ofEnergy;
	}

	/**
	 * How far around squares the image matters to their features, in pixels: at each scale a Gaussian window, a difference between neighbours,
	 * and what the energy's gradient at each of these pixels sees.
	 *
	 * @param energies of the scales, coarse to fine
	 */
	public static int reachOfSquares(final List<? extends Energy> energies) {
		return IntStream.range(0, energies.size()).map(s -> Gaussian.reach(WINDOW) + 1 + 2 * energies.get(energies.size() - 1 - s).ofImages()
			.reach() + 1 << s).max().orElse(0);
	}

	/**
	 * How many of the first features of windows distances are measured with; the others tell how much a window's pixels differ.
	 *
	 * @param stages number of the scales
	 */
	static int near(final int levels, final int channels, final int planes, final int stages) {
		return stages * logarithms(levels, planes) + 2 * channels;
	}

	/** Number of features of windows. */
	private static int ofWindows(final int levels, final int channels, final int planes, final int stages) {
		return near(levels, channels, planes, stages) + stages * (1 + logarithms(levels, planes));
	}

	private static int logarithms(final int levels, final int planes) {
		return PER_LEVEL * (planes > 1 ? levels + 1 : levels);
	}

	/**
	 * Computes those of a whole image, and of squares all over it.
	 *
	 * @param energies of the scales that are looked at, coarse to fine: …, of the image's quarter, of its half, of the image itself
	 * @param planes how many neighbouring planes of a stack the image's channels are, one after the other; 1: it is a single one
	 * @param image in model units, of any size
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Features of(final List<? extends Energy> energies, final int planes, final double[] levels, final Raster image,
		final Progress progress)
	{
		final Window all = Window.all(image);
		return of(energies, planes, levels, image, all, squares(all, energies.get(energies.size() - 1).size()), progress);
	}

	/**
	 * Computes those of a part of an image. Pixels farther than {@link #reach} from the part's border, and squares farther than {@link
	 * #reachOfSquares}, have the features of the whole image; near the image's own border they have them in any case.
	 *
	 * @param energies as of {@link #of(List, int, double[], Raster, Progress)}; where nobody wants squares, the finest is enough
	 * @param planes likewise
	 * @param cut the part's pixels in model units
	 * @param part where in the image it lies; it begins at multiples of a tile's side
	 * @param squares in the part, in the image's coordinates; none where nobody wants their features
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Features of(final List<? extends Energy> energies, final int planes, final double[] levels, final Raster cut,
		final Window part, final List<Window> squares, final Progress progress)
	{
		final int stages = squares.isEmpty() ? 1 : energies.size();
		final List<Builder> scales = new ArrayList<>();
		Raster image = cut;
		Window box = part;
		List<Window> windows = squares;
		for (int s = 0; s < stages; s++) {
			if (s > 0) {
				image = Resample.halved(image);
				box = box.halved();
				windows = windows.stream().map(Window::halved).toList();
			}
			final Builder scale = new Builder(energies.get(energies.size() - 1 - s), planes, image, box, windows, levels.length, progress.part(s,
				stages));
			scale.look(levels, s == 0);
			scales.add(scale);
		}
		return new Features(part, scales.get(0).pixels.toArray(float[][]::new), squares, joined(scales, squares.size()));
	}

	/** What is near of all scales, then the rest of all. */
	private static List<double[]> joined(final List<Builder> scales, final int squares) {
		return IntStream.range(0, squares).mapToObj(i -> Stream.concat(scales.stream().flatMap(s -> s.windows.get(i).subList(0, s.near).stream()),
			scales.stream().flatMap(s -> s.windows.get(i).subList(s.near, s.windows.get(i).size()).stream())).mapToDouble(v -> v).toArray()).toList();
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
	public static List<String> names(final double[] levels, final int channels, final int planes) {
		final List<String> names = new ArrayList<>(), grains = List.of("", " along x", " along y");
		for (final double level : levels)
			for (final String grain : grains)
				names.add(String.format(Locale.ROOT, "gradient%s, noise %.2g", grain, level));
		if (planes > 1) for (final String grain : grains)
			names.add("difference from neighbours" + grain);
		for (final String mean : planes > 1 ? List.of("brightness", "mean difference from neighbours") : List.of("brightness"))
			for (int c = 0; c < channels; c++)
				names.add(mean + (channels == 1 ? "" : ", channel " + (c + 1)));
		return names;
	}

	/**
	 * Whether a model of what is nominal is one of these features; those of earlier versions were others.
	 *
	 * @param stages number of the scales that are looked at
	 */
	public static boolean match(final NominalModel nominal, final int channels, final int planes, final int stages) {
		final int levels = nominal.levels().length, means = planes > 1 ? 2 * channels : channels;
		return levels == LEVELS && nominal.surroundings().features().size() == logarithms(levels, planes) + means && nominal.tiles().features()
			.size() == ofWindows(levels, channels, planes, stages);
	}

	/** The features of one pixel, [D]. */
	public double[] at(final int pixel) {
		final double[] f = new double[pixels.length];
		Arrays.setAll(f, i -> pixels[i][pixel]);
		return f;
	}

	/** How improbable the surroundings of each pixel are among nominal ones, [H·W], smoothed. */
	public float[] surprises(final GaussianMixture nominal) {
		final int width = part.width(), height = part.height();
		final float[] surprises = new float[width * height];
		final ToDoubleFunction<double[]> surprise = nominal.surprises();
		final double[] features = new double[pixels.length];
		for (int p = 0; p < surprises.length; p++) {
			final int seen = inside(p / width, height) * width + inside(p % width, width);
			for (int i = 0; i < features.length; i++)
				features[i] = pixels[i][seen];
			surprises[p] = (float) surprise.applyAsDouble(features);
		}
		return Gaussian.smoothed(surprises, width, height, SMOOTH);
	}

	/**
	 * Means over each of the squares.
	 *
	 * @param surprises as {@link #surprises} gives them
	 */
	public double[] overWindows(final float[] surprises) {
		final double[] means = new double[squares.size()];
		eachPixel(part, squares, (window, pixel, share) -> means[window] += share * surprises[pixel]);
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

	/** How many pixels lie between a pixel and the border of an image. */
	public static int toBorder(final int x, final int y, final int width, final int height) {
		return Math.min(Math.min(x, width - 1 - x), Math.min(y, height - 1 - y));
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
		/** All channels of the image, the first of the middle plane and how many that has. */
		private final int all, first, channels;
		private final int width, height, levels;
		private final float[] image;
		/** Of each pixel, at the lowest level. */
		private final float[] energy;
		final List<float[]> pixels = new ArrayList<>();
		final List<List<Double>> windows = new ArrayList<>();
		/** How many of the features of windows distances are measured with. */
		int near;

		Builder(final Energy network, final int planes, final Raster image, final Window part, final List<Window> squares, final int levels,
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
			all = image.channels();
			channels = all / planes;
			first = planes / 2 * channels;
			energy = new float[width * height];
		}

		/** Computes everything. @param brightness whether it is wanted, too */
		void look(final double[] noise, final boolean brightness) {
			for (int l = 0; l < noise.length; l++)
				probe(l, noise[l]);
			final float[] difference = all == channels ? null : difference();
			if (difference != null) addLogarithms(difference);
			if (brightness) addSquaresOfBrightness();
			near = windows.isEmpty() ? 0 : windows.get(0).size();
			addEnergies();
			addSpreads();
			if (!brightness) return;
			addMeans(image);
			if (difference != null) addMeans(difference);
		}

		/** @param level its number, from 0 on */
		private void probe(final int level, final double sigma) {
			progress.throwIfCanceled();
			progress.update((double) level / levels, "Comparing with nominal images");
			final float[] r = new float[image.length];
			whole.evaluate(NoisyImages.at(image, 1, height, width, sigma, network.isTold()), new Wanted(null, level == 0 ? energy : null, r, null,
				null));
			for (int i = 0; i < r.length; i++)
				r[i] *= (float) (sigma * sigma);
			addLogarithms(r);
		}

		/** What the middle plane differs by from the mean of those before and behind it, at its place in the image. */
		private float[] difference() {
			final float[] difference = new float[image.length];
			for (int p = 0; p < width * height; p++)
				for (int i = p * all + first; i < p * all + first + channels; i++)
					difference[i] = image[i] - (image[i - channels] + image[i + channels]) / 2;
			return difference;
		}

		/** @param r of the image's channels; those of the middle plane count */
		private void addLogarithms(final float[] r) {
			final float[][] squares = new float[PER_LEVEL][width * height];
			addSquares(r, squares);
			for (final float[] of : squares) {
				addPixels(of);
				add(p -> of[p], mean -> Math.log(mean + TINY));
			}
		}

		/** Squares of r, and of what it differs by from the next pixel's along x and along y, means over the channels. */
		private void addSquares(final float[] r, final float[][] squares) {
			for (int y = 0, p = 0; y < height; y++)
				for (int u = 0; u < width; u++, p++) {
					final int right = u < width - 1 ? all : u > 0 ? -all : 0, below = y < height - 1 ? width * all : y > 0 ? -width * all : 0;
					for (int i = p * all + first; i < p * all + first + channels; i++) {
						final float w = 1f / channels, dx = r[i + right] - r[i], dy = r[i + below] - r[i];
						squares[0][p] += w * r[i] * r[i];
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

		private void addEnergies() {
			add(p -> energy[p], mean -> tile * mean);
		}

		/** Of surroundings. */
		private void addMeans(final float[] values) {
			for (int c = first; c < first + channels; c++) {
				final float[] plane = new float[width * height];
				for (int p = 0; p < plane.length; p++)
					plane[p] = values[p * all + c];
				pixels.add(Gaussian.smoothed(plane, width, height, WINDOW));
			}
		}

		/** Of squares. */
		private void addSquaresOfBrightness() {
			for (int c = first; c < first + channels; c++) {
				final int channel = c;
				add(p -> image[p * all + channel], mean -> mean);
				addDeviations(p -> image[p * all + channel]);
			}
		}

		private void addSpreads() {
			for (final float[] plane : pixels)
				addDeviations(p -> plane[p]);
		}

		/** Adds the standard deviation of the values in all windows. */
		private void addDeviations(final IntToDoubleFunction value) {
			if (windows.isEmpty()) return;
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

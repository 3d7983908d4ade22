package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import org.apache.commons.math3.special.Erf;

import sc.fiji.cfebm.anomaly.Features;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.NominalModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.stats.GaussianMixture;

/**
 * Finds what is unusual in images of any size, measured by the images that a model of score matching was calibrated on. A model of k
 * neighbouring planes finds what is unusual in a plane of a stack: by itself, or as its neighbours are. Not thread-safe; close it to free
 * native memory.
 */
public final class AnomalyDetector implements AutoCloseable {

	/** In model units; squares of larger values are no numbers any more. */
	private static final double BEYOND = 1e6;

	private final Model model;
	private final NominalModel nominal;
	private final Function<StageParameters, StageNetwork> maker;
	private final StageNetwork network;
	/** Of the coarser scales, fine to coarse, when they were first needed. */
	private final List<StageNetwork> coarser = new ArrayList<>();

	/** @throws IllegalArgumentException with one sentence, if the model does not know what is nominal */
	public AnomalyDetector(final Model model) {
		this(model, StageParameters::network);
	}

	/** @param maker of a stage's network */
	private AnomalyDetector(final Model model, final Function<StageParameters, StageNetwork> maker) {
		requireNominal(model);
		this.model = model;
		this.maker = maker;
		nominal = model.info().calibration().nominalModel();
		network = network(0);
	}

	/** One that computes on the calling thread alone, so that several can work at the same moment. */
	public static AnomalyDetector ofOneThread(final Model model) {
		return new AnomalyDetector(model, StageParameters::networkOfOneThread);
	}

	/** @param halvings how often the image is halved for its scale */
	private StageNetwork network(final int halvings) {
		return maker.apply(model.pyramid().parameters(model.pyramid().stages() - 1 - halvings));
	}

	/**
	 * How far around a part of an image a model has to see for a map as within the whole, in pixels: a multiple of what its network halves.
	 *
	 * @throws IllegalArgumentException with one sentence, if the model does not know what is nominal
	 */
	public static int reach(final Model model) {
		requireNominal(model);
		final int stage = model.pyramid().stages() - 1, m = UnetSpec.multiple(stage);
		return (Features.reach(((UnetSpec) model.info().network()).reach(stage, model.pyramid().parameters(stage).fades())) + m - 1) / m * m;
	}

	private static void requireNominal(final Model model) {
		Checks.requireKind(model, Kind.SCORE_MATCHING, "Finding anomalies");
		if (!knowsNominal(model)) throw new IllegalArgumentException(
			"The model does not know what is nominal, as only models of one kind of image do: train one on images without anomalies by CF-EBM Train.");
	}

	/** @throws IllegalArgumentException with one sentence, if an image is smaller than a tile */
	public static void requireSize(final Model model, final long width, final long height) {
		final int side = model.size();
		if (width < side || height < side) throw new IllegalArgumentException("The image must be at least " + side + "×" + side +
			" pixels, the size of the model's tiles, not " + width + "×" + height + ".");
	}

	/** Whether a model was calibrated for this, by this version. */
	public static boolean knowsNominal(final Model model) {
		return model.info().calibration() != null && model.info().calibration().nominalModel() != null && Features.match(model.info()
			.calibration().nominalModel(), model.channels(), model.planes(), Features.scales(model));
	}

	/** How many neighbouring planes it looks at together, an odd number; 1: it looks at single images. */
	public int planes() {
		return model.planes();
	}

	/** The finest rate of false alarms that the model can tell, above 0; 1 or more if it can't tell any. */
	public double finestRate() {
		return nominal.surroundings().finestRate();
	}

	/**
	 * The value of the map that this share of nominal patches reaches.
	 *
	 * @param rate of false alarms, above 0 and below 1
	 * @throws IllegalArgumentException with one sentence, if the model was calibrated on too few patches to tell
	 */
	public double threshold(final double rate) {
		return nominal.surroundings().threshold(rate);
	}

	/** Finds what is unusual in a whole image, see {@link #detect(Raster, boolean[], Normalization, Progress)}. */
	public Anomaly detect(final Raster image, final Normalization range, final Progress progress) {
		return detect(image, null, range, progress);
	}

	/**
	 * Finds what is unusual in an image or in a selection. In the selection the map is that of the whole image. The score is the
	 * selection's own: by the most unusual hundredth of its map; where it has up to four tiles, by squares as large as a tile, half a
	 * tile apart in the box around the selection, as far as half of their pixels are selected.
	 *
	 * @param image [H,W,C] in gray values, at least as large as a tile; pixels that are NaN or infinite are missing: the map is NaN there, and
	 *          the model is shown a smooth continuation of the others
	 * @param where [H,W], the selection, at least one pixel; null: the whole image
	 * @param range the gray values that become -1 and 1
	 * @param progress told the share done, and asked whether to stop
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public Anomaly detect(final Raster image, final boolean[] where, final Normalization range, final Progress progress) {
		return detect(List.of(image), where, range, progress);
	}

	/**
	 * A plane of a stack and as many before and behind it as the model looks at.
	 *
	 * @param planes by their index, from 0 to count - 1; null for one that is of another kind
	 * @return in order; null: one of them is not there, beyond an end of the stack, or has no finite number where the middle one has, and what is
	 *         nominal then was not measured
	 */
	public List<Raster> slab(final IntFunction<Raster> planes, final int count, final int index) {
		final int half = model.planes() / 2;
		if (index < half || index >= count - half) return null;
		final List<Raster> slab = new ArrayList<>();
		for (int at = index - half; at <= index + half; at++) {
			final Raster plane = planes.apply(at);
			if (plane == null) return null;
			slab.add(plane);
		}
		final boolean[] middle = Missing.in(slab.get(half));
		return slab.stream().allMatch(plane -> isThere(plane, middle)) ? slab : null;
	}

	/** Whether a neighbour has all pixels that the middle plane has. @param missing of the latter; null: none */
	private static boolean isThere(final Raster plane, final boolean[] missing) {
		final boolean[] lacks = Missing.in(plane);
		return lacks == null || IntStream.range(0, lacks.length).allMatch(p -> !lacks[p] || missing != null && missing[p]);
	}

	/**
	 * Finds what is unusual in the middle one of neighbouring planes, as {@link #detect(Raster, boolean[], Normalization, Progress)} in an image.
	 *
	 * @param slab {@link #planes()} of one size; where others than the middle one are missing, they are shown as a smooth continuation
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public Anomaly detect(final List<Raster> slab, final boolean[] where, final Normalization range, final Progress progress) {
		requirePlanes(slab);
		final Raster image = slab.get(slab.size() / 2);
		final int side = network.size(), w = image.width(), h = image.height();
		requireSize(model, w, h);
		final boolean[] wanted = wanted(image, where);
		final double area = wanted == null ? (double) w * h : marked(Window.all(image), wanted, w);
		final boolean large = area > Features.MOST_TILES * side * side;
		final List<StageNetwork> scales = large ? List.of(network) : scales();
		final Window box = where == null ? Window.all(image) : Window.bounds(where, image).atLeast(side, image), part = where == null ? box
			: box.grown(Math.max(Features.reach(network), Features.reachOfSquares(scales)), side, image);
		final List<Raster> cuts = slab.stream().map(part::cut).toList();
		final boolean[] missing = Missing.in(cuts.get(slab.size() / 2));
		Checks.requireAny(missing);
		final Raster inUnits = inUnits(cuts, range, progress);
		final List<Window> squares = large ? List.of() : squares(box, wanted, w);
		final Features features = Features.of(scales, model.planes(), nominal.levels(), inUnits, part, squares, progress);
		final float[] map = features.surprises(nominal.surroundings().features());
		final double ofTiles = large ? 0 : ofTiles(features, map, Math.max(1, area / (side * side)));
		final DoubleStream.Builder inside = DoubleStream.builder();
		for (int p = 0; p < map.length; p++) {
			final int x = part.x() + p % part.width(), y = part.y() + p / part.width();
			map[p] = (float) nominal.surroundings().zScore(map[p], Features.toBorder(x, y, w, h));
			if (wanted == null || wanted[y * w + x]) inside.add(map[p]);
		}
		final double score = large ? nominal.surroundings().ofImage(inside.build().toArray()) : ofTiles;
		return new Anomaly(part, Missing.marked(new Raster(part.width(), part.height(), 1, map), missing), score, parts(features));
	}

	/**
	 * The map of a part of a larger image. Farther than {@link #reach} from the part's border it is that of the whole image.
	 *
	 * @param cut the part [H,W,C] in gray values; where it is missing the map is NaN
	 * @param toBorder how many pixels lie between a pixel of the part, x and y, and the border of the image
	 * @param range the gray values that become -1 and 1
	 * @return [H,W]
	 * @throws IllegalArgumentException with one sentence for the user
	 */
	public Raster map(final Raster cut, final IntBinaryOperator toBorder, final Normalization range) {
		requirePlanes(List.of(cut));
		final int w = cut.width();
		final boolean[] missing = Missing.in(cut);
		if (Missing.isAll(missing)) return Missing.marked(new Raster(w, cut.height(), 1), missing);
		final Features features = Features.of(List.of(network), 1, nominal.levels(), inUnits(List.of(cut), range, Progress.NONE), Window.all(cut), List.of(),
			Progress.NONE);
		final float[] map = features.surprises(nominal.surroundings().features());
		for (int p = 0; p < map.length; p++)
			map[p] = (float) nominal.surroundings().zScore(map[p], toBorder.applyAsInt(p % w, p / w));
		return Missing.marked(new Raster(w, cut.height(), 1, map), missing);
	}

	private void requirePlanes(final List<Raster> slab) {
		if (slab.size() != model.planes()) throw new IllegalArgumentException("The model looks at " + (model.planes() == 1 ? "single planes"
			: model.planes() + " neighbouring planes") + ", and is shown " + slab.size() + ".");
		for (final Raster plane : slab) {
			Checks.requireChannels(model, plane);
			if (plane.width() != slab.get(0).width() || plane.height() != slab.get(0).height()) throw new IllegalArgumentException(
				"Neighbouring planes must have one size.");
		}
	}

	/** @param cuts of neighbouring planes, which become the channels of one image; the middle one has a pixel */
	private Raster inUnits(final List<Raster> cuts, final Normalization range, final Progress progress) {
		final Raster middle = filled(cuts.get(cuts.size() / 2), progress);
		final List<Raster> planes = cuts.stream().map(cut -> cut == cuts.get(cuts.size() / 2) || Missing.isAll(Missing.in(cut)) ? middle : filled(cut,
			progress)).toList();
		final Raster inUnits = model.units(range).toModel(planes.size() == 1 ? middle : Raster.of(planes));
		for (final float v : inUnits.values())
			if (!(Math.abs(v) < BEYOND)) throw new IllegalArgumentException("The image has values too far from the gray values from " + range.low() +
				" to " + range.high() + ", which the model knows: replace them first.");
		return inUnits;
	}

	private static Raster filled(final Raster cut, final Progress progress) {
		final boolean[] missing = Missing.in(cut);
		return missing == null ? cut : SmoothFill.HARMONIC.roughly(cut, missing, progress);
	}

	/** Of the most unusual tile. */
	private double ofTiles(final Features features, final float[] surprises, final double count) {
		final double[] surroundings = features.overWindows(surprises);
		return ofMany(IntStream.range(0, surroundings.length).mapToDouble(i -> nominal.tiles().zScore(features.windows().get(i), surroundings[
			i])).max().orElseThrow(), count);
	}

	/** The selected pixels that have a value, [H,W]; null: all. */
	private static boolean[] wanted(final Raster image, final boolean[] where) {
		final boolean[] missing = Missing.in(image);
		if (missing == null) return where;
		final boolean[] wanted = new boolean[missing.length];
		for (int p = 0; p < wanted.length; p++)
			wanted[p] = !missing[p] && (where == null || where[p]);
		return wanted;
	}

	/** Those of which at least half is selected; where the selection is too thin for any, the one with most of it. */
	private List<Window> squares(final Window box, final boolean[] where, final int width) {
		final List<Window> all = Features.squares(box, network.size());
		if (where == null) return all;
		final List<Window> selected = all.stream().filter(s -> 2 * marked(s, where, width) >= s.width() * s.height()).toList();
		return selected.isEmpty() ? List.of(Collections.max(all, Comparator.comparingInt(s -> marked(s, where, width)))) : selected;
	}

	private static int marked(final Window square, final boolean[] where, final int width) {
		int count = 0;
		for (int y = square.y(); y < square.y() + square.height(); y++)
			for (int p = y * width + square.x(); p < y * width + square.x() + square.width(); p++)
				if (where[p]) count++;
		return count;
	}

	/** Each feature by itself, in standard deviations from its mean; takes the place of the features. */
	private Map<String, Raster> parts(final Features features) {
		final GaussianMixture fit = nominal.surroundings().features();
		final List<String> names = Features.names(nominal.levels(), model.channels(), model.planes());
		final Map<String, Raster> parts = new LinkedHashMap<>();
		for (int i = 0; i < names.size(); i++) {
			final float[] part = features.pixels()[i];
			final double mean = fit.mean(i), deviation = fit.deviation(i);
			for (int p = 0; p < part.length; p++)
				part[p] = (float) ((part[p] - mean) / deviation);
			parts.put(names.get(i), new Raster(features.part().width(), features.part().height(), 1, part));
		}
		return parts;
	}

	/** The z of the highest of so many independent ones. */
	static double ofMany(final double highest, final double count) {
		if (highest > 30) return Math.sqrt(highest * highest - 2 * Math.log(count));
		// 1 - (1 - p)^count, without losing a small p.
		final double p = -Math.expm1(count * Math.log1p(-Erf.erfc(highest / Math.sqrt(2)) / 2));
		// A double can't tell lower ones.
		double low = -8, high = Math.max(low, highest);
		while (high - low > 1e-9) {
			final double middle = (low + high) / 2;
			if (Erf.erfc(middle / Math.sqrt(2)) / 2 > p) low = middle;
			else high = middle;
		}
		return high;
	}

	/** The networks of the scales that squares are looked at in. */
	private List<StageNetwork> scales() {
		while (coarser.size() < Features.scales(model) - 1)
			coarser.add(network(coarser.size() + 1));
		final List<StageNetwork> scales = new ArrayList<>(coarser);
		Collections.reverse(scales);
		scales.add(network);
		return scales;
	}

	@Override
	public void close() {
		coarser.forEach(StageNetwork::close);
		network.close();
	}
}

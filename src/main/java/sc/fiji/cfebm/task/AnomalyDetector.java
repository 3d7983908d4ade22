package sc.fiji.cfebm.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.apache.commons.math3.special.Erf;

import sc.fiji.cfebm.anomaly.Features;
import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.NominalModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.stats.GaussianFit;

/**
 * Finds what is unusual in images of any size, measured by the images that a model of score matching was calibrated on. Not
 * thread-safe; close it to free native memory.
 */
public final class AnomalyDetector implements AutoCloseable {

	/** In model units; squares of larger values are no numbers any more. */
	private static final double BEYOND = 1e6;

	private final Model model;
	private final NominalModel normality;
	private final EnergyNetwork network;

	/** @throws IllegalArgumentException with one sentence, if the model does not know what is normal */
	public AnomalyDetector(final Model model) {
		Checks.requireKind(model, Kind.SCORE_MATCHING, "Finding anomalies");
		Checks.requireLevels(model);
		this.model = model;
		if (!knowsNormal(model)) throw new IllegalArgumentException(
			"The model does not know what is normal, as those of earlier versions of CF-EBM do not: train it again.");
		normality = model.info().calibration().normality();
		network = model.pyramid().network(model.pyramid().stages() - 1);
	}

	/** Whether a model was calibrated for this, by this version. */
	public static boolean knowsNormal(final Model model) {
		return model.info().calibration() != null && model.info().calibration().normality() != null && Features.match(model.info().calibration()
			.normality(), model.channels());
	}

	/** The finest rate of false alarms that the model can tell, above 0; 1 or more if it can't tell any. */
	public double finestRate() {
		return normality.surroundings().ranks().finestRate();
	}

	/**
	 * The value of the map that this share of normal patches reaches.
	 *
	 * @param rate of false alarms, above 0 and below 1
	 * @throws IllegalArgumentException with one sentence, if the model was calibrated on too few patches to tell
	 */
	public double threshold(final double rate) {
		return normality.surroundings().ranks().threshold(rate, "patches");
	}

	/**
	 * Finds what is unusual in an image.
	 *
	 * @param image [H,W,C] in gray values, at least as large as a tile
	 * @param range the gray values that become -1 and 1
	 * @param progress told the share done, and asked whether to stop
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public Anomaly detect(final Raster image, final Normalization range, final Progress progress) {
		Checks.requireFits(model, image);
		final int side = network.size(), w = image.width(), h = image.height();
		if (w < side || h < side) throw new IllegalArgumentException("The image must be at least " + side + "×" + side +
			" pixels, the size of the model's tiles, not " + w + "×" + h + ".");
		final Raster inUnits = model.units(range).toModel(image);
		for (final float v : inUnits.values())
			if (!(Math.abs(v) < BEYOND)) throw new IllegalArgumentException("The image has values too far from the gray values from " + range.low() +
				" to " + range.high() + ", which the model knows: replace them first.");
		final Features features = Features.of(network, normality.levels(), inUnits, progress);
		final float[] map = features.distances(normality.surroundings().features());
		final double[] surroundings = features.overWindows(map, side);
		final double highest = IntStream.range(0, surroundings.length).mapToDouble(i -> normality.tiles().rank(features.windows().get(i),
			surroundings[i])).max().orElseThrow();
		for (int p = 0; p < map.length; p++)
			map[p] = (float) normality.surroundings().rank(map[p]);
		return new Anomaly(new Raster(w, h, 1, map), ofMany(highest, Math.max(1, (double) w * h / (side * side))), parts(features));
	}

	/** Each feature by itself, in standard deviations from its mean; takes the place of the features. */
	private Map<String, Raster> parts(final Features features) {
		final GaussianFit normal = normality.surroundings().features();
		final List<String> names = Features.names(normality.levels());
		final Map<String, Raster> parts = new LinkedHashMap<>();
		for (int i = 0; i < names.size(); i++) {
			final float[] part = features.pixels()[i];
			final double mean = normal.mean()[i], deviation = normal.deviation(i);
			for (int p = 0; p < part.length; p++)
				part[p] = (float) ((part[p] - mean) / deviation);
			parts.put(names.get(i), new Raster(features.width(), features.height(), 1, part));
		}
		return parts;
	}

	/** The rank of the highest of so many normal ranks. */
	private static double ofMany(final double highest, final double count) {
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

	@Override
	public void close() {
		network.close();
	}
}

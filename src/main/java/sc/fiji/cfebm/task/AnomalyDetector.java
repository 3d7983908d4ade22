package sc.fiji.cfebm.task;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.commons.math3.distribution.NormalDistribution;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.model.Calibration;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.tile.Intensities;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.TileGrid;

/**
 * Finds what is unusual in images of any size, measured by the images a model was calibrated on. Not thread-safe; close it
 * to free native memory.
 */
public final class AnomalyDetector implements AutoCloseable {

	private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);
	private static final int SHIFTS = 4, BATCH = 64, FEWEST = 10;

	private final Model model;
	private final Calibration calibration;
	private final EnergyNetwork network;

	/** @throws IllegalArgumentException with one sentence, if the model does not know what is normal */
	public AnomalyDetector(final Model model) {
		if (model.info().calibration() == null) throw new IllegalArgumentException(
			"The model does not know which energies are normal: train it again.");
		this.model = model;
		calibration = model.info().calibration();
		network = model.pyramid().network(model.pyramid().stages() - 1);
	}

	/**
	 * The value of the map that this share of normal patches reaches.
	 *
	 * @param rate of false alarms, above 0 and below 1
	 * @throws IllegalArgumentException with one sentence, if the model was calibrated on too few patches to tell
	 */
	public double threshold(final double rate) {
		if (!(rate > 0 && rate < 1)) throw new IllegalArgumentException(
			"The rate of false alarms must be above 0 and below 1, not " + rate + ".");
		if (rate * calibration.patches() < FEWEST) throw new IllegalArgumentException("A rate of " + rate + " needs " + (long) Math
			.ceil(FEWEST / rate) + " normal patches, and the model was calibrated on " + calibration.patches() + ".");
		return NORMAL.inverseCumulativeProbability(1 - rate);
	}

	/**
	 * Finds what is unusual in an image.
	 *
	 * @param image [H,W,C] in gray values, at least as large as a tile
	 * @param range the gray values that become -1 and 1
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public Anomaly detect(final Raster image, final Normalization range, final Progress progress) {
		Checks.requireFits(model, image);
		final int side = network.size(), w = image.width(), h = image.height();
		if (w < side || h < side) throw new IllegalArgumentException("The image must be at least " + side + "×" + side +
			" pixels, the size of the model's tiles, not " + w + "×" + h + ".");
		final Raster x = new Intensities(range, model.info().shot()).toModel(image);
		final Calibration.Stage stage = calibration.stages().get(calibration.stages().size() - 1);
		final float[][] sums = new float[2][w * h];
		final float[] ones = new float[side * side], energyTile = new float[side * side], gradientTile = new float[side * side];
		Arrays.fill(ones, 1);
		final float[] tiles = new float[BATCH * side * side * x.channels()], gradients = new float[tiles.length];
		final double[] energies = new double[BATCH];
		for (int k = 0; k < SHIFTS * SHIFTS; k++) {
			final int ox = k % SHIFTS * side / SHIFTS, oy = k / SHIFTS * side / SHIFTS;
			final TileGrid grid = new TileGrid(w, h, x.channels(), side, ox, oy), gray = new TileGrid(w, h, 1, side, ox, oy);
			for (int first = 0; first < grid.count(); first += BATCH) {
				progress.throwIfCanceled();
				progress.update((k + (double) first / grid.count()) / (SHIFTS * SHIFTS), "Looking for anomalies");
				final int n = Math.min(BATCH, grid.count() - first);
				for (int i = 0; i < n; i++)
					grid.gather(first + i, x.values(), tiles, i * grid.tileSize());
				network.evaluate(tiles, n, energies, gradients);
				for (int i = 0; i < n; i++) {
					Arrays.fill(energyTile, (float) unusual(stage.energy(), energies[i]));
					Arrays.fill(gradientTile, (float) unusual(stage.logGradient(), logGradient(gradients, i, grid.tileSize())));
					gray.scatterAdd(first + i, energyTile, 0, ones, sums[0]);
					gray.scatterAdd(first + i, gradientTile, 0, ones, sums[1]);
				}
			}
		}
		final Map<String, Raster> parts = new LinkedHashMap<>();
		final String[] names = { "energy", "gradient" };
		final float[] map = new float[w * h];
		Arrays.fill(map, Float.NEGATIVE_INFINITY);
		for (int part = 0; part < names.length; part++) {
			for (int p = 0; p < map.length; p++) {
				sums[part][p] /= SHIFTS * SHIFTS;
				map[p] = Math.max(map[p], sums[part][p]);
			}
			parts.put(names[part], new Raster(w, h, 1, sums[part]));
		}
		double score = Double.NEGATIVE_INFINITY;
		for (final float v : map)
			score = Math.max(score, v);
		return new Anomaly(new Raster(w, h, 1, map), score, parts);
	}

	private static double logGradient(final float[] gradients, final int tile, final int size) {
		double sum = 0;
		for (int i = tile * size; i < (tile + 1) * size; i++)
			sum += (double) gradients[i] * gradients[i];
		return 0.5 * Math.log(Math.max(sum / size, 1e-20));
	}

	/** How far a value lies towards either end of the normal ones, as a normal quantile; beyond them linear in the value. */
	private static double unusual(final double[] quantiles, final double value) {
		final int last = quantiles.length - 1, middle = last / 2;
		final double spread = Math.max(1e-12, quantiles[last] - quantiles[0]);
		final double beyond = Math.max(0, Math.max(value - quantiles[last], quantiles[0] - value)) / spread;
		final int found = Arrays.binarySearch(quantiles, value), at = found >= 0 ? found : Math.min(last, -found - 1);
		final double inner = Math.min(0.995, Math.max(0.005, Math.abs(at - middle) / (double) middle));
		return NORMAL.inverseCumulativeProbability(inner) + beyond;
	}

	@Override
	public void close() {
		network.close();
	}
}

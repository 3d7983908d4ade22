package sc.fiji.cfebm.training.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.model.Calibration;
import sc.fiji.cfebm.training.data.PatchSource;

/** Measures what energies and gradients nominal patches have. */
public final class Calibrator {

	private static final int PATCHES = 1000, FEWEST = 200, BATCH = 50;

	private Calibrator() {}

	/**
	 * @param networks of all stages
	 * @param sigma lowest noise level that they know, in model units
	 * @param patches of images that were held out
	 * @param images number of these images
	 * @param heldOut whether they were
	 * @param share of the work that a whole training is worth, 0 to 1: of 200 to 1000 patches
	 * @param rng the same patches are drawn for all stages, at each stage's resolution
	 * @return null if the energies are not finite: there is nothing to be told from such a model
	 */
	public static Calibration calibrate(final List<StageNetwork> networks, final double sigma, final PatchSource patches, final int images,
		final boolean heldOut, final double share, final SplittableRandom rng)
	{
		final long seed = rng.nextLong();
		final int count = Math.max(FEWEST, BATCH * (int) Math.round(share * PATCHES / BATCH));
		final List<Calibration.Stage> stages = new ArrayList<>();
		for (final StageNetwork network : networks) {
			final Calibration.Stage stage = calibrate(network.at(sigma), patches, count, new SplittableRandom(seed));
			if (stage == null) return null;
			stages.add(stage);
		}
		return new Calibration(images, count, heldOut, stages, null, null);
	}

	private static Calibration.Stage calibrate(final Energy network, final PatchSource patches,
		final int count, final SplittableRandom rng)
	{
		final int size = network.size() * network.size() * network.channels();
		final double[] energies = new double[count], logGradients = new double[count], batch = new double[BATCH];
		final float[] gradient = new float[BATCH * size];
		for (int first = 0; first < count; first += BATCH) {
			network.evaluate(patches.draw(BATCH, network.size(), rng), BATCH, batch, gradient);
			System.arraycopy(batch, 0, energies, first, BATCH);
			for (int i = 0; i < BATCH; i++) {
				double sum = 0;
				for (int k = i * size; k < (i + 1) * size; k++)
					sum += (double) gradient[k] * gradient[k];
				// A patch at rest has no gradient; its logarithm shall stay a number.
				logGradients[first + i] = 0.5 * Math.log(Math.max(sum / size, 1e-20));
			}
		}
		for (int i = 0; i < count; i++)
			if (!Double.isFinite(energies[i]) || !Double.isFinite(logGradients[i])) return null;
		return new Calibration.Stage(quantiles(energies), quantiles(logGradients));
	}

	private static double[] quantiles(final double[] values) {
		final Percentile percentile = new Percentile();
		percentile.setData(values);
		final double[] quantiles = new double[Calibration.QUANTILES];
		for (int i = 1; i < quantiles.length; i++)
			quantiles[i] = percentile.evaluate(100.0 * i / (quantiles.length - 1));
		quantiles[0] = Arrays.stream(values).min().orElseThrow();
		return quantiles;
	}
}

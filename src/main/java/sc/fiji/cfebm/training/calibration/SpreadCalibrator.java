package sc.fiji.cfebm.training.calibration;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.langevin.RunningMoments;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Uncertainty;
import sc.fiji.cfebm.tiling.GradientFields;
import sc.fiji.cfebm.training.data.PatchSource;

/** Measures by how much the spread of posterior samples is too small, on clean patches that were held out. */
public final class SpreadCalibrator {

	private static final int LEVELS = 4, PATCHES = 16, FEWEST = 4;
	/** Share of a normal distribution within one standard deviation, in percent. */
	private static final double ONE_SD = 68.26894921;

	private SpreadCalibrator() {}

	/**
	 * Noises patches, draws posterior samples as denoising does, and compares their spread with the error of their mean.
	 *
	 * @param energy told the noise
	 * @param patches clean
	 * @param sigmaMin lowest noise level the energy knows, in model units
	 * @param sigmaMax highest
	 * @param share of the planned training that was carried out, 0 to 1: the fewer, the fewer patches, 4 to 16 for each level
	 * @param canceled asked before each step
	 * @return {@code null} where the spread says nothing, as of images without any structure
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Uncertainty measure(final Energy energy, final PatchSource patches, final double sigmaMin,
		final double sigmaMax, final double share, final SplittableRandom rng, final BooleanSupplier canceled)
	{
		final double[] levels = new double[LEVELS], factors = new double[LEVELS];
		final int count = Math.max(FEWEST, (int) Math.round(share * PATCHES));
		for (int l = 0; l < LEVELS; l++) {
			levels[l] = sigmaMin * Math.pow(sigmaMax / sigmaMin, (l + 0.5) / LEVELS);
			factors[l] = factor(energy, patches.draw(count, energy.size(), rng), levels[l], rng, canceled);
			if (!(factors[l] > 0) || Double.isInfinite(factors[l])) return null;
		}
		return new Uncertainty(levels, factors);
	}

	private static double factor(final Energy energy, final float[] clean, final double level, final SplittableRandom rng, final BooleanSupplier canceled)
	{
		final float[] noisy = clean.clone(), samples = new float[Uncertainty.SAMPLES * clean.length];
		Noise.add(noisy, level, rng);
		for (int n = 0; n < Uncertainty.SAMPLES; n++)
			System.arraycopy(noisy, 0, samples, n * clean.length, clean.length);
		new LangevinChain(GradientFields.batch(energy.equivariant()), rng).cancelWhen(canceled).run(samples, Schedule.posterior(level, level /
			Schedule.POSTERIOR_DEPTH, Uncertainty.STEPS));
		final int side = energy.size(), size = side * side * energy.channels();
		final double[] ratios = new double[clean.length];
		for (int first = 0; first < clean.length; first += size) {
			final RunningMoments spread = new RunningMoments(side, side, energy.channels());
			for (int n = 0; n < Uncertainty.SAMPLES; n++)
				spread.add(Arrays.copyOfRange(samples, n * clean.length + first, n * clean.length + first + size));
			final float[] mean = spread.mean().values(), deviation = spread.smoothDeviation(1).values();
			for (int i = 0; i < size; i++)
				ratios[first + i] = Math.abs(mean[i] - clean[first + i]) / Math.max(1e-12, deviation[i]);
		}
		return new Percentile().evaluate(ratios, ONE_SD);
	}
}

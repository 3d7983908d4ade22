package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.training.data.PatchSource;

/**
 * Contrastive training: the loss is (mean E(x⁺) - mean E(x⁻) + γ·(mean E(x⁺)²/u + mean E(x⁻)²/u))/u for data x⁺ with a
 * little noise, samples x⁻ and the unit u of energies: 1 in the paper; the number of a tile's values where score matching
 * goes along, whose loss is per value, too.
 */
public final class ContrastiveDivergence implements Objective {

	private final StageNetwork network;
	private final PatchSource patches;
	private final NegativeSampler negatives;
	private final double noiseMin, noiseMax, penalty, unit;

	/**
	 * @param noiseMin lowest noise level of the data, drawn evenly for each patch
	 * @param noiseMax highest
	 * @param penalty γ
	 * @param unit of energies, u
	 */
	public ContrastiveDivergence(final StageNetwork network, final PatchSource patches, final NegativeSampler negatives,
		final double noiseMin, final double noiseMax, final double penalty, final double unit)
	{
		this.network = network;
		this.patches = patches;
		this.negatives = negatives;
		this.noiseMin = noiseMin;
		this.noiseMax = noiseMax;
		this.penalty = penalty;
		this.unit = unit;
	}

	/** @throws java.util.concurrent.CancellationException within one Langevin step after the user asked to stop */
	@Override
	public Report addGradient(final int batch, final RandomGenerator rng, final double[] gradient) {
		final float[] data = patches.draw(batch, network.size(), rng), samples = negatives.draw(batch, rng);
		final int size = data.length / batch;
		for (int i = 0; i < batch; i++)
			Noise.add(data, i * size, (i + 1) * size, noiseMin + (noiseMax - noiseMin) * rng.nextDouble(), rng);
		final float[] both = new float[2 * data.length];
		System.arraycopy(data, 0, both, 0, data.length);
		System.arraycopy(samples, 0, both, data.length, data.length);
		final double[] energies = new double[2 * batch], weights = new double[2 * batch];
		if (penalty > 0) network.at(noiseMax).evaluate(both, 2 * batch, energies, null);
		for (int i = 0; i < 2 * batch; i++)
			weights[i] = ((i < batch ? 1 : -1) + 2 * penalty * energies[i] / unit) / (batch * unit);
		network.parameterGradient(both, weights, 2 * batch, noiseMax, energies, gradient);
		double positive = 0, negative = 0;
		for (int i = 0; i < batch; i++) {
			positive += energies[i] / batch;
			negative += energies[batch + i] / batch;
		}
		return new Report(Double.NaN, positive, negative, spread(data), spread(samples));
	}

	/** Standard deviation. */
	public static double spread(final float[] values) {
		final StandardDeviation deviation = new StandardDeviation();
		for (final float v : values)
			deviation.increment(v);
		return deviation.getResult();
	}
}

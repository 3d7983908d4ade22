package sc.fiji.cfebm.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.langevin.CoarseToFine;

/**
 * The paper's training: the loss is mean E(x⁺) - mean E(x⁻), where x⁻ comes out of short Langevin chains that start
 * from uniform noise at 8 px and climb through the coarser stages' finished networks to this one. Nothing is kept
 * between iterations.
 */
final class ContrastiveDivergence implements Objective {

	/** The coarser stages' networks, then the one in training. */
	private final List<EnergyNetwork> stages = new ArrayList<>();
	private final EnergyNetwork network;
	private final PatchSource patches;
	private final int stepsPerStage;
	private final RandomGenerator rng;
	private final BooleanSupplier canceled;

	/**
	 * @param coarser the finished stages' networks, from stage 0 on
	 * @param network the stage in training
	 * @param stepsPerStage K
	 */
	ContrastiveDivergence(final List<EnergyNetwork> coarser, final EnergyNetwork network, final PatchSource patches,
		final int stepsPerStage, final RandomGenerator rng, final BooleanSupplier canceled)
	{
		stages.addAll(coarser);
		stages.add(network);
		this.network = network;
		this.patches = patches;
		this.stepsPerStage = stepsPerStage;
		this.rng = rng;
		this.canceled = canceled;
	}

	/** @throws CancellationException within one Langevin step after the user asked to stop */
	@Override
	public Report addGradient(final int batch, final double[] gradient) {
		final float[] data = patches.draw(batch, network.size(), rng), samples = CoarseToFine.paper(stages, batch,
			stepsPerStage, rng, canceled);
		final int size = data.length / batch;
		for (int i = 0; i < batch; i++) {
			final double sigma = 0.03 * rng.nextDouble();
			for (int k = i * size; k < (i + 1) * size; k++)
				data[k] += (float) (sigma * rng.nextGaussian());
		}
		final float[] both = new float[2 * data.length];
		System.arraycopy(data, 0, both, 0, data.length);
		System.arraycopy(samples, 0, both, data.length, data.length);
		final double[] weights = new double[2 * batch], energies = new double[2 * batch];
		for (int i = 0; i < batch; i++) {
			weights[i] = 1.0 / batch;
			weights[batch + i] = -1.0 / batch;
		}
		network.parameterGradient(both, weights, 2 * batch, energies, gradient);
		double positive = 0, negative = 0;
		for (int i = 0; i < batch; i++) {
			positive += energies[i] / batch;
			negative += energies[batch + i] / batch;
		}
		return new Report(positive - negative, positive, negative);
	}
}

package sc.fiji.cfebm.training;

import java.util.function.Function;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.StageParameters;

/** One stage in training: its parameters, their running average, the optimiser, and the iteration that moves them. */
final class StageTrainer implements AutoCloseable {

	private final Preset preset;
	private final StageParameters parameters, average;
	private final EnergyNetwork network;
	private final Objective objective;
	private final Adam adam;
	private final int batch, iterations;
	private final double[] gradient;
	private int done;
	private StageParameters good, lastGood;

	/**
	 * @param start where to start from; not changed
	 * @param objective makes the objective for the stage's network
	 * @param iterations number of iterations of the whole stage
	 */
	StageTrainer(final Preset preset, final StageParameters start, final Function<EnergyNetwork, Objective> objective,
		final int batch, final int iterations)
	{
		this.preset = preset;
		this.batch = batch;
		this.iterations = iterations;
		parameters = start.copy();
		average = start.copy();
		good = lastGood = start.copy();
		good.roundToFloat();
		network = new EnergyNetwork(parameters);
		this.objective = objective.apply(network);
		adam = new Adam(parameters.values().length, preset.beta1, preset.beta2);
		gradient = new double[parameters.values().length];
	}

	/**
	 * One iteration: β, a batch, its gradient, an optimiser step.
	 *
	 * @return what it saw; if that is not finite, nothing was changed and the stage cannot go on
	 */
	Objective.Report iterate() {
		// β rises from 0 to 1 over the first half of a stage.
		parameters.setBeta(iterations == 1 ? 1 : Math.min(1, 2.0 * done / iterations));
		network.setParameters(parameters);
		java.util.Arrays.fill(gradient, 0);
		final Objective.Report report = objective.addGradient(batch, gradient);
		final double norm = norm();
		if (!report.isFinite() || !Double.isFinite(norm)) return new Objective.Report(Double.NaN, report.dataEnergy(),
			report.sampleEnergy());
		if (norm > preset.clip) for (int i = 0; i < gradient.length; i++)
			gradient[i] *= preset.clip / norm;
		adam.step(parameters.values(), gradient, preset.learningRate(done, iterations));
		parameters.iterateSpectralNorm(1);
		follow();
		done++;
		if (done % 50 == 0) {
			lastGood = good;
			good = current();
		}
		return report;
	}

	/** The stage's result as it stands: the averaged weights where the preset averages them. */
	StageParameters current() {
		final StageParameters p = average.copy();
		p.setBeta(parameters.beta());
		p.leftSingularVectors().forEach((name, u) -> System.arraycopy(parameters.leftSingularVectors().get(name), 0, u, 0,
			u.length));
		p.iterateSpectralNorm(10);
		p.roundToFloat();
		return p;
	}

	/** A result from 50 to 100 iterations ago (or the start), for when the last ones have gone astray. */
	StageParameters lastGood() {
		return lastGood;
	}

	@Override
	public void close() {
		network.close();
	}

	private void follow() {
		// Young averages follow faster, so that they do not remember the random start.
		final double decay = Math.min(preset.average, (1.0 + done) / (10 + done));
		final double[] from = parameters.values(), to = average.values();
		for (int i = 0; i < to.length; i++)
			to[i] = decay * to[i] + (1 - decay) * from[i];
	}

	private double norm() {
		double sum = 0;
		for (final double g : gradient)
			sum += g * g;
		return Math.sqrt(sum);
	}
}

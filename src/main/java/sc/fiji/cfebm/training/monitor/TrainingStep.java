package sc.fiji.cfebm.training.monitor;

import sc.fiji.cfebm.energy.NetworkSpec;

/**
 * What one iteration saw. Values that its objective does not know are NaN.
 *
 * @param stage from 0
 * @param stages number of stages of the whole training
 * @param iteration of this stage, from 1
 * @param iterations of this stage
 * @param contrastive whether it belongs to the contrastive phase
 * @param beta share of the Primal path
 * @param learningRate after what the watchdog took from it
 * @param loss of score matching, mean over pixels: 1 for an energy that knows nothing, 0 for one that knows all noise
 * @param dataEnergy mean E(x⁺) of the batch
 * @param sampleEnergy mean E(x⁻) of the batch
 * @param rollbacks how often the watchdog has rolled back so far
 * @param seconds of training so far, over all sessions
 * @param secondsLeft estimated until the whole training's end
 */
public record TrainingStep(int stage, int stages, int iteration, int iterations, boolean contrastive, double beta,
	double learningRate, double loss, double dataEnergy, double sampleEnergy, int rollbacks, double seconds,
	double secondsLeft)
{

	/** Side of the stage's images in pixels. */
	public int resolution() {
		return NetworkSpec.resolution(stage);
	}

	/** E(x⁺) - E(x⁻). */
	public double gap() {
		return dataEnergy - sampleEnergy;
	}

	/** Share of the stage done. */
	public double share() {
		return (double) iteration / iterations;
	}
}

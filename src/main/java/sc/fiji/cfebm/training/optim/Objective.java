package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

/** What a stage is trained for: a loss whose parameter gradient can be drawn at random. */
@FunctionalInterface
public interface Objective {

	/**
	 * What one iteration saw; values that an objective does not know are NaN.
	 *
	 * @param loss of score matching
	 * @param dataEnergy mean E(x⁺)
	 * @param sampleEnergy mean E(x⁻)
	 * @param dataSpread standard deviation of the values of x⁺
	 * @param sampleSpread standard deviation of the values of x⁻
	 */
	record Report(double loss, double dataEnergy, double sampleEnergy, double dataSpread, double sampleSpread) {

		/** What score matching sees. */
		public static Report ofLoss(final double loss) {
			return new Report(loss, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
		}
	}

	/**
	 * Adds the loss's gradient with respect to the parameters of a freshly drawn batch.
	 *
	 * @param batch number of patches
	 * @param rng the iteration's own generator
	 * @param gradient to be added to
	 */
	Report addGradient(int batch, RandomGenerator rng, double[] gradient);
}

package sc.fiji.cfebm.training;

import java.util.Locale;
/** What a stage is trained for: a loss whose parameter gradient can be drawn at random. */
interface Objective {

	/** What one iteration saw; values that an objective does not know are NaN. */
	record Report(double loss, double dataEnergy, double sampleEnergy) {

		boolean isFinite() {
			return Double.isFinite(loss) && !(Math.abs(dataEnergy) > 1e8) && !(Math.abs(sampleEnergy) > 1e8);
		}

		@Override
		public String toString() {
			return Double.isNaN(dataEnergy) ? String.format(Locale.ROOT, "loss %.4f", loss) : String.format(Locale.ROOT, "E(data) %.3f, E(samples) %.3f, gap %.3f", dataEnergy, sampleEnergy, dataEnergy - sampleEnergy);
		}
	}

	/**
	 * Adds the loss's gradient with respect to the parameters of a freshly drawn batch.
	 *
	 * @param batch number of patches
	 * @param gradient to be added to
	 */
	Report addGradient(int batch, double[] gradient);
}

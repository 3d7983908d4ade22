package sc.fiji.cfebm.model;

import java.util.List;

/**
 * What energies normal patches have: quantiles over patches of images that were held out of training. A task reads
 * from it how unusual a patch is.
 *
 * @param images number of images the patches are from
 * @param patches number of patches n; no rate finer than some patches in n can be told
 * @param heldOut false if there were too few images to hold any out, and the patches are of training images
 * @param stages one entry per stage, from stage 0 on
 * @param uncertainty how far the spread of posterior samples can be believed; null if unknown
 * @param normality what is normal and what an anomaly; null if unknown
 */
public record Calibration(int images, int patches, boolean heldOut, List<Stage> stages, Uncertainty uncertainty, NominalModel normality)
{

	/** Number of quantiles kept: the minimum, the percentiles 1 to 99, the maximum. */
	public static final int QUANTILES = 101;

	/**
	 * One stage's, each finite and in ascending order.
	 *
	 * @param energy quantiles of E(x)
	 * @param logGradient quantiles of ln of the root mean square of ∇E(x) over the tile's values
	 */
	public record Stage(double[] energy, double[] logGradient) {

		public Stage {
			if (energy.length != QUANTILES || logGradient.length != QUANTILES) throw new IllegalArgumentException(
				"A stage's calibration has " + QUANTILES + " quantiles, not " + energy.length + " and " + logGradient.length +
					".");
			checkAscending(energy);
			checkAscending(logGradient);
		}

		private static void checkAscending(final double[] quantiles) {
			for (int i = 0; i < quantiles.length; i++)
				if (!Double.isFinite(quantiles[i]) || i > 0 && quantiles[i] < quantiles[i - 1]) throw new IllegalArgumentException(
					"Quantiles must be finite and in ascending order.");
		}
	}

	public Calibration {
		stages = List.copyOf(stages);
		if (images < 1 || patches < 1) throw new IllegalArgumentException("A calibration needs at least one patch.");
	}

	/** This calibration with the spread of samples calibrated, too. */
	public Calibration withUncertainty(final Uncertainty measured) {
		return new Calibration(images, patches, heldOut, stages, measured, normality);
	}

	/** This calibration with another notion of what is normal. */
	public Calibration withNormality(final NominalModel measured) {
		return new Calibration(images, patches, heldOut, stages, uncertainty, measured);
	}
}

package sc.fiji.cfebm.intensity;

import sc.fiji.cfebm.raster.Raster;

/**
 * The way from gray values to the model units of a certain kind of model, and back: straight for images with white noise,
 * through the Anscombe transform for images with shot noise.
 *
 * @param range the gray values that become -1 and 1
 * @param shot the noise, for a model of transformed values; null: for a model of gray values
 */
public record Intensities(Normalization range, Anscombe shot) {

	/** Gray values with noise to model units. */
	public Raster toModel(final Raster noisy) {
		return scale().toModel(shot == null ? noisy : shot.forward(noisy));
	}

	/** Model units without noise to gray values. */
	public Raster toGray(final Raster model) {
		final Raster values = scale().toGray(model);
		return shot == null ? values : shot.inverse(values);
	}

	/**
	 * Standard deviations in model units to gray values.
	 *
	 * @param model the values that they are standard deviations of, in model units
	 */
	public Raster toGrayDeviation(final Raster deviation, final Raster model) {
		final Normalization scale = scale();
		final Raster values = new Raster(deviation.width(), deviation.height(), deviation.channels());
		for (int i = 0; i < values.values().length; i++)
			values.values()[i] = (float) scale.toGray((double) deviation.values()[i]);
		return shot == null ? values : shot.inverseSpread(values, scale.toGray(model));
	}

	/** The values that become -1 and 1, transformed where they are. Noise of shots has a standard deviation of 1 there. */
	public Normalization scale() {
		return shot == null ? range : shot.forwardMean(range);
	}
}

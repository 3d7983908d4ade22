package sc.fiji.cfebm.task;

import sc.fiji.cfebm.tile.Raster;

/** Mean and standard deviation of equally shaped images, one image at a time (Welford). */
final class Spread {

	private final double[] mean, squares;
	private final int width, height, channels;
	private int count;

	Spread(final int width, final int height, final int channels) {
		this.width = width;
		this.height = height;
		this.channels = channels;
		mean = new double[width * height * channels];
		squares = new double[mean.length];
	}

	void add(final float[] values) {
		count++;
		for (int i = 0; i < mean.length; i++) {
			final double d = values[i] - mean[i];
			mean[i] += d / count;
			squares[i] += d * (values[i] - mean[i]);
		}
	}

	/** In model units. */
	Raster mean() {
		final float[] values = new float[mean.length];
		for (int i = 0; i < values.length; i++)
			values[i] = (float) mean[i];
		return new Raster(width, height, channels, values);
	}

	/**
	 * The sample standard deviation in model units; zero for a single image.
	 *
	 * @param factor by which it is multiplied, see {@link sc.fiji.cfebm.model.Uncertainty}
	 */
	Raster standardDeviation(final double factor) {
		final float[] values = new float[mean.length];
		if (count > 1) for (int i = 0; i < values.length; i++)
			values[i] = (float) (factor * Math.sqrt(squares[i] / (count - 1)));
		return new Raster(width, height, channels, values);
	}
}

package sc.fiji.cfebm.langevin;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/** Mean and standard deviation of equally shaped images, one image at a time (Welford). */
public final class RunningMoments {

	private final double[] mean, squares;
	private final int width, height, channels;
	private int count;

	public RunningMoments(final int width, final int height, final int channels) {
		this.width = width;
		this.height = height;
		this.channels = channels;
		mean = new double[width * height * channels];
		squares = new double[mean.length];
	}

	/** @param values [H,W,C], not kept */
	public void add(final float[] values) {
		count++;
		for (int i = 0; i < mean.length; i++) {
			final double d = values[i] - mean[i];
			mean[i] += d / count;
			squares[i] += d * (values[i] - mean[i]);
		}
	}

	/** In the units of the images. */
	public Raster mean() {
		return each(i -> mean[i]);
	}

	/** The sample standard deviation in the units of the images; zero for a single image. */
	public Raster standardDeviation() {
		return each(i -> Math.sqrt(variance(i)));
	}

	/** The root of the mean square of the images' distances from another one, in its units; at least one was added. */
	public Raster deviationFrom(final float[] other) {
		return each(i -> Math.sqrt(squares[i] / count + (mean[i] - other[i]) * (mean[i] - other[i])));
	}

	/**
	 * The root of the variance's mean over 3×3 pixels. The variance of a few samples scatters from pixel to pixel by half of
	 * itself; its neighbours' makes it steadier, and fewer errors lie far outside of it.
	 */
	public Raster smoothDeviation() {
		final Raster smooth = Resample.smoothed(each(this::variance));
		for (int i = 0; i < mean.length; i++)
			smooth.values()[i] = (float) Math.sqrt(smooth.values()[i]);
		return smooth;
	}

	private double variance(final int value) {
		return count > 1 ? squares[value] / (count - 1) : 0;
	}

	private interface Value {

		double at(int index);
	}

	private Raster each(final Value value) {
		final float[] values = new float[mean.length];
		for (int i = 0; i < values.length; i++)
			values[i] = (float) value.at(i);
		return new Raster(width, height, channels, values);
	}
}

package sc.fiji.cfebm.task.linear;

import java.util.stream.IntStream;

import sc.fiji.cfebm.raster.Raster;

/**
 * Stripes: a camera or a scanner that adds a number of its own to each row, y = x + offset + noise. Offsets of standard deviation τ are
 * noise that a row's pixels share, so what is observed of a row's mean is less sure than the rest. This operator says so: it is 1 but for a row's
 * mean, which it makes smaller by √(1 + W·τ²/σ²), W being the width; so the noise of {@link #of}, offsets included, is white and of standard
 * deviation σ. What a row's mean is, the image's other rows tell.
 */
public final class RowOffsets implements LinearOperator {

	private final int width, height;
	/** What is left of a row's mean. */
	private final double share;

	/** @param ratio τ/σ: standard deviation of the offsets in that of the pixels' noise, positive */
	public RowOffsets(final int width, final int height, final double ratio) {
		if (!(ratio > 0) || Double.isInfinite(ratio)) throw new IllegalArgumentException("The offsets' standard deviation in that of the noise is " + ratio +
			": it must be a number above 0.");
		this.width = width;
		this.height = height;
		share = 1 / Math.sqrt(1 + width * ratio * ratio);
	}

	/**
	 * What is observed by this operator, in an image with stripes: to be restored from.
	 *
	 * @param striped [H,W,C] in gray values; not changed
	 */
	public Raster of(final Raster striped) {
		return Raster.of(IntStream.range(0, striped.channels()).mapToObj(k -> {
			final Raster observed = new Raster(width, height, 1);
			apply(striped.channel(k).values(), observed.values());
			return observed;
		}).toList());
	}

	@Override
	public int width() {
		return width;
	}

	@Override
	public int height() {
		return height;
	}

	@Override
	public void apply(final float[] image, final float[] observed) {
		scale(image, 1, share, observed);
	}

	/** It is symmetric. */
	@Override
	public void adjoint(final float[] observed, final float[] image) {
		scale(observed, 1, share, image);
	}

	/** Exact. */
	@Override
	public void precondition(final double weight, final double prior, final float[] right, final float[] solution) {
		scale(right, 1 / (weight + prior), 1 / (weight * share * share + prior), solution);
	}

	/** The image with its stripes. */
	@Override
	public void start(final float[] observed, final float[] image) {
		scale(observed, 1, 1 / share, image);
	}

	/**
	 * @param factor of what differs from a row's mean
	 * @param ofMean of the mean
	 */
	private void scale(final float[] from, final double factor, final double ofMean, final float[] to) {
		for (int y = 0; y < height; y++) {
			double mean = 0;
			for (int x = 0; x < width; x++)
				mean += from[y * width + x] / (double) width;
			for (int x = 0; x < width; x++)
				to[y * width + x] = (float) (factor * (from[y * width + x] - mean) + ofMean * mean);
		}
	}
}

package sc.fiji.cfebm.raster;

/**
 * One plane of an image as the engine sees it: a dense float array [H,W,C], row by row, channels innermost. Whether
 * its values are gray values or model units (about [-1, 1]) is said by whoever hands it on.
 *
 * @param width W in pixels, at least 1
 * @param height H in pixels, at least 1
 * @param channels C, at least 1
 * @param values H·W·C values; shared, not copied
 */
public record Raster(int width, int height, int channels, float[] values) {

	public Raster {
		if (width < 1 || height < 1 || channels < 1)
			throw new IllegalArgumentException("An image needs at least one pixel and one channel, not " + width + "×" +
				height + " with " + channels + " channels.");
		if (values.length != Math.multiplyExact(Math.multiplyExact(width, height), channels))
			throw new IllegalArgumentException("A " + width + "×" + height + " image with " + channels +
				" channels does not have " + values.length + " values.");
	}

	/** An image of zeros. */
	public Raster(final int width, final int height, final int channels) {
		this(width, height, channels, new float[Math.multiplyExact(Math.multiplyExact(width, height), channels)]);
	}

	/** The position in {@link #values()} of a pixel's channel. */
	public int index(final int x, final int y, final int channel) {
		return (y * width + x) * channels + channel;
	}

	public float get(final int x, final int y, final int channel) {
		return values[index(x, y, channel)];
	}

	/** A copy that shares nothing with this one. */
	public Raster copy() {
		return new Raster(width, height, channels, values.clone());
	}

	/** A gray image with the same values in so many channels; this image itself if it has them already. */
	public Raster replicated(final int times) {
		if (channels == times) return this;
		final Raster out = new Raster(width, height, times);
		for (int i = 0; i < out.values.length; i++)
			out.values[i] = values[i / times];
		return out;
	}
}

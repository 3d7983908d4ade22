package sc.fiji.cfebm.raster;

import java.util.List;

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

	/** Whether red, green and blue are the same everywhere, bit by bit: a gray image that was saved in colors. */
	public boolean isGray() {
		for (int i = 0; i < values.length; i += channels)
			for (int c = 1; c < channels; c++)
				if (Float.floatToRawIntBits(values[i + c]) != Float.floatToRawIntBits(values[i])) return false;
		return true;
	}

	/** One channel, from 0, as an image [H,W,1]. */
	public Raster channel(final int channel) {
		final Raster out = new Raster(width, height, 1);
		for (int i = 0; i < out.values.length; i++)
			out.values[i] = values[i * channels + channel];
		return out;
	}

	/** Some of the channels, from one on and to before another, as an image [H,W,to - from]. */
	public Raster channels(final int from, final int to) {
		final Raster out = new Raster(width, height, to - from);
		for (int i = 0; i < out.values.length; i++)
			out.values[i] = values[i / out.channels * channels + from + i % out.channels];
		return out;
	}

	/** The mean of all channels, [H,W,1]. */
	public Raster mean() {
		final Raster out = new Raster(width, height, 1);
		for (int i = 0; i < values.length; i++)
			out.values[i / channels] += values[i] / channels;
		return out;
	}

	/** An image of the channels [H,W,1], of the same size, in order. */
	public static Raster of(final List<Raster> channels) {
		final int n = channels.size();
		final Raster out = new Raster(channels.get(0).width, channels.get(0).height, n);
		for (int i = 0; i < out.values.length; i++)
			out.values[i] = channels.get(i % n).values[i / n];
		return out;
	}

	/** Whether all values are whole numbers. @param except [H,W], pixels that do not count; null: none */
	public boolean isWhole(final boolean[] except) {
		for (int i = 0; i < values.length; i++)
			if ((except == null || !except[i / channels]) && values[i] != Math.rint(values[i])) return false;
		return true;
	}
}

package sc.fiji.cfebm.energy;

/**
 * Images with what is known of their noise. The arrays are not copied.
 *
 * @param pixels [N,H,W,C] in any units
 * @param count N
 * @param height H
 * @param width W
 * @param sigma standard deviation of the noise in the same units, positive: one number for all, one for each image [N], or one for
 *          each pixel [N,H,W]; infinite: the pixel is missing, and its value makes no difference to anything but itself
 * @param offset what is taken off before anything else, such as the mean: one number for each image [N], or for each of
 *          its channels [N,C]; where there is one image after another from one picture, they should all have the same
 * @param told of how many images, the first ones, an energy is told what is bright and how strong the noise is: their pixels less the
 *          offset, and σ, are in model units, and σ is finite and the same for all pixels of an image
 * @param correlation of the noise of neighbours in a row, then of neighbours in a column, for each image [N,2]; null: the noise is white
 */
public record NoisyImages(float[] pixels, int count, int height, int width, float[] sigma, float[] offset, int told,
	float[] correlation)
{

	/** @throws IllegalArgumentException if the lengths don't fit each other */
	public NoisyImages {
		if (count < 1 || height < 1 || width < 1) throw new IllegalArgumentException("There is no image of " + width + "×" +
			height + " pixels in " + count + ".");
		final int area = Math.multiplyExact(height, width), all = Math.multiplyExact(count, area);
		if (pixels.length < all || pixels.length % all != 0) throw new IllegalArgumentException(pixels.length +
			" values are not " + count + " images of " + width + "×" + height + " pixels.");
		if (sigma.length != 1 && sigma.length != count && sigma.length != all) throw new IllegalArgumentException(
			"σ is one number, one for each image or one for each pixel, not " + sigma.length + " for " + count + " images of " + width +
				"×" + height + " pixels.");
		if (offset.length != count && offset.length != count * (pixels.length / all)) throw new IllegalArgumentException(
			"There are " + offset.length + " offsets for " + count + " images.");
		if (told < 0 || told > count) throw new IllegalArgumentException("Of " + count + " images an energy can't be told about " +
			told + ".");
		if (correlation != null && correlation.length != 2 * count) throw new IllegalArgumentException("There are " + correlation.length +
			" correlations for " + count + " images, which have two each.");
		if (told > 0 && sigma.length == all && area > 1) throw new IllegalArgumentException(
			"Where an energy is told σ, all pixels of an image have the same.");
		for (final float s : sigma)
			if (!(s > 0)) throw new IllegalArgumentException("σ is positive or infinite, not " + s + ".");
	}

	/** With white noise. */
	public NoisyImages(final float[] pixels, final int count, final int height, final int width, final float[] sigma,
		final float[] offset, final int told)
	{
		this(pixels, count, height, width, sigma, offset, told, null);
	}

	/** One σ for each image, each image's mean as its offset; of none an energy is told more. */
	public static NoisyImages of(final float[] pixels, final int count, final int height, final int width, final float... sigma) {
		final int size = pixels.length / count;
		final float[] offset = new float[count];
		for (int n = 0; n < count; n++) {
			double sum = 0;
			for (int i = 0; i < size; i++)
				sum += pixels[n * size + i];
			offset[n] = (float) (sum / size);
		}
		return new NoisyImages(pixels, count, height, width, sigma, offset, 0);
	}

	/**
	 * One σ for all images.
	 *
	 * @param told whether an energy is told about all of them, whose offset is 0 then; otherwise about none, and each image's mean is its
	 *          offset
	 */
	public static NoisyImages at(final float[] pixels, final int count, final int height, final int width, final double sigma,
		final boolean told)
	{
		return told ? new NoisyImages(pixels, count, height, width, new float[] { (float) sigma }, new float[count], count) : of(pixels,
			count, height, width, (float) sigma);
	}

	/** The same but for the pixels. */
	public NoisyImages with(final float[] others) {
		return new NoisyImages(others, count, height, width, sigma, offset, told, correlation);
	}

	/** The same with noise of other correlations [N,2]; null: white. */
	public NoisyImages withCorrelation(final float[] others) {
		return new NoisyImages(pixels, count, height, width, sigma, offset, told, others);
	}

	public int channels() {
		return pixels.length / (count * height * width);
	}

	/** σ of the {@code pixel}-th pixel of all images. */
	public float sigmaAt(final int pixel) {
		return sigma.length == 1 ? sigma[0] : sigma.length == count ? sigma[pixel / (height * width)] : sigma[pixel];
	}

	/** What is taken off a pixel's channel. */
	public float offsetAt(final int pixel, final int channel) {
		final int n = pixel / (height * width);
		return offset.length == count ? offset[n] : offset[n * channels() + channel];
	}
}

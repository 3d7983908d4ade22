package sc.fiji.cfebm.energy;

import java.util.Arrays;

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
 * @param constants what the network is told beside them [N,K]; may be null where K is 0
 */
public record NoisyImages(float[] pixels, int count, int height, int width, float[] sigma, float[] offset, float[] constants) {

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
		for (final float s : sigma)
			if (!(s > 0)) throw new IllegalArgumentException("σ is positive or infinite, not " + s + ".");
	}

	/** One σ for each image, each image's mean as its offset, and no constants. */
	public static NoisyImages of(final float[] pixels, final int count, final int height, final int width, final float... sigma) {
		final int size = pixels.length / count;
		final float[] offset = new float[count];
		for (int n = 0; n < count; n++) {
			double sum = 0;
			for (int i = 0; i < size; i++)
				sum += pixels[n * size + i];
			offset[n] = (float) (sum / size);
		}
		return new NoisyImages(pixels, count, height, width, sigma, offset, null);
	}

	/**
	 * One σ for all images, each image's mean as its offset; where a constant is wanted it is the logarithm of σ, which tells how
	 * strong the noise is beside what images are like.
	 *
	 * @param constants K, 0 or 1
	 */
	public static NoisyImages at(final float[] pixels, final int count, final int height, final int width, final double sigma,
		final int constants)
	{
		final NoisyImages images = of(pixels, count, height, width, (float) sigma);
		if (constants == 0) return images;
		if (constants > 1) throw new IllegalArgumentException("σ is one constant, not " + constants + ".");
		final float[] levels = new float[count];
		Arrays.fill(levels, (float) Math.log(sigma));
		return new NoisyImages(pixels, count, height, width, images.sigma, images.offset, levels);
	}

	/** The same but for the pixels. */
	public NoisyImages with(final float[] others) {
		return new NoisyImages(others, count, height, width, sigma, offset, constants);
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

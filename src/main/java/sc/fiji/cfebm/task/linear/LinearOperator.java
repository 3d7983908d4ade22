package sc.fiji.cfebm.task.linear;

import java.util.Arrays;

/**
 * What a camera does to an image x before noise is added, if that is linear: y = H·x. Images are [H,W] of one channel, row by row, in gray
 * values; a color image goes through it channel by channel. The image that is looked for may be of another size than what was
 * observed. {@link #adjoint} must be the transpose of {@link #apply}: ⟨H·x, y⟩ = ⟨x, Hᵀ·y⟩ for all x and y, or nothing converges.
 * <p>
 * An operator is used by one thread at a time, always the one that restores, and may keep buffers between calls. It must not keep the arrays
 * that it is given, nor write into the first.
 */
public interface LinearOperator {

	/** Width of the image that is looked for, in pixels. */
	int width();

	/** Its height. */
	int height();

	/** Width of what is observed, in pixels; by default the image's. */
	default int observedWidth() {
		return width();
	}

	/** Its height. */
	default int observedHeight() {
		return height();
	}

	/**
	 * H·x.
	 *
	 * @param image x, [height, width]
	 * @param observed receives H·x, [observedHeight, observedWidth]; whatever it holds is overwritten
	 */
	void apply(float[] image, float[] observed);

	/**
	 * Hᵀ·y.
	 *
	 * @param observed y, [observedHeight, observedWidth]
	 * @param image receives Hᵀ·y, [height, width]; whatever it holds is overwritten
	 */
	void adjoint(float[] observed, float[] image);

	/**
	 * About (weight·HᵀH + prior)⁻¹ of an image, a symmetric positive map: the better it is, the fewer iterations are needed, and where it is
	 * exact one is enough. By default it scales alone.
	 *
	 * @param weight of the observation, positive
	 * @param prior positive
	 * @param right [height, width]
	 * @param solution receives the result, [height, width]
	 */
	default void precondition(final double weight, final double prior, final float[] right, final float[] solution) {
		for (int i = 0; i < right.length; i++)
			solution[i] = (float) (right[i] / prior);
	}

	/**
	 * An image to begin with: by default of each pixel the weighted mean of the observations that it has a part in, which is right where
	 * no weight is negative.
	 *
	 * @param observed y, all of it finite
	 * @param image receives the image, [height, width]
	 */
	default void start(final float[] observed, final float[] image) {
		final float[] ones = new float[image.length], seen = new float[observed.length], share = new float[image.length];
		Arrays.fill(ones, 1);
		apply(ones, seen);
		adjoint(seen, share);
		adjoint(observed, image);
		double mean = 0;
		for (final float v : observed)
			mean += v / observed.length;
		for (int i = 0; i < image.length; i++)
			image[i] = share[i] > 1e-6f ? image[i] / share[i] : (float) mean;
	}
}

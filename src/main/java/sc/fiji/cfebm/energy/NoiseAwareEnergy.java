package sc.fiji.cfebm.energy;

import sc.fiji.cfebm.random.PlacedNoise;

/**
 * An energy E(x, σ) of images x [N,H,W,C] with noise σ: low where an image with such noise is typical. -∇E is the score at
 * that noise level, so x - σ²∇E is the image without the noise. Does not change if images, σ and offsets are all scaled
 * by the same factor, unless it is told of that.
 */
public interface NoiseAwareEnergy {

	/** Channels C of an image. */
	int channels();

	/** Whether it is told what is bright and how strong the noise is, or knows images in units of their noise alone. */
	boolean isTold();

	/** What heights and widths are multiples of. */
	int multiple();

	/**
	 * How far a pixel sees: pixels farther away in a row or a column make no difference to a pixel of the estimate, those
	 * farther away than twice this none to a pixel of the gradient.
	 */
	int reach();

	/**
	 * What is wanted of images; null where it is not. All that goes forward alone costs half of what the gradient costs.
	 *
	 * @param energies receives E of each image [N]
	 * @param map receives each pixel's share of it [N,H,W]
	 * @param gradient receives ∂E/∂x [N,H,W,C]; zero where a pixel is missing
	 * @param estimate receives N(x, σ) [N,H,W,C], what the network itself takes for the image without noise; x where a pixel is missing
	 * @param denoised receives x - σ²∇E [N,H,W,C]; x where a pixel is missing. May be the images' own array
	 */
	record Wanted(double[] energies, float[] map, float[] gradient, float[] estimate, float[] denoised) {

		public static Wanted energies(final double[] energies) {
			return new Wanted(energies, null, null, null, null);
		}

		public static Wanted gradient(final double[] energies, final float[] gradient) {
			return new Wanted(energies, null, gradient, null, null);
		}

		public static Wanted estimate(final float[] estimate) {
			return new Wanted(null, null, null, estimate, null);
		}

		public static Wanted denoised(final float[] denoised) {
			return new Wanted(null, null, null, null, denoised);
		}

		/** Whether a way back is needed. */
		public boolean back() {
			return gradient != null || denoised != null;
		}
	}

	/**
	 * Computes what is wanted.
	 *
	 * @throws IllegalArgumentException if the images have other channels or sizes than it takes
	 * @throws OutOfMemoryError if there is not enough memory for such images; smaller ones may go
	 */
	void evaluate(NoisyImages x, Wanted wanted);

	/**
	 * Puts a chain's state where this is computed, if that is elsewhere.
	 *
	 * @param x the state's first images, with what the energy is told of them: no noise level, as that falls, and of offsets only whether
	 *          there are some, as they are each state's own means
	 * @param whole whether there is one image of any size, mirrored at its borders as by {@link WholeImage}
	 * @param noise of the chain
	 * @return null: there is no such place, or not enough of it
	 */
	default ResidentImages resident(final NoisyImages x, final boolean whole, final PlacedNoise noise) {
		return null;
	}
}

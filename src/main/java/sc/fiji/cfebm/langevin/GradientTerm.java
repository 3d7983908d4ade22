package sc.fiji.cfebm.langevin;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/** A gradient that is added to a chain's energy's, such as a content term. */
@FunctionalInterface
public interface GradientTerm {

	/**
	 * @param x the state
	 * @param level the state's noise level σ_t in model units; 0 where the schedule has none
	 * @param gradient ∇E(x), to be added to
	 */
	void add(float[] x, double level, float[] gradient);

	/**
	 * Holds a chain to what an image shows at a low resolution, for energies E(x, σ) whose σ∇E the chain follows: adds
	 * σ_t·2λ_t·LᵀL(x - x₀), the gradient of λ_t‖L(x) - L(x₀)‖² with λ_t = λ/(1 + 2λσ_t²). Under noise the state says less about
	 * what the clean image will be, and however large λ is, steps that are differences of noise levels stay stable. L is a mean
	 * over 3×3 pixels, taken twice (a standard deviation of 1.2 pixels); mirrored at the borders it is its own transpose.
	 *
	 * @param image x₀, laid out as the state, in model units
	 * @param weight λ
	 */
	static GradientTerm content(final Raster image, final double weight) {
		return (x, level, gradient) -> {
			Raster difference = new Raster(image.width(), image.height(), image.channels());
			for (int i = 0; i < x.length; i++)
				difference.values()[i] = x[i] - image.values()[i];
			for (int k = 0; k < 4; k++)
				difference = Resample.smoothed(difference);
			final double pull = level * 2 * weight / (1 + 2 * weight * level * level);
			for (int i = 0; i < x.length; i++)
				gradient[i] += (float) (pull * difference.values()[i]);
		};
	}
}

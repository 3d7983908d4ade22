package sc.fiji.cfebm.tiling;

import sc.fiji.cfebm.energy.ResidentImages;
import sc.fiji.cfebm.random.PlacedNoise;

/** The gradient of an energy at a chain's state, whatever the state's shape: a batch of tiles, or one large image. */
@FunctionalInterface
public interface GradientField {

	/**
	 * @param x the state
	 * @param sigma its noise level σ in model units; 0 where there is none
	 * @param gradient receives ∇E(x) or, of an energy that is told σ, σ·∇E(x, σ), same layout; all of it is overwritten
	 */
	void gradient(float[] x, double sigma, float[] gradient);

	/**
	 * Puts a state where its gradient is computed, if that is elsewhere.
	 *
	 * @param x the state; not changed
	 * @param noise of the chain
	 * @return null: there is no such place
	 */
	default ResidentImages resident(final float[] x, final PlacedNoise noise) {
		return null;
	}
}

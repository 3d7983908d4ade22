package sc.fiji.cfebm.langevin;

/** Something that pulls on a chain beside its energy: a data term, a content term. */
@FunctionalInterface
public interface GradientTerm {

	/**
	 * @param x the state
	 * @param level the state's noise level σ_t in model units; 0 where the schedule has none
	 * @param gradient ∇E(x), to be added to
	 */
	void add(float[] x, double level, float[] gradient);

	/**
	 * Holds a chain to an observation with white noise: adds σ_t·(x - y)/(σ_y² + σ_t²), for energies f/σ whose ∇f the
	 * chain follows. Only of use where the noise of the observation differs from pixel to pixel; for white noise start
	 * the chain at the observation instead.
	 *
	 * @param observation y, laid out as the state
	 * @param sigma σ_y of each value, in model units
	 */
	static GradientTerm data(final float[] observation, final float[] sigma) {
		return (x, level, gradient) -> {
			for (int i = 0; i < x.length; i++)
				gradient[i] += (float) (level * (x[i] - observation[i]) / (sigma[i] * sigma[i] + level * level));
		};
	}
}

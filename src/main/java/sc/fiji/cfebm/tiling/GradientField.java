package sc.fiji.cfebm.tiling;

/** The gradient of an energy at a chain's state, whatever the state's shape: a batch of tiles, or one large image. */
@FunctionalInterface
public interface GradientField {

	/**
	 * @param x the state
	 * @param gradient receives ∇E(x), same layout; all of it is overwritten
	 */
	void gradient(float[] x, float[] gradient);
}

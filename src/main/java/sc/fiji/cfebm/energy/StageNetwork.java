package sc.fiji.cfebm.energy;

/** The energy network of one stage, ready to compute. Not thread-safe; close it to free native memory. */
public interface StageNetwork extends Energy, AutoCloseable {

	/**
	 * Takes over parameters of the same stage. Later changes to them have no effect on energies until the next call, but
	 * gradients of parameters need them unchanged.
	 */
	void setParameters(StageParameters parameters);

	/**
	 * Adds ∂/∂θ Σᵢ wᵢ·E(xᵢ, σ) to a gradient.
	 *
	 * @param tiles at least {@code count} tiles [N,r,r,C] in model units
	 * @param imageWeights wᵢ, one per tile
	 * @param count number of tiles
	 * @param sigma σ in model units; makes no difference to an energy that is not told it
	 * @param energies receives E of each tile; may be null
	 * @param gradient laid out as {@link StageParameters#values()} of the parameters last set
	 */
	void parameterGradient(float[] tiles, double[] imageWeights, int count, double sigma, double[] energies, double[] gradient);

	/** The name of the device that computes; null: it is the processor. */
	default String device() {
		return null;
	}

	@Override
	void close();
}

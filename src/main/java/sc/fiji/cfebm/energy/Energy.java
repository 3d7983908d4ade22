package sc.fiji.cfebm.energy;

/**
 * An energy E(x) of square tiles x [N,r,r,C]: one number per tile, low where the tile is typical. Langevin dynamics
 * asks nothing more of it, so a test can write one by hand. An energy E(x, σ) of tiles with noise is such an energy for
 * each σ.
 */
public interface Energy {

	/** Side r of a tile in pixels. */
	int size();

	/** Channels C of a tile. */
	int channels();

	/**
	 * Computes energies and, where asked for, their gradients with respect to the pixels.
	 *
	 * @param tiles at least {@code count} tiles [N,r,r,C] in model units, one after the other
	 * @param count how many of them
	 * @param energies receives E of each tile; may be null
	 * @param gradient receives ∂E/∂x, laid out as {@code tiles}; may be null
	 * @throws OutOfMemoryError if there is not enough memory for a single one; an energy sees to it itself that fewer are worked
	 *           on at once
	 */
	void evaluate(float[] tiles, int count, double[] energies, float[] gradient);

	/**
	 * The energy of tiles with noise of standard deviation σ; a view, which need not be closed. Its gradient is σ·∂E/∂x, the noise in
	 * units of σ that it sees, so that x - σ·(gradient) is the tile without noise. An energy that is not told σ stays as it is.
	 *
	 * @param sigma σ in model units, positive
	 */
	default Energy at(final double sigma) {
		return this;
	}

	/**
	 * The same energy of images whose brightness and contrast need not be the training images': a view that is told nothing but the
	 * noise. What it makes of an image whose gain, offset and noise are others is the same with that gain and offset. An energy
	 * without such a view stays as it is.
	 */
	default Energy equivariant() {
		return this;
	}

	/** The same energy for images of any size; null: it is one of tiles alone. */
	default NoiseAwareEnergy ofImages() {
		return null;
	}
}

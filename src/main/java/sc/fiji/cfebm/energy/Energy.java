package sc.fiji.cfebm.energy;

/**
 * An energy E(x) of square tiles x [N,r,r,C]: one number per tile, low where the tile is typical. Langevin dynamics
 * asks nothing more of it, so a test can write one by hand.
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
}

package sc.fiji.cfebm.tiling;

import sc.fiji.cfebm.energy.Energy;

/** The energy of mirrored tiles: as good as the energy itself where it was trained on mirrored patches. */
final class Mirrored implements Energy {

	private final Energy energy;
	private final boolean horizontally, vertically;

	/**
	 * @param horizontally whether left and right are exchanged
	 * @param vertically whether top and bottom are
	 */
	Mirrored(final Energy energy, final boolean horizontally, final boolean vertically) {
		this.energy = energy;
		this.horizontally = horizontally;
		this.vertically = vertically;
	}

	@Override
	public int size() {
		return energy.size();
	}

	@Override
	public int channels() {
		return energy.channels();
	}

	/** As for every energy; the tiles are mirrored in place, and back. */
	@Override
	public void evaluate(final float[] tiles, final int count, final double[] energies, final float[] gradient) {
		mirror(tiles, count);
		try {
			energy.evaluate(tiles, count, energies, gradient);
		}
		finally {
			mirror(tiles, count);
		}
		if (gradient != null) mirror(gradient, count);
	}

	private void mirror(final float[] tiles, final int count) {
		final int side = size(), c = channels(), row = side * c;
		if (horizontally) for (int r = 0; r < count * side; r++)
			for (int x = 0; x < side / 2; x++)
				for (int i = 0; i < c; i++)
					swap(tiles, r * row + x * c + i, r * row + (side - 1 - x) * c + i);
		if (vertically) for (int n = 0; n < count; n++)
			for (int y = 0; y < side / 2; y++)
				for (int i = 0; i < row; i++)
					swap(tiles, (n * side + y) * row + i, (n * side + side - 1 - y) * row + i);
	}

	private static void swap(final float[] values, final int a, final int b) {
		final float v = values[a];
		values[a] = values[b];
		values[b] = v;
	}
}

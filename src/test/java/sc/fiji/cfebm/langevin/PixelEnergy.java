package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import sc.fiji.cfebm.energy.Energy;

/** An energy written by hand: a gradient from a pixel's value and its place in the tile. Keeps count of its calls. */
public final class PixelEnergy implements Energy {

	/** ∂E/∂x of one value. */
	public interface Pull {

		double at(int x, int y, double value);
	}

	public int calls, tiles, largestBatch, largestBuffer;

	private final int size, channels;
	private final Pull pull;

	public PixelEnergy(final int size, final int channels, final Pull pull) {
		this.size = size;
		this.channels = channels;
		this.pull = pull;
	}

	@Override
	public int size() {
		return size;
	}

	@Override
	public int channels() {
		return channels;
	}

	@Override
	public void evaluate(final float[] x, final int count, final double[] energies, final float[] gradient) {
		assertNull(energies, "Langevin dynamics needs gradients only.");
		assertTrue(count > 0 && count * size * size * channels <= Math.min(x.length, gradient.length));
		calls++;
		tiles += count;
		largestBatch = Math.max(largestBatch, count);
		largestBuffer = Math.max(largestBuffer, Math.max(x.length, gradient.length));
		for (int n = 0, i = 0; n < count; n++)
			for (int row = 0; row < size; row++)
				for (int column = 0; column < size; column++)
					for (int c = 0; c < channels; c++, i++)
						gradient[i] = (float) pull.at(column, row, x[i]);
	}
}

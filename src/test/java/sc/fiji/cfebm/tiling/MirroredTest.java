package sc.fiji.cfebm.tiling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.langevin.PixelEnergy;

class MirroredTest {

	private static final int SIDE = 4, CHANNELS = 2, COUNT = 3;

	/** The energy sees mirrored tiles, its gradient comes back mirrored, and the tiles are as they were. */
	@ParameterizedTest
	@CsvSource({ "false,false", "true,false", "false,true", "true,true" })
	void placesAreMirroredAndValuesStay(final boolean horizontally, final boolean vertically) {
		final PixelEnergy energy = new PixelEnergy(SIDE, CHANNELS, (x, y, value) -> 100 * y + 10 * x + value);
		final float[] tiles = new float[COUNT * SIDE * SIDE * CHANNELS], gradient = new float[tiles.length];
		for (int i = 0; i < tiles.length; i++)
			tiles[i] = i / 1024f;
		final float[] before = tiles.clone();
		new Mirrored(energy, horizontally, vertically).evaluate(tiles, COUNT, null, gradient);
		assertArrayEquals(before, tiles);
		for (int i = 0; i < tiles.length; i++) {
			final int x = i / CHANNELS % SIDE, y = i / CHANNELS / SIDE % SIDE;
			assertEquals(100 * (vertically ? SIDE - 1 - y : y) + 10 * (horizontally ? SIDE - 1 - x : x) + before[i], gradient[i], 1e-4);
		}
	}
}

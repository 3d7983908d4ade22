package sc.fiji.cfebm.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TileGridTest {

	@Test
	void linesAreMirroredWithTheBorderPixelRepeated() {
		final int[] seen = new int[14];
		for (int p = -5; p < 9; p++)
			seen[p + 5] = TileGrid.mirror(p, 3);
		assertArrayEquals(new int[] { 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2 }, seen);
		for (int p = -20; p < 20; p++)
			assertEquals(0, TileGrid.mirror(p, 1));
	}

	/** Whatever the origin: a tile shows the image, mirrored where it goes beyond it, and every pixel is in one tile. */
	@ParameterizedTest
	@CsvSource({ "1,1,1,8", "3,5,1,8", "7,9,2,8", "8,8,1,8", "16,1,1,8", "37,29,3,8", "5,3,1,2", "17,33,1,16" })
	void everyPixelIsInOneTile(final int w, final int h, final int channels, final int side) {
		final float[] image = new float[w * h * channels];
		for (int i = 0; i < image.length; i++)
			image[i] = i + 1;
		final float[] ones = new float[side * side * channels], weight = new float[side * side];
		Arrays.fill(ones, 1);
		for (int i = 0; i < weight.length; i++)
			weight[i] = 2;
		for (int oy = 0; oy < side; oy++)
			for (int ox = 0; ox < side; ox++) {
				final TileGrid grid = new TileGrid(w, h, channels, side, ox, oy);
				assertEquals((int) (Math.ceil((double) (w + ox) / side) * Math.ceil((double) (h + oy) / side)), grid.count());
				assertEquals(side * side * channels, grid.tileSize());
				final float[] coverage = new float[image.length], back = new float[image.length];
				final float[] tile = new float[grid.tileSize() + 5];
				for (int t = 0; t < grid.count(); t++) {
					tile[3] = tile[4] = -1;
					grid.gather(t, image, tile, 5);
					assertEquals(-1, tile[4]);
					final int left = t % grid.columns() * side - ox, top = t / grid.columns() * side - oy;
					for (int i = 0; i < grid.tileSize(); i++) {
						final int x = reflect(left + i / channels % side, w), y = reflect(top + i / channels / side, h);
						assertEquals(image[(y * w + x) * channels + i % channels], tile[5 + i]);
					}
					grid.scatter(t, tile, 5, back);
					grid.scatterAdd(t, ones, 0, weight, coverage);
				}
				assertArrayEquals(image, back);
				for (final float covered : coverage)
					assertEquals(2, covered);
			}
	}

	/** Goes back and forth until it is inside. */
	private static int reflect(final int position, final int n) {
		int p = position;
		while (p < 0 || p >= n)
			p = p < 0 ? -1 - p : 2 * n - 1 - p;
		return p;
	}

	@Test
	void weightsAreThoseOfTheTilesPixels() {
		final TileGrid grid = new TileGrid(3, 2, 2, 2, 1, 0);
		final float[] tile = { 1, 10, 2, 20, 3, 30, 4, 40 }, weight = { 1, 2, 3, 4 };
		final float[] image = new float[12];
		Arrays.fill(image, 100);
		grid.scatterAdd(0, tile, 0, weight, image);
		// The tile begins one pixel left of the image: only its right column is inside.
		assertArrayEquals(new float[] { 104, 140, 100, 100, 100, 100, 116, 260, 100, 100, 100, 100 }, image);
	}

	@Test
	void oneTileTouchesAMarkedPixel() {
		final int w = 19, h = 10;
		for (int ox = 0; ox < 8; ox++)
			for (int p = 0; p < w * h; p++) {
				final TileGrid grid = new TileGrid(w, h, 1, 8, ox, 7 - ox);
				final boolean[] mask = new boolean[w * h];
				mask[p] = true;
				int touched = 0;
				for (int t = 0; t < grid.count(); t++)
					if (grid.touches(t, mask)) {
						touched++;
						assertEquals((p % w + ox) / 8 + (p / w + 7 - ox) / 8 * grid.columns(), t);
					}
				assertEquals(1, touched);
			}
		final TileGrid grid = new TileGrid(3, 5, 1, 8, 2, 2);
		assertEquals(1, grid.count());
		assertTrue(!grid.touches(0, new boolean[15]), "Nothing is marked.");
	}
}

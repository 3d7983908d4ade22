package sc.fiji.cfebm.task.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.raster.Raster;

class OrientationTest {

	@Test
	void eightWaysThereAndBack() {
		final Raster image = new Raster(5, 3, 2, OperatorsTest.random(30, 1));
		final Set<String> seen = new HashSet<>();
		for (int way = 0; way < 10; way++) {
			final Orientation orientation = new Orientation(way);
			final Raster turned = orientation.of(image);
			assertEquals((way & 4) == 0 ? 5 : 3, turned.width());
			assertArrayEquals(image.values(), orientation.back(turned).values());
			// Neighbours stay neighbours: the same pixels lie side by side, in rows or in columns.
			assertEquals(roughness(image), roughness(turned), 1e-4);
			seen.add(Arrays.toString(turned.values()));
		}
		assertEquals(8, seen.size());
		assertArrayEquals(image.values(), new Orientation(0).of(image).values());
	}

	@Test
	void rowsOfNoiseBecomeColumns() {
		final Correlation rows = new Correlation(0.5, 0.1);
		for (int way = 0; way < 10; way++)
			assertEquals((way & 4) == 0 ? rows : new Correlation(0.1, 0.5), new Orientation(way).of(rows));
	}

	private static double roughness(final Raster image) {
		double sum = 0;
		for (int y = 0; y < image.height(); y++)
			for (int x = 0; x < image.width(); x++)
				for (int c = 0; c < image.channels(); c++) {
					if (x > 0) sum += Math.abs(image.get(x, y, c) - image.get(x - 1, y, c));
					if (y > 0) sum += Math.abs(image.get(x, y, c) - image.get(x, y - 1, c));
				}
		return sum;
	}
}

package sc.fiji.cfebm.color;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Raster;

class ColorsTest {

	private static final Colors TARGET = new Colors(new double[] { 0.2, -0.1, 0.5 }, new double[][] { { 0.2, 0.1, 0.05 }, { 0.1, 0.3,
		0 }, { 0.05, 0, 0.1 } });

	private static Raster random(final int width, final int height) {
		final SplittableRandom rng = new SplittableRandom(1);
		final Raster image = new Raster(width, height, 3);
		for (int p = 0; p < image.values().length; p += 3) {
			final double a = rng.nextGaussian(), b = rng.nextGaussian();
			image.values()[p] = (float) (0.3 + 0.1 * a);
			image.values()[p + 1] = (float) (0.2 * a - 0.1 * b);
			image.values()[p + 2] = (float) (0.1 * rng.nextGaussian() + b);
		}
		return image;
	}

	@Test
	void changedImagesHaveTheOtherColors() {
		final Raster image = random(50, 40);
		final Colors changed = Colors.of(Colors.of(image, 1).changed(image, TARGET, 1e-4, 1), 1);
		assertArrayEquals(TARGET.mean(), changed.mean(), 1e-4);
		for (int i = 0; i < 3; i++)
			assertArrayEquals(TARGET.covariance()[i], changed.covariance()[i], 1e-4);
	}

	@Test
	void aShareOfTheContrast() {
		final Raster image = random(20, 10);
		final Colors own = Colors.of(image, 1);
		final float[] none = own.changed(image, TARGET, 1e-4, 0).values(), all = own.changed(image, TARGET, 1e-4, 1).values(), some = own
			.changed(image, TARGET, 1e-4, 0.25).values();
		for (int i = 0; i < some.length; i++) {
			assertEquals(image.values()[i] + TARGET.mean()[i % 3] - own.mean()[i % 3], none[i], 1e-5);
			assertEquals(0.75 * none[i] + 0.25 * all[i], some[i], 1e-5);
		}
	}

	@Test
	void aChangeOfAllColorsIsExplainedAndALocalOneIsNot() {
		final Raster image = random(60, 50), change = new Raster(60, 50, 3);
		for (int p = 0; p < change.values().length; p += 3)
			for (int k = 0; k < 3; k++)
				change.values()[p + k] = 0.4f * image.values()[p + k] - 0.7f * image.values()[p + (k + 1) % 3] + 0.2f * k;
		for (final float v : Colors.unexplained(image, change, 1e-4).values())
			assertEquals(0, v, 1e-4);
		final int at = change.index(20, 30, 1);
		change.values()[at] += 1;
		final float[] left = Colors.unexplained(image, change, 1e-4).values();
		for (int i = 0; i < left.length; i++)
			assertEquals(i == at ? 1 : 0, left[i], 0.02, "at " + i);
		// In an image without contrast only the mean change is explained.
		final Raster constant = new Raster(2, 1, 1), moved = new Raster(2, 1, 1, new float[] { 1, 4 });
		assertArrayEquals(new float[] { -1.5f, 1.5f }, Colors.unexplained(constant, moved, 0.02).values(), 1e-6f);
	}

	@Test
	void colorsOfItsOwnDoNotChangeAnImage() {
		final Raster image = random(20, 10);
		final Colors own = Colors.of(image, 1);
		assertArrayEquals(image.values(), own.changed(image, own, 0.02, 1).values(), 1e-4f);
	}

	/** Gray in three channels gets the color that goes with brightness; noise far below the floor is not blown up. */
	@Test
	void grayAndConstantImages() {
		final Raster gray = new Raster(40, 1, 1);
		for (int x = 0; x < 40; x++)
			gray.values()[x] = (x - 19.5f) / 20;
		final Raster replicated = gray.replicated(3), colored = Colors.of(replicated, 1).changed(replicated, TARGET, 1e-3, 1);
		final Colors changed = Colors.of(colored, 1);
		assertArrayEquals(TARGET.mean(), changed.mean(), 1e-4);
		final double all = 0.2 + 0.3 + 0.1 + 2 * (0.1 + 0.05), along = (0.2 + 0.1 + 0.05) / Math.sqrt(all);
		assertEquals(along, Math.sqrt(changed.covariance()[0][0]), 2e-3);
		final Raster constant = new Raster(8, 8, 3);
		constant.values()[5] = 1e-4f;
		for (final float v : Colors.of(constant, 1).changed(constant, TARGET, 0.02, 1).values())
			assertTrue(Math.abs(v) < 0.6, "" + v);
	}

	/** 5×3 pixels in squares of 2: six squares, those at the border smaller. */
	@Test
	void pooledColors() {
		final Raster image = new Raster(5, 3, 1);
		for (int i = 0; i < 15; i++)
			image.values()[i] = i;
		final double[] means = { 3, 5, 6.5, 10.5, 12.5, 14 };
		double mean = 0, squares = 0;
		for (final double m : means) {
			mean += m / 6;
			squares += m * m / 6;
		}
		final Colors colors = Colors.of(image, 2);
		assertEquals(mean, colors.mean()[0], 1e-9);
		assertEquals(squares - mean * mean, colors.covariance()[0][0], 1e-9);
	}
}

package sc.fiji.cfebm.testimages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Raster;

class DeadLeavesTest {

	@Test
	void theSameSeedGivesTheSamePictures() {
		final List<Raster> two = DeadLeaves.images(2, 64, 5), three = DeadLeaves.images(3, 64, 5);
		for (int i = 0; i < 2; i++)
			assertArrayEquals(two.get(i).values(), three.get(i).values());
		assertFalse(Arrays.equals(two.get(0).values(), two.get(1).values()));
		assertFalse(Arrays.equals(two.get(0).values(), DeadLeaves.images(1, 64, 6).get(0).values()));
	}

	@Test
	void theyAreGrayPicturesOf8Bits() {
		for (final Raster picture : DeadLeaves.images(4, 48, 1)) {
			assertEquals(48 * 48, picture.values().length);
			for (final float v : picture.values())
				assertTrue(v >= 0 && v <= 255 && v == Math.rint(v));
		}
	}

	/**
	 * As in photographs, differences of neighbours are mostly small, now and then large: their kurtosis is far above the 3 of
	 * a normal distribution. And neighbours resemble each other at any distance.
	 */
	@Test
	void differencesAreSparseAndCorrelationsReachFar() {
		double near = 0, far = 0, fourth = 0;
		for (final Raster p : DeadLeaves.images(8, 96, 2))
			for (int y = 0; y < 96; y++)
				for (int x = 0; x < 64; x++) {
					final double d = p.get(x + 1, y, 0) - p.get(x, y, 0), e = p.get(x + 32, y, 0) - p.get(x, y, 0);
					fourth += d * d * d * d;
					near += d * d;
					far += e * e;
				}
		final double kurtosis = fourth / (near * near) * 8 * 96 * 64;
		assertTrue(kurtosis > 8, "kurtosis " + kurtosis);
		assertTrue(far > 3 * near, "mean squares " + near + " and " + far);
	}
}

package sc.fiji.cfebm.color;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Raster;

class RecoloringTest {

	/** Smooth stripes around a mean, with a little noise. */
	private static Raster stripes(final double mean, final double contrast) {
		final SplittableRandom rng = new SplittableRandom(1);
		final Raster image = new Raster(64, 32, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (mean + contrast * Math.sin(i % 64 / 5.0) + 0.005 * rng.nextGaussian());
		return image;
	}

	private static double mean(final Raster image) {
		return Colors.of(image, 1).mean()[0];
	}

	private static Recoloring recoloring(final double share) {
		return new Recoloring(Palette.of(List.of(stripes(-0.4, 0.2), stripes(0, 0.2))), Palette.of(List.of(stripes(0.5, 0.1))), 1e-3, 1, share);
	}

	@Test
	void imagesOfOneSetKeepTheirOrder() {
		for (final double share : new double[] { 0, 0.75 }) {
			final Recoloring map = recoloring(share);
			final Raster dark = map.apply(stripes(-0.4, 0.2)), bright = map.apply(stripes(0, 0.2));
			assertTrue(mean(bright) > mean(dark) + 0.02, mean(dark) + " and " + mean(bright));
			assertEquals(0.5, (mean(dark) + mean(bright)) / 2, 0.03);
		}
	}

	@Test
	void anImagesOwnColorsBecomeTheOthers() {
		final Palette to = Palette.of(List.of(stripes(0.5, 0.1)));
		final Raster image = stripes(-0.4, 0.3), linear = Recoloring.of(image, to, 1e-3, 1, 0).apply(image);
		assertEquals(0.5, mean(linear), 0.01);
		assertEquals(to.moments().covariance()[0][0], Colors.of(linear, 1).covariance()[0][0], 1e-3);
		assertEquals(0.5, mean(Recoloring.of(image, to, 1e-3, 1, 0.75).apply(image)), 0.01);
	}

	@Test
	void theSameMapWhateverWasMappedBefore() {
		final Recoloring map = recoloring(0.5);
		final float[] first = map.apply(stripes(-0.2, 0.1)).values();
		map.apply(stripes(0.3, 0.4));
		assertArrayEquals(first, map.apply(stripes(-0.2, 0.1)).values());
	}
}

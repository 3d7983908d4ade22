package sc.fiji.cfebm.color;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Raster;

class PaletteTest {

	/** Values 0, 1, 2, … of pixels in a random order. */
	private static Raster ramp(final int pixels) {
		final Raster image = new Raster(pixels, 1, 1);
		final SplittableRandom rng = new SplittableRandom(1);
		for (int i = 0; i < pixels; i++) {
			final int j = rng.nextInt(i + 1);
			image.values()[i] = image.values()[j];
			image.values()[j] = i;
		}
		return image;
	}

	/** Two colors with noise, so many percent of them the first. */
	private static Raster mixture(final int percent, final double first, final double second) {
		final SplittableRandom rng = new SplittableRandom(2);
		final Raster image = new Raster(40, 50, 3);
		for (int p = 0; p < image.values().length / 3; p++)
			for (int k = 0; k < 3; k++)
				image.values()[3 * p + k] = (float) ((p % 100 < percent ? first : second) * (k + 1) / 3 + 0.02 * rng.nextGaussian());
		return image;
	}

	private static double share(final Raster image, final double above) {
		int count = 0;
		for (int i = 2; i < image.values().length; i += 3)
			if (image.values()[i] > above) count++;
		return 3.0 * count / image.values().length;
	}

	private static Raster transferred(final Raster image, final Palette from, final Palette to, final double share) {
		final Raster out = image.copy();
		new Transport(from, to).add(image, share, out);
		return out;
	}

	@Test
	void grayPaletteAreMeansBetweenQuantiles() {
		final Palette palette = Palette.of(List.of(ramp(512)));
		assertEquals(256, palette.size());
		for (int i = 0; i < 256; i++)
			assertEquals(2 * i + 0.5f, palette.colors()[i]);
		assertEquals(255.5, palette.moments().mean()[0], 1e-9);
	}

	@Test
	void imagesCountByTheirArea() {
		final Raster dark = new Raster(30, 10, 1), bright = new Raster(10, 10, 1);
		java.util.Arrays.fill(bright.values(), 1);
		assertEquals(0.25, Palette.of(List.of(dark, bright)).moments().mean()[0], 5e-3);
		assertEquals(1, Palette.of(List.of(new Raster(1, 1, 3))).size());
		// More pixels than are looked at.
		final Raster large = new Raster(700, 300, 1), half = new Raster(700, 300, 1);
		java.util.Arrays.fill(half.values(), 1);
		assertEquals(0.5, Palette.of(List.of(large, half)).moments().mean()[0], 0.01);
	}

	@Test
	void anImageGetsTheOthersShares() {
		final Raster image = mixture(30, 0.6, -0.5), like = mixture(60, 0.6, -0.5);
		final Palette from = Palette.of(List.of(image)), to = Palette.of(List.of(like));
		assertEquals(0.3, share(image, 0.05), 1e-9);
		final Raster changed = transferred(image, from, to, 1);
		final double mean = Colors.of(changed, 1).mean()[2];
		assertEquals(to.moments().mean()[2], mean, 0.03);
		// Entropy keeps like colors together: the first stays one color, and the second moves towards it.
		assertTrue(Math.abs(mean - to.moments().mean()[2]) < 0.1 * Math.abs(from.moments().mean()[2] - to.moments().mean()[2]), "" + mean);
		final Raster half = transferred(image, from, to, 0.5);
		for (int i = 0; i < image.values().length; i++)
			assertEquals((image.values()[i] + changed.values()[i]) / 2, half.values()[i], 1e-5);
	}

	@Test
	void brightnessIsCarriedToAnotherCurve() {
		final Raster image = new Raster(64, 64, 1), squared = new Raster(64, 64, 1);
		for (int i = 0; i < 4096; i++) {
			image.values()[i] = i / 2048f - 1;
			squared.values()[i] = (float) (2 * Math.pow(i / 4096.0, 2) - 1);
		}
		final Raster changed = transferred(image, Palette.of(List.of(image)), Palette.of(List.of(squared)), 1);
		double was = 0, is = 0;
		for (int i = 0; i < 4096; i++) {
			was += Math.abs(image.values()[i] - squared.values()[i]) / 4096;
			is += Math.abs(changed.values()[i] - squared.values()[i]) / 4096;
			if (i > 0) assertTrue(changed.values()[i] >= changed.values()[i - 1], "at " + i);
		}
		assertTrue(is < 0.15 * was, is + " of " + was);
	}

	@Test
	void itsOwnPaletteHardlyChangesAnImage() {
		final Raster image = mixture(30, 0.6, -0.5);
		final Palette own = Palette.of(List.of(image));
		assertArrayEquals(image.values(), transferred(image, own, own, 1).values(), 0.1f);
		assertArrayEquals(image.values(), transferred(image, own, Palette.of(List.of(mixture(60, 1, 0))), 0).values());
	}

	/** Weak noise stays weak, and what is constant stays so. */
	@Test
	void emptyImagesStayEmpty() {
		final Raster constant = new Raster(8, 8, 3);
		final Palette to = Palette.of(List.of(mixture(40, 0.9, -0.9)));
		final Raster changed = transferred(constant, Palette.of(List.of(constant)), to, 1);
		for (int i = 3; i < changed.values().length; i++)
			assertEquals(changed.values()[i % 3], changed.values()[i], 1e-6);
		assertEquals(to.moments().mean()[0], changed.values()[0], 1e-2);
	}

	@Test
	void wrongPalettesAreRefused() {
		assertThrows(IllegalArgumentException.class, () -> new Palette(4, new float[8]));
		assertThrows(IllegalArgumentException.class, () -> new Palette(3, new float[0]));
		assertThrows(IllegalArgumentException.class, () -> new Palette(3, new float[7]));
		assertThrows(IllegalArgumentException.class, () -> new Palette(1, new float[] { 1, Float.NaN }));
		final Palette gray = new Palette(1, new float[] { 1 }), rgb = new Palette(3, new float[3]);
		assertThrows(IllegalArgumentException.class, () -> new Transport(gray, rgb));
	}
}

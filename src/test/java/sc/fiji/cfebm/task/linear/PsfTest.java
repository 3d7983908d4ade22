package sc.fiji.cfebm.task.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.linear.Psfs.Optics;

/** Point spread functions from numbers, and from images that are not as they should be. */
class PsfTest {

	private static Raster spot(final int width, final int height, final double x, final double y, final double background) {
		final Raster spot = new Raster(width, height, 1);
		for (int i = 0; i < spot.values().length; i++)
			spot.values()[i] = (float) (background + 100 * Math.exp(-0.5 * (Math.pow(i % width - x, 2) + Math.pow(i / width - y, 2)) / 2));
		return spot;
	}

	private static double sum(final Psf psf) {
		double sum = 0;
		for (final float v : psf.values())
			sum += v;
		return sum;
	}

	@Test
	void whatIsNotAsItShouldBeIsMendedAndSaid() {
		final Psf right = Psf.of(spot(21, 21, 10, 10, 0)).psf();
		assertEquals(List.of(), Psf.of(spot(21, 21, 10, 10, 0)).mended());
		final Psf.Read off = Psf.of(spot(40, 33, 14, 18, 50));
		assertEquals(2, off.mended().size(), off.mended().toString());
		assertTrue(off.mended().get(0).startsWith("had a background of 50") && off.mended().get(1).contains("x 14, y 18"), off.mended().toString());
		for (final Psf psf : List.of(right, off.psf(), Psf.of(spot(20, 20, 9, 9, 0)).psf())) {
			assertEquals(1, sum(psf), 1e-5);
			assertTrue(psf.width() % 2 == 1 && psf.height() % 2 == 1);
			assertEquals(right.values()[right.values().length / 2], psf.values()[psf.values().length / 2], 1e-3);
		}
		final Raster negative = spot(21, 21, 10, 10, 0);
		negative.values()[5 * 21 + 5] = -20;
		final Psf.Read without = Psf.of(negative);
		assertEquals(List.of("had values below 0, which became 0"), without.mended());
		final Raster colors = spot(21, 21, 10, 10, 0).replicated(3);
		assertEquals(List.of("has colors, of which the mean was taken"), Psf.of(colors).mended());
	}

	@Test
	void whatIsNoneIsRefusedInASentence() {
		final Raster nan = spot(9, 9, 4, 4, 0);
		nan.values()[3] = Float.NaN;
		for (final Raster none : List.of(nan, new Raster(5, 5, 1), spot(9, 9, 4, 4, -1000), new Raster(1, 1, 1))) {
			final String said = assertThrows(IllegalArgumentException.class, () -> Psf.of(none)).getMessage();
			assertTrue(said.startsWith("The PSF ") && said.endsWith("."), said);
		}
	}

	@Test
	void aLargeOneIsCut() {
		final Psf wide = Psfs.gaussian(4), cut = wide.cut(10, 7);
		assertEquals(9, cut.width());
		assertEquals(7, cut.height());
		assertEquals(1, sum(cut), 1e-5);
		assertEquals(wide, wide.cut(1000, 1000));
		assertTrue(wide.cut(1, 2).isPoint());
	}

	/** The ring of Airy's disk is dark at 0.61·λ/NA, and half of the maximum is 0.51·λ/NA wide. */
	@Test
	void withoutDepthALensShowsAirysDisk() {
		final Psf psf = Psfs.gibsonLanni(new Optics(0.5, 0.5, 0.02, 1, 1.33, 0));
		assertEquals(0.515 * 0.5 / 0.5, 0.02 * psf.widths()[0], 0.01);
		final int middle = psf.width() / 2, row = middle * psf.width();
		int dark = middle;
		while (psf.values()[row + dark + 1] < psf.values()[row + dark])
			dark++;
		assertEquals(0.61, 0.02 * (dark - middle), 0.021);
	}

	/** Under water an oil immersion blurs, the deeper the more; not so where the indices are the same. */
	@Test
	void depthBlurs() {
		double before = 0;
		for (final double depth : new double[] { 0, 5, 20 }) {
			final Psf psf = Psfs.gibsonLanni(new Optics(1.2, 0.52, 0.1, 1.515, 1.33, depth));
			assertEquals(1, sum(psf), 1e-4);
			assertTrue(psf.values()[psf.values().length / 2] < (before == 0 ? 1 : before), "" + depth);
			before = psf.values()[psf.values().length / 2];
		}
		assertArrayEquals(Psfs.gibsonLanni(new Optics(1.2, 0.52, 0.1, 1.515, 1.515, 0)).values(), Psfs.gibsonLanni(new Optics(1.2, 0.52, 0.1, 1.515,
			1.515, 9)).values(), 1e-4f);
	}

	@Test
	void aGaussianHasItsWidth() {
		assertEquals(2.355 * 3, Psfs.gaussian(3).widths()[1], 0.1);
		assertEquals(2.355 * 0.225 * 0.5 / 1.2 / 0.05, Psfs.gaussian(new Optics(1.2, 0.5, 0.05, 1.515, 1.33, 0)).widths()[0], 0.1);
	}

	@Test
	void aMotionIsALine() {
		final Psf across = Psfs.motion(5, 0);
		assertEquals(1, across.values()[across.height() / 2 * across.width() + across.width() / 2] * 5, 0.01);
		assertEquals(5, across.widths()[0], 0.6);
		// Counterclockwise: up to the right.
		final Psf up = Psfs.motion(9, 45);
		assertTrue(up.values()[(up.height() / 2 - 2) * up.width() + up.width() / 2 + 2] > 0);
		assertEquals(0, up.values()[(up.height() / 2 + 2) * up.width() + up.width() / 2 + 2]);
	}

	@Test
	void numbersAreChecked() {
		says("aperture is 0.0", () -> new Optics(0, 0.5, 0.1, 1, 1, 0));
		says("below the refractive index", () -> new Optics(1.4, 0.5, 0.1, 1.33, 1, 0));
		says("wavelength", () -> new Optics(1.4, Double.NaN, 0.1, 1.515, 1.33, 0));
		says("pixel size", () -> new Optics(1.4, 0.5, -1, 1.515, 1.33, 0));
		says("depth", () -> new Optics(1.4, 0.5, 0.1, 1.515, 1.33, -1));
		says("length of the motion", () -> Psfs.motion(0, 3));
		says("length of the motion", () -> Psfs.motion(1e9, 3));
		says("angle", () -> Psfs.motion(3, Double.NaN));
		says("standard deviation", () -> Psfs.gaussian(0));
	}

	private static void says(final String part, final org.junit.jupiter.api.function.Executable call) {
		final String said = assertThrows(IllegalArgumentException.class, call).getMessage();
		assertTrue(said.contains(part) && said.endsWith("."), said);
	}
}

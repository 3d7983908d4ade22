package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ij.ImagePlus;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;

class GalleryTest {

	private static final Normalization DISPLAY = new Normalization(-3, 700);

	@ParameterizedTest
	@CsvSource({ "1,1,1", "1,3,1", "1,2,4", "2,3,2", "2,1,1" })
	void grayPicturesAreKeptAsTheyAre(final int channels, final int pictures, final int frames) {
		final List<List<Raster>> all = frames(5, 4, channels, pictures, frames);
		final ImagePlus imp = Gallery.of("x", all, DISPLAY);
		assertArrayEquals(new int[] { 5, 4, channels, pictures, frames }, imp.getDimensions());
		assertEquals(Math.min(channels, 2) + Math.min(pictures, 2) + Math.min(frames, 2) > 4, imp.isHyperStack());
		for (int f = 0; f < frames; f++)
			for (int p = 0; p < pictures; p++)
				for (int c = 0; c < channels; c++) {
					final var ip = imp.getStack().getProcessor(imp.getStackIndex(c + 1, p + 1, f + 1));
					for (int y = 0; y < 4; y++)
						for (int x = 0; x < 5; x++)
							assertEquals(all.get(f).get(p).get(x, y, c), ip.getf(x, y));
				}
		assertEquals(-3, imp.getDisplayRangeMin(), 1e-3);
		assertEquals(700, imp.getDisplayRangeMax(), 1e-3);
	}

	@Test
	void threeChannelsAreRgbRoundedAndClamped() {
		final Raster picture = new Raster(2, 1, 3, new float[] { -40, 12.4f, 255.6f, 200.5f, 0, 3000 });
		final ImagePlus imp = Gallery.of("x", List.of(List.of(picture, picture), List.of(picture, picture)), DISPLAY);
		assertEquals(ImagePlus.COLOR_RGB, imp.getType());
		assertArrayEquals(new int[] { 2, 1, 1, 2, 2 }, imp.getDimensions());
		assertTrue(imp.isHyperStack());
		assertArrayEquals(new int[] { 0, 12, 255 }, imp.getStack().getProcessor(4).getPixel(0, 0, null));
		assertArrayEquals(new int[] { 201, 0, 255 }, imp.getStack().getProcessor(4).getPixel(1, 0, null));
	}

	@ParameterizedTest
	@CsvSource({ "1,1,1", "2,2,1", "4,2,2", "5,3,2", "16,4,4", "17,5,4" })
	void aMontageHasEveryPictureInItsPlace(final int pictures, final int columns, final int rows) {
		final List<Raster> all = frames(6, 6, 2, pictures, 1).get(0);
		final Raster montage = Gallery.montage(all, -1);
		assertEquals(columns * 7 - 1, montage.width());
		assertEquals(rows * 7 - 1, montage.height());
		for (int y = 0; y < montage.height(); y++)
			for (int x = 0; x < montage.width(); x++) {
				final int i = y / 7 * columns + x / 7;
				final float right = i < pictures && x % 7 < 6 && y % 7 < 6 ? all.get(i).get(x % 7, y % 7, 1) : -1;
				assertEquals(right, montage.get(x, y, 1));
			}
	}

	@Test
	void widePicturesAreStackedHigh() {
		assertEquals(99, Gallery.montage(frames(99, 9, 1, 10, 1).get(0), 0).width());
	}

	private static List<List<Raster>> frames(final int w, final int h, final int channels, final int pictures,
		final int frames)
	{
		final List<List<Raster>> all = new ArrayList<>();
		float next = -7.25f;
		for (int f = 0; f < frames; f++) {
			all.add(new ArrayList<>());
			for (int p = 0; p < pictures; p++) {
				final Raster picture = new Raster(w, h, channels);
				for (int i = 0; i < picture.values().length; i++)
					picture.values()[i] = next++;
				all.get(f).add(picture);
			}
		}
		return all;
	}
}

package sc.fiji.cfebm.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import net.imglib2.FinalInterval;
import net.imglib2.RandomAccessible;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Rasters;

/** Maps of parts of images. */
class CellAnomalyTest {

	private static final int SIDE = 64, WIDTH = 400, HEIGHT = 90;
	private static Model model;

	@BeforeAll
	static void read() throws IOException {
		final Path models = Path.of("plugins", "CF-EBM", "models");
		model = Model.read(models.resolve("nuclei.cfebm"));
	}

	private static CellAnomaly cells(final int threads, final int piece) {
		return new CellAnomaly(model, model.range(), threads, piece);
	}

	/** Smooth and noisy, of the gray values of the training. */
	private static float[] pixels(final int width, final int height) {
		final Normalization range = model.range();
		final SplittableRandom random = new SplittableRandom(5);
		final float[] pixels = new float[width * height];
		for (int i = 0; i < pixels.length; i++)
			pixels[i] = (float) (range.low() + (range.high() - range.low()) * (0.4 + 0.2 * Math.sin(0.07 * (i % width)) + 0.05 * random
				.nextGaussian()));
		return pixels;
	}

	private static float[] map(final CellAnomaly cells, final RandomAccessible<FloatType> image, final long... minMax) {
		final FinalInterval part = FinalInterval.createMinMax(minMax);
		final RandomAccessibleInterval<FloatType> out = Views.translate(ArrayImgs.floats(part.dimensionsAsLongArray()), part.minAsLongArray());
		cells.map(image, out, Progress.NONE);
		return Rasters.read(Views.zeroMin(out)).values();
	}

	@Test
	void partsAreThoseOfTheWholeImage() {
		final float[] pixels = pixels(WIDTH, HEIGHT);
		final RandomAccessibleInterval<FloatType> image = ArrayImgs.floats(pixels, WIDTH, HEIGHT);
		final float[] whole = new float[pixels.length];
		try (Cfebm all = new Cfebm(model)) {
			all.anomalies(image, ArrayImgs.floats(whole, WIDTH, HEIGHT), Progress.NONE);
		}
		try (CellAnomaly small = cells(1, SIDE); CellAnomaly large = cells(1, 512)) {
			assertTrue(WIDTH > SIDE + CellAnomaly.around(model));
			// One piece is the image.
			assertArrayEquals(whole, map(large, image, 0, 0, WIDTH - 1, HEIGHT - 1));
			final float[] pieces = map(small, image, 0, 0, WIDTH - 1, HEIGHT - 1);
			for (int i = 0; i < whole.length; i++)
				assertEquals(whole[i], pieces[i], 1e-3f);
			// Any division gives the same bits.
			final float[] part = map(small, image, 50, 20, 149, 59);
			for (int i = 0; i < part.length; i++)
				assertEquals(pieces[(20 + i / 100) * WIDTH + 50 + i % 100], part[i]);
		}
	}

	@Test
	void imagesOfMoreDimensionsAreMappedWhereTheyAreLookedAt() {
		final float[] pixels = pixels(100, 80 * 2);
		final RandomAccessibleInterval<FloatType> stack = Views.translate(ArrayImgs.floats(pixels, 100, 80, 2), 5, -3, 7);
		try (CellAnomaly cells = cells(2, 128)) {
			final RandomAccessibleInterval<FloatType> lazy = cells.lazily(stack);
			assertArrayEquals(stack.minAsLongArray(), lazy.minAsLongArray());
			assertArrayEquals(stack.dimensionsAsLongArray(), lazy.dimensionsAsLongArray());
			final float[] second = map(cells, Views.hyperSlice(stack, 2, 8), 5, -3, 104, 76);
			assertEquals(second[40 * 100 + 30], lazy.getAt(35, 37, 8).get());
			// Without borders no place is at one.
			final float[] inside = map(cells, Views.hyperSlice(Views.extendMirrorSingle(stack), 2, 8), 20, 30, 21, 31);
			assertTrue(Float.isFinite(inside[0]));
		}
	}

	@Test
	void whatIsMissingIsMissingInTheMap() {
		final float[] pixels = pixels(100, 80);
		pixels[30 * 100 + 40] = Float.NaN;
		try (CellAnomaly cells = cells(1, 128)) {
			final float[] map = map(cells, ArrayImgs.floats(pixels, 100, 80), 0, 0, 99, 79);
			for (int i = 0; i < map.length; i++)
				assertEquals(i == 30 * 100 + 40, Float.isNaN(map[i]));
			Arrays.fill(pixels, Float.NaN);
			assertTrue(Float.isNaN(map(cells, ArrayImgs.floats(pixels, 100, 80), 0, 0, 99, 79)[0]));
		}
	}

	@Test
	void whatDoesNotFitIsOneSentence() {
		final int side = model.size();
		try (CellAnomaly cells = cells(1, 128)) {
			says("The image must be at least " + side + "×" + side + " pixels, the size of the model's tiles, not 100×" + (side - 1) + ".", () -> map(
				cells, ArrayImgs.floats(100, side - 1), 0, 0, 9, 9));
			says("The part from 0 to 100 of dimension 0 is not inside the image, which reaches from 0 to 99.", () -> map(cells, ArrayImgs.floats(100,
				100), 0, 0, 100, 9));
			says("The image has 3 dimensions, and the part that is wanted has 2.", () -> map(cells, ArrayImgs.floats(100, 100, 2), 0, 0, 9, 9));
		}
		says("The side of a piece must be a multiple of 64 from 64 to 2048 pixels, not 100.", () -> cells(1, 100));
	}

	private static void says(final String sentence, final org.junit.jupiter.api.function.Executable call) {
		assertEquals(sentence, assertThrows(IllegalArgumentException.class, call).getMessage());
	}
}

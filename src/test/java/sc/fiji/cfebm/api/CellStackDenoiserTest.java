package sc.fiji.cfebm.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;

/** Parts of stacks, with neighbours. */
class CellStackDenoiserTest {

	private static final Path MODELS = Path.of("plugins", "CF-EBM", "models");
	private static final double SIGMA = 25;
	private static final int WIDTH = 40, HEIGHT = 32, DEPTH = 9;
	private static final CellPlan PLAN = new CellPlan(NoiseModel.white(SIGMA), new Normalization(0, 200));

	private static Model model, ofPlanes;
	private static CellStackDenoiser cells;

	@BeforeAll
	static void open() throws IOException {
		model = Model.read(MODELS.resolve("microscopy.cfebm"));
		ofPlanes = Model.readAny(MODELS.resolve("microscopy-stack.cfebm"));
		cells = new CellStackDenoiser(model, ofPlanes, PLAN, 2, 2, 64);
	}

	@AfterAll
	static void close() {
		cells.close();
	}

	private static float[] noisy(final long seed) {
		final SplittableRandom random = new SplittableRandom(seed);
		final float[] values = new float[WIDTH * HEIGHT * DEPTH];
		for (int i = 0; i < values.length; i++)
			values[i] = (float) (100 + 60 * Math.sin(0.4 * (i % WIDTH) + seed) * Math.cos(0.3 * (i / WIDTH % HEIGHT)) + SIGMA * random.nextGaussian());
		return values;
	}

	private static float[] whole(final RandomAccessibleInterval<FloatType> image) {
		final float[] values = new float[WIDTH * HEIGHT * DEPTH];
		cells.denoise(image, ArrayImgs.floats(values, WIDTH, HEIGHT, DEPTH), Progress.NONE);
		return values;
	}

	@Test
	void aPartIsThatOfTheWholeStack() {
		final float[] values = noisy(1);
		final RandomAccessibleInterval<FloatType> image = ArrayImgs.floats(values, WIDTH, HEIGHT, DEPTH);
		final float[] whole = whole(image);
		// Neighbours help: what is left is less than the model of single planes leaves.
		final float[] alone = new float[whole.length];
		try (CellDenoiser single = new CellDenoiser(model, PLAN, 1, 64)) {
			single.denoise(image, ArrayImgs.floats(alone, WIDTH, HEIGHT, DEPTH));
		}
		assertFalse(error(whole) > 0.9 * error(alone), error(whole) + " " + error(alone));
		for (final int[] part : new int[][] { { 0, 1 }, { 4, 5 }, { 3, 7 }, { 8, 9 } }) {
			final int deep = part[1] - part[0];
			final float[] made = new float[WIDTH * HEIGHT * deep];
			cells.denoise(image, Views.translate(ArrayImgs.floats(made, WIDTH, HEIGHT, deep), 0, 0, part[0]), Progress.NONE);
			assertArrayEquals(Arrays.copyOfRange(whole, WIDTH * HEIGHT * part[0], WIDTH * HEIGHT * part[1]), made);
		}
		// What is farther away than five planes makes no difference.
		final float[] middle = new float[12 * 10];
		final float[] other = values.clone();
		Arrays.fill(other, 0, WIDTH * HEIGHT * 2, 7);
		cells.denoise(ArrayImgs.floats(other, WIDTH, HEIGHT, DEPTH), Views.translate(ArrayImgs.floats(middle, 12, 10, 1), 20, 15, 7), Progress.NONE);
		for (int i = 0; i < middle.length; i++)
			assertEquals(whole[WIDTH * (HEIGHT * 7 + 15 + i / 12) + 20 + i % 12], middle[i]);
	}

	private static double error(final float[] values) {
		double sum = 0;
		for (int i = 0; i < values.length; i++)
			sum += Math.pow(values[i] - 100 - 60 * Math.sin(0.4 * (i % WIDTH) + 1) * Math.cos(0.3 * (i / WIDTH % HEIGHT)), 2);
		return Math.sqrt(sum / values.length);
	}

	@Test
	void linesOfSeveralStacksAndWhatIsLookedAt() {
		// Two stacks, one beside the other along the third dimension.
		final float[] first = noisy(1), second = noisy(2), both = new float[2 * first.length];
		final int area = WIDTH * HEIGHT;
		for (int z = 0; z < DEPTH; z++) {
			System.arraycopy(first, z * area, both, 2 * z * area, area);
			System.arraycopy(second, z * area, both, (2 * z + 1) * area, area);
		}
		final RandomAccessibleInterval<FloatType> image = ArrayImgs.floats(both, WIDTH, HEIGHT, 2, DEPTH);
		final float[] expected = whole(ArrayImgs.floats(second, WIDTH, HEIGHT, DEPTH)), looked = new float[area];
		try (CellStackDenoiser along = new CellStackDenoiser(model, ofPlanes, PLAN, 3, 1, 64)) {
			final RandomAccessibleInterval<FloatType> lazy = Views.hyperSlice(Views.hyperSlice(along.lazily(image), 3, 6), 2, 1);
			int i = 0;
			for (final FloatType value : Views.flatIterable(lazy))
				looked[i++] = value.get();
		}
		assertArrayEquals(Arrays.copyOfRange(expected, 6 * area, 7 * area), looked);
	}

	@Test
	void whatIsWrongIsOneSentence() {
		assertEquals("Stacks are denoised by a model of gray images and one of neighbouring planes of such.", assertThrows(
			IllegalArgumentException.class, () -> new CellStackDenoiser(model, model, PLAN, 2, 1, 64)).getMessage());
		assertEquals("Planes are neighbours along a dimension from 2 on, not 1.", assertThrows(IllegalArgumentException.class,
			() -> new CellStackDenoiser(model, ofPlanes, PLAN, 1, 1, 64)).getMessage());
		assertEquals("The image has no dimension 2 along which planes are neighbours.", assertThrows(IllegalArgumentException.class,
			() -> cells.denoise(ArrayImgs.floats(8, 8), ArrayImgs.floats(8, 8), Progress.NONE)).getMessage());
	}
}

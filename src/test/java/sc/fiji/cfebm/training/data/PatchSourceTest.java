package sc.fiji.cfebm.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;

class PatchSourceTest {

	/** Gray values are model units. */
	private static final Normalization SAME = new Normalization(-1, 1);

	@Test
	void flipsAndTurnsMakeTheEightImagesOfASquare() {
		final Raster image = counting(8, 8, 2);
		final PatchSource patches = new PatchSource(List.of(image), SAME, 8, true, true, true);
		final SplittableRandom rng = new SplittableRandom(1);
		final Set<String> seen = new HashSet<>();
		for (int i = 0; i < 300; i++) {
			final float[] patch = patches.draw(1, 8, rng);
			seen.add(Arrays.toString(patch));
			final float[] sorted = patch.clone();
			Arrays.sort(sorted);
			assertArrayEquals(image.values(), sorted, "every pixel once");
			// Neighbours stay neighbours: all differences between adjacent pixels are those of the image.
			for (int p = 0; p < 7; p++) {
				final float d = Math.abs(patch[(p + 1) * 2] - patch[p * 2]);
				assertEquals(true, d == 2 || d == 16, "difference " + d);
			}
		}
		assertEquals(8, seen.size());
	}

	@Test
	void withoutOptionsPatchesStayUpright() {
		final Raster image = counting(8, 8, 1);
		assertArrayEquals(image.values(), new PatchSource(List.of(image), SAME, 8, false, false, true).draw(1, 8, new SplittableRandom(
			1)));
	}

	@Test
	void patchesArePooledToTheStage() {
		final Raster image = counting(16, 16, 1);
		final float[] pooled = new PatchSource(List.of(image), SAME, 16, false, false, true).draw(1, 8, new SplittableRandom(1));
		assertEquals(64, pooled.length);
		assertEquals((0 + 1 + 16 + 17) / 4f, pooled[0]);
		assertEquals((2 + 3 + 18 + 19) / 4f, pooled[1]);
	}

	@Test
	void imagesSmallerThanAPatchAreMirrored() {
		final float[] patch = new PatchSource(List.of(new Raster(2, 1, 1, new float[] { 1, 2 })), SAME, 8, false, false, true).draw(1, 8,
			new SplittableRandom(1));
		assertArrayEquals(new float[] { 1, 2, 2, 1, 1, 2, 2, 1 }, Arrays.copyOf(patch, 8));
	}

	@Test
	void imagesAreDrawnByTheirArea() {
		final Raster small = new Raster(8, 8, 1), large = new Raster(24, 8, 1);
		Arrays.fill(large.values(), 1);
		final float[] patches = new PatchSource(List.of(small, large), SAME, 8, true, true, true).draw(4000, 8, new SplittableRandom(
			1));
		double ones = 0;
		for (int i = 0; i < patches.length; i += 64)
			ones += patches[i] / 4000;
		assertEquals(0.75, ones, 0.03); // four standard errors of 4 000 draws
	}

	@Test
	void patchesAreInModelUnits() {
		final Raster image = counting(8, 8, 3);
		final Normalization range = new Normalization(20, 90);
		assertArrayEquals(range.toModel(image).values(), new PatchSource(List.of(image), range, 8, false, false, true).draw(
			1, 8, new SplittableRandom(1)), 1e-6f);
	}

	@Test
	void backgroundIsDrawnLessOftenAndAShareOfItKept() {
		final List<Raster> images = List.of(cells(3, 1, 2), cells(0, 1, 3), cells(2, 1, 4));
		for (final int side : new int[] { 16, 32 }) {
			final double uniform = emptyShare(images, side, true), drawn = emptyShare(images, side, false);
			assertTrue(uniform > 0.75, side + " px: " + uniform);
			// Kept: so that the model knows what background is. Some patches show but the corner of a cell.
			assertTrue(drawn > 0.15 && drawn < 0.5, side + " px: " + drawn + ", " + uniform + " without");
		}
	}

	@Test
	void whatIsRareIsDrawnTenTimesAsOftenAtMost() {
		final List<Raster> images = List.of(cells(3, 1, 2), cells(0, 1, 3), cells(2, 1, 4));
		final double more = (1 - emptyShare(images, 8, false)) / (1 - emptyShare(images, 8, true));
		assertTrue(more > 7 && more < 12, "times " + more);
	}

	@Test
	void imagesFullOfStructureAreDrawnFromAsTheyAre() {
		final SplittableRandom noise = new SplittableRandom(1);
		final Raster image = new Raster(160, 120, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (100 + 50 * Math.sin(i % 160 / 7.0) * Math.cos(i / 160 / 5.0) + 5 * noise
				.nextGaussian());
		assertDrawnAlike(image);
	}

	@Test
	void noiseAloneIsDrawnFromAsItIs() {
		final SplittableRandom noise = new SplittableRandom(1);
		final Raster image = new Raster(160, 120, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (1e5 + noise.nextGaussian());
		assertEquals(1, new BackgroundSampling(List.of(image), 32).share());
		assertEquals(4, new PatchSource(List.of(image), SAME, 32, true, true, false).draw(1, 2, noise).length);
		assertEquals(1, new BackgroundSampling(List.of(new Raster(5, 3, 1)), 8).share());
	}

	@Test
	void faintImagesBesideBrightOnesAreNotBackground() {
		final BackgroundSampling background = new BackgroundSampling(List.of(cells(3, 1, 2), cells(3, 20, 3)), 32);
		final BackgroundSampling alone = new BackgroundSampling(List.of(cells(3, 1, 2)), 32);
		for (int y = 0; y <= 160; y += 8)
			for (int x = 0; x <= 160; x += 8)
				assertEquals(alone.isEmpty(0, x, y), background.isEmpty(0, x, y));
	}

	@Test
	void theSameSeedDrawsTheSamePatches() {
		final List<Raster> images = List.of(cells(3, 1, 2), cells(2, 1, 4));
		final float[] one = new PatchSource(images, SAME, 32, true, true, false).draw(50, 8, new SplittableRandom(7));
		assertArrayEquals(one, new PatchSource(images, SAME, 32, true, true, false).draw(50, 8, new SplittableRandom(7)));
	}

	private static void assertDrawnAlike(final Raster image) {
		assertTrue(new BackgroundSampling(List.of(image), 32).share() < BackgroundSampling.SHARE);
		assertArrayEquals(new PatchSource(List.of(image), SAME, 32, true, true, true).draw(20, 32, new SplittableRandom(7)),
			new PatchSource(List.of(image), SAME, 32, true, true, false).draw(20, 32, new SplittableRandom(7)));
	}

	/** The share of patches without a pixel of a cell. */
	private static double emptyShare(final List<Raster> images, final int side, final boolean everywhereAlike) {
		final int count = 3000;
		final float[] patches = new PatchSource(images, SAME, side, true, true, everywhereAlike).draw(count, side,
			new SplittableRandom(1));
		int empty = 0;
		for (int n = 0; n < count; n++) {
			float max = 0;
			for (int i = n * side * side; i < (n + 1) * side * side; i++)
				max = Math.max(max, patches[i]);
			if (max < 130) empty++;
		}
		return (double) empty / count;
	}

	/** Round cells 20 px wide and 100 gray values above a background of 100 with noise. */
	private static Raster cells(final int count, final double brighter, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final Raster image = new Raster(192, 192, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (100 + 5 * rng.nextGaussian());
		for (int k = 0; k < count; k++) {
			final int cx = 20 + rng.nextInt(150), cy = 20 + rng.nextInt(150);
			for (int i = 0; i < image.values().length; i++)
				if (Math.hypot(i % 192 - cx, i / 192 - cy) < 10) image.values()[i] += (float) (100 * brighter);
		}
		return image;
	}

	private static Raster counting(final int w, final int h, final int c) {
		final Raster r = new Raster(w, h, c);
		for (int i = 0; i < r.values().length; i++)
			r.values()[i] = i;
		return r;
	}
}

package sc.fiji.cfebm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.tile.Raster;

class PatchSourceTest {

	@Test
	void flipsAndTurnsMakeTheEightImagesOfASquare() {
		final Raster image = counting(8, 8, 2);
		final PatchSource patches = new PatchSource(List.of(image), 8, true, true);
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
		assertArrayEquals(image.values(), new PatchSource(List.of(image), 8, false, false).draw(1, 8, new SplittableRandom(
			1)));
	}

	@Test
	void patchesArePooledToTheStage() {
		final Raster image = counting(16, 16, 1);
		final float[] pooled = new PatchSource(List.of(image), 16, false, false).draw(1, 8, new SplittableRandom(1));
		assertEquals(64, pooled.length);
		assertEquals((0 + 1 + 16 + 17) / 4f, pooled[0]);
		assertEquals((2 + 3 + 18 + 19) / 4f, pooled[1]);
	}

	@Test
	void imagesSmallerThanAPatchAreMirrored() {
		final float[] patch = new PatchSource(List.of(new Raster(2, 1, 1, new float[] { 1, 2 })), 8, false, false).draw(1, 8,
			new SplittableRandom(1));
		assertArrayEquals(new float[] { 1, 2, 2, 1, 1, 2, 2, 1 }, Arrays.copyOf(patch, 8));
	}

	@Test
	void imagesAreDrawnByTheirArea() {
		final Raster small = new Raster(8, 8, 1), large = new Raster(24, 8, 1);
		Arrays.fill(large.values(), 1);
		final float[] patches = new PatchSource(List.of(small, large), 8, true, true).draw(4000, 8, new SplittableRandom(
			1));
		double ones = 0;
		for (int i = 0; i < patches.length; i += 64)
			ones += patches[i] / 4000;
		assertEquals(0.75, ones, 0.03); // four standard errors of 4 000 draws
	}

	private static Raster counting(final int w, final int h, final int c) {
		final Raster r = new Raster(w, h, c);
		for (int i = 0; i < r.values().length; i++)
			r.values()[i] = i;
		return r;
	}
}

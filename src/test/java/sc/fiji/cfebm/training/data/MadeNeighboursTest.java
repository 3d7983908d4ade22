package sc.fiji.cfebm.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Waves;

/** Neighbouring planes made of single images, and cut out of those that have them. */
class MadeNeighboursTest {

	private static final Normalization SAME = new Normalization(-1, 1);
	private static final int SIDE = 32, COUNT = 200;

	private static PatchSource source(final List<Raster> images) {
		return new PatchSource(images, 3, SAME, SIDE, true, true, true);
	}

	@Test
	void mostPlanesShowNearlyTheSameAndSomeSomethingElse() {
		final PatchSource patches = source(List.of(Waves.waves(90, 90, 0), Waves.waves(80, 100, 1)));
		assertEquals(3, patches.channels());
		final float[] drawn = patches.draw(COUNT, SIDE, new SplittableRandom(1));
		assertEquals(COUNT * SIDE * SIDE * 3, drawn.length);
		int alike = 0, same = 0;
		for (int n = 0; n < COUNT; n++) {
			double difference = 0, contrast = 0, mean = 0;
			for (int i = n * SIDE * SIDE; i < (n + 1) * SIDE * SIDE; i++)
				mean += drawn[3 * i + 1] / (SIDE * SIDE);
			for (int i = n * SIDE * SIDE; i < (n + 1) * SIDE * SIDE; i++) {
				assertTrue(Float.isFinite(drawn[3 * i]) && Math.abs(drawn[3 * i]) < 400);
				difference += Math.pow(drawn[3 * i + 1] - drawn[3 * i], 2);
				contrast += 2 * Math.pow(drawn[3 * i + 1] - mean, 2);
			}
			if (difference < 0.3 * contrast) alike++;
			if (difference == 0) same++;
		}
		assertTrue(alike > 0.5 * COUNT && alike < COUNT, alike + " alike");
		assertTrue(same > 0 && same < 0.3 * COUNT, same + " the same");
	}

	@Test
	void theSameSeedMakesTheSame() {
		final PatchSource patches = source(List.of(Waves.waves(60, 60, 0)));
		assertArrayEquals(patches.draw(20, SIDE, new SplittableRandom(3)), patches.draw(20, SIDE, new SplittableRandom(3)));
	}

	@Test
	void coarserPatchesAreMeansOfFinerOnes() {
		final PatchSource patches = source(List.of(Waves.waves(60, 60, 0)));
		final float[] fine = patches.draw(3, SIDE, new SplittableRandom(3)), coarse = patches.draw(3, SIDE / 2, new SplittableRandom(3));
		assertEquals((fine[0] + fine[3] + fine[3 * SIDE] + fine[3 * SIDE + 3]) / 4, coarse[0], 1e-3);
	}

	@Test
	void realNeighboursAreCutOut() {
		final Raster slab = new Raster(SIDE, SIDE, 3);
		for (int i = 0; i < slab.values().length; i++)
			slab.values()[i] = i;
		assertArrayEquals(slab.values(), new PatchSource(List.of(slab), 3, SAME, SIDE, false, false, true).draw(1, SIDE, new SplittableRandom(
			1)));
	}

	@Test
	void imagesSmallerThanAPatchAreMirrored() {
		for (final float v : source(List.of(Waves.waves(9, 7, 0))).draw(50, SIDE, new SplittableRandom(1)))
			assertTrue(Float.isFinite(v));
	}
}

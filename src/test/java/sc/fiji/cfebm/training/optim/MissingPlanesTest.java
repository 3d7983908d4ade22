package sc.fiji.cfebm.training.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.data.PatchSource;

/** Slabs that end. */
class MissingPlanesTest {

	private static final int SIDE = 8, COUNT = 500;

	@Test
	void someSlabsShowNothingBeforeOrBehindTheMiddlePlane() {
		final Raster bright = new Raster(SIDE, SIDE, 3);
		java.util.Arrays.fill(bright.values(), 1);
		final NoiseProcess white = new CameraNoise(new PatchSource(List.of(bright), 3, new Normalization(-1, 1), SIDE, false, false, true),
			new NoiseProcess.Levels(0.1, 0.2, 0), 0, 0, 0);
		final NoiseProcess.Batch batch = new MissingPlanes(white, 3).draw(COUNT, SIDE, new SplittableRandom(1));
		final int[] missing = new int[4];
		for (int n = 0; n < COUNT; n++) {
			final int at = n * SIDE * SIDE * 3;
			for (int i = 1; i < SIDE * SIDE; i++)
				for (int p = 0; p < 3; p++)
					assertEquals(batch.noisy()[at + p] == 0, batch.noisy()[at + 3 * i + p] == 0 && batch.target()[at + 3 * i + p] == 0);
			assertTrue(batch.noisy()[at + 1] != 0);
			missing[(batch.noisy()[at] == 0 ? 1 : 0) + (batch.noisy()[at + 2] == 0 ? 2 : 0)]++;
		}
		assertTrue(missing[0] > 0.8 * COUNT && missing[1] > 0 && missing[2] > 0 && missing[3] > 0);
	}
}

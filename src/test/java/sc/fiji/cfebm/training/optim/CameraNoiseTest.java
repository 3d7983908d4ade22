package sc.fiji.cfebm.training.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.data.PatchSource;

class CameraNoiseTest {

	private static final int SIDE = 32, COUNT = 200;
	private static final NoiseProcess.Levels LEVELS = new NoiseProcess.Levels(0.1, 0.2, 0);

	/** Halves of it differ, as a patch of shots needs some contrast. */
	private static PatchSource patches() {
		final float[] values = new float[64 * 64];
		for (int i = 0; i < values.length; i++)
			values[i] = i % 64 < 32 ? 50 : 200;
		return new PatchSource(List.of(new Raster(64, 64, 1, values)), new Normalization(0, 255), SIDE, false, false, true);
	}

	@Test
	void correlatedNoiseHasTheLevelAndTheCorrelationsThatTheNetworkIsTold() {
		final NoiseProcess.Batch batch = new CameraNoise(patches(), LEVELS, 0, 1, 0).draw(COUNT, SIDE, new SplittableRandom(1));
		double squares = 0, error = 0;
		for (int n = 0; n < COUNT; n++) {
			double rows = 0, own = 0;
			for (int i = 0; i < SIDE * SIDE; i++) {
				final float v = batch.target()[n * SIDE * SIDE + i];
				own += v * v;
				if (i % SIDE > 0) rows += v * batch.target()[n * SIDE * SIDE + i - 1];
			}
			squares += own / (SIDE * SIDE) / COUNT;
			error += Math.abs(rows / own - batch.correlation()[2 * n]) / COUNT;
		}
		assertEquals(1, squares, 0.03);
		assertEquals(0, error, 0.06);
		assertTrue(batch.correlation()[0] != batch.correlation()[2], "one correlation for all");
	}

	@Test
	void shotsHaveStandardDeviationOneWhereThereAreManyPhotons() {
		final NoiseProcess.Batch batch = new CameraNoise(patches(), LEVELS, 0, 0, 1).draw(COUNT, SIDE, new SplittableRandom(2));
		double squares = 0;
		int bright = 0;
		for (int i = 0; i < batch.noisy().length; i++) {
			final double mean = batch.noisy()[i] - batch.target()[i];
			if (mean > 10) {
				squares += batch.target()[i] * batch.target()[i];
				bright++;
			}
			assertTrue(batch.noisy()[i] >= 2 * Math.sqrt(3.0 / 8) - 1e-5);
		}
		assertTrue(bright > 1000);
		assertEquals(1, squares / bright, 0.03);
		assertArrayEquals(new float[2 * COUNT], batch.correlation());
	}

	@Test
	void patchesThatTheNetworkIsToldAboutHaveWhiteNoise() {
		final NoiseProcess.Batch batch = new CameraNoise(patches(), LEVELS, 0.5, 1, 0).draw(8, SIDE, new SplittableRandom(3));
		for (int n = 0; n < 8; n++)
			assertEquals(n < 4, batch.correlation()[2 * n] == 0 && batch.correlation()[2 * n + 1] == 0);
	}
}

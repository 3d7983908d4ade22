package sc.fiji.cfebm.intensity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Raster;

class RangesTest {

	@Test
	void outliersDoNotCount() {
		final Raster ramp = new Raster(100, 100, 1);
		for (int i = 0; i < 10_000; i++)
			ramp.values()[i] = i;
		ramp.values()[9_999] = 1e9f;
		final Normalization range = Ranges.ofPercentiles(List.of(ramp));
		assertEquals(10, range.low(), 1.5);
		assertEquals(9_990, range.high(), 1.5);
	}

	@Test
	void manyPlanesAreSampledTheSameWayEveryTime() {
		final Raster ramp = new Raster(1000, 1000, 1);
		for (int i = 0; i < 1_000_000; i++)
			ramp.values()[i] = i;
		final List<Raster> planes = Collections.nCopies(5, ramp);
		final Normalization range = Ranges.ofPercentiles(planes);
		assertEquals(1_000, range.low(), 200);
		assertEquals(999_000, range.high(), 200);
		assertEquals(range, Ranges.ofPercentiles(planes));
	}

	@Test
	void nearlyAndWhollyConstantImagesHaveARange() {
		final Raster image = new Raster(100, 100, 1);
		Arrays.fill(image.values(), 7);
		final Normalization constant = Ranges.ofPercentiles(List.of(image));
		assertTrue(constant.low() < 7 && 7 < constant.high());
		image.values()[0] = 9;
		assertEquals(new Normalization(7, 9), Ranges.ofPercentiles(List.of(image)));
		Arrays.fill(image.values(), 3e38f);
		assertTrue(Ranges.ofPercentiles(List.of(image)).high() > 3e38);
	}

	@Test
	void nothingAndNotANumberAreRefused() {
		assertThrows(IllegalArgumentException.class, () -> Ranges.ofPercentiles(List.of()));
		assertThrows(IllegalArgumentException.class, () -> Ranges.ofPercentiles(List.of(new Raster(1, 1, 1, new float[] {
			Float.NaN }))));
	}
}

package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.raster.Raster;

class UncertaintyTest {

	private static double at(final Uncertainty u, final double spread, final double level) {
		return u.deviation(new Raster(1, 1, 1, new float[] { (float) spread }), level).values()[0];
	}

	@ParameterizedTest
	@CsvSource({ "0.001, 1", "0.01, 1", "0.1, 4", "0.0316227766, 2", "1, 9", "0.316227766, 6", "7, 9" })
	void factorsLieGeometricallyBetweenThoseOfTheLevelsAndAreConstantBeyond(final double level, final double factor) {
		final Uncertainty u = new Uncertainty(new double[] { 0.01, 0.1, 1 }, new double[] { 1, 4, 9 }, new double[3]);
		assertEquals(factor * 0.5, at(u, 0.5, level), 1e-6);
	}

	@ParameterizedTest
	@CsvSource({ "0.001, 0.1", "0.01, 0.1", "0.1, 0.4", "0.0316227766, 0.2", "7, 0.4" })
	void floorsAreInUnitsOfTheNoiseAndLikewiseBetweenLevels(final double level, final double floor) {
		final Uncertainty u = new Uncertainty(new double[] { 0.01, 0.1 }, new double[] { 2, 2 }, new double[] { 0.1, 0.4 });
		assertEquals(2 * floor * level, at(u, 0, level), 1e-6 * level);
	}

	@Test
	void oneLevelHoldsForAll() {
		final Uncertainty u = new Uncertainty(new double[] { 0.1 }, new double[] { 1.5 }, new double[1]);
		for (final double level : new double[] { 0.01, 0.1, 3 })
			assertEquals(0.3, at(u, 0.2, level), 1e-6);
	}

	@Test
	void noSpreadAndNoFloorIsNone() {
		assertEquals(0, at(new Uncertainty(new double[] { 0.1, 1 }, new double[] { 1.5, 2 }, new double[] { 0, 0.5 }), 0, 0.3));
	}

	@Test
	void squaresOfSpreadAndFloorAdd() {
		final Uncertainty u = new Uncertainty(new double[] { 0.1 }, new double[] { 1.5 }, new double[] { 0.3 });
		final Raster spread = new Raster(2, 1, 1, new float[] { 0.04f, 0 });
		assertArrayEquals(new float[] { 1.5f * 0.05f, 1.5f * 0.03f }, u.deviation(spread, 0.1).values(), 1e-7f);
		assertArrayEquals(new float[] { 0.04f, 0 }, spread.values());
	}

	@ParameterizedTest
	@CsvSource({ "0.1, 0.1, 1, 1, 0", "0, 1, 1, 1, 0", "0.1, 0.2, 1, 0, 0", "0.1, 0.2, NaN, 1, 0", "0.1, NaN, 1, 1, 0", "0.1, 0.2, 1, Infinity, 0",
		"0.1, 0.2, 1, 1, -0.1", "0.1, 0.2, 1, 1, NaN", "0.1, 0.2, 1, 1, Infinity" })
	void refusesWhatMakesNoSense(final double sigma1, final double sigma2, final double factor1, final double factor2, final double floor) {
		assertThrows(IllegalArgumentException.class, () -> new Uncertainty(new double[] { sigma1, sigma2 }, new double[] {
			factor1, factor2 }, new double[] { 0, floor }));
	}

	@Test
	void refusesOtherNumbersOfLevels() {
		assertThrows(IllegalArgumentException.class, () -> new Uncertainty(new double[0], new double[0], new double[0]));
		assertThrows(IllegalArgumentException.class, () -> new Uncertainty(new double[] { 1 }, new double[2], new double[1]));
		assertThrows(IllegalArgumentException.class, () -> new Uncertainty(new double[] { 1 }, new double[1], new double[2]));
	}
}

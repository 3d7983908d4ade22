package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UncertaintyTest {

	@ParameterizedTest
	@CsvSource({ "0.001, 2", "0.01, 2", "0.1, 4", "0.0316227766, 3", "1, 5", "0.316227766, 4.5", "7, 5" })
	void isLinearInTheLogarithmAndConstantBeyond(final double level, final double factor) {
		final Uncertainty u = new Uncertainty(new double[] { 0.01, 0.1, 1 }, new double[] { 2, 4, 5 });
		assertEquals(factor, u.at(level), 1e-8);
	}

	@Test
	void oneLevelHoldsForAll() {
		final Uncertainty u = new Uncertainty(new double[] { 0.1 }, new double[] { 1.5 });
		assertEquals(1.5, u.at(0.01));
		assertEquals(1.5, u.at(0.1));
		assertEquals(1.5, u.at(3));
	}

	@ParameterizedTest
	@CsvSource({ "0.1, 0.1, 1, 1", "0, 1, 1, 1", "0.1, 0.2, 1, 0", "0.1, 0.2, NaN, 1", "0.1, NaN, 1, 1", "0.1, 0.2, 1, Infinity" })
	void refusesWhatMakesNoSense(final double sigma1, final double sigma2, final double factor1, final double factor2) {
		assertThrows(IllegalArgumentException.class, () -> new Uncertainty(new double[] { sigma1, sigma2 }, new double[] {
			factor1, factor2 }));
	}
}

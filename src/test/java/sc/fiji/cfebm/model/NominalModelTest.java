package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.model.NominalModel.Tiles;
import sc.fiji.cfebm.stats.GaussianFit;
import sc.fiji.cfebm.stats.ScoreQuantiles;

class NominalModelTest {

	private static final GaussianFit GAUSSIAN = new GaussianFit(new double[] { 0 }, new double[][] { { 1 } });
	/** Of scores that are z-scores already. */
	private static final ScoreQuantiles QUANTILES = ScoreQuantiles.of(new Random(1).doubles(100_000).map(new NormalDistribution()::inverseCumulativeProbability).toArray(),
		100_000);
	private static final List<ScoreQuantiles> VIEWS = List.of(QUANTILES, QUANTILES, QUANTILES, QUANTILES);

	@Test
	void whatOnlyLiesInTheMiddleCountsLessByTheDiscountAndWhatIsFarAsMuchAsEver() {
		final double[] superposed = { -1, -1, 3, 3 }, far = { 3, 3, -3, -3 };
		final double whole = Tiles.total(VIEWS, QUANTILES, 0, superposed), less = Tiles.total(VIEWS, QUANTILES, 0.5, superposed);
		assertEquals(whole - 0.5, less, 0.05);
		assertEquals(Tiles.total(VIEWS, QUANTILES, 0, far), Tiles.total(VIEWS, QUANTILES, 0.5, far), 0.05);
		assertTrue(less > Tiles.total(VIEWS, QUANTILES, 0.5, new double[] { -1, -1, -1, -1 }));
	}

	@Test
	void refusesADiscountThatIsNone() {
		for (final double discount : new double[] { Double.NaN, Double.POSITIVE_INFINITY, 11 })
			assertTrue(assertThrows(IllegalArgumentException.class, () -> new Tiles(GAUSSIAN, GAUSSIAN, GAUSSIAN.mean(), 1, discount, VIEWS, QUANTILES, QUANTILES)).getMessage()
				.contains("discounted"));
	}

	@Test
	void refusesADirectionThatIsNone() {
		for (final double[] direction : new double[][] { {}, { Double.NaN }, { 1, 2, 3, 4, 5 } })
			assertThrows(IllegalArgumentException.class, () -> new Tiles(GAUSSIAN, GAUSSIAN, direction, 1, 0.5, VIEWS, QUANTILES, QUANTILES));
	}

	/** Nominal tiles around (0, 1), superposed ones around (2, 1); W = (1 0; 3 2), so WᵀW = (10 6; 6 4). */
	@Test
	void theDirectionTellsHowFarTowardsSuperposedTilesOneLies() {
		final GaussianFit nominal = new GaussianFit(new double[] { 0, 1 }, new double[][] { { 1 }, { 3, 2 } }), superposed = new GaussianFit(new double[] { 2, 1 },
			nominal.whitening());
		final double[] direction = nominal.towards(superposed.mean());
		assertArrayEquals(new double[] { 20, 12 }, direction, 1e-12);
		assertEquals(0, Tiles.scores(nominal, superposed, direction, 1, nominal.mean(), 0)[3], 1e-12);
		assertEquals(20 * 3 - 12 * 2, Tiles.scores(nominal, superposed, direction, 1, new double[] { 3, -1 }, 0)[3], 1e-12);
	}
}

package sc.fiji.cfebm.model;

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

	private static final GaussianFit NORMAL = new GaussianFit(new double[] { 0 }, new double[][] { { 1 } });
	/** Of scores that are ranks already. */
	private static final ScoreQuantiles RANKS = ScoreQuantiles.of(new Random(1).doubles(100_000).map(new NormalDistribution()::inverseCumulativeProbability).toArray(),
		100_000);
	private static final List<ScoreQuantiles> VIEWS = List.of(RANKS, RANKS, RANKS, RANKS);

	@Test
	void whatOnlyLiesInTheMiddleCountsLessByTheDiscountAndWhatIsFarAsMuchAsEver() {
		final double[] superposed = { -1, -1, 3, 3 }, far = { 3, 3, -3, -3 };
		final double whole = Tiles.total(VIEWS, RANKS, 0, superposed), less = Tiles.total(VIEWS, RANKS, 0.5, superposed);
		assertEquals(whole - 0.5, less, 0.05);
		assertEquals(Tiles.total(VIEWS, RANKS, 0, far), Tiles.total(VIEWS, RANKS, 0.5, far), 0.05);
		assertTrue(less > Tiles.total(VIEWS, RANKS, 0.5, new double[] { -1, -1, -1, -1 }));
	}

	@Test
	void refusesADiscountThatIsNone() {
		for (final double discount : new double[] { Double.NaN, Double.POSITIVE_INFINITY, 11 })
			assertTrue(assertThrows(IllegalArgumentException.class, () -> new Tiles(NORMAL, NORMAL, 1, discount, VIEWS, RANKS, RANKS)).getMessage()
				.contains("discounted"));
	}
}

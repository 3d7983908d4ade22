package sc.fiji.cfebm.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;

import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;

class MixtureDrawsTest {

	private static final int DRAWS = 20_000;

	/** Standard deviations 1 and 2, correlation r, around (mean, mean). */
	private static GaussianFit part(final double mean, final double r) {
		final double rest = Math.sqrt(1 - r * r);
		return new GaussianFit(new double[] { mean, mean }, new double[][] { { 1 }, { -r / rest, 0.5 / rest } });
	}

	private static SummaryStatistics[] draw(final GaussianMixture mixture, final boolean[] known, final double... given) {
		final MixtureDraws draws = new MixtureDraws(mixture, known);
		final SplittableRandom rng = new SplittableRandom(1);
		final SummaryStatistics[] statistics = { new SummaryStatistics(), new SummaryStatistics(), new SummaryStatistics() };
		for (int n = 0; n < DRAWS; n++) {
			final double[] features = given.clone();
			draws.complete(features, rng);
			for (int i = 0; i < 2; i++)
				statistics[i].addValue(features[i]);
			statistics[2].addValue(features[0] * features[1]);
		}
		return statistics;
	}

	@Test
	void whereNothingIsKnownDrawsHaveTheMixturesMoments() {
		final GaussianMixture mixture = new GaussianMixture(List.of(part(-3, 0.8), part(5, 0)), new double[] { 0.25, 0.75 });
		final SummaryStatistics[] s = draw(mixture, new boolean[2], 7, 7);
		for (int i = 0; i < 2; i++) {
			assertEquals(mixture.mean(i), s[i].getMean(), 0.1);
			assertEquals(mixture.deviation(i), s[i].getStandardDeviation(), 0.05);
		}
		assertEquals(0.25 * (9 + 0.8 * 2) + 0.75 * 25, s[2].getMean(), 0.4);
	}

	@Test
	void givenOneFeatureTheOtherIsDrawnFromTheConditionalDistribution() {
		// To the first part, x₁ given x₀ = -2 has mean -3 + 0.8·2·1 and deviation 2·0.6; x₀ given x₁ = -1 mean -3 + 0.8·2/2 and deviation 0.6.
		final GaussianMixture mixture = new GaussianMixture(List.of(part(-3, 0.8), part(50, 0)), new double[] { 0.5, 0.5 });
		SummaryStatistics[] s = draw(mixture, new boolean[] { true, false }, -2, 99);
		assertEquals(-2, s[0].getMean(), 1e-12);
		assertEquals(-1.4, s[1].getMean(), 0.04);
		assertEquals(1.2, s[1].getStandardDeviation(), 0.03);
		s = draw(mixture, new boolean[] { false, true }, 99, -1);
		assertEquals(-1, s[1].getMean(), 1e-12);
		assertEquals(-2.2, s[0].getMean(), 0.02);
		assertEquals(0.6, s[0].getStandardDeviation(), 0.02);
	}

	@Test
	void partsCountByHowWellTheyExplainWhatIsKnown() {
		// x₀ = 1 lies as far from either mean; the second part weighs three times as much.
		final GaussianMixture mixture = new GaussianMixture(List.of(part(0, 0), part(2, 0)), new double[] { 0.25, 0.75 });
		assertEquals(1.5, draw(mixture, new boolean[] { true, false }, 1, 0)[1].getMean(), 0.06);
	}

	@Test
	void whatIsImprobableToEveryPartDoesNotLeadFarOut() {
		final GaussianMixture mixture = new GaussianMixture(List.of(part(0, 0.9)), new double[] { 1 });
		final double mean = draw(mixture, new boolean[] { true, false }, 1000, 0)[1].getMean();
		assertTrue(mean > 5 && mean < 9, "mean " + mean);
	}
}

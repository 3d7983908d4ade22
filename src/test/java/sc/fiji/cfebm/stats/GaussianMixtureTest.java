package sc.fiji.cfebm.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

class GaussianMixtureTest {

	/** Two kinds: three quarters around (0, 0), narrow along y, the others around (10, 5). */
	private static double[][] two(final int count) {
		final SplittableRandom rng = new SplittableRandom(1);
		final double[][] samples = new double[count][];
		Arrays.setAll(samples, i -> i % 4 > 0 ? new double[] { rng.nextGaussian(), 0.1 * rng.nextGaussian() } : new double[] { 10 + 2 * rng.nextGaussian(), 5 + rng
			.nextGaussian() });
		return samples;
	}

	@Test
	void kindsAreFound() {
		final GaussianMixture mixture = GaussianMixture.fit(two(4000), 2, 0.001, 1);
		final int large = mixture.weights()[0] > 0.5 ? 0 : 1;
		assertEquals(2, mixture.parts().size());
		assertEquals(0.75, mixture.weights()[large], 0.01);
		assertEquals(0, mixture.parts().get(large).mean()[0], 0.1);
		assertEquals(0.1, mixture.parts().get(large).deviation(1), 0.02);
		assertEquals(10, mixture.parts().get(1 - large).mean()[0], 0.3);
		assertEquals(2.5, mixture.mean(0), 0.1);
		assertEquals(Math.sqrt(0.75 * 1 + 0.25 * 4 + 0.75 * 6.25 + 0.25 * 56.25), mixture.deviation(0), 0.2);
	}

	@Test
	void whatLiesBetweenTheKindsIsImprobable() {
		final double[][] samples = two(4000);
		final GaussianMixture mixture = GaussianMixture.fit(samples, 2, 0.001, 1), one = GaussianMixture.fit(samples, 1, 0.001, 1);
		final double[] between = { 5, 2.5 }, usual = { 1, 0.05 };
		assertTrue(mixture.surprise(between) > mixture.surprise(usual) + 10);
		assertTrue(one.surprise(between) < one.surprise(usual) + 10);
		assertEquals(1, one.parts().size());
	}

	@Test
	void theSurpriseOfOnePartIsItsDistance() {
		final GaussianFit part = new GaussianFit(new double[] { 1, 2 }, new double[][] { { 1 }, { 0.5, 2 } });
		final GaussianMixture mixture = new GaussianMixture(List.of(part), new double[] { 1 });
		final double[] a = { 1, 2 }, b = { 3, -1 };
		assertEquals(Math.pow(part.distance(b), 2), mixture.surprise(b) - mixture.surprise(a), 1e-9);
	}

	@Test
	void fewSamplesAndSamplesThatAreAllAlikeMakeAMixture() {
		assertEquals(1, GaussianMixture.fit(two(12), 8, 0.005, 1).parts().size());
		final double[][] alike = new double[400][];
		Arrays.fill(alike, new double[] { 3, 3, 3 });
		assertTrue(Double.isFinite(GaussianMixture.fit(alike, 8, 0.005, 1).surprise(new double[] { 4, 3, 3 })));
	}

	@Test
	void wrongMixturesAreRefused() {
		final GaussianFit part = new GaussianFit(new double[] { 1 }, new double[][] { { 1 } }), other = new GaussianFit(new double[] { 1, 2 }, new double[][] { { 1 }, { 0, 1 } });
		for (final double[] weights : new double[][] { {}, { 1 }, { 0.5, 0.6 }, { 1, 0 }, { Double.NaN, 1 } })
			assertThrows(IllegalArgumentException.class, () -> new GaussianMixture(List.of(part, part), weights));
		assertThrows(IllegalArgumentException.class, () -> new GaussianMixture(List.of(part, other), new double[] { 0.5, 0.5 }));
	}
}

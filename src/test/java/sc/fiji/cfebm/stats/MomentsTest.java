package sc.fiji.cfebm.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;

import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.Test;

class MomentsTest {

	@Test
	void agreesWithTheLibrary() {
		final SplittableRandom rng = new SplittableRandom(1);
		final double[][] samples = new double[50][];
		for (int n = 0; n < samples.length; n++) {
			final double a = rng.nextGaussian(), b = rng.nextGaussian();
			samples[n] = new double[] { 3 + a, a - b, 0.5 * b };
		}
		final Moments moments = Moments.of(50, 3, (n, values) -> System.arraycopy(samples[n], 0, values, 0, 3));
		final double[][] expected = new Covariance(samples, false).getCovarianceMatrix().getData();
		for (int i = 0; i < 3; i++)
			assertArrayEquals(expected[i], moments.covariance()[i], 1e-12);
		assertEquals(3, moments.mean()[0], 0.5);
	}

	@Test
	void aConstantVariesByNothing() {
		final Moments moments = Moments.of(8, 1, (n, values) -> values[0] = 0.125);
		assertEquals(0.125, moments.mean()[0]);
		assertEquals(0, moments.covariance()[0][0]);
	}
}

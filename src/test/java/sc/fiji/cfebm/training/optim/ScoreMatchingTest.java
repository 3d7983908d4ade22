package sc.fiji.cfebm.training.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.tensor.Precision;

/**
 * The parameter gradient of score matching, which is made of first derivatives only, against central differences of
 * the loss over every single parameter. Patches with residuals of very different size tell a right weight per patch
 * from a common one; the length is checked, not only the direction.
 */
class ScoreMatchingTest {

	@ParameterizedTest
	@CsvSource({ "DOUBLE,1,2e-3", "DOUBLE,3,2e-3", "FLOAT,1,1e-2" })
	void gradientIsTheDerivativeOfTheLoss(final Precision precision, final int channels, final double tolerance) {
		final SplittableRandom rng = new SplittableRandom(11);
		final PaperParameters p = PaperParameters.random(new PaperSpec(channels, 1, false), 0, rng);
		final int batch = 3, size = 64 * channels;
		final float[] noisy = new float[batch * size], noise = new float[batch * size];
		final double[] sizes = { 0.1, 1, 4 };
		for (int i = 0; i < noisy.length; i++) {
			noise[i] = (float) (sizes[i / size] * rng.nextGaussian());
			noisy[i] = (float) (0.5 * Math.sin(0.3 * i) + 0.2 * noise[i]);
		}
		final double[] gradient = new double[p.values().length], expected = new double[p.values().length];
		try (EnergyNetwork network = new EnergyNetwork(p, precision)) {
			final double loss = ScoreMatching.addGradient(network, new NoiseProcess.Batch(noisy, noise, new double[] { 1, 1, 1 }, new double[3], new double[3]), gradient);
			assertEquals(loss(network, noisy, noise), loss, 1e-5 * loss);
		}
		try (EnergyNetwork network = new EnergyNetwork(p, Precision.DOUBLE)) {
			for (int i = 0; i < expected.length; i++) {
				final double before = p.values()[i], step = 1e-2;
				expected[i] = (8 * (at(network, p, i, before + step, noisy, noise) - at(network, p, i, before - step, noisy,
					noise)) - (at(network, p, i, before + 2 * step, noisy, noise) - at(network, p, i, before - 2 * step,
						noisy, noise))) / (12 * step);
				p.values()[i] = before;
			}
		}
		double difference = 0, length = 0, ours = 0;
		for (int i = 0; i < expected.length; i++) {
			difference += (gradient[i] - expected[i]) * (gradient[i] - expected[i]);
			length += expected[i] * expected[i];
			ours += gradient[i] * gradient[i];
		}
		assertTrue(length > 0);
		assertTrue(Math.sqrt(difference / length) < tolerance, "relative error " + Math.sqrt(difference / length));
		assertEquals(1, Math.sqrt(ours / length), tolerance);
	}

	private static double at(final EnergyNetwork network, final PaperParameters p, final int i, final double value,
		final float[] noisy, final float[] noise)
	{
		p.values()[i] = value;
		network.setParameters(p);
		return loss(network, noisy, noise);
	}

	private static double loss(final EnergyNetwork network, final float[] noisy, final float[] noise) {
		final float[] gradient = new float[noisy.length];
		network.evaluate(noisy, 3, null, gradient);
		double sum = 0;
		for (int i = 0; i < noisy.length; i++)
			sum += ((double) gradient[i] - noise[i]) * ((double) gradient[i] - noise[i]);
		return sum / noisy.length;
	}
}

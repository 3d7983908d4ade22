package sc.fiji.cfebm.energy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.platform.Convolution;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Precision;

/** Whole networks by shifted products, as on processors without oneDNN, against ND4J's operations. */
class ConvolutionWaysTest {

	/** What a network says about tiles. */
	private record Said(double[] energies, float[] gradient, double[] parameters) {}

	@AfterEach
	void asIsFastest() {
		System.clearProperty(NativeRuntime.CONVOLUTION);
	}

	/** Channels, base width, stage, share of the primal path, tiles. */
	@ParameterizedTest
	@CsvSource({ "1,2,0,1,1", "1,8,2,0.3,5", "3,3,1,1,16", "2,5,3,0,3", "9,2,1,0.7,2", "1,4,3,1,2", "1,2,1,1,300" })
	void bothGiveTheSameEnergiesAndGradients(final int channels, final int base, final int stage, final double beta,
		final int tiles)
	{
		final SplittableRandom rng = new SplittableRandom(channels + 10L * stage);
		final PaperParameters p = PaperParameters.random(new PaperSpec(channels, base, true), stage, rng);
		for (final PaperParameters.Entry e : p.entries())
			if (e.isBias()) for (int i = 0; i < e.size(); i++)
				p.values()[e.offset() + i] = 0.3 * rng.nextGaussian();
		p.setBeta(beta);
		for (final Precision precision : Precision.values()) {
			final int open = NativeRuntime.open();
			final Said expected = ask("nd4j", p, precision, tiles), actual = ask("gemm", p, precision, tiles);
			final double tolerance = precision == Precision.FLOAT ? 2e-5 : 1e-12;
			// Image gradients come as floats in both.
			assertClose(expected.energies, actual.energies, tolerance);
			assertClose(doubles(expected.gradient), doubles(actual.gradient), Math.max(tolerance, 1e-7));
			assertClose(expected.parameters, actual.parameters, tolerance);
			if (precision == Precision.FLOAT) assertNotEquals(Arrays.hashCode(expected.parameters), Arrays.hashCode(
				actual.parameters), "the same bits: both went the same way");
			assertEquals(open, NativeRuntime.open());
		}
	}

	@Test
	void theWayCanBeAskedForAndIsSaid() {
		final Convolution usual = NativeRuntime.convolution();
		System.setProperty(NativeRuntime.CONVOLUTION, "gemm");
		assertEquals(Convolution.SHIFTED_GEMM, NativeRuntime.convolution());
		assertEquals("shifted gemm", NativeRuntime.convolution().toString());
		assertEquals(true, NativeRuntime.describe().endsWith(", convolution: shifted gemm"), NativeRuntime.describe());
		System.setProperty(NativeRuntime.CONVOLUTION, "");
		assertEquals(usual, NativeRuntime.convolution());
		System.setProperty(NativeRuntime.CONVOLUTION, "fast");
		final String message = assertThrows(IllegalArgumentException.class, NativeRuntime::convolution).getMessage();
		assertEquals("The property cfebm.convolution is \"gemm\" or \"nd4j\", not \"fast\".", message);
	}

	private static Said ask(final String way, final PaperParameters p, final Precision precision, final int count) {
		System.setProperty(NativeRuntime.CONVOLUTION, way);
		try (EnergyNetwork network = new EnergyNetwork(p, precision)) {
			final float[] tiles = new float[count * network.size() * network.size() * network.channels()];
			final SplittableRandom rng = new SplittableRandom(7);
			for (int i = 0; i < tiles.length; i++)
				tiles[i] = (float) rng.nextDouble(-1, 1);
			final double[] energies = new double[count], parameters = new double[p.values().length];
			final float[] gradient = new float[tiles.length];
			network.parameterGradient(tiles, rng.doubles(count, -1, 1).toArray(), count, energies, parameters);
			// Over what the parameter gradient left.
			network.evaluate(tiles, count, energies, gradient);
			return new Said(energies, gradient, parameters);
		}
	}

	private static void assertClose(final double[] expected, final double[] actual, final double tolerance) {
		assertArrayEquals(expected, actual, tolerance * Arrays.stream(expected).map(Math::abs).max().getAsDouble());
	}
}

package sc.fiji.cfebm.energy.unet;

import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;
import static sc.fiji.cfebm.energy.unet.Unets.part;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.UnetParameters.Entry;
import sc.fiji.cfebm.export.SameDiffGraph;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Precision;

/**
 * The engine against an independent implementation: the network as it is written down, as a SameDiff graph in double
 * precision with SameDiff's own derivatives; the graph that is exported.
 */
class UnetOracleTest {

	private static final int COUNT = 3, HEIGHT = 8, WIDTH = 16;
	private static final double[] IMAGE_WEIGHTS = { 0.7, -1.2, 0.4 };
	/** Of the engine in float and in double, relative to the largest value; images are floats in both. */
	private static final double FLOAT_TOLERANCE = 1e-4, DOUBLE_TOLERANCE = 1e-6;

	@AfterEach
	void asIsFastest() {
		System.clearProperty(NativeRuntime.CONVOLUTION);
	}

	/** What is to be compared; gradients laid out as the engine's. */
	private static final class Said {

		double[] energies, map, gradient, estimate, denoised, productInput, productParameters, parameters, estimateParameters,
				losses;
	}

	/** Stage, channels, told, zero sum, radius, β, form, way. */
	@ParameterizedTest
	@CsvSource({ "0,1,false,false,0,1,INNER,nd4j", "1,2,false,false,0,1,NORM,nd4j", "2,1,false,false,2,1,INNER,nd4j", "2,1,true,true,3,0.3,INNER,nd4j",
		"2,3,true,true,1,1,INNER_CORRECTED,nd4j", "1,1,true,false,0,0.6,INNER_CORRECTED,nd4j", "2,2,false,true,0,0,INNER,nd4j", "2,1,true,true,2,0.4,INNER_CORRECTED,gemm" })
	void engineAgreesWithSameDiff(final int stage, final int channels, final boolean told, final boolean zeroSum,
		final int box, final double beta, final EnergyForm form, final String way)
	{
		System.setProperty(NativeRuntime.CONVOLUTION, way);
		final UnetSpec spec = Unets.spec(channels, List.of(5, 4, 3), told, zeroSum, box, form);
		final UnetParameters p = Unets.parameters(spec, stage, beta, 17 + stage);
		final NoisyImages x = Unets.images(spec, COUNT, HEIGHT, WIDTH);
		final float[] v = Unets.random(x.pixels().length, 21), clean = Unets.random(x.pixels().length, 22);
		final Said expected = quietly(() -> new Oracle(p, x).say(v, clean));
		for (final Precision precision : Precision.values())
			try (Workers workers = new Workers(1); UnetEnergy energy = new UnetEnergy(p, precision, workers)) {
				compare(p, expected, engine(energy, p, x, v, clean), precision == Precision.FLOAT ? FLOAT_TOLERANCE
					: DOUBLE_TOLERANCE, precision + " ");
			}
	}

	/** SameDiff prints a line for every operation it differentiates. */
	private static Said quietly(final Supplier<Said> work) {
		final PrintStream out = System.out;
		System.setOut(new PrintStream(OutputStream.nullOutputStream()));
		try {
			return work.get();
		}
		finally {
			System.setOut(out);
		}
	}

	private static Said engine(final UnetEnergy energy, final UnetParameters p, final NoisyImages x, final float[] v,
		final float[] clean)
	{
		final Said s = new Said();
		final int size = x.pixels().length;
		final float[] map = new float[size / x.channels()], gradient = new float[size], estimate = new float[size],
				denoised = new float[size], product = new float[size];
		s.energies = new double[COUNT];
		s.losses = new double[COUNT];
		energy.evaluate(x, new Wanted(s.energies, map, gradient, estimate, denoised));
		s.map = doubles(map);
		s.gradient = doubles(gradient);
		s.estimate = doubles(estimate);
		s.denoised = doubles(denoised);
		final int n = p.values().length;
		energy.product(x, v, product, s.productParameters = new double[n]);
		s.productInput = doubles(product);
		energy.parameterGradient(x, IMAGE_WEIGHTS, null, s.parameters = new double[n]);
		energy.estimateGradient(x, clean, IMAGE_WEIGHTS, s.losses, s.estimateParameters = new double[n]);
		return s;
	}

	private static void compare(final UnetParameters p, final Said expected, final Said actual, final double tolerance,
		final String what)
	{
		assertClose(expected.energies, actual.energies, tolerance, what + "energies");
		assertClose(expected.map, actual.map, tolerance, what + "map");
		assertClose(expected.gradient, actual.gradient, tolerance, what + "gradient");
		assertClose(expected.estimate, actual.estimate, tolerance, what + "estimate");
		assertClose(expected.denoised, actual.denoised, tolerance, what + "denoised");
		assertClose(expected.losses, actual.losses, tolerance, what + "losses");
		assertClose(expected.productInput, actual.productInput, tolerance, what + "product, input");
		// Entry by entry: the large gradients of one must not hide wrong ones of another.
		for (final Entry e : p.entries()) {
			assertClose(part(expected.parameters, e), part(actual.parameters, e), tolerance, what + "energy's " + e.name());
			assertClose(part(expected.productParameters, e), part(actual.productParameters, e), tolerance, what + "product's " + e
				.name());
			assertClose(part(expected.estimateParameters, e), part(actual.estimateParameters, e), tolerance, what + "estimate's " +
				e.name());
		}
	}

	/** What the graph says, and SameDiff's derivatives. */
	private static final class Oracle {

		private final UnetParameters p;
		private final NoisyImages x;
		private final SameDiffGraph network;
		private final SameDiff sd;
		/** Of the last loss that {@link #parameters} saw. */
		private double[] imageGradient;

		Oracle(final UnetParameters p, final NoisyImages x) {
			this.p = p;
			this.x = x;
			network = new SameDiffGraph(p, DataType.DOUBLE);
			sd = network.graph();
		}

		Said say(final float[] v, final float[] clean) {
			final int c = p.channels();
			final double[] sigma = new double[COUNT], told = new double[COUNT];
			for (int n = 0; n < COUNT; n++) {
				sigma[n] = x.sigmaAt(n * HEIGHT * WIDTH);
				told[n] = n < x.told() ? 1 : 0;
			}
			final SDVariable image = sd.var("image", array(doubles(x.pixels()), HEIGHT, WIDTH, c)), s = constant(sigma, 1, 1, 1);
			final SameDiffGraph.Outputs said = network.network(image, s, constant(doubles(x.offset()), 1, 1, c), x.told() == 0 ? null
				: constant(told, 1, 1, 1), x.correlation() == null ? null : constant(doubles(x.correlation()), 1, 1, 2));
			return say(image, s, said.share(), said.estimate(), v, clean);
		}

		private Said say(final SDVariable image, final SDVariable s, final SDVariable share, final SDVariable estimate, final float[] v,
			final float[] clean)
		{
			final SDVariable error = estimate.sub(constant(doubles(clean), HEIGHT, WIDTH, p.channels())), w = constant(IMAGE_WEIGHTS, 1, 1,
				1);
			final SDVariable energy = share.sum(), weighted = share.mul(w).sum(), product = estimate.mul(constant(doubles(v), HEIGHT, WIDTH,
				p.channels())).sum(), loss = error.mul(error).mul(w).sum();
			final Said said = new Said();
			said.estimate = estimate.eval().dup('c').data().asDouble();
			said.map = share.sum(3).eval().dup('c').data().asDouble();
			said.energies = share.sum(1, 2, 3).eval().dup('c').data().asDouble();
			said.losses = error.mul(error).sum(1, 2, 3).eval().dup('c').data().asDouble();
			final INDArray gradient = gradient(energy, "image");
			said.gradient = gradient.data().asDouble();
			said.denoised = image.sub(s.mul(s).mul(sd.constant(gradient))).eval().dup('c').data().asDouble();
			said.productParameters = parameters(product);
			said.productInput = imageGradient;
			said.parameters = parameters(weighted);
			said.estimateParameters = parameters(loss);
			return said;
		}

		private INDArray gradient(final SDVariable loss, final String name) {
			sd.setLossVariables(loss);
			return sd.calculateGradients(Collections.emptyMap(), name).get(name).dup('c');
		}

		private double[] parameters(final SDVariable loss) {
			sd.setLossVariables(loss);
			final List<String> names = new ArrayList<>();
			p.entries().forEach(e -> names.add(e.name()));
			names.add("image");
			final Map<String, INDArray> gradients = sd.calculateGradients(Collections.emptyMap(), names);
			imageGradient = gradients.get("image").dup('c').data().asDouble();
			final double[] all = new double[p.values().length];
			for (final Entry e : p.entries())
				System.arraycopy(gradients.get(e.name()).dup('c').data().asDouble(), 0, all, e.offset(), e.size());
			return all;
		}

		private SDVariable constant(final double[] values, final long height, final long width, final long channels) {
			return sd.constant(array(values, height, width, channels));
		}

		private static INDArray array(final double[] values, final long height, final long width, final long channels) {
			return Nd4j.createFromArray(values).reshape(COUNT, height, width, channels);
		}
	}
}

package sc.fiji.cfebm.energy.unet;

import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;
import static sc.fiji.cfebm.energy.unet.Unets.part;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.DataFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.UnetParameters.Entry;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Precision;

/**
 * The engine against an independent implementation: the network as it is written down, as a SameDiff graph in double
 * precision with SameDiff's own derivatives.
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

	/** The network as a graph. */
	private static final class Oracle {

		private final UnetParameters p;
		private final UnetSpec spec;
		private final NoisyImages x;
		private final SameDiff sd = SameDiff.create();
		private final SDVariable image;
		private final Map<String, SDVariable> variables = new HashMap<>();
		private SDVariable r, second;
		/** Of the last loss that {@link #parameters} saw. */
		private double[] imageGradient;

		Oracle(final UnetParameters p, final NoisyImages x) {
			this.p = p;
			this.x = x;
			spec = p.spec();
			for (final Entry e : p.entries())
				variables.put(e.name(), sd.var(e.name(), Nd4j.createFromArray(Unets.part(p.values(), e)).reshape(longs(e.shape()))));
			image = sd.var("image", array(doubles(x.pixels()), spec.channels()));
		}

		Said say(final float[] v, final float[] clean) {
			final int c = spec.channels();
			final double[] sigma = new double[x.pixels().length], offset = sigma.clone(), weights = sigma.clone();
			for (int i = 0; i < sigma.length; i++) {
				sigma[i] = x.sigmaAt(i / c);
				offset[i] = x.offsetAt(i / c, i % c);
				weights[i] = IMAGE_WEIGHTS[i / (HEIGHT * WIDTH * c)];
			}
			final SDVariable s = constant(sigma), w = constant(weights);
			final SDVariable z = image.sub(constant(offset)).div(s.mul(4));
			final double[] told = new double[COUNT];
			for (int n = 0; n < x.told(); n++)
				told[n] = x.sigmaAt(n * HEIGHT * WIDTH);
			primalAndFade(z, told);
			final SDVariable share = switch (spec.form()) {
				case INNER -> highPass(z).mul(r).mul(-2);
				case INNER_CORRECTED -> highPass(z).add(second).mul(r).mul(-2);
				case NORM -> r.mul(r).mul(0.5);
			};
			final SDVariable estimate = image.add(s.mul(r)), error = estimate.sub(constant(doubles(clean)));
			final SDVariable energy = share.sum(), weighted = share.mul(w).sum(), product = estimate.mul(constant(doubles(v))).sum(),
					loss = error.mul(error).mul(w).sum();
			final Said said = new Said();
			said.estimate = estimate.eval().dup('c').data().asDouble();
			said.map = share.sum(3).eval().dup('c').data().asDouble();
			said.energies = share.sum(1, 2, 3).eval().dup('c').data().asDouble();
			said.losses = error.mul(error).sum(1, 2, 3).eval().dup('c').data().asDouble();
			said.gradient = gradient(energy, "image").data().asDouble();
			said.denoised = new double[sigma.length];
			for (int i = 0; i < sigma.length; i++)
				said.denoised[i] = x.pixels()[i] - sigma[i] * sigma[i] * said.gradient[i];
			said.productParameters = parameters(product);
			said.productInput = imageGradient;
			said.parameters = parameters(weighted);
			said.estimateParameters = parameters(loss);
			return said;
		}

		private void primalAndFade(final SDVariable z, final double[] told) {
			final int c = spec.channels(), outputs = spec.form().outputs();
			final SDVariable primal = path("", p.stage(), z, told);
			SDVariable all = primal;
			if (p.fades()) {
				final double[] other = Arrays.stream(told).map(s -> s / 2).toArray();
				final SDVariable u = sd.cnn().spaceToDepth(z, 2, DataFormat.NHWC);
				SDVariable sum = slice(u, 0, c);
				for (int k = 1; k < 4; k++)
					sum = sum.add(slice(u, k * c, c));
				final SDVariable coarse = path(UnetParameters.FADE, p.stage() - 1, sum.mul(0.5), other);
				final SDVariable fine = sd.cnn().depthToSpace(sd.concat(3, coarse, coarse, coarse, coarse), 2, DataFormat.NHWC);
				all = primal.mul(p.beta()).add(fine.mul(0.5 * (1 - p.beta())));
			}
			r = slice(all, 0, c);
			second = outputs == 1 ? null : slice(all, c, c);
		}

		/**
		 * R and, behind it, P [N,H,W,2C].
		 *
		 * @param told σ of images that it is told about, 0 of others
		 */
		private SDVariable path(final String prefix, final int stage, final SDVariable z, final double[] told) {
			final int c = spec.channels(), half = p.stage() - stage + 1, more = spec.zeroSum() ? 2 : 0;
			final SDVariable mirrored = more == 0 ? z : along(1, mirror(HEIGHT >> half - 1), along(2, mirror(WIDTH >> half - 1), z));
			SDVariable u = sd.cnn().spaceToDepth(mirrored, 2, DataFormat.NHWC);
			if (spec.told()) {
				final SDVariable mean = slice(u, 0, c).add(slice(u, c, c)).add(slice(u, 2 * c, c)).add(slice(u, 3 * c, c)).mul(0.25);
				final INDArray ones = Nd4j.ones(DataType.DOUBLE, COUNT, (HEIGHT >> half) + more, (WIDTH >> half) + more, 1);
				final INDArray sigma = Nd4j.createFromArray(told).reshape(COUNT, 1, 1, 1), level = Nd4j.createFromArray(Arrays.stream(told)
					.map(s -> s > 0 ? 0.5 * Math.log(s) - 1 : 0).toArray()).reshape(COUNT, 1, 1, 1);
				u = sd.concat(3, u, mean.mul(sd.constant(ones.mul(sigma).mul(4))), sd.constant(ones.mul(level)));
			}
			final SDVariable y = convolution(prefix + "last", level(stage, convolution(prefix + "first", u, 1, more == 0 ? 1 : 0)), 1);
			final SDVariable first = sd.cnn().depthToSpace(slice(y, 0, 4 * c), 2, DataFormat.NHWC);
			return spec.form().outputs() == 1 ? first : sd.concat(3, first, sd.cnn().depthToSpace(slice(y, 4 * c, 4 * c), 2,
				DataFormat.NHWC));
		}

		private SDVariable level(final int level, final SDVariable x) {
			if (level == 0) return block("middle1", block("middle0", x));
			final int res = NetworkSpec.resolution(level);
			final SDVariable encoded = block("encode" + res, x);
			final SDVariable below = level(level - 1, convolution("down" + res, encoded, 2));
			final SDVariable w = variables.get("up" + res);
			final int in = spec.width(level - 1), out = spec.width(level);
			final SDVariable up = sd.cnn().depthToSpace(convolve(below, w.reshape(1, 1, in, 4 * out), 1, 1, 0), 2, DataFormat.NHWC);
			return block("decode" + res, encoded.add(up.add(variables.get("up" + res + ".bias"))));
		}

		private SDVariable block(final String name, final SDVariable x) {
			return x.add(convolution(name + ".b", swish(convolution(name + ".a", swish(x), 1)), 1));
		}

		private SDVariable swish(final SDVariable x) {
			return x.mul(sd.nn().sigmoid(x));
		}

		private SDVariable convolution(final String name, final SDVariable x, final int stride) {
			return convolution(name, x, stride, stride == 1 ? 1 : 0);
		}

		private SDVariable convolution(final String name, final SDVariable x, final int stride, final int padding) {
			SDVariable w = variables.get(name);
			if (name.endsWith("first") && spec.zeroSum()) {
				// The mean over what an output sees of a channel, taken off each; what is told stays.
				final int c = spec.channels(), k = spec.told() ? c + 1 : 0, o = p.entry(name).shape()[0];
				final SDVariable pixels = sd.slice(w, new int[4], o, 3, 3, 4 * c).reshape(o, 36, c);
				final SDVariable zero = pixels.sub(pixels.mean(true, 1)).reshape(o, 3, 3, 4 * c);
				w = k == 0 ? zero : sd.concat(3, zero, sd.slice(w, new int[] { 0, 0, 0, 4 * c }, o, 3, 3, k));
			}
			return convolve(x, w.permute(1, 2, 3, 0), p.entry(name).shape()[1], stride, padding).add(variables.get(name + ".bias"));
		}

		/** With weights [k,k,I,O]: SameDiff's derivatives are right for these only. */
		private SDVariable convolve(final SDVariable x, final SDVariable w, final int k, final int stride, final int padding) {
			return sd.cnn().conv2d(x, w, Conv2DConfig.builder().kH(k).kW(k).sH(stride).sW(stride).pH(padding).pW(padding).dataFormat(
				Conv2DConfig.NHWC).build());
		}

		private SDVariable highPass(final SDVariable z) {
			if (spec.box() == 0) return z;
			final SDVariable fine = z.sub(along(1, box(HEIGHT), along(2, box(WIDTH), z)));
			if (p.beta() == 1) return fine;
			final SDVariable half = along(1, halving(HEIGHT), along(2, halving(WIDTH), z));
			final SDVariable coarse = half.sub(along(1, box(HEIGHT / 2), along(2, box(WIDTH / 2), half)));
			final SDVariable doubled = along(1, halving(HEIGHT).transpose().mul(2), along(2, halving(WIDTH).transpose().mul(2), coarse));
			return fine.mul(p.beta()).add(doubled.mul(1 - p.beta()));
		}

		/** Two pixels more on each side, as in a mirror. */
		private static INDArray mirror(final int n) {
			final INDArray m = Nd4j.zeros(DataType.DOUBLE, n + 4, n);
			for (int i = -2; i < n + 2; i++)
				m.putScalar(i + 2, i < 0 ? -i : i < n ? i : 2 * n - 2 - i, 1);
			return m;
		}

		/** Means of mirrored neighbours. */
		private INDArray box(final int n) {
			final int r = spec.box();
			final INDArray m = Nd4j.zeros(DataType.DOUBLE, n, n);
			for (int i = 0; i < n; i++)
				for (int k = i - r; k <= i + r; k++) {
					int at = k;
					while (at < 0 || at >= n)
						at = at < 0 ? -at : 2 * n - 2 - at;
					m.putScalar(i, at, m.getDouble(i, at) + 1.0 / (2 * r + 1));
				}
			return m;
		}

		private static INDArray halving(final int n) {
			final INDArray m = Nd4j.zeros(DataType.DOUBLE, n / 2, n);
			for (int i = 0; i < n; i++)
				m.putScalar(i / 2, i, 0.5);
			return m;
		}

		/** A matrix times the lines, or the columns, of images. */
		private SDVariable along(final int axis, final INDArray matrix, final SDVariable z) {
			final long[] shape = z.eval().shape();
			final int other = (int) shape[3 - axis], c = (int) shape[3], n = (int) matrix.rows();
			final SDVariable last = z.permute(0, 3 - axis, 3, axis).reshape(COUNT * other * c, (int) shape[axis]);
			final SDVariable product = last.mmul(sd.constant(matrix.transpose().dup('c'))).reshape(COUNT, other, c, n);
			return axis == 1 ? product.permute(0, 3, 1, 2) : product.permute(0, 1, 3, 2);
		}

		private SDVariable slice(final SDVariable y, final int from, final int depth) {
			final long[] shape = y.eval().shape();
			return sd.slice(y, new int[] { 0, 0, 0, from }, (int) shape[0], (int) shape[1], (int) shape[2], depth);
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

		private SDVariable constant(final double[] values) {
			return sd.constant(array(values, spec.channels()));
		}

		private static INDArray array(final double[] values, final int channels) {
			return Nd4j.createFromArray(values).reshape(COUNT, HEIGHT, WIDTH, channels);
		}

		private static long[] longs(final int[] shape) {
			return Arrays.stream(shape).asLongStream().toArray();
		}
	}
}

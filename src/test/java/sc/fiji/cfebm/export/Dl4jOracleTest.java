package sc.fiji.cfebm.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters.Entry;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Precision;

/**
 * The engine against an independent implementation: the paper's layers as a DL4J graph in double precision, gradients
 * by DL4J's own backpropagation, spectral norms by a singular value decomposition.
 */
class Dl4jOracleTest {

	/** Not a power of two, so that the engine's chunk has an unused tile. */
	private static final int COUNT = 3;
	private static final double[] IMAGE_WEIGHTS = { 0.7, -1.2, 0.4 };
	/** Of the float engine, relative to the largest value. */
	private static final double FLOAT_TOLERANCE = 1e-4;
	/** Of the engine in double: what would be lost in float's rounding shows here. Image gradients come as floats. */
	private static final double DOUBLE_TOLERANCE = 1e-10, IMAGE_GRADIENT_TOLERANCE = 3e-7;

	/** What DL4J says; gradients laid out as the engine's. */
	private record Expected(double[] energies, double[] imageGradient, double[] parameterGradient) {}

	/** The graph of a stage with a way back to the image, which DL4J computes but throws away. */
	private static final class Graph extends ComputationGraph {

		private static final long serialVersionUID = 1;

		Graph(final ComputationGraph graph) {
			super(graph.getConfiguration());
			// Without workspaces everything computed stays valid after the call. Going back asks for the inference mode.
			getConfiguration().setTrainingWorkspaceMode(WorkspaceMode.NONE);
			getConfiguration().setInferenceWorkspaceMode(WorkspaceMode.NONE);
			init(graph.params(), true);
		}

		double[] forward(final INDArray images) {
			// Training mode, and inputs kept: both are needed for going back.
			return feedForward(new INDArray[] { images }, true, false).get(Dl4jGraph.ENERGY).dup().data().asDouble();
		}

		/** Gradients of Σ weight·E, not divided by the number of tiles, after {@link #forward}. */
		void backward(final double... weights) {
			// backpropGradient would clear what arrives at the image.
			calcBackpropGradients(false, false, Nd4j.createFromArray(weights).reshape(weights.length, 1));
		}

		INDArray imageGradient() {
			return getVertex(Dl4jGraph.IMAGE).getEpsilon();
		}
	}

	private static int threads, openMpThreads;

	/** Threads of networks this small mostly wait for each other, the more so on a busy machine. */
	@BeforeAll
	static void useOneThread() {
		NativeRuntime.start();
		threads = Nd4j.getEnvironment().maxMasterThreads();
		openMpThreads = NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
		Nd4j.getEnvironment().setMaxMasterThreads(1);
		NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
	}

	@AfterAll
	static void useThreadsAsBefore() {
		Nd4j.getEnvironment().setMaxMasterThreads(threads);
		NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(openMpThreads);
	}

	static List<Arguments> cases() {
		final List<Arguments> cases = new ArrayList<>();
		for (int stage = 0; stage <= 2; stage++)
			for (final int channels : new int[] { 1, 3 })
				for (final boolean spectral : new boolean[] { false, true })
					for (final double beta : stage == 0 ? new double[] { 1 } : new double[] { 0, 0.3, 1 })
						cases.add(Arguments.of(stage, channels, spectral, beta, 2));
		cases.add(Arguments.of(1, 1, true, 0.3, 4));
		return cases;
	}

	@ParameterizedTest(name = "stage {0}, {1} channels, spectral norm {2}, β = {3}, width {4}")
	@MethodSource("cases")
	void engineAgreesWithDl4j(final int stage, final int channels, final boolean spectral, final double beta,
		final int width)
	{
		final PaperParameters p = parameters(new PaperSpec(channels, width, spectral), stage, beta);
		final int r = NetworkSpec.resolution(stage);
		final float[] tiles = tiles(COUNT * r * r * channels);
		final Expected expected = dl4j(p, tiles);
		compare(p, tiles, expected, Precision.DOUBLE, DOUBLE_TOLERANCE, IMAGE_GRADIENT_TOLERANCE);
		compare(p, tiles, expected, Precision.FLOAT, FLOAT_TOLERANCE, FLOAT_TOLERANCE);
	}

	private static void compare(final PaperParameters p, final float[] tiles, final Expected expected,
		final Precision precision, final double tolerance, final double imageTolerance)
	{
		try (EnergyNetwork network = new EnergyNetwork(p, precision)) {
			final double[] energies = new double[COUNT];
			final float[] imageGradient = new float[tiles.length];
			network.evaluate(tiles, COUNT, energies, imageGradient);
			assertClose(expected.energies, energies, tolerance, precision + " energies");
			// The same for what differs between tiles, which a large common part would hide.
			assertClose(centred(expected.energies), centred(energies), tolerance, precision + " energy differences");
			assertClose(expected.imageGradient, doubles(imageGradient), imageTolerance, precision + " image gradient");

			final double[] parameterGradient = new double[p.values().length];
			network.parameterGradient(tiles, IMAGE_WEIGHTS, COUNT, null, parameterGradient);
			// Entry by entry: the large gradients of one must not hide wrong ones of another.
			for (final Entry e : p.entries())
				assertClose(part(expected.parameterGradient, e), part(parameterGradient, e), tolerance, precision +
					" gradient of " + e.name());
		}
	}

	private static Expected dl4j(final PaperParameters p, final float[] tiles) {
		final int r = NetworkSpec.resolution(p.stage());
		final INDArray images = images(Nd4j.createFromArray(doubles(tiles)).reshape(COUNT, r, r, p.spec()
			.channels()));
		final Graph graph = new Graph(Dl4jGraph.build(p, DataType.DOUBLE, e -> decomposition(p, e).getNorm()));
		final double[] energies = graph.forward(images);
		graph.backward(1, 1, 1);
		final double[] imageGradient = pixels(graph.imageGradient()).data().asDouble();
		graph.forward(images);
		graph.backward(IMAGE_WEIGHTS);
		final Gradient gradient = graph.gradient();
		final double[] parameterGradient = new double[p.values().length];
		for (final Entry e : p.entries()) {
			final double[] g = fromDl4j(e, gradient.getGradientFor(Dl4jGraph.layer(e) + "_" +
				Dl4jGraph.key(e)));
			final double[] d = e.isConvolution() && p.spec().spectralNorm() ? throughSpectralNorm(p, e, g) : g;
			for (int i = 0; i < d.length; i++)
				parameterGradient[e.offset() + i] = Dl4jGraph.equalization(e) * d[i];
		}
		return new Expected(energies, imageGradient, parameterGradient);
	}

	/** From tiles [N,r,r,C] to DL4J's [N,C,r,r]. */
	private static INDArray images(final INDArray tiles) {
		return tiles.permute(0, 3, 1, 2).dup('c');
	}

	/** From DL4J's [N,C,r,r] to tiles [N,r,r,C]. */
	private static INDArray pixels(final INDArray images) {
		return images.permute(0, 2, 3, 1).dup('c');
	}

	/** From DL4J's shapes [O,I,kH,kW], of the linear layer [I,O], of biases [1,O], to an entry's values. */
	private static double[] fromDl4j(final Entry e, final INDArray array) {
		if (e.isBias()) return array.dup('c').data().asDouble();
		if (e.name().equals(Dl4jGraph.ENERGY)) return array.transpose().dup('c').data().asDouble();
		return array.permute(0, 2, 3, 1).dup('c').data().asDouble();
	}

	/** From the gradient G with respect to W/σ to that with respect to W: G/σ - ⟨G,W⟩/σ²·u·vᵀ. */
	private static double[] throughSpectralNorm(final PaperParameters p, final Entry e, final double[] g) {
		final SingularValueDecomposition svd = decomposition(p, e);
		final double sigma = svd.getNorm();
		final double[] u = svd.getU().getColumn(0), v = svd.getV().getColumn(0), w = part(p.values(), e);
		double dot = 0;
		for (int i = 0; i < g.length; i++)
			dot += g[i] * w[i];
		final double[] d = new double[g.length];
		for (int i = 0; i < g.length; i++)
			d[i] = g[i] / sigma - dot / (sigma * sigma) * u[i / v.length] * v[i % v.length];
		return d;
	}

	private static SingularValueDecomposition decomposition(final PaperParameters p, final Entry e) {
		final double[][] rows = new double[e.outputs()][];
		for (int o = 0; o < rows.length; o++)
			rows[o] = Arrays.copyOfRange(p.values(), e.offset() + o * e.fanIn(), e.offset() + (o + 1) * e.fanIn());
		return new SingularValueDecomposition(new Array2DRowRealMatrix(rows, false));
	}

	/** Random parameters and biases, with power iterations run to their end: only there σ is that of the SVD. */
	private static PaperParameters parameters(final PaperSpec spec, final int stage, final double beta) {
		final SplittableRandom rng = new SplittableRandom(17 + stage);
		final PaperParameters p = PaperParameters.random(spec, stage, rng);
		for (final Entry e : p.entries())
			if (e.isBias()) for (int i = 0; i < e.size(); i++)
				p.values()[e.offset() + i] = 0.3 * rng.nextGaussian();
		p.iterateSpectralNorm(3000);
		p.setBeta(beta);
		assertEquals(beta, p.beta());
		return p;
	}

	private static float[] tiles(final int size) {
		final SplittableRandom rng = new SplittableRandom(7);
		final float[] tiles = new float[size];
		for (int i = 0; i < size; i++)
			tiles[i] = (float) rng.nextDouble(-1, 1);
		return tiles;
	}

	private static double[] centred(final double[] values) {
		final double mean = Arrays.stream(values).average().orElseThrow();
		return Arrays.stream(values).map(v -> v - mean).toArray();
	}

	private static double[] part(final double[] values, final Entry e) {
		return Arrays.copyOfRange(values, e.offset(), e.offset() + e.size());
	}
}

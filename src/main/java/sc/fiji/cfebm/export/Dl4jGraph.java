package sc.fiji.cfebm.export;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

import org.deeplearning4j.config.DL4JClassLoading;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters.Entry;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * A stage's network as a DL4J graph, layer by layer as the paper has it. Input {@value #IMAGE} [N,C,r,r] in model units, output
 * {@value #ENERGY} [N,1], the energy; a layer with parameters has the name of their {@link Entry}. All layers and vertices are
 * DL4J's own, so that DL4J alone can load it.
 * <p>
 * In the tests this graph is what the engine is compared with. It can be, though both are ours: of the engine it takes the
 * parameters' names, values and shapes and nothing else. The engine merges what is linear and goes back by hand; here nothing is
 * merged, and DL4J knows by itself how to go forward and back.
 */
final class Dl4jGraph {

	static final String IMAGE = "image", ENERGY = "head.linear";

	private final PaperParameters parameters;
	private final GraphBuilder graph;

	private Dl4jGraph(final PaperParameters parameters, final DataType type) {
		this.parameters = parameters;
		graph = new NeuralNetConfiguration.Builder().seed(0).dataType(type).updater(new NoOp()).activation(Activation.IDENTITY)
			.graphBuilder();
	}

	/**
	 * Builds the graph with its weights; β is that of the parameters.
	 *
	 * @param spectralNorm the norm by which a convolution is divided; not asked for without spectral normalisation
	 */
	static ComputationGraph build(final PaperParameters parameters, final DataType type,
		final ToDoubleFunction<Entry> spectralNorm)
	{
		NativeRuntime.start();
		// As ND4J's, DL4J's own classes are looked for with the context class loader otherwise.
		DL4JClassLoading.setDl4jClassloaderFromClass(ComputationGraph.class);
		final Dl4jGraph network = new Dl4jGraph(parameters, type);
		final ComputationGraph graph = network.topology();
		graph.init();
		for (final Entry e : parameters.entries())
			network.assign(graph, e, e.isConvolution() && parameters.spec().spectralNorm() ? spectralNorm.applyAsDouble(
				e) : 1);
		return graph;
	}

	/** What a weight is multiplied by besides its spectral norm: √(2/fan-in) where the learning rate is equalised. */
	static double equalization(final Entry e) {
		return e.isBias() || e.isConvolution() ? 1 : Math.sqrt(2.0 / e.fanIn());
	}

	/** From an entry's values to DL4J's shapes: [O,I,kH,kW], for the linear layer [I,O], for biases [1,O]. */
	private static INDArray toDl4j(final Entry e, final double[] values) {
		final INDArray flat = Nd4j.createFromArray(values);
		if (e.isBias()) return flat.reshape(1, e.outputs());
		if (e.name().equals(ENERGY)) return flat.reshape(e.outputs(), e.fanIn()).transpose();
		final int k = kernel(e);
		return flat.reshape(e.outputs(), k, k, e.fanIn() / (k * k)).permute(0, 3, 1, 2);
	}

	/** The layer an entry belongs to. */
	static String layer(final Entry e) {
		return e.isBias() ? e.name().substring(0, e.name().length() - ".bias".length()) : e.name();
	}

	/** The name DL4J gives an entry within its layer. */
	static String key(final Entry e) {
		return e.isBias() ? "b" : "W";
	}

	private void assign(final ComputationGraph to, final Entry e, final double norm) {
		final double[] values = Arrays.copyOfRange(parameters.values(), e.offset(), e.offset() + e.size());
		for (int i = 0; i < values.length; i++)
			values[i] *= equalization(e) / norm;
		final Layer layer = to.getLayer(layer(e));
		layer.getParam(key(e)).assign(toDl4j(e, values));
	}

	private ComputationGraph topology() {
		final int stage = parameters.stage(), r = NetworkSpec.resolution(stage);
		final int channels = parameters.spec().channels();
		graph.addInputs(IMAGE).setInputTypes(InputType.convolutional(r, r, channels));
		convolution("fromImage", IMAGE, Activation.IDENTITY);
		String z = block(r, "fromImage");
		if (stage > 0) {
			pool("fade.pool", IMAGE);
			convolution("fade", "fade.pool", Activation.IDENTITY);
			final double beta = parameters.beta();
			graph.addVertex("fade.primal", new ScaleVertex(beta), z);
			graph.addVertex("fade.coarse", new ScaleVertex(1 - beta), "fade");
			graph.addVertex("fade.sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "fade.primal", "fade.coarse");
			z = "fade.sum";
		}
		for (int q = r / 2; q >= 8; q /= 2)
			z = block(q, z);
		convolution("head.conv3", z, Activation.SWISH);
		convolution("head.conv4", "head.conv3", Activation.SWISH);
		final Entry linear = parameters.entry(ENERGY);
		graph.addLayer(ENERGY, new DenseLayer.Builder().nIn(linear.fanIn()).nOut(linear.outputs()).activation(
			Activation.IDENTITY).build(), "head.conv4");
		return new ComputationGraph(graph.setOutputs(ENERGY).build());
	}

	/** The Primal path of an Expand block; returns the name of its output. */
	private String block(final int resolution, final String input) {
		final String name = "block" + resolution;
		convolution(name + ".conv1", input, Activation.SWISH);
		convolution(name + ".conv2", name + ".conv1", Activation.IDENTITY);
		pool(name + ".pool", name + ".conv2");
		graph.addLayer(name + ".swish", new ActivationLayer(Activation.SWISH), name + ".pool");
		convolution(name + ".skip", input, Activation.IDENTITY);
		pool(name + ".skip.pool", name + ".skip");
		graph.addVertex(name + ".sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), name + ".swish", name +
			".skip.pool");
		graph.addVertex(name, new ScaleVertex(Math.sqrt(0.5)), name + ".sum");
		return name;
	}

	private void convolution(final String name, final String input, final Activation activation) {
		final Entry e = parameters.entry(name);
		final int k = kernel(e);
		graph.addLayer(name, new ConvolutionLayer.Builder(k, k).nIn(e.fanIn() / (k * k)).nOut(e.outputs()).hasBias(
			parameters.entry(name + ".bias") != null).convolutionMode(k == 3 ? ConvolutionMode.Same
				: ConvolutionMode.Truncate).activation(activation).build(), input);
	}

	private void pool(final String name, final String input) {
		graph.addLayer(name, new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(2, 2).stride(2, 2).build(), input);
	}

	private static int kernel(final Entry e) {
		return e.isConvolution() ? e.shape()[1] : 1;
	}
}

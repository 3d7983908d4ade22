package sc.fiji.cfebm.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.nd4j.shade.protobuf.ByteString;

import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/**
 * An ONNX graph that is put together node by node. Values are known by their names; floats are 32-bit, integers 64-bit. Only writes: what
 * others wrote is never read here.
 */
final class OnnxGraph {

	/** Of the operators, and of the file: read by ONNX Runtime 1.13 and later. */
	static final int OPSET = 17;
	private static final int IR = 8;

	private final GraphProto.Builder graph;
	/** Integer constants that there are already. */
	private final Map<String, String> known = new HashMap<>();
	private int count;

	OnnxGraph(final String name) {
		graph = GraphProto.newBuilder().setName(name);
	}

	/** An attribute of a node: a list of integers. */
	static AttributeProto ints(final String name, final long... values) {
		final AttributeProto.Builder a = AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
		for (final long v : values)
			a.addInts(v);
		return a.build();
	}

	/** An attribute of one integer. */
	static AttributeProto integer(final String name, final long value) {
		return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
	}

	/** An attribute of text. */
	static AttributeProto text(final String name, final String value) {
		return AttributeProto.newBuilder().setName(name).setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(value)).build();
	}

	/** A node with one output, whose name is returned. */
	String node(final String type, final AttributeProto[] attributes, final String... inputs) {
		final String output = type.toLowerCase(Locale.ROOT) + count++;
		add(type, attributes, inputs, output);
		return output;
	}

	/** A node with one output and without attributes, whose name is returned. */
	String node(final String type, final String... inputs) {
		return node(type, new AttributeProto[0], inputs);
	}

	/** The two halves of a value along the channels. */
	String[] halves(final String x) {
		final String[] outputs = { "half" + count++, "half" + count++ };
		add("Split", new AttributeProto[] { integer("axis", 1) }, new String[] { x }, outputs);
		return outputs;
	}

	/** Gives a value a name of its own. */
	void name(final String x, final String name) {
		add("Identity", new AttributeProto[0], new String[] { x }, name);
	}

	private void add(final String type, final AttributeProto[] attributes, final String[] inputs, final String... outputs) {
		final NodeProto.Builder node = NodeProto.newBuilder().setOpType(type).setName(outputs[0]);
		for (final String input : inputs)
			node.addInput(input);
		for (final String output : outputs)
			node.addOutput(output);
		for (final AttributeProto attribute : attributes)
			node.addAttribute(attribute);
		graph.addNode(node);
	}

	/** Named weights. */
	String weights(final String name, final float[] values, final long... shape) {
		final ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
		bytes.asFloatBuffer().put(values);
		return tensor(name, TensorProto.DataType.FLOAT, bytes, shape);
	}

	/** A number. */
	String number(final double value) {
		return known.computeIfAbsent("number " + value, k -> weights("number" + count++, new float[] { (float) value }));
	}

	/** An integer without dimensions. */
	String integer(final long value) {
		return known.computeIfAbsent("integer " + value, k -> integers(new long[] { value }));
	}

	/** A list of integers. */
	String list(final long... values) {
		return known.computeIfAbsent("list " + Arrays.toString(values), k -> integers(values, values.length));
	}

	private String integers(final long[] values, final long... shape) {
		final ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
		bytes.asLongBuffer().put(values);
		return tensor("integers" + count++, TensorProto.DataType.INT64, bytes, shape);
	}

	private String tensor(final String name, final TensorProto.DataType type, final ByteBuffer bytes, final long... shape) {
		final TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber()).setRawData(ByteString.copyFrom(bytes
			.rewind()));
		for (final long side : shape)
			tensor.addDims(side);
		graph.addInitializer(tensor);
		return name;
	}

	/** @param shape numbers, or names of sizes that may be any */
	void input(final String name, final String about, final Object... shape) {
		graph.addInput(value(name, about, shape));
	}

	/** @param shape numbers, or names of sizes that may be any */
	void output(final String name, final String about, final Object... shape) {
		graph.addOutput(value(name, about, shape));
	}

	private static ValueInfoProto value(final String name, final String about, final Object... shape) {
		final TensorShapeProto.Builder sides = TensorShapeProto.newBuilder();
		for (final Object side : shape)
			sides.addDim(side instanceof String any ? Dimension.newBuilder().setDimParam(any) : Dimension.newBuilder().setDimValue(
				((Number) side).longValue()));
		return ValueInfoProto.newBuilder().setName(name).setDocString(about).setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor
			.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber()).setShape(sides))).build();
	}

	/** The file's bytes, the same for the same graph. @param facts what is to be known of it, by key */
	byte[] toBytes(final String about, final Map<String, String> facts) {
		final ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(IR).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
			.setProducerName("CF-EBM for Fiji").setDocString(about).setGraph(graph);
		facts.forEach((key, value) -> model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
		return model.build().toByteArray();
	}
}

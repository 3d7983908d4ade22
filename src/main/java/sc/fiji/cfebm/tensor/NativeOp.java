package sc.fiji.cfebm.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

import sc.fiji.cfebm.platform.NativeRuntime;

/** One of ND4J's operations. */
final class NativeOp extends Op {

	private final OpExecutioner executioner = Nd4j.getExecutioner();
	private final DynamicCustomOp op;
	private final OpContext context;

	NativeOp(final String name, final Tensor[] inputs, final Tensor[] outputs, final long... integers) {
		final INDArray[] in = arrays(inputs), out = arrays(outputs);
		op = DynamicCustomOp.builder(name).addInputs(in).addOutputs(out).build();
		context = executioner.buildContext();
		context.setInputArrays(in);
		context.setOutputArrays(out);
		if (integers.length > 0) context.setIArguments(integers);
	}

	@Override
	public void run() {
		try {
			executioner.exec(op, context);
		}
		catch (final RuntimeException e) {
			throw NativeRuntime.outOfMemory(e);
		}
	}

	@Override
	void free() {
		try {
			context.close();
		}
		catch (final Exception e) {
			throw new IllegalStateException(e);
		}
	}

	private static INDArray[] arrays(final Tensor[] tensors) {
		final INDArray[] arrays = new INDArray[tensors.length];
		for (int i = 0; i < arrays.length; i++)
			arrays[i] = tensors[i].array;
		return arrays;
	}
}

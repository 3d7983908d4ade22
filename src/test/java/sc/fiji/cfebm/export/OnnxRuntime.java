package sc.fiji.cfebm.export;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** An exported network as a program runs it that knows ONNX alone. */
final class OnnxRuntime implements AutoCloseable {

	/** @param denoised [N,C,H,W] @param gradient likewise @param energy [N] */
	record Outputs(float[] denoised, float[] gradient, float[] energy) {}

	private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
	private final OrtSession session;

	OnnxRuntime(final byte[] network) throws OrtException {
		try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
			options.setIntraOpNumThreads(1);
			session = environment.createSession(network, options);
		}
	}

	/** @param shape [N,C,H,W] @param sigmaShape of sigma */
	Outputs run(final float[] image, final long[] shape, final float[] sigma, final long... sigmaShape) throws OrtException {
		try (OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(image), shape);
			OnnxTensor s = OnnxTensor.createTensor(environment, FloatBuffer.wrap(sigma), sigmaShape);
			OrtSession.Result result = session.run(Map.of("image", x, "sigma", s)))
		{
			final OnnxTensor denoised = (OnnxTensor) result.get("denoised").orElseThrow();
			if (!Arrays.equals(shape, denoised.getInfo().getShape())) throw new AssertionError(Arrays.toString(denoised.getInfo().getShape()));
			return new Outputs(values(denoised), values((OnnxTensor) result.get("gradient").orElseThrow()), values((OnnxTensor) result.get(
				"energy").orElseThrow()));
		}
	}

	Set<String> inputs() {
		return session.getInputNames();
	}

	Set<String> outputs() {
		return session.getOutputNames();
	}

	/** What it says of itself. */
	Map<String, String> facts() throws OrtException {
		return session.getMetadata().getCustomMetadata();
	}

	String description() throws OrtException {
		return session.getMetadata().getDescription();
	}

	private static float[] values(final OnnxTensor tensor) {
		final FloatBuffer buffer = tensor.getFloatBuffer();
		final float[] values = new float[buffer.remaining()];
		buffer.get(values);
		return values;
	}

	@Override
	public void close() throws OrtException {
		session.close();
	}
}

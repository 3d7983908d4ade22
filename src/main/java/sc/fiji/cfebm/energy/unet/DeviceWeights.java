package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import sc.fiji.cfebm.energy.unet.UnetWeights.Conv;
import sc.fiji.cfebm.opencl.Buffer;
import sc.fiji.cfebm.opencl.Session;

/** The weights that the convolutions really use, as a device's kernels want them: outputs side by side, filled up to eights. */
final class DeviceWeights implements AutoCloseable {

	private static final int EIGHT = 8;

	/**
	 * Of one convolution.
	 *
	 * @param gather [taps, columns, rows] as it is itself
	 * @param scatter of its transpose: 3×3 [taps turned, rows, columns], 2×2 [rows, taps, columns]
	 */
	record Weights(Buffer gather, Buffer scatter, Buffer bias) {}

	private final UnetWeights weights;
	private final Map<Conv, Weights> buffers = new HashMap<>();
	private final List<Buffer> open = new ArrayList<>();

	DeviceWeights(final UnetWeights weights, final Session session) {
		this.weights = weights;
		try {
			for (final Conv c : weights.convs()) {
				final int taps = c.kernel * c.kernel;
				for (final int size : new int[] { taps * c.columns * filled(c.rows), taps * c.rows * filled(c.columns), c.bias.size() })
					open.add(session.buffer(size));
				final int n = open.size();
				buffers.put(c, new Weights(open.get(n - 3), open.get(n - 2), open.get(n - 1)));
			}
			update();
		}
		catch (final RuntimeException | Error e) {
			close();
			throw e;
		}
	}

	static int filled(final int channels) {
		return (channels + EIGHT - 1) / EIGHT * EIGHT;
	}

	/** Takes over what the weights have become. */
	void update() {
		buffers.forEach((c, to) -> {
			final int taps = c.kernel * c.kernel, rows = filled(c.rows), columns = filled(c.columns);
			final float[] w = new float[c.weight.size()], bias = new float[c.bias.size()], gather = new float[to.gather.size()];
			final float[] scatter = new float[to.scatter.size()];
			c.weight.get(w);
			c.bias.get(bias);
			for (int i = 0; i < w.length; i++) {
				final int row = i / (taps * c.columns), tap = i / c.columns % taps, column = i % c.columns;
				gather[(tap * c.columns + column) * rows + row] = w[i];
				scatter[c.kernel == 2 ? (row * taps + tap) * columns + column : ((taps - 1 - tap) * c.rows + row) * columns + column] = w[i];
			}
			to.gather.write(gather, 0, gather.length);
			to.scatter.write(scatter, 0, scatter.length);
			to.bias.write(bias, 0, bias.length);
		});
	}

	Weights of(final Conv conv) {
		return buffers.get(conv);
	}

	UnetWeights all() {
		return weights;
	}

	@Override
	public void close() {
		open.forEach(Buffer::close);
		open.clear();
	}
}

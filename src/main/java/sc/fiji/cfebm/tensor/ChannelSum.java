package sc.fiji.cfebm.tensor;

/** The sum of all pixels of [N,H,W,C], channel by channel; in Java, for what has no operation. The values are rounded to float. */
final class ChannelSum extends Op {

	private static final int BLOCK = 2048;

	private final Tensor x, sum;
	private final float[] block;
	private final double[] sums;

	ChannelSum(final Tensor x, final Tensor sum) {
		this.x = x;
		this.sum = sum;
		sums = new double[sum.size()];
		block = new float[Math.max(1, BLOCK / sums.length) * sums.length];
	}

	@Override
	public void run() {
		java.util.Arrays.fill(sums, 0);
		for (int at = 0; at < x.size(); at += block.length) {
			final int n = Math.min(block.length, x.size() - at);
			x.get(at, block, n);
			for (int first = 0; first < n; first += sums.length)
				for (int i = 0; i < sums.length; i++)
					sums[i] += block[first + i];
		}
		sum.put(sums);
	}

	@Override
	void free() {
		// Nothing native is its own.
	}
}

package sc.fiji.cfebm.opencl;

/** A device that computes a little wrongly: its driver has the largest number of what it gives back too large. */
public final class WrongSession extends Session {

	private final double factor;

	/** @param factor of one number */
	public WrongSession(final Device device, final double factor) {
		super(device);
		this.factor = factor;
	}

	@Override
	void read(final Buffer from, final float[] to, final int offset, final int count) {
		super.read(from, to, offset, count);
		int largest = offset;
		for (int i = offset; i < offset + count; i++)
			if (Math.abs(to[i]) > Math.abs(to[largest])) largest = i;
		to[largest] *= factor;
	}
}

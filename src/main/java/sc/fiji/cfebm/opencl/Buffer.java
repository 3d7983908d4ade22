package sc.fiji.cfebm.opencl;

import org.jocl.cl_mem;

/** Numbers in a device's memory. Close it to give the memory back. */
public final class Buffer implements AutoCloseable {

	final cl_mem memory;
	private final Session session;
	private final int size;
	private boolean closed;

	Buffer(final Session session, final cl_mem memory, final int size) {
		this.session = session;
		this.memory = memory;
		this.size = size;
	}

	/** How many floats. */
	public int size() {
		return size;
	}

	/** Copies the first {@code count} values in; {@code from} may be changed afterwards. */
	public void write(final float[] from, final int offset, final int count) {
		session.write(this, from, offset, count);
	}

	/** Copies the first {@code count} values out, when all that was asked for before is done. */
	public void read(final float[] to, final int offset, final int count) {
		session.read(this, to, offset, count);
	}

	@Override
	public void close() {
		if (closed) return;
		closed = true;
		session.release(this);
	}
}

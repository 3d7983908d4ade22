package sc.fiji.cfebm.opencl;

import org.jocl.cl_kernel;

/**
 * A kernel with its arguments, bound once and run as often as wanted: the counterpart of an operation on the CPU. For one thread;
 * close it to give back what the driver holds for it.
 */
public final class Launch implements AutoCloseable {

	private final Session session;
	final cl_kernel kernel;
	final String name;
	final long[] global, local;
	private boolean closed;

	Launch(final Session session, final String name, final cl_kernel kernel, final long[] global, final long[] local) {
		this.session = session;
		this.name = name;
		this.kernel = kernel;
		this.global = global;
		this.local = local;
	}

	/** Changes one argument: a {@link Buffer}, an Integer or a Float. */
	public Launch with(final int argument, final Object value) {
		session.set(this, argument, value);
		return this;
	}

	/** Has it run after all that was asked for before; does not wait for it. */
	public void run() {
		session.run(this);
	}

	@Override
	public void close() {
		if (closed) return;
		closed = true;
		session.release(this);
	}
}

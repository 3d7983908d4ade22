package sc.fiji.cfebm.opencl;

import static org.jocl.CL.CL_CONTEXT_PLATFORM;
import static org.jocl.CL.CL_DEVICE_NOT_AVAILABLE;
import static org.jocl.CL.CL_MEM_READ_WRITE;
import static org.jocl.CL.CL_PROGRAM_BUILD_LOG;
import static org.jocl.CL.CL_SUCCESS;
import static org.jocl.CL.CL_TRUE;
import static org.jocl.CL.clBuildProgram;
import static org.jocl.CL.clCreateBuffer;
import static org.jocl.CL.clCreateCommandQueue;
import static org.jocl.CL.clCreateContext;
import static org.jocl.CL.clCreateKernel;
import static org.jocl.CL.clCreateProgramWithSource;
import static org.jocl.CL.clEnqueueNDRangeKernel;
import static org.jocl.CL.clEnqueueReadBuffer;
import static org.jocl.CL.clEnqueueWriteBuffer;
import static org.jocl.CL.clFinish;
import static org.jocl.CL.clGetProgramBuildInfo;
import static org.jocl.CL.clReleaseCommandQueue;
import static org.jocl.CL.clReleaseContext;
import static org.jocl.CL.clReleaseKernel;
import static org.jocl.CL.clReleaseMemObject;
import static org.jocl.CL.clReleaseProgram;
import static org.jocl.CL.clSetKernelArg;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/**
 * The way to one device: its memory, and a queue in which all that is asked for is done in order. Programs are compiled once. What goes
 * wrong is an {@link OutOfMemoryError} where it is about memory and a {@link DeviceException} otherwise. Thread-safe, but for the launches.
 */
public class Session implements AutoCloseable {

	private static final AtomicInteger OPEN = new AtomicInteger();

	private final Device device;
	private final cl_context context;
	private final cl_command_queue queue;
	private final Map<String, cl_program> programs = new HashMap<>();
	/** Nobody closes it while somebody is in a call; taken after the monitor. */
	private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
	private volatile boolean lost;

	protected Session(final Device device) {
		this.device = device;
		final cl_context_properties properties = new cl_context_properties();
		properties.addProperty(CL_CONTEXT_PLATFORM, device.platformId());
		context = create("open", status -> clCreateContext(properties, 1, new cl_device_id[] { device.id() }, null, null, status));
		// Deprecated by OpenCL 2, and the only one that Apple's OpenCL 1.2 knows.
		@SuppressWarnings("deprecation")
		final cl_command_queue made;
		try {
			made = create("open", status -> clCreateCommandQueue(context, device.id(), 0, status));
		}
		catch (final RuntimeException | Error e) {
			Status.of(() -> clReleaseContext(context));
			throw e;
		}
		queue = made;
	}

	/** Opens a device for somebody alone, who closes it. */
	public static Session open(final Device device) {
		return new Session(device);
	}

	public Device device() {
		return device;
	}

	/** Whether the device has failed: nothing is asked of it any more. */
	public boolean isLost() {
		return lost;
	}

	/** Buffers and launches of all devices that are not closed. */
	public static int open() {
		return OPEN.get();
	}

	/** Numbers in the device's memory, not set to anything. @throws OutOfMemoryError if there is not enough */
	public Buffer buffer(final int size) {
		final long bytes = (long) Sizeof.cl_float * Math.max(1, size);
		if (bytes > device.largest()) throw new OutOfMemoryError("The device has no buffers of " + bytes + " bytes.");
		final cl_mem memory = create("allocate " + bytes + " bytes", status -> clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, status));
		OPEN.incrementAndGet();
		return new Buffer(this, memory, size);
	}

	/**
	 * A kernel with arguments.
	 *
	 * @param source file of this package, without its ending
	 * @param options such as {@code -DKS=3}
	 * @param global numbers of items, multiples of {@code local}
	 * @param local items of a group; null: as the driver likes
	 * @param arguments {@link Buffer}, Integer or Float each
	 */
	public Launch launch(final String source, final String options, final String name, final long[] global, final long[] local,
		final Object... arguments)
	{
		final cl_program program = program(source, options);
		final cl_kernel kernel = create("make the kernel " + name, status -> clCreateKernel(program, name, status));
		OPEN.incrementAndGet();
		final Launch launch = new Launch(this, name, kernel, global, local);
		try {
			for (int i = 0; i < arguments.length; i++)
				launch.with(i, arguments[i]);
		}
		catch (final RuntimeException | Error e) {
			launch.close();
			throw e;
		}
		return launch;
	}

	void set(final Launch launch, final int argument, final Object value) {
		final Pointer pointer = value instanceof Buffer ? Pointer.to(((Buffer) value).memory) : value instanceof Float ? Pointer.to(
			new float[] { (Float) value }) : Pointer.to(new int[] { (Integer) value });
		check(() -> clSetKernelArg(launch.kernel, argument, value instanceof Buffer ? Sizeof.cl_mem : Sizeof.cl_float, pointer), "run " +
			launch.name);
	}

	void run(final Launch launch) {
		check(() -> clEnqueueNDRangeKernel(queue, launch.kernel, launch.global.length, null, launch.global, launch.local, 0, null, null),
			"run " + launch.name);
	}

	void write(final Buffer to, final float[] from, final int offset, final int count) {
		check(() -> clEnqueueWriteBuffer(queue, to.memory, CL_TRUE, 0, (long) Sizeof.cl_float * count, Pointer.to(from).withByteOffset(
			(long) Sizeof.cl_float * offset), 0, null, null), "take numbers");
	}

	void read(final Buffer from, final float[] to, final int offset, final int count) {
		check(() -> clEnqueueReadBuffer(queue, from.memory, CL_TRUE, 0, (long) Sizeof.cl_float * count, Pointer.to(to).withByteOffset(
			(long) Sizeof.cl_float * offset), 0, null, null), "give numbers back");
	}

	/** Waits until all is done. */
	public void finish() {
		check(() -> clFinish(queue), "finish");
	}

	void release(final Buffer buffer) {
		OPEN.decrementAndGet();
		Status.of(() -> clReleaseMemObject(buffer.memory));
	}

	void release(final Launch launch) {
		OPEN.decrementAndGet();
		Status.of(() -> clReleaseKernel(launch.kernel));
	}

	/** Gives back what the driver holds for it. Buffers and launches must not be used any more, but may be closed afterwards. */
	@Override
	public synchronized void close() {
		lost = true;
		gate.writeLock().lock();
		try {
			programs.values().forEach(program -> Status.of(() -> clReleaseProgram(program)));
			programs.clear();
			Status.of(() -> clReleaseCommandQueue(queue));
			Status.of(() -> clReleaseContext(context));
		}
		finally {
			gate.writeLock().unlock();
		}
	}

	/** One call of OpenCL that uses the device. */
	interface Call {

		int status();
	}

	/** A test lets calls fail here. */
	int status(final Call call) {
		return Status.of(call::status);
	}

	private void check(final Call call, final String what) {
		gate.readLock().lock();
		try {
			checked(call, what);
		}
		finally {
			gate.readLock().unlock();
		}
	}

	private void checked(final Call call, final String what) {
		if (lost) throw new DeviceException("The device " + device.name() + " has failed before.");
		try {
			Status.check(status(call), what);
		}
		catch (final DeviceException e) {
			lost = true;
			throw e;
		}
		catch (final UnsupportedOperationException | LinkageError e) {
			// A driver that lacks a function.
			lost = true;
			throw new DeviceException("The driver of " + device.name() + " can't " + what + ".");
		}
	}

	private <T> T create(final String what, final Function<int[], T> call) {
		final int[] status = { CL_DEVICE_NOT_AVAILABLE };
		final Object[] made = new Object[1];
		check(() -> {
			made[0] = call.apply(status);
			return status[0];
		}, what);
		@SuppressWarnings("unchecked")
		final T t = (T) made[0];
		return t;
	}

	private synchronized cl_program program(final String source, final String options) {
		final String key = source + " " + options;
		cl_program program = programs.get(key);
		if (program == null) programs.put(key, program = compiled(source, options));
		return program;
	}

	private cl_program compiled(final String source, final String options) {
		final cl_program program = create("read kernels", status -> clCreateProgramWithSource(context, 2, new String[] { read("storage"), read(
			source) }, null, status));
		// Products and sums may become one operation; nothing else may be loose.
		final int status = SignalHandlers.keep(() -> status(() -> clBuildProgram(program, 0, null, "-cl-mad-enable " + options, null, null)));
		if (status == CL_SUCCESS) return program;
		lost = true;
		final byte[] log = new byte[1 << 14];
		Status.of(() -> clGetProgramBuildInfo(program, device.id(), CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null));
		Status.of(() -> clReleaseProgram(program));
		throw new DeviceException("The driver of " + device.name() + " does not compile the kernels (" + new String(log,
			StandardCharsets.UTF_8).replaceAll("\0.*", "").lines().filter(line -> !line.isBlank()).findFirst().orElse("status " + status) +
			").");
	}

	private static String read(final String source) {
		try (InputStream in = Session.class.getResourceAsStream(source + ".cl")) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (final IOException e) {
			throw new IllegalStateException(e);
		}
	}
}

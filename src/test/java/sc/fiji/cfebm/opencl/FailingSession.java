package sc.fiji.cfebm.opencl;

import org.jocl.CL;

/** A device that fails after some calls, or that has little memory; until then it is a real one. */
public final class FailingSession extends Session {

	private final Device device;
	private int callsLeft = Integer.MAX_VALUE;
	private int calls, reads, failure = CL.CL_DEVICE_NOT_AVAILABLE;
	private long held, most = Long.MAX_VALUE;

	/** @param largest bytes of a buffer */
	public FailingSession(final Device device, final long largest) {
		super(new Device(device.name(), device.platform(), device.version(), device.cpu(), device.units(), device.memory(), largest, device
			.platformId(), device.id()));
		this.device = device;
	}

	/** It vanishes after so many more calls. */
	public void vanishAfter(final int more) {
		callsLeft = more;
	}

	/** From now on every call says that the device has no resources left. */
	public void exhaust() {
		callsLeft = 0;
		failure = CL.CL_OUT_OF_RESOURCES;
	}

	/** Numbers in all buffers together that it has room for. */
	public void limit(final long numbers) {
		most = numbers;
	}

	/** Numbers in all buffers now. */
	public long held() {
		return held;
	}

	@Override
	public Buffer buffer(final int size) {
		if (held + size > most) throw new OutOfMemoryError("The device is full.");
		final Buffer buffer = super.buffer(size);
		held += size;
		return buffer;
	}

	@Override
	void release(final Buffer buffer) {
		held -= buffer.size();
		super.release(buffer);
	}

	@Override
	void read(final Buffer from, final float[] to, final int offset, final int count) {
		reads++;
		super.read(from, to, offset, count);
	}

	/** How often something came back from it. */
	public int reads() {
		return reads;
	}

	/** How often it was called. */
	public int calls() {
		return calls;
	}

	@Override
	int status(final Call call) {
		calls++;
		return device != null && callsLeft-- <= 0 ? failure : super.status(call);
	}
}

package sc.fiji.cfebm.opencl;

import org.jocl.CL;

/** A device that fails after some calls, or that has little memory; until then it is a real one. */
public final class FailingSession extends Session {

	private final Device device;
	private int callsLeft = Integer.MAX_VALUE;
	private int calls;

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

	/** How often it was called. */
	public int calls() {
		return calls;
	}

	@Override
	int status(final Call call) {
		calls++;
		return device != null && callsLeft-- <= 0 ? CL.CL_DEVICE_NOT_AVAILABLE : super.status(call);
	}
}

package sc.fiji.cfebm.opencl;

import java.util.function.IntSupplier;

import org.jocl.CL;
import org.jocl.CLException;

/** What OpenCL's functions return. */
final class Status {

	private Status() {}

	/** Another plugin may have told JOCL to throw. */
	static int of(final IntSupplier call) {
		try {
			return call.getAsInt();
		}
		catch (final CLException e) {
			return e.getStatus();
		}
	}

	/**
	 * @param what the device was asked to do, after "can't"
	 * @throws OutOfMemoryError if it is about memory
	 * @throws DeviceException if it is about anything else
	 */
	static void check(final int status, final String what) {
		switch (status) {
			case CL.CL_SUCCESS:
				return;
			case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE:
			case CL.CL_OUT_OF_HOST_MEMORY:
			case CL.CL_INVALID_BUFFER_SIZE:
				// What drivers say that allocate when memory is first used.
			case CL.CL_OUT_OF_RESOURCES:
				throw new OutOfMemoryError("The device's memory is not enough to " + what + " (" + CL.stringFor_errorCode(status) + ").");
			default:
				throw new DeviceException("The device can't " + what + " (" + CL.stringFor_errorCode(status) + ").");
		}
	}
}

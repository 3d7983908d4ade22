package sc.fiji.cfebm.opencl;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** The device that tests compute on: whichever there is, such as pocl on the processor. */
public final class TestDevice {

	private TestDevice() {}

	/** Without one the test is skipped, and the reason printed, as Surefire does not. */
	public static Session session() {
		return Devices.session(device());
	}

	public static Device device() {
		final Devices devices = Devices.here();
		if (devices.list().isEmpty()) System.out.println("Skipped, as there is no device: " + String.join(" ", devices.remarks()));
		assumeFalse(devices.list().isEmpty(), () -> "no OpenCL: " + String.join(" ", devices.remarks()));
		return devices.list().get(0);
	}
}

package sc.fiji.cfebm.opencl;

import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * A device that OpenCL knows of.
 *
 * @param name as users call it, in one line; the only one of this name
 * @param platform of the driver
 * @param version of OpenCL, such as "OpenCL 3.0"
 * @param cpu whether it is the processor itself
 * @param units compute units
 * @param memory in bytes
 * @param largest bytes that one buffer can have
 * @param platformId what OpenCL calls the platform
 * @param id what OpenCL calls the device
 */
public record Device(String name, String platform, String version, boolean cpu, int units, long memory, long largest,
	cl_platform_id platformId, cl_device_id id)
{

	private static final double GIGA = 1 << 30;

	Device called(final String other) {
		return new Device(other, platform, version, cpu, units, memory, largest, platformId, id);
	}

	/** One line for users. */
	public String describe() {
		return name + " (" + platform + ", " + version + ", " + units + (units == 1 ? " unit, " : " units, ") + String.format(
			java.util.Locale.ROOT, "%.1f GB)", memory / GIGA);
	}
}

package sc.fiji.cfebm.opencl;

import static org.jocl.CL.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_COMPUTE_UNITS;
import static org.jocl.CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE;
import static org.jocl.CL.CL_DEVICE_NAME;
import static org.jocl.CL.CL_DEVICE_NOT_FOUND;
import static org.jocl.CL.CL_DEVICE_TYPE;
import static org.jocl.CL.CL_DEVICE_TYPE_ALL;
import static org.jocl.CL.CL_DEVICE_TYPE_CPU;
import static org.jocl.CL.CL_DEVICE_VERSION;
import static org.jocl.CL.CL_PLATFORM_NAME;
import static org.jocl.CL.clGetDeviceIDs;
import static org.jocl.CL.clGetDeviceInfo;
import static org.jocl.CL.clGetPlatformIDs;
import static org.jocl.CL.clGetPlatformInfo;

import java.nio.charset.StandardCharsets;

import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** The drivers of this computer. */
final class JoclDriver implements Driver {

	/** What a loader says where there is no driver at all. */
	private static final int NO_PLATFORM = -1001;

	private cl_platform_id[] platforms = {};
	private cl_device_id[][] devices = {};

	private interface Info {

		int ask(long size, Pointer to, long[] needed);
	}

	@Override
	public int platforms() {
		final int[] count = new int[1];
		final int status = Status.of(() -> clGetPlatformIDs(0, null, count));
		if (status == NO_PLATFORM) return 0;
		Status.check(status, "list platforms");
		platforms = new cl_platform_id[count[0]];
		devices = new cl_device_id[count[0]][];
		if (count[0] > 0) Status.check(Status.of(() -> clGetPlatformIDs(count[0], platforms, null)), "list platforms");
		return count[0];
	}

	@Override
	public int devices(final int platform) {
		final int[] count = new int[1];
		final int status = Status.of(() -> clGetDeviceIDs(platforms[platform], CL_DEVICE_TYPE_ALL, 0, null, count));
		if (status == CL_DEVICE_NOT_FOUND) return 0;
		Status.check(status, "list devices");
		devices[platform] = new cl_device_id[count[0]];
		if (count[0] > 0) Status.check(Status.of(() -> clGetDeviceIDs(platforms[platform], CL_DEVICE_TYPE_ALL, count[0], devices[platform],
			null)), "list devices");
		return count[0];
	}

	@Override
	public Device device(final int platform, final int device) {
		final cl_platform_id p = platforms[platform];
		final cl_device_id d = devices[platform][device];
		final String version = text((size, to, needed) -> clGetDeviceInfo(d, CL_DEVICE_VERSION, size, to, needed));
		return new Device(text((size, to, needed) -> clGetDeviceInfo(d, CL_DEVICE_NAME, size, to, needed)), text((size, to,
			needed) -> clGetPlatformInfo(p, CL_PLATFORM_NAME, size, to, needed)), version.replaceFirst("^(OpenCL \\d+\\.\\d+).*", "$1"),
			(number(d, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0, (int) number(d, CL_DEVICE_MAX_COMPUTE_UNITS), number(d,
				CL_DEVICE_GLOBAL_MEM_SIZE), number(d, CL_DEVICE_MAX_MEM_ALLOC_SIZE), p, d);
	}

	private static long number(final cl_device_id d, final int what) {
		final long[] value = new long[1];
		Status.check(Status.of(() -> clGetDeviceInfo(d, what, Sizeof.cl_long, Pointer.to(value), new long[1])), "tell about a device");
		return value[0];
	}

	private static String text(final Info info) {
		final long[] needed = new long[1];
		Status.check(Status.of(() -> info.ask(0, null, needed)), "tell about a device");
		final byte[] bytes = new byte[(int) Math.min(needed[0], 1 << 12)];
		if (bytes.length < needed[0] || bytes.length == 0) return "";
		Status.check(Status.of(() -> info.ask(bytes.length, Pointer.to(bytes), null)), "tell about a device");
		return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8);
	}
}

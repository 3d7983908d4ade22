package sc.fiji.cfebm.platform;

import java.io.IOException;
import java.util.List;

/** The NVIDIA graphics cards of this computer. A test gives a list of its own. */
@FunctionalInterface
interface GpuDevices {

	/**
	 * One card.
	 *
	 * @param name as its maker calls it
	 * @param major first number of its compute capability, such as 8 of 8.6
	 * @param minor second number
	 */
	record Device(String name, int major, int minor) {

		String capability() {
			return major + "." + minor;
		}
	}

	/** @throws IOException with one sentence, if the cards can't be asked */
	List<Device> list() throws IOException;
}

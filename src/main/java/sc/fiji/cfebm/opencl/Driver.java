package sc.fiji.cfebm.opencl;

/** What lists platforms and their devices. Anything may be thrown: drivers are foreign code. A test gives a list of its own. */
interface Driver {

	/** @return the number of platforms */
	int platforms();

	/** @return the number of a platform's devices that compute in float */
	int devices(int platform);

	/** Names as the driver gives them. */
	Device device(int platform, int device);
}

package sc.fiji.cfebm.tensor;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * Makes the operations that a thread runs use that thread alone: for workers, each with work of its own. OpenMP's threads
 * wait for each other in every small operation, which one more busy process makes many times slower.
 */
public final class OneThread {

	private static final ThreadLocal<Boolean> HERE = ThreadLocal.withInitial(() -> false);

	private OneThread() {}

	/** From now on, for the calling thread; to be called before it builds operations. */
	public static void begin() {
		NativeRuntime.start();
		// OpenMP keeps the number for each thread that calls it.
		NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
		HERE.set(true);
	}

	static boolean isHere() {
		return HERE.get();
	}
}

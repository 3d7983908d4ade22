package sc.fiji.cfebm.platform;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.common.config.ND4JSystemProperties;
import org.nd4j.linalg.factory.Nd4j;


/**
 * Starts ND4J's native library. Everything that must be said before ND4J is first touched is said here and nowhere
 * else; every {@code Tensor} comes through here.
 */
public final class NativeRuntime {

	/** Says how convolutions are computed, for tests and benchmarks: "gemm" or "nd4j"; otherwise as is fastest. */
	public static final String CONVOLUTION = "cfebm.convolution";

	private static final List<String> WAYS = List.of("", "gemm", "nd4j");
	private static final AtomicInteger OPEN = new AtomicInteger();
	private static boolean started, hasOneDnn, singleBlas;
	private static NativeLibraryError failure;

	private NativeRuntime() {}

	/**
	 * Loads the native library once; cheap afterwards. Thread-safe.
	 *
	 * @throws NativeLibraryError if it can't be loaded
	 */
	public static synchronized void start() {
		if (started) return;
		// The JVM tells the reason once, and later on only that there was one.
		if (failure != null) throw failure;
		// JavaCPP ties its limits to the Java heap and throws inside a large Fiji although memory is free.
		setDefault("org.bytedeco.javacpp.maxphysicalbytes", "0");
		setDefault("org.bytedeco.javacpp.maxbytes", "1t");
		// In Fiji it would print fourteen lines on itself; what matters of them CF-EBM Check Installation says.
		setDefault(ND4JSystemProperties.LOG_INITIALIZATION, "false");
		// ND4J looks for its backend with the context class loader, which in Fiji need not be the plugin's.
		final ClassLoader own = NativeRuntime.class.getClassLoader();
		final Thread thread = Thread.currentThread();
		final ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(own);
		try {
			// Another plugin may have brought one for graphics cards, which ND4J would take.
			ND4JClassLoading.setNd4jClassloader(new CpuOnlyClassLoader(own));
			Nd4j.getExecutioner();
			hasOneDnn = Nd4j.getBackend().buildInfo().contains("HAVE_ONEDNN");
		}
		catch (final RuntimeException | LinkageError e) {
			throw failure = NativeLibraries.error(e, NativeLibraries.platforms(own), NativeLibraries.here());
		}
		finally {
			thread.setContextClassLoader(before);
		}
		started = true;
	}

	/** One line for the log: the backend, its number of threads and how convolutions are computed. */
	public static String describe() {
		start();
		final int threads = threads();
		return "ND4J " + Nd4j.getBackend().getClass().getSimpleName() + (threads == 1 ? ", 1 thread" : ", " + threads +
			" threads") + ", convolution: " + convolution();
	}

	/**
	 * How convolutions of networks built from now on are computed: by oneDNN where ND4J's native library has it, on other
	 * processors as shifted products of matrices. The system property {@value #CONVOLUTION} overrides that.
	 */
	public static Convolution convolution() {
		start();
		final String wanted = System.getProperty(CONVOLUTION, "");
		if (!WAYS.contains(wanted)) throw new IllegalArgumentException("The property " + CONVOLUTION +
			" is \"gemm\" or \"nd4j\", not \"" + wanted + "\".");
		if (wanted.equals("nd4j") || hasOneDnn && !wanted.equals("gemm")) return hasOneDnn ? Convolution.ONEDNN
			: Convolution.GENERIC;
		singleBlas();
		return Convolution.SHIFTED_GEMM;
	}

	/** Threads of OpenBLAS and of OpenMP would wait for each other, and the products are small. */
	private static synchronized void singleBlas() {
		if (!singleBlas) Nd4j.factory().blas().setMaxThreads(1);
		singleBlas = true;
	}

	/** How many threads operations use: {@code OMP_NUM_THREADS}, or the number of cores. */
	public static int threads() {
		start();
		return Nd4j.getEnvironment().maxMasterThreads();
	}

	/** Tensors and operations that have native memory: those not yet closed. */
	public static int open() {
		return OPEN.get();
	}

	public static void opened() {
		OPEN.incrementAndGet();
	}

	public static void closed() {
		OPEN.decrementAndGet();
	}

	/**
	 * What ND4J throws where native memory runs out is an exception like any other; the message alone tells. To be thrown.
	 *
	 * @return the exception itself, if it is about something else
	 * @throws OutOfMemoryError if it is about memory
	 */
	public static RuntimeException outOfMemory(final RuntimeException e) {
		final String message = String.valueOf(e.getMessage());
		if (!message.contains("Allocation failed") && !message.contains("bad_alloc")) return e;
		throw (Error) new OutOfMemoryError("Native memory: " + message).initCause(e);
	}

	private static void setDefault(final String key, final String value) {
		if (System.getProperty(key) == null) System.setProperty(key, value);
	}
}

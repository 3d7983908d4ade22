package sc.fiji.cfebm.platform;

import java.io.IOException;
import java.util.List;

/**
 * Whether the engine computes on the graphics card. Decided before ND4J starts: ND4J only counts cards, would take one
 * that its CUDA build has no machine code for, and fail.
 *
 * @param gpu whether it does
 * @param reason one sentence that says why or why not
 */
public record GpuChoice(boolean gpu, String reason) {

	/** ND4J's build for CUDA 11.6 has code for 6.0 to 8.6, which 8.9 runs as well, and none to be compiled for newer cards. */
	private static final int OLDEST = 60, NEWEST = 89;

	/**
	 * @param installed whether ND4J's CUDA build is on the class path
	 * @param devices asked only if it is
	 * @param libraries loads CUDA's libraries, or throws whatever keeps it from that; run only if there is a card for them
	 */
	static GpuChoice of(final boolean installed, final GpuDevices devices, final Runnable libraries) {
		if (!installed) return cpu("the package for GPUs is not installed");
		final List<GpuDevices.Device> cards;
		try {
			cards = devices.list();
		}
		catch (final IOException e) {
			return cpu(e.getMessage());
		}
		if (cards.isEmpty()) return cpu("the computer has no NVIDIA card");
		// ND4J starts all cards there are.
		for (final GpuDevices.Device card : cards) {
			final int capability = 10 * card.major() + card.minor();
			if (capability < OLDEST || capability > NEWEST) return cpu("the " + card.name() + " is too " + (capability < OLDEST
				? "old" : "new") + " for it (compute capability " + card.capability() + ", it needs 6.0 to 8.9)");
		}
		try {
			libraries.run();
		}
		catch (final RuntimeException | LinkageError e) {
			return cpu("CUDA 11.6 is not installed or can't be loaded (" + NativeLibraries.reason(e) + ")");
		}
		final GpuDevices.Device first = cards.get(0);
		return new GpuChoice(true, "The GPU is used: " + first.name() + " (compute capability " + first.capability() + ").");
	}

	/** The choice for this computer and class path. */
	static GpuChoice here(final ClassLoader loader) {
		return of(loader.getResource("org/nd4j/linalg/jcublas/JCublasBackend.class") != null, new NvidiaSmi(), () -> {
			try {
				// By name: the CUDA build is no part of what this is compiled against.
				final Class<?> loads = Class.forName("org.bytedeco.javacpp.Loader", true, loader);
				for (final String library : new String[] { "cudart", "cublas", "cusolver" })
					loads.getMethod("load", Class.class).invoke(null, Class.forName("org.bytedeco.cuda.global." + library, false, loader));
			}
			catch (final ReflectiveOperationException e) {
				throw new IllegalStateException(e.getCause() == null ? e : e.getCause());
			}
		});
	}

	private static GpuChoice cpu(final String why) {
		return new GpuChoice(false, "The GPU is not used: " + why + ".");
	}
}

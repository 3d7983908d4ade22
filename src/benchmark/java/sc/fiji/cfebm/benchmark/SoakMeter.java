package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

import sc.fiji.cfebm.platform.NativeRuntime;

/** What a process holds, for a macro to ask: {@code call("sc.fiji.cfebm.benchmark.SoakMeter.measure")}. */
public final class SoakMeter {

	private SoakMeter() {}

	/**
	 * In one line: resident memory in MB, Java heap in use after a collection in MB, native tensors and operations that are
	 * not closed, open file handles, threads, files in the folder for temporary ones and in JavaCPP's cache.
	 */
	public static String measure() throws IOException {
		System.gc();
		System.gc();
		final double heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / (double) (1 << 20);
		return String.format(Locale.ROOT, "%.1f %.1f %d %d %d %d", ResidentMemory.megabytes("VmRSS"), heap, NativeRuntime
			.open(), handles(), ManagementFactory.getThreadMXBean().getThreadCount(), files(Path.of(System.getProperty(
				"java.io.tmpdir"))) + files(Path.of(System.getProperty("org.bytedeco.javacpp.cachedir"))));
	}

	private static long handles() throws IOException {
		try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
			// One is the folder's own.
			return all.count() - 1;
		}
	}

	/** Files below a folder. */
	static long files(final Path folder) throws IOException {
		if (!Files.isDirectory(folder)) return 0;
		try (Stream<Path> all = Files.walk(folder)) {
			return all.filter(f -> !Files.isDirectory(f)).count();
		}
	}
}

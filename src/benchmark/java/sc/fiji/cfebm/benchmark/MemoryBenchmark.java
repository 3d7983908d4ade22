package sc.fiji.cfebm.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory and time of denoising a 16-bit stack of 2048×2048 pixels in one step with the model {@code photo} that comes with
 * the plugin, by the command, in a process with a heap of 2 GB. {@code -Dslices=N} says how many slices (50); four are
 * measured beside them, to see that nothing grows but the stacks themselves.
 */
final class MemoryBenchmark implements Benchmark {

	private static final String HEAP = "stack_peak_heap_mb", RESIDENT = "stack_peak_resident_mb", SECONDS =
		"stack_seconds_per_slice";

	private static final int SIDE = 2048, FEW = 4;

	@Override
	public String name() {
		return "memory";
	}

	@Override
	public List<String> keys() {
		return List.of(HEAP, RESIDENT, SECONDS);
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		if (!Files.isReadable(Path.of("/proc/self/status"))) throw new IOException("Resident memory is measured on Linux only.");
		final int slices = Integer.getInteger("slices", 50);
		final List<List<Object>> rows = new ArrayList<>();
		for (final int n : slices > FEW ? new int[] { FEW, slices } : new int[] { slices }) {
			report.progress(n + " slices");
			final double[] measured = measure(n);
			final double stacks = 2.0 * 2 * SIDE * SIDE * n / (1 << 20);
			rows.add(List.of(n, stacks, measured[0], measured[0] - stacks, measured[1], measured[2]));
			if (n != slices) continue;
			report.result(HEAP, measured[0], "MB");
			report.result(RESIDENT, measured[1], "MB");
			report.result(SECONDS, measured[2] / n, "s");
		}
		report.text("A 16-bit stack of " + SIDE + "×" + SIDE + " pixels, denoised in one step with the model photo by a process " +
			"with a heap of 2 GB (-Xmx2g). Heap: the most that was in use after a garbage collection. Resident: the most the " +
			"process had.");
		report.table(List.of("slices", "input and output MB", "heap MB", "heap beside them MB", "resident MB", "seconds"), rows);
	}

	private static double[] measure(final int slices) throws IOException {
		final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx2g",
			"-Djava.awt.headless=true", "-classpath", System.getProperty("java.class.path"), WholeStack.class.getName(),
			"plugins/CF-EBM/models/photo.cfebm", Integer.toString(SIDE), Integer.toString(slices)).redirectError(
				ProcessBuilder.Redirect.INHERIT).start();
		try (BufferedReader lines = process.inputReader()) {
			final String last = lines.lines().reduce("", (before, line) -> line);
			final String[] numbers = last.split(" ");
			if (numbers.length != 3) throw new IOException("The process that denoises " + slices + " slices failed.");
			return new double[] { Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]), Double.parseDouble(numbers[2]) };
		}
	}
}

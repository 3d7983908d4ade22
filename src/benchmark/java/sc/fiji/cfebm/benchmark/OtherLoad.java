package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** How many processors others kept busy while something was measured; known on Linux, elsewhere taken to be none. */
final class OtherLoad {

	private static final Path STAT = Path.of("/proc/stat");

	private double others;
	private long time;

	/** Begins to watch. */
	OtherLoad start() throws IOException {
		others = others();
		time = System.nanoTime();
		return this;
	}

	/** Busy processors since the start, less this process and those it started. */
	double stop() throws IOException {
		return Math.max(0, others() - others) / ((System.nanoTime() - time) * 1e-9);
	}

	private static double others() throws IOException {
		if (!Files.isReadable(STAT)) return 0;
		// user nice system idle iowait irq softirq steal, in hundredths of a second
		final String[] words = Files.readAllLines(STAT).get(0).trim().split("\\s+");
		double busy = 0;
		for (int i = 1; i <= 8; i++)
			if (i != 4 && i != 5) busy += 0.01 * Long.parseLong(words[i]);
		final ProcessHandle self = ProcessHandle.current();
		return busy - Stream.concat(Stream.of(self), self.descendants()).mapToDouble(p -> p.info().totalCpuDuration().orElse(
			Duration.ZERO).toMillis() * 1e-3).sum();
	}
}

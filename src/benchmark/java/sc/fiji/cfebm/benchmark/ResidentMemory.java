package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import sc.fiji.cfebm.energy.EnergyNetwork;

/**
 * A process that runs Langevin steps of 16 gray tiles, 32×32, base width 8, and prints its resident memory in MB every
 * 500 steps, the first time after a warm-up.
 */
final class ResidentMemory {

	private ResidentMemory() {}

	public static void main(final String[] args) throws IOException {
		try (EnergyNetwork network = new EnergyNetwork(EngineBenchmark.parameters(1, 8))) {
			final LangevinStep step = new LangevinStep(network, EngineBenchmark.tiles(16 * 32 * 32));
			step.run(50);
			System.out.println(megabytes("VmRSS"));
			for (int k = 0; k < 4; k++) {
				step.run(500);
				System.out.println(megabytes("VmRSS"));
			}
		}
		System.exit(0);
	}

	/** @param key VmRSS for what is resident now, VmHWM for the most there was */
	static double megabytes(final String key) throws IOException {
		final List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
		for (final String line : lines)
			if (line.startsWith(key + ":")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
		throw new IOException("/proc/self/status names no resident memory.");
	}
}

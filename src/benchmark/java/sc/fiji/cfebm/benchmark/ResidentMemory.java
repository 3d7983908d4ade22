package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import sc.fiji.cfebm.energy.unet.UnetEnergy;

/** A process that runs Langevin steps of a batch and prints its resident memory in MB after each number of {@link #STEPS}. */
final class ResidentMemory {

	static final List<Integer> STEPS = List.of(200, 650, 1100, 1550, 2000);
	static final UnetCase CASE = UnetCase.batch(1, UnetCase.USUAL, 8);

	private ResidentMemory() {}

	public static void main(final String[] args) throws IOException {
		try (UnetEnergy energy = new UnetEnergy(CASE.parameters())) {
			final LangevinStep step = new LangevinStep(energy, CASE.images(), CASE.side());
			int done = 0;
			for (final int steps : STEPS) {
				step.run(steps - done);
				done = steps;
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

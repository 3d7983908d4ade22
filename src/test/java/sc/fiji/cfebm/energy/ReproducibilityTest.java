package sc.fiji.cfebm.energy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.energy.Numbers.bits;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientFields;

/** The same seed gives the same bits: in this process, and in fresh ones. */
class ReproducibilityTest {

	private static final long SEED = 20260101;

	@TempDir
	Path folder;

	@Test
	void sameSeedGivesSameBitsInFreshProcesses() throws Exception {
		// One after the other: on few cores the threads of both would wait for each other.
		final String first = child(SEED);
		assertEquals(first, child(SEED));
		assertEquals(first, Run.of(SEED));
		assertNotEquals(first, Run.of(SEED + 1));
	}

	/** The result of a fresh JVM with this one's class path and, as the number of threads decides how sums are split, its environment. */
	private String child(final long seed) throws Exception {
		final Path output = Files.createTempFile(folder, "child", ".txt");
		final String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
		final ProcessBuilder builder = new ProcessBuilder(java, "-Xmx512m", Run.class.getName(), Long.toString(seed));
		// As a variable: a command line on Windows would be too short for it.
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		final Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
		final boolean ended = process.waitFor(120, TimeUnit.SECONDS);
		if (!ended) process.destroyForcibly().waitFor();
		final List<String> lines = Files.readAllLines(output);
		final String all = String.join("\n", lines);
		assertTrue(ended, "The child took too long: " + all);
		assertEquals(0, process.exitValue(), all);
		// Libraries may print, too.
		return lines.stream().filter(line -> line.startsWith(Run.RESULT)).findFirst().orElseThrow(
			() -> new AssertionError("No result: " + all));
	}

	/** What is repeated: short Langevin chains, then parameter gradients. Also the children's main class. */
	static final class Run {

		static final String RESULT = "bits of";
		/** Enough work that operations are split among threads, and a chunk that is not full. */
		private static final int STAGE = 1, COUNT = 11, STEPS = 20, GRADIENTS = 3;

		private Run() {}

		public static void main(final String[] args) {
			System.out.println(of(Long.parseLong(args[0])));
			// ND4J's threads need not be daemons.
			System.exit(0);
		}

		/** One line with a checksum of every kind of result, so that a failure says what differs. */
		static String of(final long seed) {
			final SplittableRandom rng = new SplittableRandom(seed);
			final PaperParameters p = PaperParameters.random(new PaperSpec(1, 8, true), STAGE, rng);
			p.setBeta(0.5);
			final int size = NetworkSpec.resolution(STAGE) * NetworkSpec.resolution(STAGE);
			final float[] x = new float[COUNT * size];
			for (int i = 0; i < x.length; i++)
				x[i] = (float) rng.nextDouble(-1, 1);
			try (EnergyNetwork network = new EnergyNetwork(p)) {
				new LangevinChain(GradientFields.batch(network), PlacedNoise.of(rng.nextLong())).run(x, Schedule.paper(STEPS, 0, 1));
				final double[] energies = new double[COUNT];
				final float[] imageGradient = new float[x.length];
				network.evaluate(x, COUNT, energies, imageGradient);
				final List<String> gradients = new ArrayList<>();
				for (int k = 0; k < GRADIENTS; k++) {
					final double[] gradient = new double[p.values().length];
					network.parameterGradient(x, rng.doubles(COUNT, -1, 1).toArray(), COUNT, null, gradient);
					gradients.add(bits(gradient));
				}
				return RESULT + " parameters " + bits(p.values()) + " tiles " + bits(doubles(x)) + " energies " + bits(
					energies) + " image gradient " + bits(doubles(imageGradient)) + " parameter gradients " + String.join(
						" ", gradients);
			}
		}
	}
}

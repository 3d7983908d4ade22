package sc.fiji.cfebm.energy.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static sc.fiji.cfebm.energy.Numbers.bits;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.command.Jvm;
import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.tensor.Precision;

/** The same bits in this process and in a fresh one, with one worker and with two. */
class UnetReproducibilityTest {

	@TempDir
	Path folder;

	@Test
	void sameBitsInAFreshProcess() throws Exception {
		final Jvm.Outcome child = Jvm.run(folder, folder.resolve("child.txt"), 5, List.of("-cp", Jvm.classPath(), Run.class.getName(),
			"2", "5"));
		assertEquals(0, child.status(), child.output());
		final String said = child.output().lines().filter(line -> line.startsWith(Run.RESULT)).findFirst().orElse(child.output());
		assertEquals(said, Run.of(1, 5));
		assertNotEquals(said, Run.of(1, 6));
	}

	/** What is repeated: batches, training gradients and a picture in strips. */
	static final class Run {

		static final String RESULT = "bits of ";

		private Run() {}

		public static void main(final String[] args) {
			System.out.println(of(Integer.parseInt(args[0]), Long.parseLong(args[1])));
			System.exit(0);
		}

		static String of(final int threads, final long seed) {
			final UnetSpec spec = Unets.spec(1, List.of(16, 8), true, true, EnergyForm.INNER_CORRECTED);
			final UnetParameters p = Unets.parameters(spec, 1, 0.5, seed);
			final int count = 11, side = 48;
			final float[] pixels = Unets.random(count * side * side, seed), sigma = Unets.random(count, 1), denoised = new float[pixels.length], picture = Unets.random(512 * 128, seed);
			for (int n = 0; n < count; n++)
				sigma[n] = 0.5f + 0.3f * sigma[n];
			final NoisyImages x = new NoisyImages(pixels, count, side, side, sigma, new float[count], 5);
			final double[] weights = new SplittableRandom(seed).doubles(count, -1, 1).toArray(), gradient = new double[p.values().length];
			final double[] energies = new double[count], losses = new double[count];
			try (Workers workers = new Workers(threads); UnetEnergy energy = new UnetEnergy(p, Precision.FLOAT, workers)) {
				energy.evaluate(x, new Wanted(energies, null, null, null, denoised));
				energy.parameterGradient(x, weights, null, gradient);
				energy.estimateGradient(x, denoised, weights, losses, gradient);
				energy.denoisedGradient(x, denoised, weights, false, losses, gradient);
				energy.evaluate(new NoisyImages(picture, 1, 128, 512, new float[] { 0.3f }, new float[1], 1), Wanted.denoised(
					picture));
			}
			return RESULT + "energies " + bits(energies) + " denoised " + bits(doubles(denoised)) + " gradients " + bits(gradient) +
				" losses " + bits(losses) + " picture " + bits(doubles(picture));
		}
	}
}

package sc.fiji.cfebm.task;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tensor.Precision;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Whether the engine computes rightly on this computer, and how fast. Energies of a random network in float are compared
 * with those in double, and their gradient with differences of energies, which need no gradient at all.
 *
 * @param energyError largest difference of energies, as a share of their spread
 * @param gradientError largest difference between a gradient along a direction and the energies' difference, as a share
 *          of the largest
 * @param millisecondsPerStep of a Langevin step of {@link #TILES} tiles of {@link #SIDE}×{@link #SIDE} pixels
 */
public record SelfTest(double energyError, double gradientError, double millisecondsPerStep) {

	/** The size of the trainings that the preset settings make. */
	public static final int TILES = 16, SIDE = 32;
	private static final int CHANNELS = 1, BASE_WIDTH = 8, CHECKED = 4;
	/** Above the rounding of floats by far, and below what any real mistake makes. */
	private static final double TOLERANCE = 1e-3;
	private static final double DIFFERENCE = 1e-4;
	private static final long TIMED_NANOS = 1_000_000_000;

	/** A network of the widths that models which come with the plugin have, with random parameters: what devices are measured with. */
	public static UnetParameters usualNetwork() {
		return UnetParameters.random(new UnetSpec(CHANNELS, List.of(64, 48, 32), true, true, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED), 2,
			new SplittableRandom(1));
	}

	/** Takes about two seconds. */
	public static SelfTest run() {
		final RandomGenerator rng = new SplittableRandom(1);
		final PaperParameters parameters = PaperParameters.random(new PaperSpec(CHANNELS, BASE_WIDTH, false), NetworkSpec
			.stageOf(SIDE), rng);
		final float[] tiles = noise(TILES * SIDE * SIDE, rng);
		try (EnergyNetwork floats = new EnergyNetwork(parameters);
				EnergyNetwork doubles = new EnergyNetwork(parameters, Precision.DOUBLE))
		{
			return new SelfTest(energyError(floats, doubles, tiles), gradientError(floats, doubles, tiles, rng),
				time(floats, tiles, rng));
		}
	}

	/** Whether both errors are no more than rounding. */
	public boolean passed() {
		// Not NaN either.
		return energyError <= TOLERANCE && gradientError <= TOLERANCE;
	}

	private static double energyError(final EnergyNetwork floats, final EnergyNetwork doubles, final float[] tiles) {
		final double[] e = energies(floats, tiles, TILES), exact = energies(doubles, tiles, TILES);
		double error = 0, least = exact[0], most = exact[0];
		for (int i = 0; i < TILES; i++) {
			error = worse(error, Math.abs(e[i] - exact[i]));
			least = Math.min(least, exact[i]);
			most = Math.max(most, exact[i]);
		}
		return error / (most - least);
	}

	private static double gradientError(final EnergyNetwork floats, final EnergyNetwork doubles, final float[] tiles,
		final RandomGenerator rng)
	{
		final int size = SIDE * SIDE, count = CHECKED * size;
		final float[] gradient = new float[count], direction = noise(count, rng), up = new float[count], down = new float[count];
		floats.evaluate(tiles, CHECKED, null, gradient);
		for (int i = 0; i < count; i++) {
			up[i] = (float) (tiles[i] + DIFFERENCE * direction[i]);
			down[i] = (float) (tiles[i] - DIFFERENCE * direction[i]);
		}
		final double[] above = energies(doubles, up, CHECKED), below = energies(doubles, down, CHECKED);
		double error = 0, largest = 0;
		for (int tile = 0; tile < CHECKED; tile++) {
			double along = 0;
			for (int i = tile * size; i < (tile + 1) * size; i++)
				along += gradient[i] * ((double) up[i] - down[i]);
			error = worse(error, Math.abs(along - (above[tile] - below[tile])));
			largest = Math.max(largest, Math.abs(above[tile] - below[tile]));
		}
		return error / largest;
	}

	private static double time(final EnergyNetwork network, final float[] tiles, final RandomGenerator rng) {
		final LangevinChain chain = new LangevinChain(GradientFields.batch(network), PlacedNoise.of(rng.nextLong())).gradientLimit(0.1);
		final Schedule one = Schedule.paper(1, 0, 2);
		final float[] state = tiles.clone();
		// Java has to compile what it runs often: the first steps say nothing.
		for (final long begin = System.nanoTime(); System.nanoTime() - begin < TIMED_NANOS;)
			chain.run(state, one);
		final long start = System.nanoTime();
		int steps = 0;
		long now = start;
		for (; now - start < TIMED_NANOS; now = System.nanoTime(), steps++)
			chain.run(state, one);
		return 1e-6 * (now - start) / steps;
	}

	/** Not a number is the worst error there is. */
	private static double worse(final double a, final double b) {
		return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : Math.max(a, b);
	}

	private static double[] energies(final EnergyNetwork network, final float[] tiles, final int count) {
		final double[] energies = new double[count];
		network.evaluate(tiles, count, energies, null);
		return energies;
	}

	private static float[] noise(final int count, final RandomGenerator rng) {
		final float[] noise = new float[count];
		for (int i = 0; i < count; i++)
			noise[i] = (float) (0.5 * rng.nextGaussian());
		return noise;
	}
}

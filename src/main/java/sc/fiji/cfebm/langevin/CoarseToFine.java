package sc.fiji.cfebm.langevin;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.tile.Resample;

/** Chains that climb through the stages: Langevin steps, every pixel as a square of 2×2, more steps, … */
public final class CoarseToFine {

	private CoarseToFine() {}

	/**
	 * The paper's short-run chains, from uniform noise on the coarsest stage to samples of the finest: K steps per
	 * stage, clamped to [-1, 1] after each, the noise falling over all of them together.
	 *
	 * @param stages energies from the coarsest on, each of tiles twice as wide as the one before
	 * @param count number of chains N
	 * @param stepsPerStage K
	 * @param rng the chains' generator
	 * @param canceled asked before each step
	 * @return samples [N,r,r,C] in model units, r the finest stage's size
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public static float[] paper(final List<? extends Energy> stages, final int count, final int stepsPerStage,
		final RandomGenerator rng, final BooleanSupplier canceled)
	{
		final Energy first = stages.get(0);
		float[] x = new float[count * first.size() * first.size() * first.channels()];
		for (int i = 0; i < x.length; i++)
			x[i] = 2 * rng.nextFloat() - 1;
		for (int s = 0; s < stages.size(); s++) {
			final Energy energy = stages.get(s);
			if (s > 0) x = Resample.doubleTiles(x, count, energy.size() / 2, energy.channels());
			new LangevinChain(Fields.batch(energy), rng).clamped().cancelWhen(canceled).run(x, Schedule.paper(stepsPerStage, s,
				stages.size()));
		}
		return x;
	}

	/**
	 * Samples of energies f/σ: stage 0 anneals from a draw of the start distribution under full noise, every finer
	 * stage from the doubled sample of the one before under less.
	 *
	 * @param stages energies from the coarsest (8 px) on, each of tiles twice as wide as the one before
	 * @param start distribution of clean 8 px tiles
	 * @param count number of chains N
	 * @param rng the chains' generator
	 * @param canceled asked before each step
	 * @return samples [N,r,r,C] in model units, r the finest stage's size
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public static float[] annealed(final List<? extends Energy> stages, final GaussianStart start, final int count,
		final Annealing annealing, final RandomGenerator rng, final BooleanSupplier canceled)
	{
		float[] x = start.draw(count, rng);
		for (int s = 0; s < stages.size(); s++) {
			final Energy energy = stages.get(s);
			if (s > 0) x = Resample.doubleTiles(x, count, energy.size() / 2, energy.channels());
			final Schedule schedule = annealing.schedule(s);
			addNoise(x, schedule.levels()[0], rng);
			new LangevinChain(Fields.batch(energy), rng).cancelWhen(canceled).run(x, schedule);
		}
		return x;
	}

	private static void addNoise(final float[] x, final double sigma, final RandomGenerator rng) {
		for (int i = 0; i < x.length; i++)
			x[i] += (float) (sigma * rng.nextGaussian());
	}
}

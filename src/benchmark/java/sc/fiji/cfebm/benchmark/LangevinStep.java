package sc.fiji.cfebm.benchmark;

import java.util.Arrays;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.tiling.GradientFields;

/** Langevin steps x ← x - a·∇E(x) + s·z of a batch of tiles by the engine's own chain. */
final class LangevinStep {

	static final double A = 1e-3, S = 0.015;

	private final LangevinChain chain;
	private final float[] x;

	LangevinStep(final Energy energy, final float[] tiles) {
		x = tiles.clone();
		chain = new LangevinChain(GradientFields.batch(energy), new SplittableRandom(1)).clamped();
	}

	/** The state is clamped after the last step. */
	void run(final int steps) {
		final double[] a = new double[steps], s = new double[steps];
		Arrays.fill(a, A);
		Arrays.fill(s, S);
		chain.run(x, new Schedule(new double[steps + 1], a, s));
	}
}

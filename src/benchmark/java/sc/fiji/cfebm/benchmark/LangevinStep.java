package sc.fiji.cfebm.benchmark;

import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.Energy;

/**
 * The paper's Langevin step x ← x - a·∇E(x) + s·z with the clamp, over arrays that are reused. To be replaced by
 * sc.fiji.cfebm.langevin.LangevinChain once it is there.
 */
final class LangevinStep {

	static final double A = 1e-3, S = 0.015;

	private final Energy energy;
	private final SplittableRandom rng = new SplittableRandom(1);
	private final float[] x, gradient;
	private final int count;

	LangevinStep(final Energy energy, final float[] tiles) {
		this.energy = energy;
		x = tiles.clone();
		gradient = new float[x.length];
		count = x.length / (energy.size() * energy.size() * energy.channels());
	}

	void run(final int steps) {
		for (int k = 0; k < steps; k++) {
			energy.evaluate(x, count, null, gradient);
			for (int i = 0; i < x.length; i++) {
				final double v = x[i] - A * gradient[i] + S * rng.nextGaussian();
				x[i] = (float) Math.max(-1, Math.min(1, v));
			}
		}
	}
}

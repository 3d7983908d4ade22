package sc.fiji.cfebm.benchmark;

import java.util.Arrays;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Schedule;

/** Langevin steps x ← x - a·σ∇E(x, σ) + s·z of square images by the engine's own chain, all at one noise level. */
final class LangevinStep {

	static final double A = 1e-3, S = 0.015;
	/** In the units of {@link UnetCase#images}. */
	static final double SIGMA = 0.2;

	private final LangevinChain chain;
	private final float[] x;

	/** @param images [N,side,side,C]; not changed */
	LangevinStep(final NoiseAwareEnergy energy, final float[] images, final int side) {
		x = images.clone();
		final int count = images.length / (side * side * energy.channels());
		chain = new LangevinChain((state, sigma, gradient) -> {
			energy.evaluate(NoisyImages.of(state, count, side, side, (float) sigma), Wanted.gradient(null, gradient));
			for (int i = 0; i < gradient.length; i++)
				gradient[i] *= (float) sigma;
		}, new SplittableRandom(1)).clamped();
	}

	/** The state is clamped after the last step. */
	void run(final int steps) {
		final double[] a = new double[steps], s = new double[steps], sigma = new double[steps + 1];
		Arrays.fill(a, A);
		Arrays.fill(s, S);
		Arrays.fill(sigma, SIGMA);
		chain.run(x, new Schedule(sigma, a, s));
	}
}

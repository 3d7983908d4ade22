package sc.fiji.cfebm.benchmark;

import java.util.Arrays;

import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Langevin steps x ← x - a·σ∇E(x, σ) + s·z of square images by the engine's own chain, all at one noise level: on a device with nothing
 * sent in between. Very large images are computed in pieces, as tasks do.
 */
final class LangevinStep {

	static final double A = 1e-3, S = 0.015;
	/** In the units of {@link UnetCase#images}. */
	static final double SIGMA = 0.2;

	private final LangevinChain chain;
	private final float[] x;

	/** @param images [N,side,side,C]; not changed */
	LangevinStep(final NoiseAwareEnergy energy, final float[] images, final int side) {
		x = images.clone();
		chain = new LangevinChain(side > WholeImage.PIECE ? GradientFields.whole(energy, side, side, null) : GradientFields.batch(energy, side),
			PlacedNoise.of(1));
	}

	void run(final int steps) {
		final double[] a = new double[steps], s = new double[steps], sigma = new double[steps + 1];
		Arrays.fill(a, A);
		Arrays.fill(s, S);
		Arrays.fill(sigma, SIGMA);
		chain.run(x, new Schedule(sigma, a, s));
	}
}

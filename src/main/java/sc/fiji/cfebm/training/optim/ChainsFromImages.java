package sc.fiji.cfebm.training.optim;

import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientFields;
import sc.fiji.cfebm.training.data.PatchSource;

/**
 * Samples of the paper's style translation: chains that start from patches of other images and descend, x ← x - ∇E(x), K
 * times without noise; then clamped.
 */
public final class ChainsFromImages implements NegativeSampler {

	private final PatchSource starts;
	private final StageNetwork network;
	private final int steps;
	private final BooleanSupplier canceled;

	/** @param steps K */
	public ChainsFromImages(final PatchSource starts, final StageNetwork network, final int steps, final BooleanSupplier canceled) {
		this.starts = starts;
		this.network = network;
		this.steps = steps;
		this.canceled = canceled;
	}

	@Override
	public float[] draw(final int count, final RandomGenerator rng) {
		final float[] x = starts.draw(count, network.size(), rng);
		new LangevinChain(GradientFields.batch(network), PlacedNoise.of(rng.nextLong())).clamped().cancelWhen(canceled).run(x, Schedule.descent(steps));
		return x;
	}
}

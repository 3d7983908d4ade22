package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

/**
 * Slabs of neighbouring planes of which some are missing, as before a stack's first plane and behind its last one: they show nothing, not
 * even noise, and nothing is to be found there.
 *
 * @param slabs patches whose channels are neighbouring planes
 * @param planes how many, odd
 */
public record MissingPlanes(NoiseProcess slabs, int planes) implements NoiseProcess {

	/** Share of the slabs that end at the middle plane on one side, and of those that are it alone. */
	private static final double ONE_SIDE = 0.08, BOTH = 0.04;

	@Override
	public Batch draw(final int count, final int resolution, final RandomGenerator rng) {
		final Batch batch = slabs.draw(count, resolution, rng);
		for (int i = 0; i < count; i++) {
			final double kind = rng.nextDouble();
			final boolean first = rng.nextBoolean();
			if (kind >= ONE_SIDE + BOTH) continue;
			for (int p = 0; p < planes; p++)
				if (p != planes / 2 && (kind < BOTH || p < planes / 2 == first)) blank(batch, i, p);
		}
		return batch;
	}

	private void blank(final Batch batch, final int patch, final int plane) {
		final int size = batch.noisy().length / batch.shares().length;
		for (int k = patch * size + plane; k < (patch + 1) * size; k += planes)
			batch.noisy()[k] = batch.target()[k] = 0;
	}
}

package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

/** Where contrastive training takes its samples x⁻ from. */
@FunctionalInterface
public interface NegativeSampler {

	/**
	 * @return samples [N,r,r,C] in model units
	 * @throws java.util.concurrent.CancellationException within one Langevin step after the user asked to stop
	 */
	float[] draw(int count, RandomGenerator rng);
}

package sc.fiji.cfebm.energy;

import java.util.random.RandomGenerator;

/** What the networks of all stages of a model share. Two are equal if networks of the one can be stages beside those of the other. */
public interface NetworkSpec {

	/** Side of a stage's tile in pixels: 8·2^stage. */
	static int resolution(final int stage) {
		return 8 << stage;
	}

	/** The stage whose tiles have this side. */
	static int stageOf(final int resolution) {
		final int stage = Integer.numberOfTrailingZeros(resolution) - 3;
		if (stage < 0 || stage > 6 || resolution(stage) != resolution) throw new IllegalArgumentException(
			"The size must be 8, 16, 32, 64, 128, 256 or 512 pixels, not " + resolution + ".");
		return stage;
	}

	/** Image channels C. */
	int channels();

	/**
	 * Parameters of a stage, all zero, for what is read from a file.
	 *
	 * @param fades whether they have the layers of a Fade path of their own, as a stage in training has; makes no difference to a
	 *          network that always has them
	 */
	StageParameters zeros(int stage, boolean fades);

	/** Number of values of {@link #zeros}, parameters and companions, without allocating them. */
	long count(int stage, boolean fades);

	/** Random parameters of a stage, for a training to begin with. */
	StageParameters random(int stage, RandomGenerator rng);
}

package sc.fiji.cfebm.energy;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The trainable parameters of one stage's network, as one flat vector, and β. Values are in double precision so that an
 * optimiser step is never lost to rounding; networks compute in float.
 */
public interface StageParameters {

	/** Which stage, from 0, the coarsest. */
	int stage();

	/** Channels C of the images. */
	int channels();

	/** The flat vector itself, not a copy. */
	double[] values();

	/** What else belongs to them and is no parameter, such as vectors of a power iteration; the arrays themselves. */
	default List<double[]> companions() {
		return List.of();
	}

	/** Lets the companions follow the parameters after a step of the optimiser. */
	default void follow(final int iterations) {}

	/** Share of the Primal path, 0 to 1. */
	double beta();

	/** Whether there is a Fade path: without one β is 1. */
	boolean fades();

	/** @throws IllegalArgumentException if it is not between 0 and 1 */
	void setBeta(double beta);

	/** Another one, alike and independent. */
	StageParameters copy();

	/**
	 * The next finer stage, ready to be trained: β is 0, so that its energy is this one's of the mean-pooled image.
	 *
	 * @throws IllegalStateException if this one's β is not 1
	 */
	StageParameters grow(RandomGenerator rng);

	/** The same network without what has no share in it any more, such as a Fade path at β = 1; this one if there is nothing. */
	default StageParameters trimmed() {
		return this;
	}

	/** Rounds all values to float, the precision of a model file, so that a model reads back as it was. */
	default void roundToFloat() {
		round(values());
		companions().forEach(StageParameters::round);
	}

	private static void round(final double[] values) {
		for (int i = 0; i < values.length; i++)
			values[i] = (float) values[i];
	}

	/** True if every value, those of the companions among them, is a finite number. */
	default boolean isFinite() {
		return Stream.concat(Stream.of(values()), companions().stream()).allMatch(v -> Arrays.stream(v).allMatch(Double::isFinite));
	}

	/** The network, ready to compute; to be closed by the caller. */
	StageNetwork network();

	/** The same for one of many threads that compute at the same moment: it keeps to its caller's, if it can. */
	default StageNetwork networkOfOneThread() {
		return network();
	}

	/** Whether a network of these and of others may be stages of one model. */
	boolean fits(StageParameters other);
}

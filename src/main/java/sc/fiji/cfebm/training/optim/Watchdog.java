package sc.fiji.cfebm.training.optim;

import java.util.Locale;

/**
 * Looks at every iteration and says when a training is running away: anything not finite; a loss, an energy, a gap between
 * data and samples, or a spread of the samples that leaves its band. All are running means, so that one odd batch
 * means nothing. The bands are wide: it looks for runaways, not for trainings that could be better.
 */
public final class Watchdog {

	/** Share of a new value in the running means, and the iterations until they count. */
	private static final double SHARE = 0.05;
	private static final int SETTLE = 20;
	/** The loss may rise to so much of its best, plus so much: finer stages and rising β cost a little at first. */
	private static final double LOSS_FACTOR = 2, LOSS_SLACK = 0.5;
	/**
	 * Loss of an energy that knows nothing, which a network that died keeps; and iterations by when it must know something: half
	 * of a stage's, between these two.
	 */
	private static final double NOTHING = 0.98;
	private static final int LEARN_MIN = 100, LEARN_MAX = 200;
	/** Largest energy and gap per value of a tile. */
	private static final double ENERGY = 50, GAP = 10;
	/**
	 * Bounds of the samples' standard deviation relative to the data's, and so much more: chains that start from uniform noise
	 * and are clamped cannot vary as little as sparse data from the first iteration on.
	 */
	private static final double SPREAD_MIN = 0.1, SPREAD_MAX = 4, SPREAD_SLACK = 1;

	/** Number of values of {@link #memory()}. */
	public static final int MEMORY = 8;
	/**
	 * Where they lie in it: iterations with a loss, its running mean, its best; iterations with energies, the means of what they
	 * saw.
	 */
	private static final int LOSSES = 0, LOSS = 1, BEST = 2, ENERGIES = 3, DATA = 4, SAMPLES = 5, DATA_SPREAD = 6, SAMPLE_SPREAD = 7;

	private final double values;
	private final int learn;
	private final double[] memory = new double[MEMORY];

	/**
	 * @param values of one tile
	 * @param iterations of the stage
	 */
	public Watchdog(final int values, final int iterations) {
		this.values = values;
		learn = Math.max(LEARN_MIN, Math.min(LEARN_MAX, iterations / 2));
		memory[BEST] = Double.POSITIVE_INFINITY;
	}

	/** All that it remembers; the array itself. */
	public double[] memory() {
		return memory;
	}

	/** Forgets the losses so far, where those to come are of another kind. */
	public void forgetLosses() {
		memory[LOSSES] = memory[LOSS] = 0;
		memory[BEST] = Double.POSITIVE_INFINITY;
	}

	/** Whether the loss tells that the energy knows something; true where there is no loss. */
	public boolean isLearning() {
		return memory[LOSS] <= NOTHING;
	}

	/**
	 * @param norm of the iteration's gradient
	 * @return what is wrong, as half a sentence; null if nothing is
	 */
	public String look(final Objective.Report report, final double norm) {
		// NaN in a report is what an objective does not know; a NaN that it computed shows in the gradient.
		if (!Double.isFinite(norm) || Double.isInfinite(report.loss()) || Double.isInfinite(report.dataEnergy()) || Double
			.isInfinite(report.sampleEnergy())) return "numbers are no longer finite";
		if (!Double.isNaN(report.loss())) {
			memory[LOSSES]++;
			follow(LOSSES, LOSS, report.loss());
			if (memory[LOSSES] > SETTLE) {
				memory[BEST] = Math.min(memory[BEST], memory[LOSS]);
				// Of images with weaker noise than was said it may be negative.
				if (memory[LOSS] > LOSS_FACTOR * Math.max(0, memory[BEST]) + LOSS_SLACK) return say("the loss rose from %.3g to %.3g",
					memory[BEST], memory[LOSS]);
				if (memory[LOSSES] > learn && memory[LOSS] > NOTHING) return say(
					"the loss stays at %.3g, that of an energy that knows nothing", memory[LOSS]);
			}
		}
		return Double.isNaN(report.dataEnergy()) ? null : lookAtEnergies(report);
	}

	private String lookAtEnergies(final Objective.Report report) {
		memory[ENERGIES]++;
		follow(ENERGIES, DATA, report.dataEnergy() / values);
		follow(ENERGIES, SAMPLES, report.sampleEnergy() / values);
		follow(ENERGIES, DATA_SPREAD, report.dataSpread());
		follow(ENERGIES, SAMPLE_SPREAD, report.sampleSpread());
		if (memory[ENERGIES] <= SETTLE) return null;
		final double data = memory[DATA], samples = memory[SAMPLES];
		if (Math.max(Math.abs(data), Math.abs(samples)) > ENERGY || Math.abs(data - samples) > GAP) return say(
			"the energies of data and samples ran to %.3g and %.3g", data * values, samples * values);
		final double spread = memory[SAMPLE_SPREAD], usual = memory[DATA_SPREAD];
		if (!(spread >= SPREAD_MIN * usual && spread <= SPREAD_MAX * usual + SPREAD_SLACK)) return say(
			"the samples' standard deviation is %.3g, the data's %.3g", spread, usual);
		return null;
	}

	/** Moves a running mean; a young one is the mean of what there was. */
	private void follow(final int count, final int mean, final double value) {
		memory[mean] += Math.max(SHARE, 1 / memory[count]) * (value - memory[mean]);
	}

	private static String say(final String format, final Object... values) {
		return String.format(Locale.ROOT, format, values);
	}
}

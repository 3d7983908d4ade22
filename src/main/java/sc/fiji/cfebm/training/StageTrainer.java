package sc.fiji.cfebm.training;

import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.training.optim.Adam;
import sc.fiji.cfebm.training.optim.CombinedObjective;
import sc.fiji.cfebm.training.optim.Objective;
import sc.fiji.cfebm.training.optim.ReplayBuffer;
import sc.fiji.cfebm.training.optim.Watchdog;

/**
 * One stage in training: its parameters, their exponential moving average, the optimiser, the iteration that moves them, and the
 * watchdog that rolls them back when they run away.
 */
final class StageTrainer implements AutoCloseable {

	/** Iterations between two states to roll back to. */
	static final int SNAPSHOT = 50;
	/** How often a stage may be rolled back; after that its last good weights are its result. */
	static final int MOST_ROLLBACKS = 3;

	/** A place to draw an iteration's random numbers from. */
	@FunctionalInterface
	interface Generators {

		RandomGenerator of(int attempt, int iteration);
	}

	private final Recipe recipe;
	private final StageParameters parameters, ema;
	private final StageNetwork network;
	private final Generators generators;
	private final Adam adam;
	private final int batch, iterations;
	private final double[] gradient;
	private final Watchdog watchdog;
	private Objective scoreMatching, contrastive;
	private ReplayBuffer buffer;
	private int done, rollbacks;
	private double[] good, lastGood;

	/**
	 * @param start where to start from; not changed
	 * @param iterations number of iterations of the whole stage
	 */
	StageTrainer(final Recipe recipe, final StageParameters start, final int batch, final int iterations,
		final Generators generators)
	{
		this.recipe = recipe;
		this.batch = batch;
		this.iterations = iterations;
		this.generators = generators;
		parameters = start.copy();
		ema = start.copy();
		adam = new Adam(parameters.values().length, recipe.optimizer().beta1(), recipe.optimizer().beta2());
		gradient = new double[parameters.values().length];
		// Last of what could fail: nobody would close it.
		network = parameters.network();
		watchdog = new Watchdog(network.size() * network.size() * network.channels(), iterations);
		good = lastGood = save();
	}

	/** The network in training, for objectives to be made of. */
	StageNetwork network() {
		return network;
	}

	/**
	 * @param buffer what must be forgotten when the watchdog rolls the stage back, and kept by a checkpoint; may be null
	 */
	void setObjectives(final Objective scoreMatching, final Objective contrastive, final ReplayBuffer buffer) {
		this.scoreMatching = scoreMatching;
		this.contrastive = contrastive;
		this.buffer = buffer;
	}

	/**
	 * One iteration: β, a batch, its gradient, an optimiser step.
	 *
	 * @return what it saw
	 * @throws Runaway if the watchdog does not like it; the stage has been rolled back then, and may go on
	 */
	Objective.Report iterate() throws Runaway {
		parameters.setBeta(beta());
		network.setParameters(parameters);
		Arrays.fill(gradient, 0);
		// The descent of the energy begins anew, however good a denoiser the network is by then.
		if (done == recipe.estimating(iterations)) watchdog.forgetLosses();
		final Objective objective = isContrastive() ? contrastive : scoreMatching;
		final Objective.Report report = objective.addGradient(batch, generators.of(rollbacks, done), gradient);
		final double norm = CombinedObjective.norm(gradient);
		final String trouble = watchdog.look(report, norm);
		if (trouble != null) {
			final int at = done;
			rollBack();
			throw new Runaway(trouble, at, done);
		}
		if (norm > recipe.optimizer().clip()) for (int i = 0; i < gradient.length; i++)
			gradient[i] *= recipe.optimizer().clip() / norm;
		adam.step(parameters.values(), gradient, learningRate());
		parameters.follow(1);
		updateEma();
		done++;
		// A network that died is no state to roll back to, even if it takes a while to tell.
		if (done % SNAPSHOT == 0 && watchdog.isLearning()) {
			lastGood = good;
			good = save();
		}
		return report;
	}

	/** Seconds that an iteration takes, for planning; a stage that was timed must not be trained on. */
	double time(final boolean contrastivePart, final double budget, final Progress progress) {
		final int first = contrastivePart ? recipe.warmStart(iterations) : 0, energy = recipe.estimating(iterations);
		if (!contrastivePart && energy > 0) {
			final double share = (double) energy / recipe.warmStart(iterations);
			return share * timeFrom(0, budget, progress) + (1 - share) * timeFrom(energy, budget, progress);
		}
		return timeFrom(first, budget, progress);
	}

	private double timeFrom(final int first, final double budget, final Progress progress) {
		done = first;
		return mean(() -> {
			try {
				iterate();
			}
			catch (final Runaway e) {
				// A random network may well run away; it takes no less time.
			}
		}, budget, progress);
	}

	/**
	 * The mean seconds of some repetitions, as many as a small part of the budget affords, after one that does not count. The
	 * mean: contrastive iterations are long or short by chance, with fresh chains or without.
	 */
	private static double mean(final Runnable work, final double budget, final Progress progress) {
		work.run();
		int n = 0;
		final long begin = System.nanoTime();
		for (double spent = 0; n < 3 || n < 12 && spent < 0.02 * budget; n++) {
			progress.throwIfCanceled();
			work.run();
			spent = (System.nanoTime() - begin) * 1e-9;
		}
		return (System.nanoTime() - begin) * 1e-9 / n;
	}

	/** The watchdog rolled a stage back. */
	static final class Runaway extends Exception {

		private static final long serialVersionUID = 1;
		final int from, to;

		/**
		 * @param from iterations done before
		 * @param to iterations done now
		 */
		Runaway(final String trouble, final int from, final int to) {
			super(trouble);
			this.from = from;
			this.to = to;
		}
	}

	private void rollBack() {
		// The newest state may have been on its way out already.
		load(lastGood);
		good = lastGood;
		if (buffer != null) buffer.restore(new float[0]);
		rollbacks++;
	}

	/** How often the watchdog has rolled this stage back. */
	int rollbacks() {
		return rollbacks;
	}

	boolean isGivenUp() {
		return rollbacks > MOST_ROLLBACKS;
	}

	boolean isFinished() {
		return done >= iterations || isGivenUp();
	}

	/** Iterations done. */
	int done() {
		return done;
	}

	int iterations() {
		return iterations;
	}

	int batch() {
		return batch;
	}

	/** Whether it has a Fade path. */
	boolean fades() {
		return parameters.fades();
	}

	/** Whether the next iteration is a contrastive one. */
	boolean isContrastive() {
		return done >= recipe.warmStart(iterations);
	}

	/** Whether the next iteration trains the network as a denoiser, and not the descent of its energy. */
	boolean isEstimating() {
		return done < recipe.estimating(iterations);
	}

	double beta() {
		return betaAt(done);
	}

	private double betaAt(final int iteration) {
		return !parameters.fades() ? 1 : recipe.beta(iteration, iterations);
	}

	/** Of the next iteration; every rollback halves it. */
	double learningRate() {
		return Math.scalb(recipe.learningRate(done, iterations), -rollbacks);
	}

	/** The stage's result as it stands: the averaged weights where the recipe averages them. */
	StageParameters current() {
		final StageParameters p = ema.copy();
		p.setBeta(betaAt(Math.max(0, done - 1)));
		for (int i = 0; i < p.companions().size(); i++) {
			final double[] now = parameters.companions().get(i);
			System.arraycopy(now, 0, p.companions().get(i), 0, now.length);
		}
		p.follow(10);
		p.roundToFloat();
		return p.trimmed();
	}

	/** Everything that decides how the stage goes on, for a checkpoint. */
	Saved saved() {
		return new Saved(rollbacks, save(), good, lastGood, buffer == null ? new float[0] : buffer.values());
	}

	/**
	 * A stage's state.
	 *
	 * @param rollbacks of the watchdog
	 * @param now the present state
	 * @param good a recent one to roll back to
	 * @param lastGood the one before
	 * @param buffer kept samples
	 */
	record Saved(int rollbacks, double[] now, double[] good, double[] lastGood, float[] buffer) {}

	/** Goes on from a checkpoint's state. */
	void restore(final Saved saved) {
		rollbacks = saved.rollbacks;
		load(saved.now);
		good = saved.good;
		lastGood = saved.lastGood;
		if (buffer != null) buffer.restore(saved.buffer);
	}

	/** Number of values of a saved state. */
	int stateSize() {
		return stateSize(parameters);
	}

	/** The same, of a stage with such parameters. */
	static int stateSize(final StageParameters parameters) {
		int size = 2 + Watchdog.MEMORY + 4 * parameters.values().length;
		for (final double[] u : parameters.companions())
			size += u.length;
		return size;
	}

	private double[] save() {
		final double[] state = new double[stateSize()];
		final DoubleBuffer out = DoubleBuffer.wrap(state).put(done).put(adam.steps).put(watchdog.memory()).put(parameters
			.values()).put(ema.values()).put(adam.mean).put(adam.square);
		parameters.companions().forEach(out::put);
		return state;
	}

	private void load(final double[] state) {
		final DoubleBuffer in = DoubleBuffer.wrap(state);
		done = (int) in.get();
		adam.steps = (int) in.get();
		in.get(watchdog.memory()).get(parameters.values()).get(ema.values()).get(adam.mean).get(adam.square);
		parameters.companions().forEach(in::get);
	}

	@Override
	public void close() {
		network.close();
	}

	private void updateEma() {
		// Young averages follow faster, so that they do not remember the random start.
		final double decay = Math.min(recipe.optimizer().ema(), (1.0 + done) / (10 + done));
		final double[] from = parameters.values(), to = ema.values();
		for (int i = 0; i < to.length; i++)
			to[i] = decay * to[i] + (1 - decay) * from[i];
	}
}

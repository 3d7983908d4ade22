package sc.fiji.cfebm.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

import sc.fiji.cfebm.progress.Progress;

/** How many iterations each stage has, how long they take, and how much of the training is done. */
final class IterationPlan {

	private final List<Integer> iterations;
	/** Seconds per iteration of each stage: score matching, contrastive; in any unit where only their ratios are known. */
	private final List<double[]> costs;
	private double seconds, recent;

	/**
	 * @param iterations of every stage
	 * @param costs of an iteration of every stage: score matching, contrastive
	 * @param seconds of training so far
	 */
	IterationPlan(final List<Integer> iterations, final List<double[]> costs, final double seconds) {
		this.iterations = iterations;
		this.costs = costs;
		this.seconds = seconds;
	}

	/** For iterations that the user gave: costs are guessed by the number of pixels. */
	static IterationPlan of(final TrainingSettings settings) {
		final List<double[]> costs = new ArrayList<>();
		for (int s = 0; s < settings.stages(); s++) {
			final double pixels = settings.batch(s) * Math.pow(4, s);
			costs.add(new double[] { pixels, 5 * pixels });
		}
		return new IterationPlan(settings.iterations(), costs, 0);
	}

	/** For minutes: every stage gets twice the time of the one before, and as many iterations as fit by a trial. */
	static IterationPlan measure(final TrainingSettings settings, final IntFunction<StageTrainer> trials, final Progress progress) {
		final List<double[]> costs = new ArrayList<>();
		final List<Integer> iterations = new ArrayList<>();
		final double budget = settings.minutes() * 60, share = settings.recipe().contrastive().share();
		for (int s = 0; s < settings.stages(); s++) {
			final double seconds = budget * (1 << s) / ((1 << settings.stages()) - 1);
			try (StageTrainer trial = trials.apply(s)) {
				final double[] cost = { share < 1 ? trial.time(false, seconds, progress) : 0, share > 0 ? trial.time(true,
					seconds, progress) : 0 };
				costs.add(cost);
				iterations.add((int) Math.max(1, Math.min(1e8, seconds / ((1 - share) * cost[0] + share * cost[1]))));
			}
		}
		return new IterationPlan(iterations, costs, 0);
	}

	/**
	 * The same time for the finest stage alone; the others keep one iteration.
	 *
	 * @param given whether the iterations were given, and the finest stage's stay
	 */
	IterationPlan onFinest(final boolean given) {
		final int last = iterations.size() - 1;
		final List<Integer> one = new ArrayList<>(Collections.nCopies(last, 1));
		// It was to have this share of the time.
		final double share = (double) (1 << last) / ((1 << iterations.size()) - 1);
		one.add(given ? iterations.get(last) : (int) Math.min(1e8, iterations.get(last) / share));
		return new IterationPlan(one, costs, seconds);
	}

	/** Of every stage. */
	List<Integer> iterations() {
		return iterations;
	}

	List<double[]> costs() {
		return costs;
	}

	/** Seconds of training so far, over all sessions. */
	double seconds() {
		return seconds;
	}

	/** An iteration took so long. */
	void count(final double took) {
		seconds += took;
		recent = recent == 0 ? took : recent + 0.05 * (took - recent);
	}

	/** Patches per second of late. */
	double rate(final int batch) {
		return batch / recent;
	}

	/** Share of the whole training that is done, by costs. */
	double share(final TrainingSettings settings, final int stage, final int done) {
		return cost(settings, stage, done) / cost(settings, iterations.size() - 1, iterations.get(iterations.size() - 1));
	}

	/** By what the part that is done has taken. */
	double secondsLeft(final TrainingSettings settings, final int stage, final int done) {
		final double share = share(settings, stage, done);
		return seconds / share * (1 - share);
	}

	private double cost(final TrainingSettings settings, final int stage, final int done) {
		double sum = 0;
		for (int s = 0; s <= stage; s++) {
			final int n = s == stage ? done : iterations.get(s), warm = Math.min(n, settings.recipe().warmStart(iterations.get(s)));
			sum += warm * costs.get(s)[0] + (n - warm) * costs.get(s)[1];
		}
		return sum;
	}
}

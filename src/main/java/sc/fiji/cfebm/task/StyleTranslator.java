package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.langevin.Fields;
import sc.fiji.cfebm.langevin.GradientField;
import sc.fiji.cfebm.langevin.GradientTerm;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.tile.Colors;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.Resample;

/**
 * Makes images of any size look like those a model was trained on, in one direction and without pairs: Langevin chains of
 * the finest stage's energy that start from the image. What comes out is generated, nothing to measure.
 * <p>
 * Score matching: the image x₀ is noised to the level σ₀ = σ_min·(σ_max/σ_min)^strength, and annealed to 0 by the exact reverse chain with the
 * content term λ‖L(x) - L(x₀)‖² ({@link GradientTerm#content}). Preset Paper: as in CF-EBM, descent x ← x - ∇E(x), of which the
 * strength is the share of the steps that are done.
 * <p>
 * Not thread-safe; close it to free native memory.
 */
public final class StyleTranslator implements AutoCloseable {

	/** Langevin steps of a model of score matching. */
	private static final int USUAL_STEPS = 30;

	/**
	 * @param strength 0 (hardly changed) to 1 (fully)
	 * @param content λ, how much the low resolution of the image counts, at least 0; not used by models of the preset Paper
	 * @param colors whether the image is given the training images' mean color and its spread before anything else
	 * @param steps Langevin steps; 0: as many as usual for the model
	 * @param every how many steps there are between the states of the trajectory; 0: no trajectory
	 * @param seed of everything random
	 */
	public record Settings(double strength, double content, boolean colors, int steps, int every, long seed) {

		/** λ by experiment (docs/experiments.md). */
		public static final double CONTENT = 30;

		public Settings {
			if (!(strength >= 0 && strength <= 1)) throw new IllegalArgumentException(
				"The strength must be a number from 0 (hardly changed) to 1 (fully), not " + strength + ".");
			if (!(content >= 0) || Double.isInfinite(content)) throw new IllegalArgumentException(
				"The weight of the content must be a number of at least 0, not " + content + ".");
			if (steps < 0) throw new IllegalArgumentException("The number of steps must be at least 1, or 0 for as many as " +
				"usual, not " + steps + ".");
			if (every < 0) throw new IllegalArgumentException("The trajectory takes every k-th step with k at least 1, or 0 " +
				"for none, not " + every + ".");
		}

		/** The same with the seed of a plane of a stack, whose noise is its own. */
		public Settings forPlane(final int slice) {
			return new Settings(strength, content, colors, steps, every, seed + slice - 1);
		}
	}

	/**
	 * @param image [H,W,C] in gray values, not clamped; C is the model's
	 * @param saliency Σ_t|L(x̂_{t+1} - x̂_t)|, [H,W,1] in gray values, mean over the channels: how far each pixel was moved. x̂_t is
	 *          the clean image that the chain sees in the state x_t, x_t - σ_t·∇f(x_t), and L the low pass of the content term, as
	 *          noise would hide everything else; of models of the preset Paper, which have none, Σ_t|x_{t+1} - x_t|
	 * @param trajectory the chain's states in gray values: the one it starts from, every k-th, and the last; empty if not asked for
	 */
	public record Result(Raster image, Raster saliency, List<Raster> trajectory) {}

	private final Model model;
	private final EnergyNetwork network;

	/** @throws IllegalArgumentException with one sentence, if the model cannot translate */
	public StyleTranslator(final Model model) {
		Checks.requireLevels(model);
		if (model.info().shot() != null) throw new IllegalArgumentException(
			"The model counts photons of images with shot noise: for a style use one trained without.");
		this.model = model;
		network = model.pyramid().network(model.pyramid().stages() - 1);
	}

	/**
	 * Translates one image.
	 *
	 * @param source [H,W,C] in gray values; a gray one will do for a model of RGB
	 * @param from the source's gray values that become -1 and 1
	 * @param to the result's gray values that -1 and 1 become
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Result translate(final Raster source, final Normalization from, final Normalization to, final Settings settings,
		final Progress progress)
	{
		final Raster image = source.channels() == 1 ? source.replicated(model.channels()) : source;
		Checks.requireFits(model, image);
		if (settings.colors && model.info().start() == null) throw new IllegalArgumentException(
			"The model does not know its training images' colors: switch matching colors off.");
		final Raster x0 = from.toModel(image);
		return new Chain(settings.colors ? recolored(x0) : x0, to, settings, progress).run();
	}

	/** Langevin steps if none are given: for a contrastive energy those of its training. */
	public int usualSteps() {
		return model.kind() == Kind.CONTRASTIVE ? Math.max(1, model.info().langevinSteps()) : USUAL_STEPS;
	}

	/** The model knows colors at the scale of its coarsest stage. */
	private Raster recolored(final Raster image) {
		return Colors.of(image, model.size() / NetworkSpec.resolution(0)).changed(image, model.info().start().colors(), model
			.info().sigmaMin());
	}

	/** One call's work. */
	private final class Chain {

		private final Raster start;
		private final Normalization to;
		private final Settings settings;
		private final Progress progress;
		private final boolean annealed = model.kind() == Kind.SCORE_MATCHING;
		private final Schedule schedule;
		/** The clean image seen last, and the saliency. */
		private final float[] seen;
		private final Raster moved;
		private final List<Raster> trajectory = new ArrayList<>();

		Chain(final Raster start, final Normalization to, final Settings settings, final Progress progress) {
			this.start = start;
			this.to = to;
			this.settings = settings;
			this.progress = progress;
			final int steps = settings.steps == 0 ? usualSteps() : settings.steps;
			final double lowest = model.info().sigmaMin();
			schedule = annealed ? Schedule.posterior(lowest * Math.pow(model.info().sigmaMax() / lowest, settings.strength), lowest,
				steps) : Schedule.descent(Math.max(1, (int) Math.round(settings.strength * steps)));
			seen = start.values().clone();
			moved = new Raster(start.width(), start.height(), 1);
		}

		Result run() {
			final SplittableRandom rng = new SplittableRandom(settings.seed);
			final GradientField field = Fields.tiled(network, start.width(), start.height(), null, rng.split(), progress);
			final float[] x = start.values().clone();
			if (annealed) Noise.add(x, schedule.levels()[0], rng);
			keep(x);
			final int[] step = { 0 };
			final LangevinChain chain = new LangevinChain(annealed ? (state, gradient) -> {
				field.gradient(state, gradient);
				see(state, gradient, schedule.levels()[step[0]]);
			} : field, rng).cancelWhen(progress::isCanceled).listen(1, (done, state) -> {
				step[0] = done;
				if (!annealed || done == schedule.length()) see(state, null, 0);
				if (settings.every > 0 && (done % settings.every == 0 || done == schedule.length())) keep(state);
				progress.update((double) done / schedule.length(), "Translating: step " + done + " of " + schedule.length());
			});
			if (annealed && settings.content > 0) chain.pull(GradientTerm.content(start, settings.content));
			if (!annealed) chain.clamped();
			chain.run(x, schedule);
			return new Result(gray(x), moved, trajectory);
		}

		/** @param gradient null without noise */
		private void see(final float[] x, final float[] gradient, final double level) {
			final int c = start.channels();
			Raster change = new Raster(start.width(), start.height(), c);
			for (int i = 0; i < x.length; i++) {
				final float clean = gradient == null ? x[i] : (float) (x[i] - level * gradient[i]);
				change.values()[i] = clean - seen[i];
				seen[i] = clean;
			}
			if (annealed) change = Resample.smoothed(Resample.smoothed(change));
			for (int i = 0; i < x.length; i++)
				moved.values()[i / c] += (float) to.toGray((double) Math.abs(change.values()[i])) / c;
		}

		private void keep(final float[] x) {
			if (settings.every > 0) trajectory.add(gray(x));
		}

		private Raster gray(final float[] x) {
			return to.toGray(new Raster(start.width(), start.height(), start.channels(), x));
		}
	}

	@Override
	public void close() {
		network.close();
	}
}

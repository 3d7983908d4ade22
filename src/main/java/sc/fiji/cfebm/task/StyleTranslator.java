package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.color.Colors;
import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.color.Recoloring;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.GradientTerm;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.tiling.GradientField;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Makes images of any size look like those a model was trained on, in one direction and without pairs: Langevin chains of
 * the finest stage's energy that start from the image. What comes out is generated, nothing to measure.
 * <p>
 * Score matching: the image is given the target's mean color and contrast, and goes up to three quarters of the way to its palette. The image x₀ that
 * results is noised to the level σ₀ = σ_min·(σ_max/σ_min)^strength², and annealed to 0 by the exact reverse chain with the content term
 * λ‖L(x) - L(x₀)‖² ({@link GradientTerm#content}). Below a strength of 0.2 it gets a part of the contrast and of the chain's change only, so that strength 0
 * is no more than another mean color and half of the contrast. Preset Paper: as in CF-EBM, descent x ← x - ∇E(x), of which the strength is the share of the
 * steps that are done.
 * <p>
 * Not thread-safe; close it to free native memory.
 */
public final class StyleTranslator implements AutoCloseable {

	/** Langevin steps of a model of score matching: the levels of the usual strengths are near each other. */
	private static final int USUAL_STEPS = 8;
	/** The strength from which on images get the target's contrast and all that the chain changes; below, a share of that. */
	private static final double WHOLE = 0.2;
	/** The largest share of the way to the target's palette: all of it tears dark objects apart. And the strength from which on it is taken. */
	private static final double MOST_PALETTE = 0.75, ALL_COLORS = 0.5;
	/** Means over 3×3 pixels taken before anything is called moved: what the chain changes pixel by pixel is new noise everywhere. */
	private static final int SMOOTHINGS = 4;
	/** Contrast, in model units, that is taken for noise and not raised to the target's. */
	private static final double FLOOR = 0.02;

	/** How an image is given the colors of the model's style before anything else. */
	public enum Matching {

		/**
		 * All images by the same map, from the colors of the source images that the training was shown to the style's: what is brighter than
		 * another image stays so, and noise and empty images stay what they are. By {@link #IMAGE} if the training was shown none.
		 */
		STYLE("As trained"),
		/** Each image from its own colors: also one whose colors are unlike the sources'. */
		IMAGE("Each image"),
		/** Not at all. */
		NONE("None");

		private final String label;

		Matching(final String label) {
			this.label = label;
		}

		/** Its name in dialogs and macros. */
		@Override
		public String toString() {
			return label;
		}
	}

	/**
	 * @param strength 0 (hardly changed) to 1 (fully)
	 * @param content λ, how much the low resolution of the image counts, at least 0; not used by models of the preset Paper
	 * @param colors how the image is given the style's colors before anything else
	 * @param steps Langevin steps; 0: as many as usual for the model
	 * @param every how many steps there are between the states of the trajectory; 0: no trajectory
	 * @param seed of everything random
	 */
	public record Settings(double strength, double content, Matching colors, int steps, int every, long seed) {

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
	}

	/**
	 * @param image [H,W,C] in gray values, not clamped; C is the model's
	 * @param saliency [H,W,1] in gray values, mean over the channels: how far each pixel was moved otherwise than by a change of the colors of the
	 *          whole image ({@link Colors#residual}), both images smoothed. It is the way, as the path of a chain with noise is
	 *          as long everywhere; of models of the preset Paper, whose chains have none, the path Σ_t|x_{t+1} - x_t|
	 * @param trajectory the chain's states in gray values: the one it starts from, every k-th, and the last; empty if not asked for
	 */
	public record Result(Raster image, Raster saliency, List<Raster> trajectory) {}

	private final Model model;
	private final StageNetwork network;
	/** From the sources' colors, and the strength it was made for. */
	private Recoloring recoloring;
	private double strength;

	/** @throws IllegalArgumentException with one sentence, if the model cannot translate */
	public StyleTranslator(final Model model) {
		if (model.info().shot() != null) throw new IllegalArgumentException(
			"The model counts photons of images with shot noise: for a style use one trained without.");
		this.model = model;
		network = model.pyramid().network(model.pyramid().stages() - 1);
	}

	/**
	 * Translates one image.
	 *
	 * @param source [H,W,C] in gray values; a gray one will do for a model of RGB; pixels that are NaN or infinite are missing: they are NaN
	 *          in the result, and the model is shown a smooth continuation of the others in their place
	 * @param from the source's gray values that become -1 and 1
	 * @param to the result's gray values that -1 and 1 become
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Result translate(final Raster source, final Normalization from, final Normalization to, final Settings settings,
		final Progress progress)
	{
		final Raster image = source.channels() == 1 ? source.replicated(model.channels()) : source;
		Checks.requireChannels(model, image);
		final boolean[] missing = Missing.in(image);
		Checks.requireAny(missing);
		if (settings.colors != Matching.NONE && model.info().palette() == null) throw new IllegalArgumentException(
			"The model does not know its training images' colors: switch matching colors off.");
		final Raster x0 = from.toModel(missing == null ? image : SmoothFill.HARMONIC.roughly(image, missing, progress));
		final Result all = new Chain(x0, recolored(x0, settings), to, settings, progress).run();
		return missing == null ? all : new Result(Missing.marked(all.image, missing), Missing.marked(all.saliency, missing), all.trajectory);
	}

	/** Langevin steps if none are given: for a contrastive energy those of its training. */
	public int usualSteps() {
		return model.kind() == Kind.CONTRASTIVE ? Math.max(1, model.info().langevinSteps()) : USUAL_STEPS;
	}

	/** What changes little first: the mean color, then contrast, then the rest of the palette. */
	private Raster recolored(final Raster image, final Settings settings) {
		if (settings.colors == Matching.NONE) return image;
		final Palette sources = model.info().sources(), style = model.info().palette();
		final double floor = Math.max(FLOOR, Annealing.lowest(model.info().sigmaMin())), contrast = Math.min(1, 0.5 + settings.strength / (2 * WHOLE)),
				share = Math.min(MOST_PALETTE, MOST_PALETTE / ALL_COLORS * settings.strength);
		if (sources == null || settings.colors == Matching.IMAGE) return Recoloring.of(image, style, floor, contrast, share).apply(image);
		// The same for all planes of a stack.
		if (recoloring == null || strength != settings.strength) recoloring = new Recoloring(sources, style, floor, contrast, share);
		strength = settings.strength;
		return recoloring.apply(image);
	}

	/** One call's work. */
	private final class Chain {

		private final Raster source, start;
		private final Normalization to;
		private final Settings settings;
		private final Progress progress;
		private final boolean annealed = model.kind() == Kind.SCORE_MATCHING;
		/** Null: nothing is changed but colors. */
		private final Schedule schedule;
		/** Of the chain's change that the image gets. */
		private final double share;
		private final List<Raster> trajectory = new ArrayList<>();

		Chain(final Raster source, final Raster start, final Normalization to, final Settings settings, final Progress progress) {
			this.source = source;
			this.start = start;
			this.to = to;
			this.settings = settings;
			this.progress = progress;
			share = annealed ? Math.min(1, settings.strength / WHOLE) : 1;
			final int steps = settings.steps == 0 ? usualSteps() : settings.steps;
			final double lowest = Annealing.lowest(model.info().sigmaMin());
			schedule = settings.strength == 0 ? null : annealed ? Schedule.posterior(lowest * Math.pow(model.info().sigmaMax() / lowest, settings.strength *
				settings.strength), lowest, steps) : Schedule.descent(Math.max(1, (int) Math.round(settings.strength * steps)));
		}

		Result run() {
			final SplittableRandom rng = new SplittableRandom(settings.seed);
			final float[] x = start.values().clone(), last = x.clone();
			final Raster path = new Raster(start.width(), start.height(), 1);
			if (schedule == null) {
				keep(x);
				return new Result(gray(x), annealed ? beyondColors(x) : path, trajectory);
			}
			final GradientField field = GradientFields.tiled(network, start.width(), start.height(), null, rng.split());
			final PlacedNoise noise = PlacedNoise.of(rng.nextLong());
			if (annealed) noise.add(x, schedule.levels()[0], PlacedNoise.BEGINNING);
			keep(x);
			final LangevinChain chain = new LangevinChain(field, noise).cancelWhen(progress::isCanceled).count(done -> progress.update((double) done /
				schedule.length(), "Translating: step " + done + " of " + schedule.length()));
			if (settings.every > 0 || !annealed) chain.listen(annealed ? settings.every : 1, (done, state) -> {
				if (!annealed) for (int i = 0; i < state.length; i++) {
					path.values()[i / start.channels()] += (float) to.toGray((double) Math.abs(state[i] - last[i])) / start.channels();
					last[i] = state[i];
				}
				if (settings.every > 0 && done % settings.every == 0 && done < schedule.length()) keep(state);
			});
			if (annealed && settings.content > 0) chain.addGradientTerm(GradientTerm.content(start, settings.content));
			if (!annealed) chain.clamped();
			chain.run(x, schedule);
			for (int i = 0; i < x.length; i++)
				x[i] = (float) (start.values()[i] + share * (x[i] - start.values()[i]));
			keep(x);
			return new Result(gray(x), annealed ? beyondColors(x) : path, trajectory);
		}

		/** How far the image was moved otherwise than by a change of its colors all over. */
		private Raster beyondColors(final float[] x) {
			final int c = source.channels();
			Raster from = source, change = new Raster(source.width(), source.height(), c);
			for (int i = 0; i < x.length; i++)
				change.values()[i] = x[i] - source.values()[i];
			for (int k = 0; k < SMOOTHINGS; k++) {
				from = Resample.smoothed(from);
				change = Resample.smoothed(change);
			}
			final Raster left = Colors.residual(from, change, FLOOR), saliency = new Raster(source.width(), source.height(), 1);
			for (int i = 0; i < x.length; i++)
				saliency.values()[i / c] += (float) to.toGray((double) Math.abs(left.values()[i])) / c;
			return saliency;
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
